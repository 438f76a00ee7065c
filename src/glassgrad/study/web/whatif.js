"use strict";
// Other values for leaves: the recorded programs run again, forward and backward, next to what the gradient had predicted.

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
