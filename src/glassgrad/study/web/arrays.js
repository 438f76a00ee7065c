"use strict";
// Arrays, and the programs that say what an op does: lists of NumPy calls. `run` computes all elements, in float64; `trace` tells of one
// element what it was made of. An array is {shape, data}, data in row-major order.

const size = (shape) => shape.reduce((a, b) => a * b, 1);

function strides(shape) {
  const found = new Array(shape.length);
  for (let d = shape.length - 1, step = 1; d >= 0; d--) { found[d] = step; step *= shape[d]; }
  return found;
}

const make = (shape, data) => ({shape, data: data || new Float64Array(size(shape))});
const scalar = (x) => make([], Float64Array.of(x));

function decode(entry, others, programs) {
  if (entry.moved) {
    const [program, output, sources] = entry.moved, found = run(programs[program], sources.map(others));
    return {shape: entry.shape, whole: entry.shape, data: found[programs[program].outputs[output]].data, about: entry.about, bad: entry.bad, type: entry.type, bool: entry.type === "b1"};
  }
  const bytes = Uint8Array.from(atob(entry.data), (c) => c.charCodeAt(0));
  const types = {f4: Float32Array, f8: Float64Array, i4: Int32Array, b1: Uint8Array};
  return {shape: entry.kept || entry.shape, whole: entry.shape, data: new types[entry.type](bytes.buffer), about: entry.about, bad: entry.bad, type: entry.type, bool: entry.type === "b1"};
}

function broadcastShapes(shapes) {
  const rank = Math.max(0, ...shapes.map((s) => s.length)), found = new Array(rank).fill(1);
  for (const shape of shapes) {
    shape.forEach((n, d) => {
      const at = rank - shape.length + d;
      if (n !== 1) {
        if (found[at] !== 1 && found[at] !== n) throw new Error(`shapes ${shapes.map((s) => `(${s})`).join(" and ")} don't broadcast`);
        found[at] = n;
      }
    });
  }
  return found;
}

// Where element i of an array of `to` lies in one of `from` that was broadcast to it.
function pulled(from, to) {
  if (from.length === to.length && from.every((n, d) => n === to[d])) return (i) => i;
  const lead = to.length - from.length, own = strides(from), outer = strides(to);
  return (i) => {
    let at = 0;
    for (let d = 0; d < to.length; d++) {
      const k = Math.floor(i / outer[d]);
      i -= k * outer[d];
      if (d >= lead && from[d - lead] !== 1) at += k * own[d - lead];
    }
    return at;
  };
}

// ------------------------------------------------------------------------------------------------ element by element

function erf(x) { // 1 - erfc, by the series near 0 and the continued fraction elsewhere: both to the last digits (Abramowitz, Stegun 7.1.6, 7.1.14)
  const size = Math.abs(x);
  if (!(size < 6)) return Number.isNaN(x) ? x : Math.sign(x);
  if (size < 2.5) {
    let term = size, sum = size;
    for (let n = 1; term > 1e-18 * sum; n++) { term *= 2 * size * size / (2 * n + 1); sum += term; }
    return Math.sign(x) * 2 / Math.sqrt(Math.PI) * Math.exp(-size * size) * sum;
  }
  return Math.sign(x) * (1 - tail(size));
}

function tail(x) {
  let fraction = x;
  for (let n = 80; n > 0; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

const even = (x) => { const r = Math.round(x); return Math.abs(x % 1) === 0.5 && r % 2 ? r - 1 : r; };
const logaddexp = (a, b) => (a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b))));
const either = (pick) => (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? NaN : pick(a, b));
const MAPS = {
  add: (a, b) => a + b, subtract: (a, b) => a - b, multiply: (a, b) => a * b, divide: (a, b) => a / b, negative: (x) => -x,
  power: (a, b) => a ** b, float_power: (a, b) => a ** b, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh, square: (x) => x * x,
  absolute: Math.abs, fabs: Math.abs, sign: Math.sign, reciprocal: (x) => 1 / x, positive: (x) => x, conjugate: (x) => x, log2: Math.log2,
  log10: Math.log10, log1p: Math.log1p, expm1: Math.expm1, exp2: (x) => 2 ** x, sin: Math.sin, cos: Math.cos, tan: Math.tan, arcsin: Math.asin,
  arccos: Math.acos, arctan: Math.atan, sinh: Math.sinh, cosh: Math.cosh, arcsinh: Math.asinh, arccosh: Math.acosh, arctanh: Math.atanh,
  arctan2: Math.atan2, hypot: Math.hypot, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, rint: even, cbrt: Math.cbrt,
  deg2rad: (x) => x * Math.PI / 180, rad2deg: (x) => x * 180 / Math.PI, logaddexp, logaddexp2: (a, b) => logaddexp(a * Math.LN2, b * Math.LN2) / Math.LN2,
  maximum: either(Math.max), minimum: either(Math.min), fmax: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b)),
  fmin: (a, b) => (Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b)), floor_divide: (a, b) => Math.floor(a / b),
  remainder: (a, b) => a - b * Math.floor(a / b), fmod: (a, b) => a % b, copysign: (a, b) => (b < 0 || Object.is(b, -0) ? -1 : 1) * Math.abs(a),
  heaviside: (x, y) => (x === 0 ? y : +(x > 0)), erf, erfc: (x) => (x < 0.5 ? 1 - erf(x) : tail0(x)),
  equal: (a, b) => +(a === b), not_equal: (a, b) => +(a !== b), less: (a, b) => +(a < b), less_equal: (a, b) => +(a <= b), greater: (a, b) => +(a > b),
  greater_equal: (a, b) => +(a >= b), logical_and: (a, b) => +(a !== 0 && b !== 0), logical_or: (a, b) => +(a !== 0 || b !== 0),
  logical_xor: (a, b) => +((a !== 0) !== (b !== 0)), logical_not: (x) => +(x === 0), bitwise_and: (a, b) => a & b, bitwise_or: (a, b) => a | b,
  bitwise_xor: (a, b) => a ^ b, invert: (x) => +(x === 0), isnan: (x) => +Number.isNaN(x), isinf: (x) => +(Math.abs(x) === Infinity),
  isfinite: (x) => +Number.isFinite(x), signbit: (x) => +(x < 0 || Object.is(x, -0)),
};
const tail0 = (x) => (x < 2.5 ? 1 - erf(x) : tail(x));

// ------------------------------------------------------------------------------------------------ which elements of its arguments each element reads

// An index as NumPy takes it: the shape of the result, and where each of its elements lies in an array of `shape`.
function indexed(shape, items) {
  const own = strides(shape), parts = [];
  const width = (x) => (x === null || x.dots ? 0 : x.array && x.array.bool ? x.array.shape.length : 1);
  const rest = shape.length - items.reduce((n, x) => n + width(x), 0);
  const all = items.some((x) => x && x.dots) ? items : [...items, {dots: 1}];
  let d = 0, arrays = false;
  for (const item of all) {
    if (item === null) parts.push({count: 1, from: 0, by: 0});
    else if (item.dots) for (let k = 0; k < rest; k++, d++) parts.push({count: shape[d], from: 0, by: own[d]});
    else if (item.slice) {
      const n = shape[d], [a, b, step] = item.slice, by = step === null ? 1 : step, fit = (x, low, high) => Math.min(Math.max(x < 0 ? x + n : x, low), high);
      const from = by > 0 ? fit(a === null ? 0 : a, 0, n) : a === null ? n - 1 : fit(a, -1, n - 1), to = by > 0 ? fit(b === null ? n : b, 0, n) : b === null ? -1 : fit(b, -1, n - 1);
      parts.push({count: Math.max(0, Math.ceil((to - from) / by)), from: from * own[d], by: by * own[d]});
      d++;
    } else if (item.array && item.array.bool) {
      const mask = item.array, inner = strides(mask.shape), hits = [];
      mask.data.forEach((x, i) => { if (x) hits.push(i); });
      mask.shape.forEach((n, k) => {
        parts.push({at: make([hits.length], Float64Array.from(hits, (i) => Math.floor(i / inner[k]) % n)), by: own[d], n});
        d++;
      });
      arrays = true;
    } else {
      const at = item.array || scalar(item);
      arrays = arrays || Boolean(item.array && item.array.shape.length);
      parts.push({at, by: own[d], n: shape[d], number: !(item.array && item.array.shape.length)});
      d++;
    }
  }
  const chosen = parts.filter((p) => p.at && (arrays || p.number)), spread = broadcastShapes(chosen.map((p) => p.at.shape));
  const places = parts.map((p, i) => (p.at ? i : -1)).filter((i) => i >= 0);
  const together = places.every((p, k) => !k || p === places[k - 1] + 1), plain = parts.map((p, i) => (p.at ? -1 : i)).filter((i) => i >= 0);
  const before = together && places.length ? plain.filter((i) => i < places[0]) : together ? plain : [], after = plain.filter((i) => !before.includes(i));
  const wide = places.length ? size(spread) : 1, look = chosen.map((p) => pulled(p.at.shape, spread));
  const result = [...before.map((i) => parts[i].count), ...(places.length ? spread : []), ...after.map((i) => parts[i].count)];
  const low = size(after.map((i) => parts[i].count)), at = new Int32Array(size(result)), inner = [strides(before.map((i) => parts[i].count)), strides(after.map((i) => parts[i].count))];
  const offset = (which, steps, k) => which.reduce((sum, i, m) => { const n = Math.floor(k / steps[m]) % parts[i].count; return sum + parts[i].from + n * parts[i].by; }, 0);
  const middle = new Float64Array(wide);
  for (let k = 0; k < wide; k++) chosen.forEach((p, m) => { const x = p.at.data[look[m](k)]; middle[k] += (x < 0 ? x + p.n : x) * p.by; });
  for (let i = 0; i < at.length; i++) {
    const k = Math.floor(i / low);
    at[i] = offset(before, inner[0], Math.floor(k / wide)) + middle[k % wide] + offset(after, inner[1], i % low);
  }
  return {shape: result, at};
}

// For a reduction: the shape of the result, and for element i the elements that go into it.
function reduction(shape, axes, keep) {
  const over = axes === null ? shape.map((_, d) => d) : axes, own = strides(shape);
  const kept = shape.map((n, d) => (over.includes(d) ? 1 : n)), outer = strides(kept), inner = over.map((d) => shape[d]), steps = strides(inner), count = size(inner);
  const offsets = Array.from({length: count}, (_, k) => over.reduce((sum, d, m) => sum + (Math.floor(k / steps[m]) % inner[m]) * own[d], 0));
  const start = (i) => kept.reduce((sum, n, d) => sum + (Math.floor(i / outer[d]) % n) * (n > 1 || !over.includes(d) ? own[d] : 0), 0);
  return {shape: keep ? kept : shape.filter((_, d) => !over.includes(d)), start, offsets};
}

// For a product of matrices: for element i the pairs of elements that are multiplied.
function product(a, b) {
  const left = a.length === 1 ? [1, ...a] : a, right = b.length === 1 ? [...b, 1] : b;
  const lead = broadcastShapes([left.slice(0, -2), right.slice(0, -2)]), m = left.at(-2), k = left.at(-1), n = right.at(-1);
  const inA = pulled(left.slice(0, -2), lead), inB = pulled(right.slice(0, -2), lead);
  const shape = [...lead, ...(a.length === 1 ? [] : [m]), ...(b.length === 1 ? [] : [n])];
  return {shape, k, at: (i) => { const batch = Math.floor(i / (m * n)); return [(inA(batch) * m + Math.floor(i / n) % m) * k, 1, inB(batch) * k * n + i % n, n]; }};
}

// What element i of each function's result is made of: {same: [argument, element]}, {terms: [[argument, element], ...], by}, {pairs}, {value}.
const READS = {
  reshape: (x) => ({shape: x[1], of: (i) => ({same: [0, i]})}),
  transpose(x) {
    const from = x[0].shape, own = strides(from), shape = x[1].map((d) => from[d]), outer = strides(shape);
    return {shape, of: (i) => ({same: [0, x[1].reduce((sum, d, k) => sum + (Math.floor(i / outer[k]) % shape[k]) * own[d], 0)]})};
  },
  broadcast_to(x) { const at = pulled(x[0].shape, x[1]); return {shape: x[1], of: (i) => ({same: [0, at(i)]})}; },
  getitem(x) { const found = indexed(x[0].shape, x[1]); return {shape: found.shape, of: (i) => ({same: [0, found.at[i]]})}; },
  flip(x) {
    const shape = x[0].shape, steps = strides(shape), axes = x[1] === null ? shape.map((_, d) => d) : x[1];
    return {shape, of: (i) => ({same: [0, axes.reduce((at, d) => { const k = Math.floor(i / steps[d]) % shape[d]; return at + (shape[d] - 1 - 2 * k) * steps[d]; }, i)]})};
  },
  concatenate(x) {
    const shapes = x[0].map((part) => part.shape), d = x[1], shape = shapes[0].map((n, k) => (k === d ? shapes.reduce((sum, s) => sum + s[k], 0) : n));
    const low = size(shape.slice(d + 1)), starts = [];
    shapes.reduce((sum, s) => { starts.push(sum); return sum + s[d]; }, 0);
    return {shape, of(i) {
      const k = Math.floor(i / low) % shape[d], high = Math.floor(i / low / shape[d]);
      let part = starts.length - 1;
      while (starts[part] > k) part--;
      return {same: [[0, part], (high * shapes[part][d] + k - starts[part]) * low + i % low]};
    }};
  },
  stack(x) {
    const one = x[0][0].shape, d = x[1], shape = [...one.slice(0, d), x[0].length, ...one.slice(d)], low = size(one.slice(d));
    return {shape, of: (i) => ({same: [[0, Math.floor(i / low) % x[0].length], Math.floor(i / low / x[0].length) * low + i % low]})};
  },
  where(x) {
    const shape = broadcastShapes(x.map((part) => part.shape)), at = x.map((part) => pulled(part.shape, shape));
    return {shape, of: (i) => { const k = x[0].data[at[0](i)] ? 1 : 2; return {same: [k, at[k](i)]}; }};
  },
  full: (x) => ({shape: x[0], of: () => ({value: x[1]})}),
  setitem(x) {
    const found = indexed(x[0].shape, x[1]), from = pulled(x[2].shape, found.shape), writer = new Map();
    found.at.forEach((at, k) => writer.set(at, k));
    return {shape: x[0].shape, of: (i) => ({same: writer.has(i) ? [2, from(writer.get(i))] : [0, i]})};
  },
  add_at(x) {
    const found = indexed(x[0].shape, x[1]), from = pulled(x[2].shape, found.shape), writers = new Map();
    found.at.forEach((at, k) => { if (!writers.has(at)) writers.set(at, []); writers.get(at).push(k); });
    return {shape: x[0].shape, of: (i) => ({terms: [[0, i], ...(writers.get(i) || []).map((k) => [2, from(k)])], by: "sum"})};
  },
  cumsum(x) {
    const shape = x[0].shape, step = strides(shape)[x[1]], n = shape[x[1]];
    return {shape, of(i) { const k = Math.floor(i / step) % n; return {terms: Array.from({length: k + 1}, (_, m) => [0, i - (k - m) * step]), by: "sum"}; }};
  },
  matmul(x) {
    const found = product(x[0].shape, x[1].shape);
    return {shape: found.shape, of(i) {
      const [a, da, b, db] = found.at(i);
      return {pairs: Array.from({length: found.k}, (_, k) => [[0, a + k * da], [1, b + k * db]])};
    }};
  },
  unpackbits(x) {
    const bytes = x[0].shape.at(-1), n = x[1];
    return {shape: [...x[0].shape.slice(0, -1), n], of: (i) => ({value: (x[0].data[Math.floor(i / n) * bytes + Math.floor((i % n) / 8)] >> (i % n % 8)) & 1})};
  },
  assume: (x) => ({shape: x[0].shape, of: (i) => ({same: [0, i]})}),
};
const REDUCE = {
  sum: (a, b) => a + b, mean: (a, b) => a + b, prod: (a, b) => a * b, max: MAPS.maximum, min: MAPS.minimum, any: (a, b) => +(a !== 0 || b !== 0), all: (a, b) => +(a !== 0 && b !== 0),
};
for (const name of Object.keys(REDUCE)) {
  READS[name] = (x) => {
    const found = reduction(x[0].shape, x[1], x[2]);
    return {shape: found.shape, of: (i) => { const start = found.start(i); return {terms: found.offsets.map((by) => [0, start + by]), by: name}; }};
  };
}
for (const [name, better] of [["argmax", (a, b) => a > b], ["argmin", (a, b) => a < b]]) {
  READS[name] = (x) => {
    const found = reduction(x[0].shape, x[1] === null ? null : [x[1]], x[2]), data = x[0].data;
    return {shape: found.shape, of(i) {
      const start = found.start(i);
      return {value: found.offsets.reduce((best, by, k) => (better(data[start + by], data[start + found.offsets[best]]) ? k : best), 0)};
    }};
  };
}

// ------------------------------------------------------------------------------------------------ programs

// An argument of a step, with values in the place of their numbers; items of an index stay what they are.
function argument(x, values, inIndex = false) {
  if (x === null || typeof x !== "object") return !inIndex && typeof x === "number" ? scalar(x) : x;
  if ("v" in x) return inIndex ? {array: values[x.v]} : values[x.v];
  if ("n" in x) return scalar({inf: Infinity, "-inf": -Infinity, nan: NaN}[x.n]);
  if ("c" in x) { const found = make(x.shape, Float64Array.from(x.c.flat(Infinity), (y) => (typeof y === "object" ? {inf: Infinity, "-inf": -Infinity, nan: NaN}[y.n] : +y))); found.bool = x.kind === "b"; return inIndex ? {array: found} : found; }
  return x;
}

const INDEXED = ["getitem", "setitem", "add_at"], LISTED = ["concatenate", "stack"], TRUTHS = /^(equal|not_equal|less|less_equal|greater|greater_equal|logical_\w+|is(nan|inf|finite)|signbit|any|all)$/;

function given([name, ...args], values) {
  if (INDEXED.includes(name)) return [argument(args[0], values), args[1].map((x) => argument(x, values, true)), ...(name === "getitem" ? [] : [argument(args[2], values)])];
  if (LISTED.includes(name)) return [args[0].map((x) => argument(x, values)), args[1]];
  if (name in MAPS || name === "where" || name === "matmul") return args.map((x) => argument(typeof x === "boolean" ? +x : x, values));
  if (name === "full") return [args[0], args[1] !== null && typeof args[1] === "object" ? argument(args[1], values).data[0] : +args[1]];
  return [argument(args[0], values), ...args.slice(1)];
}

// All values of a program: its inputs and the result of each step. `reads` of a step tells what its elements are made of.
function run(program, inputs) {
  const values = inputs.slice();
  for (const step of program.steps) values.push(call(step, values));
  return values;
}

function call(step, values) {
  const name = step[0], x = given(step, values);
  if (name === "assume") {
    if (Math.abs(x[0].data[0] - step[2]) > 1e-6 * Math.abs(step[2])) throw new Error("this op takes another way at these values, which the page doesn't know");
    return x[0];
  }
  if (name in MAPS) {
    const f = MAPS[name], shape = broadcastShapes(x.map((part) => part.shape)), result = make(shape), at = x.map((part) => pulled(part.shape, shape)), y = result.data;
    if (x.length === 1) for (let i = 0; i < y.length; i++) y[i] = f(x[0].data[i]);
    else for (let i = 0; i < y.length; i++) y[i] = f(x[0].data[at[0](i)], x[1].data[at[1](i)]);
    result.bool = TRUTHS.test(name) || (["invert", "bitwise_and", "bitwise_or"].includes(name) && x.every((part) => part.bool));
    if (name === "invert" && !x[0].bool) for (let i = 0; i < y.length; i++) y[i] = ~x[0].data[i];
    return result;
  }
  if (!(name in READS)) throw new Error(`the page can't run np.${name}`);
  if (name === "matmul") return multiplied(x[0], x[1]);
  const reads = READS[name](x), result = make(reads.shape), y = result.data, list = (at) => (Array.isArray(at) ? x[at[0]][at[1]] : x[at]);
  for (let i = 0; i < y.length; i++) {
    const found = reads.of(i);
    if (found.same) y[i] = list(found.same[0]).data[found.same[1]];
    else if (found.terms) {
      const join = REDUCE[found.by];
      let total = found.terms.length ? x[found.terms[0][0]].data[found.terms[0][1]] : found.by === "prod" || found.by === "all" ? 1 : 0;
      for (let k = 1; k < found.terms.length; k++) total = join(total, x[found.terms[k][0]].data[found.terms[k][1]]);
      if (found.terms.length === 1 && (found.by === "any" || found.by === "all")) total = +(total !== 0);
      y[i] = found.by === "mean" ? total / found.terms.length : total;
    } else y[i] = found.value;
  }
  const source = LISTED.includes(name) ? x[0][0] : name === "where" ? x[1] : x[0];
  result.bool = TRUTHS.test(name) || Boolean(source && source.bool && !(name in REDUCE) && !name.startsWith("arg") && name !== "cumsum");
  return result;
}

function multiplied(a, b) {
  const found = product(a.shape, b.shape), result = make(found.shape), y = result.data;
  for (let i = 0; i < y.length; i++) {
    const [p, dp, q, dq] = found.at(i);
    let total = 0;
    for (let k = 0; k < found.k; k++) total += a.data[p + k * dp] * b.data[q + k * dq];
    y[i] = total;
  }
  return result;
}

// ------------------------------------------------------------------------------------------------ numbers as text

// A number to six digits, as Python's f"{x:.6g}" writes it: halves to the even digit.
function number(x) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
  if (x === 0) return Object.is(x, -0) ? "-0" : "0";
  let [digits, power] = x.toExponential(5).split("e");
  const exact = x.toExponential(30).split("e")[0].replace("-", "").replace(".", "");
  if (/^\d{6}50*$/.test(exact) && (digits.at(-1) - 0) % 2) digits = Number(`${exact.slice(0, 1)}.${exact.slice(1, 6)}`).toFixed(5).replace(/^/, x < 0 ? "-" : "");
  power = Number(power);
  if (power < -4 || power >= 6) {
    const short = digits.includes(".") ? digits.replace(/\.?0+$/, "") : digits;
    return `${short}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
  }
  const fixed = Number(`${digits}e${power}`).toFixed(Math.max(5 - power, 0));
  return fixed.includes(".") ? fixed.replace(/\.?0+$/, "") : fixed;
}

const place = (i, shape) => strides(shape).map((step, d) => Math.floor(i / step) % shape[d]);
