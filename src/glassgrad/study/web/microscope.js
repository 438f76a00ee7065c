"use strict";
// One element of a result: the very sum of products, or the expression, that made it; and which elements of its inputs went into it.

const BINARY = {add: ["+", 1], subtract: ["−", 1], multiply: ["·", 2], divide: ["/", 2], power: ["^", 4]};
const WORDS = {negative: "−", sum: "sum", mean: "mean", max: "max", min: "min", prod: "product", absolute: "abs", maximum: "max", minimum: "min"};

// The tree of value number v, element i: {value, input, at} of an input, {value, name, parts} of a function, {value} of a constant.
function tree(program, values, v, i) {
  for (;;) {
    if (v < program.inputs) return {value: values[v].data[i], input: v, at: i};
    const step = program.steps[v - program.inputs], name = step[0], x = given(step, values), value = values[v].data[i];
    const ref = (k) => (Array.isArray(k) ? step[1 + k[0]][k[1]] : step[1 + k]), sub = (k, at) => { const r = ref(k); return r !== null && typeof r === "object" && "v" in r ? tree(program, values, r.v, at) : {value: (Array.isArray(k) ? x[k[0]][k[1]] : x[k]).data[at]}; };
    if (name in MAPS) {
      const at = x.map((part) => pulled(part.shape, values[v].shape));
      return {value, name, parts: x.map((_, k) => sub(k, at[k](i)))};
    }
    const found = READS[name](x).of(i);
    if (found.same) {
      const r = ref(found.same[0]);
      if (r === null || typeof r !== "object" || !("v" in r)) return sub(...found.same);
      v = r.v; i = found.same[1];
      continue;
    }
    if (found.pairs) return {value, name: "sum", parts: found.pairs.map(([a, b]) => { const parts = [sub(...a), sub(...b)]; return {value: parts[0].value * parts[1].value, name: "multiply", parts}; })};
    if (found.terms) return {value, name: found.by, parts: found.terms.map(([k, at]) => sub(k, at))};
    return {value};
  }
}

// The terms that add up to a tree: of a sum, its parts; of a factor times a sum, that is one term.
function termsOf(node) {
  if (node.name === "sum") {
    const parts = node.parts.filter((part) => part.value !== 0 || part.parts || part.input !== undefined); // without the zeros that a sum starts from
    return (parts.length ? parts : node.parts.slice(0, 1)).flatMap((part) => (part.name === "sum" ? termsOf(part) : [part]));
  }
  if (node.name === "add" && node.parts.some((part) => part.name === "sum")) return node.parts.flatMap(termsOf);
  return [node];
}

// Every element of an input that went into a tree: a Map from input to the Set of its elements. Nothing is looked at twice.
function cellsOf(node, found = new Map()) {
  const stack = [node];
  while (stack.length) {
    const one = stack.pop();
    if (one.input !== undefined) { if (!found.has(one.input)) found.set(one.input, new Set()); found.get(one.input).add(one.at); }
    else if (one.parts) stack.push(...one.parts);
  }
  return found;
}

// A tree as text: `called(input, at)` writes an input's element; a sum inside is written in short.
function written(node, called, level = 0, room = {left: 60}) {
  if (room.left-- < 0) return "…";
  if (node.input !== undefined) return called(node.input, node.at, node.value);
  if (!node.parts) return number(node.value);
  const go = (part, l) => written(part, called, l, room), {name, parts} = node;
  if (name in BINARY) {
    const [sign, binds] = BINARY[name], text = `${go(parts[0], binds)} ${sign} ${go(parts[1], binds + 1)}`;
    return binds < level ? `(${text})` : text;
  }
  if (name === "negative") return `−${go(parts[0], 3)}`;
  if (name === "square") return `${go(parts[0], 5)}²`;
  if (name in REDUCE) {
    if (parts.length === 1) return go(parts[0], level);
    return `${name === "sum" ? "Σ" : WORDS[name] || name}(${go(parts[0], 0)}${parts.length > 2 ? ", … " : ", "}${go(parts.at(-1), 0)}: ${parts.length})`;
  }
  return `${WORDS[name] || name}(${parts.map((part) => go(part, 0)).join(", ")})`;
}
