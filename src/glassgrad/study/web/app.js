"use strict";
// The page itself: where it stands in time, what is folded, and the three views of that: graph, detail, code.

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

// ------------------------------------------------------------------------------------------------ drawing what is in sight

const svg = at("picture"), world = at("world"), view = {x: 0, y: 0, k: 1}, shown = new Map();
const LEAST = 0.1; // the scale at which boxes are still seen
const MANY = 900; // boxes in sight: more are drawn without text

function look() {
  const {width, height} = svg.getBoundingClientRect(), left = -view.x / view.k, upper = -view.y / view.k, right = left + width / view.k, lower = upper + height / view.k;
  world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
  const near = (x0, x1, y0, y1) => x1 >= left - 60 && x0 <= right + 60 && y1 >= upper - 60 && y0 <= lower + 60;
  const boxes = picture.items.filter((b) => near(b.x, b.x + b.w, b.y, b.y + b.h)), lines = picture.edges.filter((e) => near(e.x[0], e.x[1], e.y[0], e.y[1]));
  const [groundLayer, lineLayer, boxLayer] = world.children, keep = new Set();
  const ground = (b) => { const depth = way(b.id).length; while (groundLayer.children.length <= depth) groundLayer.append(el("g")); return groundLayer.children[depth]; }; // inner ones above outer ones
  if (boxes.length > MANY) {
    const outline = boxes.filter((b) => !b.open).map((b) => `M${b.x.toFixed(0)} ${b.y.toFixed(0)}h${b.w.toFixed(0)}v${b.h}h${-b.w.toFixed(0)}z`).join(""), strokes = lines.map((e) => e.path).join("");
    shown.clear();
    groundLayer.replaceChildren(...boxes.filter((b) => b.open).map(draw)); lineLayer.replaceChildren(el("path", {class: "edge", d: strokes}));
    boxLayer.replaceChildren(el("g", {class: "box"}, el("path", {d: outline})));
    const now = marked();
    if (now) boxLayer.append(el("g", {class: "box now"}, el("rect", {class: "f", x: now.x, y: now.y, width: now.w, height: now.h})));
    return;
  }
  if (!shown.size) for (const layer of world.children) layer.replaceChildren();
  const put = (key, thing, layer, make) => { keep.add(key); if (!shown.has(key)) { const made = make(thing); made.thing = thing; shown.set(key, made); layer.append(made); } };
  for (const b of boxes) put(b.id, b, b.open ? ground(b) : boxLayer, draw);
  for (const e of lines) put(`${e.tail} ${e.head}`, e, lineLayer, (edge) => el("path", {d: edge.path}));
  for (const [key, made] of shown) if (!keep.has(key)) { made.remove(); shown.delete(key); }
  paint();
}

function draw(b) {
  if (b.open) {
    const depth = way(b.id).length, made = el("g", {"data-id": b.id}, el("rect", {class: `around${depth % 2 ? "" : " odd"}${b.id[0] === "o" ? " body" : ""}`, x: b.x, y: b.y, width: b.w, height: b.h, rx: 8}), el("text", {class: "t", x: b.x + 9, y: b.y + 16}, `${b.id[0] === "o" ? "⊟ body of " : "⊟ "}${b.title}`));
    const handle = el("rect", {class: "handle", x: b.x, y: b.y, width: Math.min(b.w, 7.2 * b.title.length + 110), height: GAP.title, tabindex: 0, role: "button", "aria-label": `close ${b.title}`});
    handle.addEventListener("click", () => toggle(b.id));
    handle.addEventListener("keydown", (event) => { if (event.key === "Enter") toggle(b.id); });
    made.append(handle);
    return made;
  }
  const folds = b.kind === "module" || b.kind === "fused", mid = b.x + b.w / 2;
  const form = b.kind === "input" || b.kind === "constant" ? el("ellipse", {class: "f", cx: mid, cy: b.y + b.h / 2, rx: b.w / 2, ry: b.h / 2})
    : b.kind === "parameter" ? el("path", {class: "f", d: `M${b.x} ${b.y + 5}a${b.w / 2} 5 0 0 1 ${b.w} 0v${b.h - 10}a${b.w / 2} 5 0 0 1 ${-b.w} 0z`})
    : el("rect", {class: "f", x: b.x, y: b.y, width: b.w, height: b.h, rx: b.kind === "module" ? 2 : 7});
  const made = el("g", {class: "box", "data-id": b.id, tabindex: 0, role: "button", "aria-label": `${b.kind} ${b.title} ${b.lines.join(" ")}`}, form, el("text", {class: "t", x: mid, y: b.y + (b.id[0] === "v" ? 14 + (b.lines.length ? 0 : 1) : 15), "text-anchor": "middle"}, `${folds ? "⊞ " : ""}${b.title}`));
  b.lines.forEach((line, i) => made.append(el("text", {class: "s", x: mid, y: b.y + 27 + 12 * i, "text-anchor": "middle"}, line)));
  if (b.id[0] !== "v") made.append(el("text", {class: "g", x: mid, y: b.y + 41, "text-anchor": "middle"}));
  const act = () => (b.id[0] === "g" ? toggle(b.id) : pick(b.id));
  made.addEventListener("click", act);
  made.addEventListener("keydown", (event) => { if (event.key === "Enter") act(); });
  if (b.kind === "fused") made.addEventListener("dblclick", () => toggle(b.id));
  return made;
}

// The classes of what is in sight, as they are at this time.
function paint() {
  const event = events[state.t - 1], current = event ? marked() : null, sources = state.scope ? state.scope.sources : new Set();
  for (const text of world.querySelectorAll(".onedge")) text.remove();
  for (const made of shown.values()) {
    const b = made.thing;
    if (b.open) continue;
    if (b.route) {
      const uses = b.uses, run = runOfOp(uses[0].op, state.t), latest = uses.every((u) => time(u.op) > state.t), back = run >= 0 && uses.some((u) => goneTime(run, u.op) <= state.t && partOf(run, u));
      const now = event && event.op !== undefined && uses.some((u) => outermost(u.op) === event.op && (event.kind === "f" || partOf(run, u))), dead = !uses.some((u) => backwards.length === 0 || backwards.some((_, r) => partOf(r, u)));
      made.setAttribute("class", `edge${latest ? " later" : ""}${back ? " flown" : ""}${now ? " now" : ""}${dead ? " dead" : ""}`);
      if (now && event.kind === "b") label(b, uses.filter((u) => outermost(u.op) === event.op), run);
      continue;
    }
    const v = b.id[0] === "v" ? +b.id.slice(1) : null;
    let later = false, finished = false, g = null;
    const run = v === null ? runOfOp(b.ops[0], state.t) : -1;
    if (v !== null) { g = gradient(v, state.t); finished = g !== null; } else {
      later = b.ops.every((k) => time(k) > state.t);
      finished = run >= 0 && b.ops.every((k) => !(goneTime(run, k) > state.t)) && b.ops.some((k) => goneTime(run, k) <= state.t);
      if (b.ops.length === 1 && run >= 0) { const inner = stepOf[run].get(b.ops[0]); if (inner && goneTime(run, b.ops[0]) <= state.t) g = array(inner.array); else if (ops[b.ops[0]].up === null) g = gradient(ops[b.ops[0]].out, state.t, run); }
      const text = made.querySelector(".g");
      text.textContent = g === null ? "" : g.data.length === 1 ? `g = ${number(g.data[0])}` : `|g| = ${normText(g)}`;
    }
    made.setAttribute("class", `box ${b.kind}${later ? " later" : ""}${finished ? " done" : ""}${current === b ? " now" : ""}${state.picked === b.id ? " picked" : ""}${sources.has(b.id) ? " source" : ""}${state.found.has(b.id) ? " found" : ""}`);
  }
}
const time = (k) => ran.get(outermost(k)) ?? 0, goneTime = (run, k) => gone[run].get(outermost(k)) ?? Infinity;
const partOf = (run, use) => { const step = stepOf[run].get(use.op); return step && step.parts.some((part) => part.to === use.v); };
const marked = () => { const event = events[state.t - 1]; if (!event) return null; const id = event.kind === "s" ? rootBox(event.run) : shownAs(`o${event.op}`); return picture.byId.get(id) || null; };
const rootBox = (run) => (backwards[run].roots.length ? producer(backwards[run].roots[0][0]) : null);

function label(edge, uses, run) { // the rule beside the line, where there is room for it
  if (view.k < 0.55) return;
  const step = stepOf[run].get(uses[0].op), part = step && step.parts.find((p) => p.to === uses[0].v);
  if (!part) return;
  const {head} = edge.route, x = edge.route.port, left = x < head.x + head.w / 2 - 1; // outwards, away from the other lines
  const beside = picture.edges.filter((e) => e.head === edge.head && (left ? e.route.port < x : e.route.port > x)).length;
  const text = el("text", {class: "onedge", x: x + (left ? -7 : 7), y: head.y - 6 - 12 * beside, "text-anchor": left ? "end" : "start"}, brief(`${sign(part.to, state.t, part)} ${part.text}`, 46));
  world.children[2].append(text);
}
const sign = (v, t, part) => { if (firstInside.has(part)) return "="; const list = arrivals[runAt(t)].get(v) || [], k = list.findIndex((x) => x.part === part), held = values[v].kind !== "op" && before(runAt(t), v); return k > 0 || held || k < 0 ? "+=" : "="; };

function toggle(id) {
  if (state.open.has(id)) state.open.delete(id); else state.open.add(id);
  const old = picture.byId.get(id), px = old ? [old.x * view.k + view.x, old.y * view.k + view.y] : null;
  build();
  const now = picture.byId.get(id);
  if (px && now) { view.x = px[0] - now.x * view.k; view.y = px[1] - now.y * view.k; look(); }
  if (state.picked === id) detail();
}

function fit() {
  const {width, height} = svg.getBoundingClientRect();
  if (!width) return;
  const k = Math.min(1.25, (width - 30) / Math.max(picture.w, 1), (height - 50) / Math.max(picture.h, 1));
  view.k = Math.max(k, LEAST);
  view.x = (width - picture.w * view.k) / 2; view.y = Math.max(12, (height - 30 - picture.h * view.k) / 2);
  if (k < LEAST) centre(marked() || picture.items.find((b) => !b.open)); // it doesn't fit: where we are
  else look();
}
function centre(b = marked(), force = true) {
  const {width, height} = svg.getBoundingClientRect();
  if (!b || !width) return;
  const x = (b.x + b.w / 2) * view.k + view.x, y = (b.y + b.h / 2) * view.k + view.y;
  if (!force && x > 60 && x < width - 60 && y > 50 && y < height - 60) return;
  view.x = width / 2 - (b.x + b.w / 2) * view.k; view.y = height / 2 - (b.y + b.h / 2) * view.k;
  look();
}
function nearer() { view.k = Math.max(view.k, 0.9); centre(); }
function zoom(by, x, y) {
  const box = svg.getBoundingClientRect(), k = Math.min(4, Math.max(LEAST / 2, view.k * by));
  x = x ?? box.width / 2; y = y ?? box.height / 2;
  view.x = x - (x - view.x) * k / view.k; view.y = y - (y - view.y) * k / view.k; view.k = k;
  soon();
}
let waiting = false;
function soon() { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; look(); }); } }
svg.addEventListener("wheel", (event) => { event.preventDefault(); const box = svg.getBoundingClientRect(); zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.clientX - box.left, event.clientY - box.top); }, {passive: false});
const fingers = new Map();
let dragged = 0; // how far, since the pointer went down: who drags doesn't click
svg.addEventListener("click", (event) => { if (dragged > 4) event.stopPropagation(); }, true);
svg.addEventListener("pointerdown", (event) => { dragged = 0; fingers.set(event.pointerId, [event.clientX, event.clientY]); });
window.addEventListener("pointermove", (event) => {
  const old = fingers.get(event.pointerId);
  if (!old) return;
  dragged += Math.abs(event.clientX - old[0]) + Math.abs(event.clientY - old[1]);
  if (fingers.size === 2) {
    const [[, other]] = [...fingers].filter(([id]) => id !== event.pointerId), far = (p) => Math.hypot(p[0] - other[0], p[1] - other[1]), box = svg.getBoundingClientRect();
    zoom(far([event.clientX, event.clientY]) / Math.max(far(old), 1), other[0] - box.left, other[1] - box.top);
  } else { view.x += event.clientX - old[0]; view.y += event.clientY - old[1]; soon(); }
  fingers.set(event.pointerId, [event.clientX, event.clientY]);
});
for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, (event) => fingers.delete(event.pointerId));

// ------------------------------------------------------------------------------------------------ going through time

function go(t) {
  state.t = Math.max(0, Math.min(events.length, t));
  state.picked = null; state.scope = null;
  at("time").value = state.t;
  phase(); reveal(); paint(); centre(marked(), false); detail(); code();
  if (picture.items.length > MANY) look();
}
function phase() {
  const event = events[state.t - 1], forward = events.filter((e) => e.kind === "f").length;
  let text = `start; ${events.length} steps`;
  if (event && event.kind === "f") text = `forward ${[...ran.values()].filter((x) => x <= state.t).length} of ${forward}`;
  else if (event) text = `backward${backwards.length > 1 ? ` ${event.run + 1} of ${backwards.length}` : ""}${page.asked ? " (not called yet)" : ""}, step ${state.t - begun[event.run]} of ${backwards[event.run].steps.length}`;
  at("phase").textContent = text;
}
function reveal() { if (!marked()) look(); }

const stops = { // what a breakpoint looks at
  gradient: (event, what) => event.kind === "b" && [event.step.array, ...event.step.parts.map((p) => p.array)].some((k) => largest(k) > Number(what)),
  nan: (event) => (event.kind === "f" ? [values[ops[event.op].out].array].some(bad) && !ops[event.op].in.some(([, v]) => bad(values[v].array)) // made here, not passed on
    : event.kind === "b" && event.step.parts.some((p) => bad(p.array)) && !bad(event.step.array)),
  op: (event, what) => event.op !== undefined && inside(event.op).some((k) => ops[k].name === what || nameOf(ops[k].out) === what),
  module: (event, what) => event.op !== undefined && way(`o${event.op}`).some((id) => id[0] === "g" && groups[+id.slice(1)].title.includes(what)),
};
const bad = (k) => k !== null && Boolean(page.arrays[k].bad || array(k).data.some((x) => !Number.isFinite(x)));
const largest = (k) => { const {about} = page.arrays[k]; return about ? Math.max(Math.abs(about[0]), Math.abs(about[2])) : array(k).data.reduce((most, x) => Math.max(most, Math.abs(x)), 0); };
const inside = (k) => [k, ...(children.get(k) || []).flatMap(inside)];
const stopsAt = (event) => { const kind = at("kind").value, what = at("what").value.trim(); return stops[kind](event, what); };

function play(direction = 1) { // to the next breakpoint, or on and on where there is none
  if (state.playing) return halt();
  const kind = at("kind").value, what = at("what").value.trim(), say = (text) => { phase(); at("phase").textContent += ` · ${text}`; };
  if (kind && kind !== "nan" && (what === "" || (kind === "gradient" && Number.isNaN(Number(what))))) { at("what").focus(); return say(kind === "gradient" ? "stop at which number?" : `stop at which ${kind}?`); }
  if (kind) {
    let t = state.t + direction;
    while (t > 0 && t <= events.length && !stopsAt(events[t - 1])) t += direction;
    const found = t > 0 && t <= events.length;
    if (found) go(t); else say(`nothing ${direction > 0 ? "later" : "earlier"} stops it`);
    return;
  }
  if (direction > 0 && state.t === events.length) go(0);
  state.playing = setInterval(() => { if (direction > 0 ? state.t >= events.length : state.t <= 0) halt(); else go(state.t + direction); }, Math.max(60, Math.min(700, 20000 / events.length)));
  at("play").textContent = "⏸";
}
function halt() { clearInterval(state.playing); state.playing = null; at("play").textContent = "▶▶"; }
function runTo(k) { // the next time that something happens to an op
  const hits = (event) => event.op === outermost(k), next = events.findIndex((event, i) => i >= state.t && hits(event));
  go((next >= 0 ? next : events.findIndex(hits)) + 1);
}

// ------------------------------------------------------------------------------------------------ the detail

let tiles = [];
function pick(id) { state.picked = id; state.scope = null; paint(); detail(); tab("detail"); }

function detail() {
  const box = at("detail"), event = events[state.t - 1], about = `${state.t} ${state.picked}`, stay = box.dataset.about === about ? box.scrollTop : 0;
  box.dataset.about = about;
  tip(null);
  tiles = [];
  box.replaceChildren();
  if (state.picked) picked(box, state.picked);
  else if (!event) box.append(...intro());
  else if (event.kind === "f") forward(box, event.op);
  else if (event.kind === "s") seeded(box, event.run);
  else stepped(box, event.step, event.run);
  if (state.scope) box.append(scope());
  for (const tile of tiles) tile.paint();
  box.scrollTop = stay;
  if (state.focus) tiles.find((tile) => tile.key === state.focus.key && tile.focus)?.focus(state.focus.cursor);
  state.focus = null;
}

function intro() {
  const count = events.filter((e) => e.kind === "f").length;
  return [el("h2", {}, page.title), el("p", {}, `${count} ops forward, ${backwards.length ? backwards.map((b) => b.steps.length).join(" + ") : "no"} steps backward${page.asked ? " (what backward() would do: it has not been called)" : ""}.`),
    el("p", {class: "quiet"}, "→ steps, Space runs, a click on a box asks about it, on ⊞ opens it, on a cell of an array shows what it was made of. ? lists the keys."),
    page.note ? el("p", {class: "warn"}, page.note) : null,
    page.unfolded && backwards.length > 1 && children.size ? el("p", {class: "quiet"}, "Fused ops unfold in the last backward().") : null,
    page.unfolded ? null : el("p", {class: "quiet"}, "In a graph of this size fused ops are not unfolded.")].filter(Boolean);
}

const heading = (k) => { const modules = way(`o${k}`).filter((id) => id[0] === "g").slice(0, 1).map((id) => groups[+id.slice(1)].title); return el("h2", {}, ops[k].name, " ", el("small", {}, [modules[0], ops[k].line ? `${page.files[ops[k].line[0]].name}:${ops[k].line[1]}` : null].filter(Boolean).join(" · "))); };
const source = (k) => { const line = ops[k].line; if (!line) return null; const file = page.files[line[0]], text = file.lines[line[1] - file.start]; return text ? el("p", {class: "rule quiet"}, text.trim()) : null; };
const callText = (k) => `${nameOf(ops[k].out)} = ${ops[k].name}(${[...ops[k].in.map(([name, v]) => (nameOf(v) === name ? name : `${name}=${nameOf(v)}`)), ...(ops[k].options ? [ops[k].options] : [])].join(", ")})`;

function forward(box, k) {
  const op = ops[k];
  box.append(heading(k), source(k) || "", el("p", {class: "rule"}, callText(k)));
  box.append(el("h3", {}, "gives"), el("div", {class: "tiles"}, tile({name: nameOf(op.out), x: array(values[op.out].array), key: `value ${op.out}`, like: values[op.out], ask: (i) => ask({kind: "value", v: op.out, i})})));
  const from = [...new Map(op.in.map(([name, v]) => [v, name]))];
  if (from.length) box.append(el("h3", {}, "from"), el("div", {class: "tiles"}, ...from.map(([v, name]) => valueTile(v, name))));
  buttons(box, k);
}

const valueTile = (v, role) => tile({name: nameOf(v), role: role !== nameOf(v) ? role : "", x: array(values[v].array), key: `value ${v}`, like: values[v], ask: (i) => ask({kind: "value", v, i})});

function seeded(box, run) {
  const called = backwards[run].roots.map(([v]) => nameOf(v)).join(", ");
  box.append(el("h2", {}, backwards[run].kept || page.asked ? `${called}.backward()` : `autograd.grad(${called}, ...)`), el("p", {}, "The gradient of the output by itself: what all others are made of."));
  box.append(el("div", {class: "tiles"}, ...backwards[run].roots.map(([v, k]) => tile({name: `d ${nameOf(v)}`, x: array(k), key: `grad ${v}`, like: values[v]}))));
}

function stepped(box, step, run) {
  const k = step.op, out = ops[k].out;
  box.append(heading(k), source(k) || "", el("h3", {}, "the gradient that arrives"));
  if (hooked(step, run)) box.append(el("p", {class: "warn"}, "Not what was handed to it: a hook has replaced it."));
  box.append(el("div", {class: "tiles"}, tile({name: `d ${nameOf(out)}`, x: array(step.array), key: `up ${k}`, like: values[out], ask: ops[k].up === null ? (i) => ask({kind: "total", v: out, i, t: state.t - 1}) : null})));
  step.parts.forEach((part) => {
    const list = ops[k].up === null ? arrivals[run].get(part.to) : null, nth = list ? list.findIndex((x) => x.part === part) : 0, old = list ? before(run, part.to) : null, first = list ? nth === 0 && !old : firstInside.has(part);
    const handed = array(part.array);
    box.append(el("h3", {}, `to ${nameOf(part.to)}`), el("p", {class: "rule"}, el("b", {}, `d ${nameOf(part.to)}`), " ", el("span", {class: "how", title: first ? "the first gradient that it gets" : "added to what is there"}, first ? "=" : "+="), ` ${part.text}`, part.summed ? el("span", {class: "quiet"}, part.summed) : ""));
    const row = el("div", {class: "tiles"}, tile({name: first ? `d ${nameOf(part.to)}` : "what is added", x: handed, key: `part ${k} ${part.i}`, like: values[part.to], ask: (i) => ask({kind: "part", step, part, i})}));
    if (!first) {
      const sum = list ? added(list.slice(0, nth + 1).map((x) => array(x.array)), values[part.to].dtype) : null;
      if (nth > 0 && sum) row.append(tile({name: `d ${nameOf(part.to)} so far`, x: sum, key: nth === list.length - 1 ? `sum ${part.to}` : `so far ${part.to} ${nth}`, like: values[part.to], ask: nth === list.length - 1 ? (i) => ask({kind: "total", v: part.to, i, t: state.t}) : null}));
      if (old) row.append(tile({name: ".grad before this backward()", x: old, key: `held ${part.to}`, like: values[part.to]}));
    }
    box.append(row);
  });
  const reads = [...new Set((ops[k].reads || []).filter((r) => typeof r === "number"))], more = (ops[k].reads || []).filter((r) => r && r.name);
  if (reads.length || more.length) box.append(el("h3", {}, "what the rules read"), el("div", {class: "tiles"}, ...reads.map((v) => valueTile(v, (ops[k].in.find(([, w]) => w === v) || ["y"])[0])), ...more.map((r) => tile({name: r.name, x: array(r.array), key: `residual ${r.residual}`, like: {shape: array(r.array).whole}}))));
  buttons(box, k);
}

function buttons(box, k) {
  const id = `o${k}`;
  if (children.has(k)) box.append(el("p", {}, el("button", {onclick: () => toggle(id), title: "f"}, state.open.has(id) ? "fold its body" : `unfold its body: ${children.get(k).length} ops`)));
}

function picked(box, id) {
  const k = +id.slice(1), run = id[0] === "o" ? runOfOp(k, state.t) : runOfValue(k, state.t);
  if (id[0] === "o") {
    const step = run >= 0 && goneTime(run, k) <= state.t ? stepOf[run].get(k) : null;
    if (step) stepped(box, step, run); else forward(box, k);
    if (step) box.append(el("h3", {}, "forward"), el("p", {class: "rule"}, callText(k)), el("div", {class: "tiles"}, valueTile(ops[k].out, "")));
    box.append(el("p", {}, el("button", {onclick: () => runTo(k)}, "run to here")));
    return;
  }
  const about = values[k], g = gradient(k, state.t, run), old = run >= 0 ? before(run, k) : null, after = run >= 0 && g && state.t >= begun[run] + backwards[run].steps.length ? held(run, k, "later") : null;
  box.append(el("h2", {}, about.name, " ", el("small", {}, `${about.kind === "input" ? "leaf that requires grad" : about.kind} · ${about.dtype} ${shapeText(about.shape)}`)));
  const row = el("div", {class: "tiles"}, tile({name: about.name, x: array(about.array), key: `value ${k}`, like: about, edited: state.edits.get(k), ask: about.kind === "constant" ? null : (i) => { state.what = {v: k, i}; state.scope = null; detail(); document.querySelector(".what")?.scrollIntoView({block: "nearest"}); }}));
  if (old) row.append(tile({name: ".grad before", x: old, key: `held ${k}`, like: about}));
  if (g) row.append(tile({name: old ? "what is added" : `d ${about.name}`, x: g, key: `grad ${k}`, like: about, ask: (i) => ask({kind: "total", v: k, i, t: state.t})}));
  if (after && (old || differ(after, g))) row.append(tile({name: ".grad after", x: after, key: `after ${k}`, like: about}));
  box.append(row);
  if (after && !old && differ(after, g)) box.append(el("p", {class: "warn"}, "What was added is not what arrived: a hook has replaced it."));
  const uses = run >= 0 ? (arrivals[run].get(k) || []) : [];
  if (uses.length) box.append(el("h3", {}, "where its gradient comes from"), el("table", {}, ...uses.map((use) => el("tr", {}, el("td", {}, use.op === null ? "the output itself" : el("a", {role: "button", tabindex: 0, onclick: () => go(use.time)}, `${ops[use.op].name} → step ${use.time - begun[run]}`)), el("td", {class: "n"}, use.time <= state.t ? (array(use.array).data.length === 1 ? number(array(use.array).data[0]) : `norm ${normText(array(use.array))}`) : "later"), el("td", {class: "rule"}, use.part ? use.part.text : "")))));
  if (about.kind !== "constant") box.append(what(k));
}

// ------------------------------------------------------------------------------------------------ arrays as heat maps

// A picture of an array, a cell an element: rows are what comes before the last dimension. `ask(i)` when a cell is chosen.
function tile({name, role, x, key, like, ask, edited}) {
  const caption = el("figcaption", {}, el("b", {}, name), role ? ` as ${role}` : "", like.shape.length ? ` ${shapeText(like.shape)}` : "");
  if (!x) return el("figure", {class: "tile"}, caption, el("small", {}, "its values were not recorded"));
  const data = edited || x.data, shape = x.shape;
  if (size(x.whole || shape) === 1) {
    const one = el("button", {class: "one", onclick: ask ? () => ask(0) : null, disabled: !ask || null}, number(data[0]));
    const lit = () => { const on = state.scope && state.scope.cells.get(key); one.style.outline = on ? "2px solid var(--now)" : ""; };
    tiles.push({key, paint: lit});
    return el("figure", {class: "tile"}, caption, one);
  }
  const columns = shape.length ? shape.at(-1) : 1, rows = columns ? data.length / columns : 0, block = shape.length > 2 ? shape.at(-2) : rows, shownRows = Math.min(rows, 1024);
  const canvas = el("canvas", {tabindex: 0, role: "img", "aria-label": `${name}, ${shapeText(like.shape)}; arrow keys move, Enter asks`});
  const text = columns <= 8 && shownRows <= 40, cell = text ? 58 : Math.max(4, Math.min(22, Math.floor(320 / columns))), tall = text ? 22 : Math.min(cell, 22), gap = (r) => (block < rows ? Math.floor(r / block) * 5 : 0);
  const scale = window.devicePixelRatio || 1, width = Math.min(columns * cell, 4096), height = shownRows * tall + gap(Math.max(shownRows - 1, 0));
  canvas.width = width * scale; canvas.height = height * scale; canvas.style.width = `${width}px`; canvas.style.height = `${height}px`;
  let most = 0, cursor = null;
  for (const y of data) if (Number.isFinite(y)) most = Math.max(most, Math.abs(y));
  const paintIt = () => {
    const css = getComputedStyle(document.documentElement), get = (n) => css.getPropertyValue(n), rgb = (n) => get(n).split(",").map(Number), [neg, pos, mid] = [rgb("--neg"), rgb("--pos"), rgb("--mid")], pen = canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0); pen.clearRect(0, 0, width, height);
    pen.font = "11px system-ui, sans-serif"; pen.textAlign = "center"; pen.textBaseline = "middle";
    const lit = state.scope && state.scope.cells.get(key);
    for (let r = 0; r < shownRows; r++) for (let c = 0; c * cell < width; c++) {
      const i = r * columns + c, y = data[i], px = c * cell, py = r * tall + gap(r);
      if (!Number.isFinite(y)) { pen.fillStyle = "#c026d3"; pen.fillRect(px, py, cell - 0.5, tall - 0.5); if (cell > 20) { pen.fillStyle = "#fff"; pen.fillText(number(y), px + cell / 2, py + tall / 2); } continue; }
      const share = most ? Math.sqrt(Math.abs(y) / most) : 0, to = y < 0 ? neg : pos, mix = mid.map((m, n) => Math.round(m + (to[n] - m) * share));
      pen.fillStyle = `rgb(${mix})`; pen.fillRect(px, py, cell - (cell > 6 ? 0.5 : 0), tall - (tall > 6 ? 0.5 : 0));
      if (text) { pen.fillStyle = 0.3 * mix[0] + 0.59 * mix[1] + 0.11 * mix[2] > 140 ? "#111" : "#fff"; pen.fillText(short(y), px + cell / 2, py + tall / 2 + 0.5); }
      if (lit && lit.has(i)) { pen.strokeStyle = get("--now"); pen.lineWidth = 2; pen.strokeRect(px + 1, py + 1, Math.max(cell - 2.5, 1), Math.max(tall - 2.5, 1)); }
      if (i === cursor || (state.what && key === `value ${state.what.v}` && state.what.i === i && edited !== undefined)) { pen.strokeStyle = get("--accent"); pen.lineWidth = 2; pen.strokeRect(px + 1, py + 1, Math.max(cell - 2.5, 1), Math.max(tall - 2.5, 1)); }
    }
  };
  const cellAt = (event) => { const r0 = canvas.getBoundingClientRect(), c = Math.floor((event.clientX - r0.left) / cell), y = event.clientY - r0.top; for (let r = 0; r < shownRows; r++) if (y >= r * tall + gap(r) && y < (r + 1) * tall + gap(r)) return c >= 0 && c < columns ? r * columns + c : null; return null; };
  const say = (i, event) => tip(i === null ? null : `${name}${indexText(i, shape)} = ${number(data[i])}`, event);
  canvas.addEventListener("pointermove", (event) => say(cellAt(event), event));
  canvas.addEventListener("pointerleave", () => tip(null));
  canvas.addEventListener("click", (event) => { const i = cellAt(event); if (i !== null && ask) ask(i); });
  canvas.addEventListener("keydown", (event) => {
    const by = {ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns}[event.key];
    if (by) { cursor = Math.max(0, Math.min(shownRows * columns - 1, cursor === null ? 0 : cursor + by)); const r0 = canvas.getBoundingClientRect(); say(cursor, {clientX: r0.left + (cursor % columns) * cell, clientY: r0.top + Math.floor(cursor / columns) * tall}); paintIt(); } else if (event.key === "Enter" && ask) { state.focus = {key, cursor}; ask(cursor ?? 0); } else return;
    event.preventDefault(); event.stopPropagation();
  });
  tiles.push({key, paint: paintIt, focus(i) { cursor = i; canvas.focus({preventScroll: true}); paintIt(); }});
  const about = x.about && !edited ? `${x.about[0]} to ${x.about[2]}, mean ${x.about[1]}, norm ${x.about[3]}` : "", bad = x.bad ? ` · ${x.bad[0]} NaN, ${x.bad[1]} inf` : "";
  const cut = whole(x) ? (shownRows < rows ? `the first ${shownRows} of ${rows} rows` : "") : `a corner, ${shapeText(x.shape)}, of ${shapeText(x.whole)}`;
  return el("figure", {class: "tile"}, caption, el("div", {class: "cells"}, canvas), el("small", {}, [about + bad, cut].filter(Boolean).join(" · ")));
}
const short = (y) => { const full = number(y); return full.length <= 7 ? full : Math.abs(y) >= 1e5 || Math.abs(y) < 1e-3 ? y.toExponential(1) : y.toPrecision(y < 0 ? 3 : 4); };
const indexText = (i, shape) => (shape.length ? `[${place(i, shape).join(", ")}]` : "");

function tip(text, event) {
  const box = at("tip");
  box.hidden = text === null;
  if (text === null) return;
  box.textContent = text;
  const {width, height} = box.getBoundingClientRect();
  box.style.left = `${Math.min(event.clientX + 12, innerWidth - width - 4)}px`; box.style.top = `${event.clientY + 16 + height > innerHeight ? event.clientY - height - 8 : event.clientY + 16}px`;
}

// ------------------------------------------------------------------------------------------------ the microscope

// question: {kind: "part", step, part, i} of a gradient handed on, {kind: "total", v, i, t} of a sum of these, {kind: "value", v, i}.
function ask(question) {
  state.scope = {question, cells: new Map(), sources: new Set(), rows: [], title: "", note: ""};
  const own = {part: (q) => [`part ${q.step.op} ${q.part.i}`], value: (q) => [`value ${q.v}`], total: (q) => [`grad ${q.v}`, `sum ${q.v}`]}[question.kind](question);
  for (const key of own) state.scope.cells.set(key, new Set([question.i]));
  try { answer(question, state.scope); } catch (error) { state.scope.note = String(error.message || error); }
  paint(); detail();
}

function answer(q, found) {
  const run = q.kind === "part" ? runOfOp(q.step.op, state.t) : runOfValue(q.v, q.t ?? state.t);
  if (q.kind === "total") {
    const parts = (arrivals[run].get(q.v) || []).filter((x) => x.time <= q.t), sum = gradient(q.v, q.t, run);
    if (parts.length === 1 && parts[0].part) return answer({kind: "part", step: stepOf[run].get(parts[0].op), part: parts[0].part, i: q.i}, found);
    found.title = `d ${nameOf(q.v)}${indexText(q.i, sum.shape)} = ${number(sum.data[q.i])}`;
    found.note = parts.length > 1 ? `the sum of ${parts.length} gradients, in the order in which they arrived` : "the gradient that backward() starts from";
    found.rows = parts.map((p) => ({text: p.op === null ? "the output itself" : `${ops[p.op].name}: ${p.part.text}`, value: array(p.array).data[q.i], go: p.part ? () => ask({kind: "part", step: stepOf[run].get(p.op), part: p.part, i: q.i}) : null}));
    return;
  }
  const backward = q.kind === "part", k = backward ? q.step.op : values[q.v].op, op = ops[k];
  if (k === null) { found.title = `${nameOf(q.v)}${indexText(q.i, values[q.v].shape)} = ${number(array(values[q.v].array).data[q.i])}`; found.note = "a leaf: nothing computed it"; return; }
  const name = backward ? `d ${nameOf(q.part.to)}` : nameOf(q.v), held = array(backward ? q.part.array : values[q.v].array);
  found.title = `${name}${indexText(q.i, held.shape)} = ${number(held.data[q.i])}`;
  found.rule = backward ? `d ${nameOf(q.part.to)} ${q.part.text ? `= ${q.part.text}` : ""}` : callText(k);
  const which = backward ? op.backward : op.forward;
  if (which === null || which === undefined) { found.note = `${op.name} is not made of NumPy calls that the page knows${children.has(k) ? ": unfold its body and ask there" : ""}`; return; }
  const sources = backward ? op.reads.map((r) => (r === "g" ? {name: `d ${nameOf(op.out)}`, x: array(q.step.array), key: `up ${k}`, go: (i) => (op.up === null ? ask({kind: "total", v: op.out, i, t: gone[run].get(k) - 1}) : null), box: `o${k}`} : r && r.name ? {name: r.name, x: array(r.array), key: `residual ${r.residual}`} : fromValue(r))) : op.given.map(fromValue);
  const program = programs[which], cut = sources.find((s) => !whole(s.x));
  if (cut) { found.note = `${cut.name} is too large to be all in the page: gg.viz.page(..., max_bytes=...) puts more in`; return; }
  const results = compute(program, sources.map((s) => s.x)), output = backward ? program.outputs[q.part.i] : program.outputs[0];
  const grown = tree(program, results, output, q.i);
  for (const [input, cells] of cellsOf(grown)) { const s = sources[input], old = found.cells.get(s.key); found.cells.set(s.key, old ? new Set([...old, ...cells]) : cells); if (s.box) found.sources.add(shownAs(s.box)); }
  const called = (input, i) => `\u0001${input},${i}\u0001`, numbers = (input, i) => number(sources[input].x.data[i]);
  const terms = termsOf(grown);
  found.rows = terms.map((term) => ({text: written(term, called), numbers: written(term, numbers), value: term.value}));
  found.element = (text) => { const [input, i] = text.split(",").map(Number), s = sources[input], name = s.name + indexText(i, s.x.shape); return s.go ? el("a", {role: "button", tabindex: 0, title: `what made ${name}`, onclick: () => s.go(i)}, name) : name; };
  found.sum = terms.length > 1 ? terms.reduce((sum, term) => sum + term.value, 0) : null;
  found.note = terms.length > 1 ? `the sum of ${terms.length} terms` : "";
  if (number(grown.value) !== number(held.data[q.i])) found.note += `${found.note ? ", " : ""}${number(grown.value)} here in float64; the engine's ${values[op.out].dtype} gives ${number(held.data[q.i])}`;
}
const fromValue = (v) => ({name: nameOf(v), x: array(values[v].array) || {data: [], shape: values[v].shape, whole: values[v].shape}, key: `value ${v}`, go: values[v].kind === "op" ? (i) => ask({kind: "value", v, i}) : null, box: values[v].kind === "op" ? `o${values[v].op}` : `v${v}`});
function scope() {
  const found = state.scope, close = el("button", {title: "close", style: "float: right", onclick: () => { state.scope = null; paint(); detail(); }}, "×"), box = el("div", {class: "scope"}, close, el("h3", {}, found.title));
  if (found.rule) box.append(el("p", {class: "rule"}, found.rule));
  if (found.note) box.append(el("p", {class: "quiet"}, found.note));
  const most = Math.max(...found.rows.map((row) => Math.abs(row.value)).filter(Number.isFinite), 0) || 1, table = el("table"), many = 24, all = found.rows.length <= many || found.all;
  for (const row of all ? found.rows : found.rows.slice(0, many)) {
    const bar = el("span", {class: "bar"});
    bar.style.width = `${Math.round(44 * Math.abs(row.value) / most)}px`; bar.style.background = `rgb(${getComputedStyle(document.documentElement).getPropertyValue(row.value < 0 ? "--neg" : "--pos")})`;
    const text = el("td", {class: "rule"}, ...(row.go ? [el("a", {role: "button", tabindex: 0, onclick: row.go}, row.text)] : row.text.split("\u0001").map((part, k) => (k % 2 ? found.element(part) : part))));
    table.append(el("tr", {}, el("td", {class: "n"}, number(row.value)), el("td", {}, bar), text, el("td", {class: "rule"}, row.numbers && row.numbers !== number(row.value) ? `= ${row.numbers}` : "")));
  }
  if (found.sum !== null && found.sum !== undefined) table.append(el("tr", {}, el("td", {class: "n"}, el("b", {}, number(found.sum))), el("td", {}), el("th", {}, "in all")));
  box.append(table);
  if (!all) box.append(el("p", {}, el("button", {onclick: () => { found.all = true; detail(); }}, `all ${found.rows.length} terms`)));
  return box;
}

// ------------------------------------------------------------------------------------------------ what if

const last = backwards.length - 1;
function need() { // why the page can't compute anew, or ""
  if (last < 0) return "there was no backward()";
  if (backwards[last].steps.some((step) => hooked(step, last)) || backwards[last].later.some(([v, k]) => !before(last, v) && gradient(v, events.length, last) && differ(array(k), gradient(v, events.length, last)))) return "hooks changed gradients in this backward(), and the page doesn't know them";
  const steps = new Set(backwards[last].steps.map((step) => step.op));
  for (const k of steps) {
    const op = ops[k];
    for (const [which, list] of [["forward", op.given], ["backward", op.reads]]) {
      if (op[which] === null || op[which] === undefined) return `the page doesn't know how ${op.name} runs${which === "backward" ? " backward" : ""}`;
      const strange = programs[op[which]].steps.find(([name]) => !(name in MAPS) && !(name in READS));
      if (strange) return `the page can't run np.${strange[0]}, which ${op.name} needs`;
      for (const r of list) { const x = typeof r === "number" ? (values[r].kind === "op" && steps.has(values[r].op) ? null : array(values[r].array)) : null; if (typeof r === "number" && !(values[r].kind === "op" && steps.has(values[r].op)) && (!x || !whole(x))) return `${nameOf(r)} is not all in the page: gg.viz.page(..., max_bytes=...) puts more in`; }
    }
  }
  return "";
}

// The root of the last backward and the gradients of the leaves, with other values for some: {root, grads}.
function again(edits) {
  const steps = backwards[last].steps, list = steps.map((s) => s.op).sort((a, b) => a - b), now = new Map(), extra = new Map();
  const get = (v) => now.get(v) || (edits.has(v) ? {shape: values[v].shape, data: edits.get(v)} : array(values[v].array));
  for (const k of list) {
    const program = programs[ops[k].forward], results = compute(program, ops[k].given.map(get));
    now.set(ops[k].out, {...results[program.outputs[0]], shape: values[ops[k].out].shape});
    extra.set(k, program.outputs.map((o) => (o === null ? null : results[o])));
  }
  const grads = new Map(), add = (v, x) => { const held = grads.get(v); if (!held) grads.set(v, {shape: x.shape, data: Float64Array.from(x.data)}); else for (let i = 0; i < x.data.length; i++) held.data[i] += x.data[i]; };
  let root = 0;
  for (const [v, k] of backwards[last].roots) { const g = array(k), y = get(v); add(v, g); for (let i = 0; i < g.data.length; i++) root += g.data[i] * y.data[i]; }
  for (const step of steps) {
    const op = ops[step.op], program = programs[op.backward], g = grads.get(op.out);
    const results = compute(program, op.reads.map((r) => (r === "g" ? g : typeof r === "number" ? get(r) : extra.get(step.op)[r.residual])));
    for (const part of step.parts) add(part.to, results[program.outputs[part.i]]);
  }
  return {root, grads};
}

let base = null;
function what(v) {
  const why = need(), box = el("div", {class: "what"}, el("h3", {}, "what if it were another value?"));
  if (why) { box.append(el("p", {class: "quiet"}, `Not here: ${why}.`)); return box; }
  const old = array(values[v].array), chosen = state.what && state.what.v === v ? state.what : old.data.length === 1 ? (state.what = {v, i: 0}) : null;
  if (!chosen) { box.append(el("p", {class: "quiet"}, `Choose a cell of ${nameOf(v)} above.`)); if (!state.edits.size) return box; }
  const out = el("div");
  const show = () => {
    base = base || again(new Map());
    const edited = again(state.edits), g = base.grads;
    let predicted = 0;
    for (const [w, data] of state.edits) { const x = array(values[w].array), slope = g.get(w); if (slope) for (let i = 0; i < data.length; i++) predicted += slope.data[i] * (data[i] - x.data[i]); }
    const {roots} = backwards[last], plain = roots.length === 1 && array(roots[0][1]).data.length === 1 && array(roots[0][1]).data[0] === 1;
    const name = plain ? nameOf(roots[0][0]) : `Σ ${roots.map(([w]) => `d ${nameOf(w)} · ${nameOf(w)}`).join(" + ")}`, change = edited.root - base.root, cell = (text) => el("td", {class: "n"}, text);
    const rows = [["", "before", "now", "change"].map((text) => el("th", {class: "n"}, text)), [el("td", {}, name), cell(number(base.root)), cell(number(edited.root)), cell(number(change))], [el("td", {}, "predicted: g · dx"), cell(""), cell(number(base.root + predicted)), cell(number(predicted))]];
    for (const [w, x] of [...edited.grads].sort(([a], [b]) => state.edits.has(b) - state.edits.has(a))) if (values[w].kind !== "op") { const was = g.get(w), one = x.data.length === 1; rows.push([el("td", {}, one ? `d ${nameOf(w)}` : `norm of d ${nameOf(w)}`), cell(number(one ? was.data[0] : norm(was))), cell(number(one ? x.data[0] : norm(x))), cell(number(norm({data: x.data.map((y, i) => y - was.data[i])})))]); }
    const strange = [...state.edits.keys()].filter((w) => !g.has(w)), told = plain ? array(values[roots[0][0]].array) : null;
    out.replaceChildren(strange.length ? el("p", {class: "warn"}, `${strange.map(nameOf).join(", ")} took no part in the last backward().`) : "", told && Math.abs(told.data[0] - base.root) > 1e-4 * Math.abs(base.root) ? el("p", {class: "warn"}, `In float64 ${name} is ${number(base.root)}; the engine, in ${values[roots[0][0]].dtype}, has ${number(told.data[0])}.`) : "", el("table", {id: "whatif"}, ...rows.slice(0, 15).map((row) => el("tr", {}, ...row))));
    if (rows.length > 15) out.append(el("p", {class: "quiet"}, `and ${rows.length - 15} more leaves`));
  };
  const set = (x) => { if (!Number.isFinite(x)) return; if (!state.edits.has(v)) state.edits.set(v, Float64Array.from(old.data)); state.edits.get(v)[chosen.i] = x; show(); for (const one of tiles) one.paint(); };
  if (chosen) {
    const was = old.data[chosen.i], is = state.edits.get(v)?.[chosen.i] ?? was, reach = Math.max(2 * Math.abs(was), 1);
    const field = el("input", {type: "number", step: "any", value: is, "aria-label": "new value"}), slider = el("input", {type: "range", min: was - reach, max: was + reach, step: reach / 500, value: is, "aria-label": "new value"});
    field.addEventListener("input", () => { if (field.value === "") return; slider.value = field.value; set(Number(field.value)); });
    slider.addEventListener("input", () => { field.value = slider.value; set(Number(slider.value)); });
    box.append(el("p", {}, `${nameOf(v)}${indexText(chosen.i, old.shape)}: was ${number(was)}, is `, field), slider);
  }
  if (state.edits.size) box.append(el("button", {onclick: () => { state.edits.clear(); detail(); }}, "all as it was"));
  box.append(out, el("p", {class: "quiet"}, "Computed here, in float64, by the same rules. Masks and indices stay as they were."));
  if (state.edits.size) { try { show(); } catch (error) { out.replaceChildren(el("p", {class: "warn"}, String(error.message))); } }
  return box;
}

// ------------------------------------------------------------------------------------------------ source

const rowsOf = new Map();
function listing() {
  const box = at("code");
  const lines = new Map();
  ops.forEach((op, k) => { if (op.line) { const key = op.line.join(":"); lines.set(key, [...(lines.get(key) || []), k]); } });
  if (!page.files.length) { box.append(el("h3", {}, "source lines are known of what runs inside gg.study.record()")); return; }
  page.files.forEach((file, f) => {
    box.append(el("h3", {}, file.name));
    file.lines.forEach((text, i) => {
      const key = `${f}:${file.start + i}`, here = lines.get(key), row = el("div", here ? {class: "ran", title: here.map((k) => ops[k].name).slice(0, 12).join(", ")} : {}, el("span", {}, String(file.start + i)), text);
      if (here) { rowsOf.set(key, row); row.addEventListener("click", () => { const next = events.findIndex((event, n) => n >= state.t && here.includes(event.op)); go((next >= 0 ? next : events.findIndex((event) => here.includes(event.op))) + 1); }); }
      box.append(row);
    });
  });
}
function code() {
  const event = events[state.t - 1], k = state.picked && state.picked[0] === "o" ? outermost(+state.picked.slice(1)) : event ? event.op : undefined, row = k !== undefined && ops[k].line ? rowsOf.get(ops[k].line.join(":")) : null;
  for (const old of document.querySelectorAll("#code .now")) old.classList.remove("now");
  if (row) { row.classList.add("now"); const box = at("code"), y = row.offsetTop - box.offsetTop; if (y < box.scrollTop + 30 || y > box.scrollTop + box.clientHeight - 40) box.scrollTop = y - box.clientHeight / 2; }
}

// ------------------------------------------------------------------------------------------------ keys, buttons, start

function tab(name) {
  document.querySelector("main").dataset.tab = name;
  for (const button of document.querySelectorAll("#tabs button")) button.setAttribute("aria-selected", button.dataset.tab === name);
  if (name === "graph") look();
  if (name === "code") code();
}
function search(text) {
  state.found.clear();
  if (text) {
    const hit = (x) => x.toLowerCase().includes(text.toLowerCase());
    values.forEach((value, v) => { if (hit(value.name) || (value.kind === "op" && hit(ops[value.op].name))) state.found.add(producer(v)); });
    groups.forEach((group, g) => { if (g && hit(group.title)) state.found.add(shownAs(`g${g}`)); });
    const first = picture.items.find((b) => state.found.has(b.id));
    if (first) centre(first, false);
  }
  paint();
}
const KEYS = [["→ ←", "one step forward, back (Shift: ten)"], ["Home End", "to the start, the end"], ["Space", "run, or to the next breakpoint (Shift: backward)"], ["f", "fold or unfold the chosen or current box"], ["+ − 0", "zoom, fit the whole graph"], ["c", "centre the current step"], ["/", "find"], ["Tab, arrows, Enter", "in an array: choose a cell, ask about it"], ["Esc", "back to the current step"]];
function help() { const box = at("keys"); box.replaceChildren(el("h2", {}, "Keys"), el("table", {}, ...KEYS.map(([key, text]) => el("tr", {}, el("td", {}, el("kbd", {}, key)), el("td", {}, text)))), el("p", {}, el("button", {onclick: () => box.close()}, "close"))); box.showModal(); }

document.addEventListener("keydown", (event) => {
  if (event.target.matches("input:not(#time), select") || event.ctrlKey || event.metaKey || event.altKey || at("keys").open) { if (event.key === "Escape") event.target.blur(); return; }
  const act = {
    ArrowRight: () => go(state.t + (event.shiftKey ? 10 : 1)), ArrowLeft: () => go(state.t - (event.shiftKey ? 10 : 1)), Home: () => go(0), End: () => go(events.length), " ": () => play(event.shiftKey ? -1 : 1),
    "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: fit, c: nearer, "/": () => at("find").focus(), "?": help, Escape: () => { state.picked = null; state.scope = null; paint(); detail(); },
    f: () => { const id = state.picked || (events[state.t - 1]?.op !== undefined ? shownAs(`o${events[state.t - 1].op}`) : null); if (id && (id[0] === "g" || children.has(+id.slice(1)))) toggle(id); else if (id && up(id)) toggle(up(id)); },
  }[event.key];
  if (!act || (event.key === " " && event.target.matches("button, a"))) return;
  event.preventDefault();
  act();
});
at("first").onclick = () => go(0); at("back").onclick = (e) => go(state.t - (e.shiftKey ? 10 : 1)); at("next").onclick = (e) => go(state.t + (e.shiftKey ? 10 : 1)); at("last").onclick = () => go(events.length);
at("play").onclick = (e) => play(e.shiftKey ? -1 : 1); at("time").oninput = (e) => go(Number(e.target.value)); at("fit").onclick = fit; at("here").onclick = nearer; at("help").onclick = help; at("find").oninput = (e) => search(e.target.value);
at("what").onkeydown = (e) => { if (e.key === "Enter") play(e.shiftKey ? -1 : 1); };
at("kind").onchange = () => { const kind = at("kind").value; at("what").hidden = !kind || kind === "nan"; at("what").placeholder = {gradient: "1.0", op: "relu", module: "blocks.0"}[kind] || ""; };
at("fold").onclick = () => { state.open.clear(); build(); fit(); };
at("open").onclick = () => { groups.forEach((_, g) => { if (g) state.open.add(`g${g}`); }); build(); fit(); };
at("theme").onclick = () => { const root = document.documentElement; root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark"; for (const one of tiles) one.paint(); };
for (const button of document.querySelectorAll("#tabs button")) button.onclick = () => tab(button.dataset.tab);
document.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target.matches("a[role=button]")) event.target.click(); });
window.addEventListener("resize", soon);

(function start() {
  document.title = `${page.title} · glassgrad`;
  document.querySelector("h1").append(" ", el("small", {}, page.title));
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  const kinds = new Set(values.map((x) => x.kind)), mark = (name, fill, text, style = "") => el("span", {}, Object.assign(el("i"), {style: `background: var(--${fill}); ${style}`}), text);
  at("legend").append(...[kinds.has("input") ? mark("", "input", "leaf", "border-radius: 50%") : null, kinds.has("parameter") ? mark("", "parameter", "parameter") : null, kinds.has("constant") ? mark("", "constant", "no gradient", "border-style: dashed; border-radius: 50%") : null, mark("", "op", "op", "border-radius: 4px"), groups.length > 1 || children.size ? mark("", "module", "⊞ opens") : null, mark("", "paper", "now", "border: 2.5px solid var(--now)"), mark("", "paper", "has its gradient", "border-color: var(--grad)")].filter(Boolean));
  at("time").max = events.length;
  let depth = Math.max(0, ...groups.map((g) => g.depth)); // as many modules open as leave a picture that one can read
  const openTo = (d) => { state.open = new Set(groups.map((g, k) => (k && g.depth <= d ? `g${k}` : null)).filter(Boolean)); };
  const boxes = (d) => { openTo(d); return new Set(outer.map((k) => shownAs(`o${k}`))).size; };
  while (depth > 0 && boxes(depth) > 60) depth--;
  openTo(depth);
  listing(); build(); fit();
  if (view.k < 0.45) { view.k = 0.9; centre(picture.items.find((b) => !b.open)); }
  go(0);
})();
