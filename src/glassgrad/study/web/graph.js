"use strict";
// The graph: the boxes and lines in sight, as they are at this time.

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
