"use strict";
// The detail: the current step or what was chosen, its arrays as heat maps, and what made one element.

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
    box.append(el("h3", {}, `to ${nameOf(part.to)}`), el("p", {class: "rule"}, el("b", {}, `d ${nameOf(part.to)}`), " ", el("span", {class: "how", title: first ? "the first gradient that it gets" : "added to what is there"}, first ? "=" : "+="), ` ${part.text}`));
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
