"use strict";
// What there is and where the page stands: the data, time, what was added to each gradient when, and what is folded.

const compute = run; // of a program: here a run is one backward()
const page = JSON.parse(document.getElementById("data").textContent);
const {values, ops, groups, backwards, programs} = page;
const at = (id) => document.getElementById(id);
const decoded = new Map();
const array = (k) => { if (k === null || k === undefined) return null; if (!decoded.has(k)) decoded.set(k, decode(page.arrays[k], array, programs)); return decoded.get(k); };
const whole = (x) => x !== null && x.data.length === size(x.whole || x.shape);

// An element with attributes and children; text is always text.
function el(name, about = {}, ...children) {
  const svg = ["svg", "g", "rect", "ellipse", "path", "text"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, x] of Object.entries(about)) if (key.startsWith("on")) made.addEventListener(key.slice(2), x); else if (x !== null && x !== false) made.setAttribute(key, x);
  made.append(...children.filter((x) => x !== null && x !== undefined));
  return made;
}

const shapeText = (shape) => (shape.length ? `(${shape.join(", ")}${shape.length === 1 ? "," : ""})` : "scalar");
const brief = (text, most) => (text.length > most ? `${text.slice(0, most / 2 - 1)}…${text.slice(1 - most / 2)}` : text);
const norm = (x) => { let sum = 0; for (const y of x.data) sum += y * y; return Math.sqrt(sum); };
const normText = (x) => (x.bad ? (x.bad[0] ? "nan" : "inf") : x.about ? x.about[3] : number(norm(x)));
const nameOf = (v) => values[v].name;
const isGiven = (v) => { const name = ops[values[v].op].name, rest = nameOf(v).startsWith(name) ? nameOf(v).slice(name.length) : "."; return rest !== "" && !/^_\d+$/.test(rest); }; // named by a person, not by its op

// ------------------------------------------------------------------------------------------------ time

const children = new Map(); // op -> the ops of its body
ops.forEach((op, k) => { if (op.up !== null) { if (!children.has(op.up)) children.set(op.up, []); children.get(op.up).push(k); } });
const outermost = (k) => { while (ops[k].up !== null) k = ops[k].up; return k; };
const order = [];
(function place(list, from, width) { list.forEach((k, i) => { order[k] = from + width * i; if (children.has(k)) place(children.get(k), order[k] + width / (children.get(k).length + 2), width / (children.get(k).length + 2)); }); })(ops.map((_, k) => k).filter((k) => ops[k].up === null), 0, 1);

const events = []; // {kind: "f", op} an op ran; {kind: "s", run} a backward began; {kind: "b", run, step} a step of it
const outer = ops.map((_, k) => k).filter((k) => ops[k].up === null);
let done = 0;
backwards.forEach((backward, run) => {
  for (; done < backward.after; done++) events.push({kind: "f", op: outer[done]});
  events.push({kind: "s", run});
  backward.steps.forEach((step) => events.push({kind: "b", run, step, op: step.op}));
});
for (; done < outer.length; done++) events.push({kind: "f", op: outer[done]});
const ran = new Map(), gone = backwards.map(() => new Map()), begun = []; // times: of an op's run, of its step in each backward, of each backward's start
const stepOf = backwards.map(() => new Map()); // op -> step, also of ops inside ops
events.forEach((event, i) => {
  if (event.kind === "f") ran.set(event.op, i + 1);
  else if (event.kind === "s") begun.push(i + 1);
  else {
    gone[event.run].set(event.op, i + 1);
    const stack = [event.step];
    while (stack.length) { const step = stack.pop(); stepOf[event.run].set(step.op, step); stack.push(...(step.inside || [])); }
  }
});
// What was added to each value's gradient: {time, array, op, i}, in order, for each backward.
const arrivals = backwards.map((backward, run) => {
  const found = new Map(), add = (v, x) => { if (!found.has(v)) found.set(v, []); found.get(v).push(x); };
  for (const [v, k] of backward.roots) add(v, {time: begun[run], array: k, op: null});
  for (const step of backward.steps) for (const part of step.parts) add(part.to, {time: gone[run].get(step.op), array: part.array, op: step.op, part});
  return found;
});
const firstInside = new Set(); // parts in bodies of fused ops that are the first for their value
for (const list of stepOf) for (const step of list.values()) {
  const seen = new Set((step.inside || []).slice(0, 1).map((inner) => ops[inner.op].out));
  for (const inner of step.inside || []) for (const part of inner.parts) { if (!seen.has(part.to)) firstInside.add(part); seen.add(part.to); }
}
const runAt = (t) => { let run = -1; begun.forEach((time, i) => { if (time <= t) run = i; }); return run; };
// The last backward begun by time t that has something to say; else the last one.
const runWith = (t, says) => { for (let run = runAt(t); run >= 0; run--) if (says(run)) return run; return runAt(t); };
const runOfValue = (v, t) => runWith(t, (run) => arrivals[run].has(v)), runOfOp = (k, t) => runWith(t, (run) => gone[run].has(outermost(k)));
const held = (run, v, when) => { const found = backwards[run][when].find(([leaf]) => leaf === v); return found ? array(found[1]) : null; };
const before = (run, v) => held(run, v, "before");
const differ = (a, b) => a !== b && a.data.some((x, i) => x !== b.data[i] && !(Number.isNaN(x) && Number.isNaN(b.data[i])));
// Whether what arrived at an op is something else than what was handed to it: a hook has replaced it.
const hooked = (step, run) => { const sum = ops[step.op].up === null ? gradient(ops[step.op].out, gone[run].get(step.op), run) : null; return Boolean(sum && whole(sum) && differ(sum, array(step.array))); };

// The gradient of a value as it is at time t: the sum of what was added, in the engine's order and precision; null while there is none.
const gradient = (v, t, run = runOfValue(v, t)) => (run < 0 ? null : added((arrivals[run].get(v) || []).filter((x) => x.time <= t).map((x) => array(x.array)), values[v].dtype));
function added(parts, dtype) {
  if (parts.length < 2) return parts[0] ?? null;
  const round = dtype === "float64" ? (x) => x : dtype === "float16" ? half : Math.fround, sum = {...parts[0], about: undefined, bad: undefined, data: Float64Array.from(parts[0].data)};
  for (const part of parts.slice(1)) for (let i = 0; i < sum.data.length; i++) sum.data[i] = round(sum.data[i] + part.data[i]);
  const bad = [sum.data.filter(Number.isNaN).length, sum.data.filter((x) => Math.abs(x) === Infinity).length];
  return bad[0] + bad[1] ? {...sum, bad} : sum;
}
function half(x) { // to the nearest float16, halves to the even one
  if (!Number.isFinite(x) || x === 0) return x;
  const step = 2 ** (Math.max(Math.floor(Math.log2(Math.abs(x))), -14) - 10), y = even(x / step) * step;
  return Math.abs(y) > 65504 ? Math.sign(y) * Infinity : y;
}

// ------------------------------------------------------------------------------------------------ what is open, and the picture of it

const state = {t: 0, open: new Set(), picked: null, scope: null, edits: new Map(), found: new Set(), playing: null};
const up = (id) => {
  if (id[0] === "g") return groups[+id.slice(1)].parent > 0 ? `g${groups[+id.slice(1)].parent}` : null;
  if (id[0] === "o") { const op = ops[+id.slice(1)]; return op.up !== null ? `o${op.up}` : op.group > 0 ? `g${op.group}` : null; }
  return home.get(+id.slice(1)) ?? null;
};
const way = (id) => { const found = []; for (let k = id; k !== null; k = up(k)) found.push(k); return found; };
const home = new Map(); // of a parameter, or of a constant that nobody named: the innermost box that holds all its uses
(function settle() {
  const uses = new Map();
  ops.forEach((op, k) => op.in.forEach(([, v]) => { if (values[v].kind !== "op") { if (!uses.has(v)) uses.set(v, new Set()); uses.get(v).add(k); } }));
  for (const [v, list] of uses) {
    if (values[v].kind === "input") continue;
    const all = [...list].filter((k) => ![...list].some((j) => j !== k && way(`o${k}`).slice(1).includes(`o${j}`))); // not inside another use
    const ways = all.map((k) => way(`o${k}`).slice(1).reverse());
    let common = ways[0].length;
    for (const other of ways) { let n = 0; while (n < common && other[n] === ways[0][n]) n++; common = n; }
    home.set(v, common ? ways[0][common - 1] : null);
  }
})();

const shownAs = (id) => { // the box that stands for something: the outermost closed one around it; of an op that is open, its last
  for (;;) {
    const chain = way(id);
    for (let i = chain.length - 1; i > 0; i--) if (!state.open.has(chain[i])) return chain[i];
    if (id[0] === "o" && state.open.has(id) && children.has(+id.slice(1))) { id = `o${ops[+id.slice(1)].last}`; continue; }
    return id;
  }
};
const producer = (v) => (values[v].kind === "op" ? shownAs(`o${values[v].op}`) : shownAs(`v${v}`));

let picture = {items: [], edges: []};
function build() {
  const items = new Map(), edges = new Map();
  const item = (id) => {
    if (items.has(id)) return;
    const parent = up(id), found = {id, parent, ops: [], ...looks(id)};
    items.set(id, found);
    if (parent !== null) { if (!items.has(parent)) item(parent); items.get(parent).open = true; }
  };
  ops.forEach((op, k) => {
    if (way(`o${k}`).slice(1).some((id) => id[0] === "o" && !state.open.has(id)) || (state.open.has(`o${k}`) && children.has(k))) return;
    const head = shownAs(`o${k}`);
    item(head);
    items.get(head).ops.push(k);
    op.in.forEach(([name, v], i) => {
      const tail = producer(v);
      if (tail === head) return;
      item(tail);
      const key = `${tail} ${head}`;
      if (!edges.has(key)) edges.set(key, {tail, head, uses: []});
      edges.get(key).uses.push({op: k, i, v, name});
    });
  });
  for (const found of items.values()) {
    found.order = orderOf(found.id);
    if (found.open) { found.least = 7.2 * (found.title.length + (found.id[0] === "o" ? 12 : 3)) + 16; }
    else found.leaf = found.id[0] === "v";
  }
  const list = [...items.values()].sort((a, b) => a.order - b.order);
  const lines = [...edges.values()], {routes, w, h} = layout(list, lines.map((e) => [e.tail, e.head]));
  const into = new Map();
  lines.forEach((edge, i) => { edge.route = routes[i]; if (!into.has(edge.head)) into.set(edge.head, []); into.get(edge.head).push(edge); });
  for (const some of into.values()) { // where several lines end in one box, side by side
    const from = (e) => (e.route.through.length ? e.route.through.at(-1)[0] : e.route.tail.x + e.route.tail.w / 2);
    some.sort((a, b) => from(a) - from(b)).forEach((edge, i) => { const {head} = edge.route; edge.route.port = head.x + head.w * (i + 1) / (some.length + 1); });
  }
  for (const edge of lines) {
    edge.path = drawn(edge.route);
    edge.y = [edge.route.tail.y, edge.route.head.y + edge.route.head.h];
    const xs = [edge.route.tail.x, edge.route.tail.x + edge.route.tail.w, edge.route.head.x, edge.route.head.x + edge.route.head.w, ...edge.route.through.map((p) => p[0])];
    edge.x = [Math.min(...xs), Math.max(...xs)];
  }
  picture = {items: list, edges: lines, w, h, byId: items};
  world.replaceChildren(el("g"), el("g"), el("g"));
  shown.clear();
  look();
}

function orderOf(id) {
  const k = +id.slice(1);
  if (id[0] === "o") return order[k];
  if (id[0] === "v") return firstUse.get(k) ?? 0;
  return firstIn.get(k);
}
const firstUse = new Map(), firstIn = new Map(), opsIn = new Map();
ops.forEach((op, k) => {
  for (const [, v] of op.in) if (values[v].kind !== "op" && !(firstUse.get(v) <= order[k])) firstUse.set(v, order[k]);
  if (op.up === null) for (let g = op.group; g > 0; g = groups[g].parent) { if (!(firstIn.get(g) <= order[k])) firstIn.set(g, order[k]); opsIn.set(g, [...(opsIn.get(g) || []), k]); }
});

// Title, small print, kind and size of a box.
function looks(id) {
  const k = +id.slice(1), wide = (title, lines) => Math.max(id[0] === "v" ? 54 : 116, 6.6 * title.length + 18, ...lines.map((line) => 5.6 * line.length + 16));
  let title, lines, kind;
  if (id[0] === "g") {
    title = brief(groups[k].title, 44); kind = "module"; lines = [`${opsIn.get(k).length} ops`];
  } else if (id[0] === "v") {
    kind = values[k].kind; title = brief(values[k].name, 28);
    lines = kind === "constant" && !values[k].shape.length ? [] : [values[k].shape.length || values[k].array === null ? shapeText(values[k].shape) : number(array(values[k].array).data[0])];
  } else {
    const {name, out} = ops[k], y = array(values[out].array);
    kind = children.has(k) ? "fused" : "op"; title = brief(name, 28);
    lines = [`${isGiven(out) ? `${brief(nameOf(out), 20)} ` : ""}${values[out].shape.length || !y ? shapeText(values[out].shape) : `= ${number(y.data[0])}`}`];
  }
  return {title, lines, kind, w: wide(title, lines) + (kind === "module" || kind === "fused" ? 14 : 0), h: id[0] === "v" ? 20 + 12 * lines.length : 48};
}
