"use strict";
// Going through time, the source, keys and buttons, and the start.

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
  at("find").setAttribute("aria-invalid", Boolean(text) && !state.found.size);
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
  const first = document.querySelector("#code .ran");
  if (first) at("code").scrollTop = first.offsetTop - at("code").offsetTop - 60;
  if (view.k < 0.45) { view.k = 0.9; centre(picture.items.find((b) => !b.open)); }
  go(0);
})();
