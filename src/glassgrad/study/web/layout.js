"use strict";
// Where boxes and lines go. Modules, and ops that are unfolded, are boxes around others: each is laid out by itself, from the inside out, in
// ranks (Sugiyama, Tagawa, Toda 1981): what reads a value stands below it, and lines that pass a rank hold a place in it.

const TALL = 300, LONG = 20; // ranks: in a tall graph long lines go straight, as their places would be millions
const GAP = {x: 18, y: 30, pad: 12, title: 24};

// items: {id, parent, w, h, order, leaf} of boxes, {id, parent, order, open: true, w} of what is around others; edges: [tail, head] of boxes.
// Gives each item x, y (its left upper corner), w, h, and for each edge the points it passes. `order` rises along the edges but for leaves.
function layout(items, edges) {
  const byId = new Map(items.map((item) => [item.id, item])), root = {id: null, children: [], open: true}, all = [root, ...items];
  byId.set(null, root);
  for (const item of items) item.children = [];
  for (const item of items) byId.get(item.parent).children.push(item);
  const depth = new Map([[root, 0]]);
  const depthOf = (item) => { const way = []; let at = item; while (!depth.has(at)) { way.push(at); at = byId.get(at.parent); } let d = depth.get(at); while (way.length) depth.set(way.pop(), ++d); return depth.get(item); };
  all.forEach(depthOf);
  for (const item of all) { item.local = new Map(); item.passing = []; } // tail child -> its head children; what crosses its border
  const lifted = edges.map(([tail, head]) => {
    let a = byId.get(tail), b = byId.get(head);
    const out = [], into = [], leave = () => { const home = byId.get(a.parent); out.push(cross(home, a, true)); a = home; }, enter = () => { const home = byId.get(b.parent); into.unshift(cross(home, b, false)); b = home; };
    while (depth.get(a) > depth.get(b)) leave();
    while (depth.get(b) > depth.get(a)) enter();
    while (a.parent !== b.parent) { leave(); enter(); }
    const home = byId.get(a.parent), heads = home.local.get(a) || new Map();
    home.local.set(a, heads.set(b, (heads.get(b) || 0) + 1));
    return {home, a, b, out, into};
  });
  const around = all.filter((item) => item.open).sort((a, b) => depth.get(b) - depth.get(a));
  for (const box of around) arrange(box);
  for (const box of around.reverse()) for (const child of box.children) {
    child.x += (box.x || 0) + (box === root ? 0 : GAP.pad);
    child.y += (box.y || 0) + (box === root ? 0 : GAP.title);
  }
  const routes = edges.map(([tail, head], i) => {
    const {home, a, b, out, into} = lifted[i];
    const placed = (box, way) => way.map(([x, y, h]) => (box === root ? [x, y, h] : [x + box.x + GAP.pad, y + box.y + GAP.title, h]));
    const crossed = (list) => list.flatMap((pass) => placed(pass.home, pass.way));
    return {tail: byId.get(tail), head: byId.get(head), through: [...crossed(out), ...placed(home, home.ways.get(a)?.get(b) || []), ...crossed(into)]};
  });
  return {routes, w: root.w, h: root.h};
}

// A line that leaves or enters a box holds a place in the ranks that it passes inside it.
function cross(home, child, leaves) {
  const pass = {home, child, leaves, way: []};
  home.passing.push(pass);
  return pass;
}

// Ranks, order within them, and places of the children of one box.
function arrange(box) {
  const nodes = box.children.slice().sort((a, b) => a.order - b.order || String(a.id).localeCompare(String(b.id)));
  const outs = new Map(nodes.map((n) => [n, []])), ins = new Map(nodes.map((n) => [n, []]));
  for (const [tail, heads] of box.local) for (const head of heads.keys()) { outs.get(tail).push(head); ins.get(head).push(tail); }
  const rank = new Map();
  for (const n of nodes) if (!n.leaf) rank.set(n, Math.max(-1, ...ins.get(n).filter((t) => !t.leaf).map((t) => rank.get(t) ?? -1)) + 1);
  for (const n of nodes) if (n.leaf) rank.set(n, Math.min(...outs.get(n).map((h) => rank.get(h)), outs.get(n).length ? Infinity : 0) - 1);
  for (const n of nodes.slice().reverse()) { // what only feeds one later place stands just above it
    const before = ins.get(n).filter((t) => !t.leaf), room = n.leaf || !outs.get(n).length ? 0 : Math.min(...outs.get(n).map((h) => rank.get(h))) - 1 - rank.get(n);
    if (room > 0 && before.every((t) => outs.get(t).length === 1)) { rank.set(n, rank.get(n) + room); for (const t of ins.get(n)) if (t.leaf) rank.set(t, Math.min(...outs.get(t).map((h) => rank.get(h))) - 1); }
  }
  const low = Math.min(0, ...rank.values()), rows = [];
  const put = (n, r) => { (rows[r] = rows[r] || []).push(n); n.row = r; n.up = []; n.down = []; };
  for (const n of nodes) put(n, rank.get(n) - low);
  const hold = (r, order) => { const dummy = {w: 6, h: 0, dummy: true, order}; put(dummy, r); return dummy; };
  box.ways = new Map();
  for (const n of nodes) {
    for (const head of outs.get(n)) { // what passes a rank holds a place in it
      let last = n;
      const way = [];
      if (rows.length < TALL || head.row - n.row < LONG) for (let r = n.row + 1; r < head.row; r++) { const dummy = hold(r, n.order); way.push(dummy); link(last, dummy); last = dummy; }
      link(last, head);
      if (!box.ways.has(n)) box.ways.set(n, new Map());
      box.ways.get(n).set(head, way);
    }
  }
  const deepest = rows.length;
  for (const pass of box.passing) {
    let last = pass.child;
    if (rows.length >= TALL && (pass.leaves ? deepest - last.row : last.row) >= LONG) continue;
    if (pass.leaves) for (let r = last.row + 1; r < deepest; r++) { const dummy = hold(r, last.order); pass.way.push(dummy); link(last, dummy); last = dummy; }
    else for (let r = last.row - 1; r >= 0; r--) { const dummy = hold(r, last.order); pass.way.unshift(dummy); link(dummy, last); last = dummy; }
  }
  for (let r = 0; r < rows.length; r++) rows[r] = rows[r] || [];
  for (const row of rows) row.forEach((n, i) => { n.place = i; });
  for (let sweep = 0; sweep < 6; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.slice().reverse()) {
      if (row.length < 2) continue;
      for (const n of row) { const near = down ? n.up : n.down; n.wish = near.length ? near.reduce((sum, m) => sum + m.place / Math.max(rows[m.row].length - 1, 1), 0) / near.length : n.place / (row.length - 1); }
      row.sort((a, b) => a.wish - b.wish || a.place - b.place);
      row.forEach((n, i) => { n.place = i; });
    }
  }
  for (const row of rows) spread(row, (n) => n.place * 60);
  for (let sweep = 0; sweep < 8; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.slice().reverse()) {
      spread(row, (n) => { const near = (down ? n.up : n.down).length ? (down ? n.up : n.down) : down ? n.down : n.up; return near.length ? near.reduce((sum, m) => sum + m.cx * (m.leaf ? 1 : 4), 0) / near.reduce((sum, m) => sum + (m.leaf ? 1 : 4), 0) : n.cx; });
    }
  }
  let y = 0, left = Infinity, right = 0;
  for (const row of rows) for (const n of row) { left = Math.min(left, n.cx - n.w / 2); right = Math.max(right, n.cx + n.w / 2); }
  for (const row of rows) {
    const h = Math.max(0, ...row.map((n) => n.h));
    for (const n of row) { n.x = n.cx - n.w / 2 - left; n.y = y + (n.leaf ? h - n.h : (h - n.h) / 2); n.high = h; n.top = y; }
    y += h + GAP.y;
  }
  for (const heads of box.ways.values()) for (const [head, way] of heads) heads.set(head, way.map(point));
  for (const pass of box.passing) pass.way = pass.way.map(point);
  box.w = Math.max(right - (nodes.length ? left : 0), box.least || 0) + (box.id === null ? 0 : 2 * GAP.pad);
  box.h = Math.max(y - GAP.y, 0) + (box.id === null ? 0 : GAP.title + GAP.pad);
}

const point = (n) => [n.x + n.w / 2, n.top, n.high];
function link(tail, head) { tail.down.push(head); head.up.push(tail); }

// Centres as near to what each wishes as their order and widths allow: by pooling neighbours that would overlap (isotonic regression).
function spread(row, wish) {
  let room = 0;
  const pools = [];
  row.forEach((n, i) => {
    if (i) room += (row[i - 1].w + n.w) / 2 + GAP.x;
    n.room = room;
    const weight = n.leaf ? 1 : n.dummy ? 2 : 6;
    pools.push({sum: (wish(n) - room) * weight, weight, nodes: [n]});
    while (pools.length > 1 && pools.at(-2).sum / pools.at(-2).weight > pools.at(-1).sum / pools.at(-1).weight) {
      const last = pools.pop(), into = pools.at(-1);
      into.sum += last.sum; into.weight += last.weight;
      for (const m of last.nodes) into.nodes.push(m);
    }
  });
  for (const pool of pools) for (const n of pool.nodes) n.cx = pool.sum / pool.weight + n.room;
}

// A line from the foot of one box to the head of another, straight down where it passes a rank.
function drawn(route) {
  const {tail, head} = route, start = [tail.x + tail.w / 2, tail.y + tail.h], end = [route.port ?? head.x + head.w / 2, head.y];
  const points = [start];
  for (const [x, y, h] of route.through) { points.push([x, y]); if (h) points.push([x, y + h]); }
  points.push(end);
  let text = `M${start[0].toFixed(1)} ${start[1].toFixed(1)}`;
  for (let i = 1; i < points.length; i++) {
    const [x0, y0] = points[i - 1], [x1, y1] = points[i], bend = Math.max((y1 - y0) / 2, 8);
    text += x0 === x1 ? `L${x1.toFixed(1)} ${y1.toFixed(1)}` : `C${x0.toFixed(1)} ${(y0 + bend).toFixed(1)} ${x1.toFixed(1)} ${(y1 - bend).toFixed(1)} ${x1.toFixed(1)} ${y1.toFixed(1)}`;
  }
  return text;
}
