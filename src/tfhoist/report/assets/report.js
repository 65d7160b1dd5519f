(() => {
"use strict";
const root = document.documentElement, byId = id => document.getElementById(id);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const data = JSON.parse(byId("data").textContent);
root.classList.add("on");

/* light and dark */
const theme = byId("theme"), dark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
const showTheme = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
theme.removeAttribute("aria-pressed");
theme.setAttribute("aria-label", "Switch between light and dark");
theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; showTheme(); });
dark.addEventListener("change", showTheme);
showTheme();

/* the pictures: which is shown, and how it's moved and zoomed */
const canvas = byId("canvas"), panel = byId("panel");
const views = all(".view").map(element => {
  const svg = element.querySelector("svg"), box = svg.viewBox.baseVal;
  const nodes = new Map(all("a[data-k]", svg).map(a => [a.dataset.k, a]));
  const lines = all(".e", svg), joined = new Map();
  for (const line of lines) for (const end of [line.dataset.a, line.dataset.b]) {
    if (!joined.has(end)) joined.set(end, []);
    joined.get(end).push(line);
  }
  return { element, svg, world: svg.querySelector(".world"), full: [box.x, box.y, box.width, box.height], nodes, lines, joined, x: 0, y: 0, k: 1 };
});
let view = views[0];
const place = () => view.world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.k})`);
const unit = () => { /* pixels of the screen to units of the viewBox */
  const r = view.svg.getBoundingClientRect(), [x, y, w, h] = view.full;
  const scale = Math.max(w / r.width, h / r.height);
  return { scale, x: x + w / 2 - (r.left + r.width / 2) * scale, y: y + h / 2 - (r.top + r.height / 2) * scale };
};
const zoom = (factor, px, py) => {
  const u = unit(), r = view.svg.getBoundingClientRect();
  const x = (px ?? r.left + r.width / 2) * u.scale + u.x, y = (py ?? r.top + r.height / 2) * u.scale + u.y;
  const k = Math.min(Math.max(view.k * factor, 0.5), 40);
  view.x = x - (x - view.x) * k / view.k;
  view.y = y - (y - view.y) * k / view.k;
  view.k = k;
  place();
};
const fit = () => { view.x = view.y = 0; view.k = 1; place(); };
const readable = () => { /* the whole; where that's too small to read, its top as wide as the canvas, or on a telephone the cut */
  fit();
  const r = canvas.getBoundingClientRect(), [x, y, w, h] = view.full, { scale } = unit();
  if (scale < 1.15) return;
  const wide = scale * r.width / w, small = r.width < 700, k = small ? scale / 2.2 : wide;
  if (k < 1.02 || scale > 2 && !small) return;
  view.k = k;
  view.x = x + w / 2 - (small ? Number(view.svg.dataset.cut) : x + w / 2) * k;
  view.y = y + h / 2 - r.height * scale / 2 - y * k;
  place();
};
const show = name => {
  for (const one of views) one.element.hidden = one.element.dataset.view !== name;
  view = views.find(one => one.element.dataset.view === name);
  for (const b of all("[data-show]")) b.setAttribute("aria-pressed", String(b.dataset.show === name));
  rove(view.nodes.values().next().value);
  filter();
};
all("[data-show]").forEach(b => b.addEventListener("click", () => { show(b.dataset.show); readable(); }));
all("[data-zoom]").forEach(b => b.addEventListener("click", () => b.dataset.zoom === "fit" ? fit() : zoom(b.dataset.zoom === "in" ? 1.3 : 1 / 1.3)));
const fingers = new Map();
let moved = false, spread = 0, pulled = [0, 0];
const settle = () => { /* while it's dragged the drawing is moved as one layer, which is quick however large it is */
  if (!pulled[0] && !pulled[1]) return;
  const { scale } = unit();
  view.svg.style.transform = "";
  view.x += pulled[0] * scale;
  view.y += pulled[1] * scale;
  pulled = [0, 0];
  place();
};
canvas.addEventListener("pointerdown", event => {
  if (event.target.closest(".zoom") || event.button) return;
  fingers.set(event.pointerId, event);
  moved = false;
});
addEventListener("pointermove", event => {
  const before = fingers.get(event.pointerId);
  if (!before) return;
  if (fingers.size === 2) {
    settle();
    const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)[1];
    const distance = Math.hypot(event.clientX - other.clientX, event.clientY - other.clientY);
    if (spread) zoom(distance / spread, (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    spread = distance;
    moved = true;
  } else {
    const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
    if (!moved && Math.hypot(dx, dy) < 4) return;
    moved = true;
    canvas.classList.add("drag");
    pulled = [pulled[0] + dx, pulled[1] + dy];
    view.svg.style.transform = `translate(${pulled[0]}px, ${pulled[1]}px)`;
  }
  fingers.set(event.pointerId, event);
});
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, event => {
  if (!fingers.delete(event.pointerId)) return;
  spread = 0;
  settle();
  canvas.classList.remove("drag");
});
canvas.addEventListener("dragstart", event => event.preventDefault());
canvas.addEventListener("wheel", event => {
  if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas && !canvas.contains(document.activeElement)) return;
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.002)), event.clientX, event.clientY);
}, { passive: false });

/* one stop for the tab key in the picture; the arrows go from block to block */
let current = null;
const rove = node => {
  if (!node) return;
  if (current) current.setAttribute("tabindex", "-1");
  current = node;
  node.setAttribute("tabindex", "0");
};
for (const one of views) for (const node of one.nodes.values()) node.setAttribute("tabindex", "-1");
const middle = node => { const r = node.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const next = (node, [wx, wy]) => {
  const [x, y] = middle(node);
  let best = null, least = Infinity;
  for (const other of view.nodes.values()) {
    if (other === node || (view.svg.classList.contains("dim") && !other.classList.contains("hit") && !chosen)) continue;
    const [ox, oy] = middle(other), along = (ox - x) * wx + (oy - y) * wy;
    const across = Math.abs((ox - x) * wy) + Math.abs((oy - y) * wx);
    if (along > 1 && along + 3 * across < least) { least = along + 3 * across; best = other; }
  }
  return best;
};
const reveal = node => {
  const r = node.getBoundingClientRect(), c = canvas.getBoundingClientRect(), { scale } = unit();
  const dx = r.left < c.left + 20 ? c.left + 60 - r.left : r.right > c.right - 20 ? c.right - 60 - r.right : 0;
  const dy = r.top < c.top + 20 ? c.top + 60 - r.top : r.bottom > c.bottom - 20 ? c.bottom - 60 - r.bottom : 0;
  if (dx || dy) { view.x += dx * scale; view.y += dy * scale; place(); }
};
canvas.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const way = ways[event.key], node = event.target.closest("a[data-k]");
  if (way && node) {
    const other = next(node, way);
    if (other) { rove(other); other.focus({ preventScroll: true }); reveal(other); }
  } else if (way) {
    const { scale } = unit();
    view.x -= way[0] * 60 * scale;
    view.y -= way[1] * 60 * scale;
    place();
  } else if (event.key === "+" || event.key === "=") zoom(1.3);
  else if (event.key === "-") zoom(1 / 1.3);
  else if (event.key === "0") fit();
  else return;
  event.preventDefault();
});

/* search and filters */
const query = byId("q"), category = byId("category"), finding = byId("finding"), count = byId("count");
const text = new Map(Object.entries(data.blocks).map(([id, block]) => {
  const entry = byId(id);
  const names = all("table td", entry).map(cell => cell.textContent).join(" ");
  const found = all('a[href^="#f"]', entry).map(a => `id:${a.textContent}`);
  return [id, { words: `${block.a} ${names}`.toLowerCase(), found }];
}));
let chosen = null;
function filter() {
  const words = query.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const side = document.querySelector("input[name=side]:checked").value;
  const active = words.length || side || category.value || finding.value;
  let shown = 0, total = 0;
  const hits = new Set();
  for (const [key, node] of view.nodes) {
    if (!node.classList.contains("node")) continue;
    const members = data.members[key] || [];
    const good = id => words.every(word => text.get(id).words.includes(word)) && (!finding.value.startsWith("id:") || text.get(id).found.includes(finding.value));
    const own = node.dataset.f;
    const rest = (!side || node.classList.contains(side)) && (!category.value || node.dataset.c === category.value)
      && (!finding.value || finding.value.startsWith("id:") || (finding.value === "*" ? own : own.includes(finding.value)));
    const matching = rest ? members.filter(good).length : 0;
    total += members.length;
    shown += matching;
    if (matching || (!members.length && active && rest && !words.length && !finding.value && !category.value)) hits.add(key);
  }
  mark(active ? hits : null);
  count.textContent = active ? `${shown} of ${total} blocks` : `${total} blocks`;
}
function mark(hits, lines) {
  view.svg.classList.toggle("dim", hits !== null);
  for (const [key, node] of view.nodes) node.classList.toggle("hit", hits !== null && hits.has(key));
  for (const line of view.lines) line.classList.toggle("hit", hits !== null && (lines ? lines.has(line) : hits.has(line.dataset.a) && hits.has(line.dataset.b)));
}
for (const input of [query, category, finding]) input.addEventListener("input", () => { leave(false); filter(); });
all("input[name=side]").forEach(input => input.addEventListener("change", () => { leave(false); filter(); }));
document.querySelector(".tools").addEventListener("submit", event => {
  event.preventDefault();
  const first = [...view.nodes.values()].find(node => node.classList.contains("node") && node.classList.contains("hit"));
  if (first) choose(first);
});
addEventListener("keydown", event => {
  if (event.key === "/" && !/input|select|textarea/i.test(event.target.tagName)) { event.preventDefault(); query.focus(); }
  if (event.key === "Escape" && chosen) leave(true);
});

/* a block, chosen: its entry beside the picture, and everything that it's joined to */
const leave = back => {
  if (!chosen) return;
  const was = chosen;
  chosen.classList.remove("chosen");
  chosen = null;
  panel.hidden = true;
  byId("chosen").replaceChildren();
  filter();
  if (back) was.focus({ preventScroll: true });
};
byId("close").addEventListener("click", () => leave(true));
const neighbours = key => {
  const hits = new Set([key]), lines = new Set(view.joined.get(key) || []);
  const ports = new Set();
  for (const line of lines) for (const end of [line.dataset.a, line.dataset.b]) {
    hits.add(end);
    if (end !== key && view.nodes.get(end).classList.contains("port")) ports.add(end);
  }
  for (const port of ports) for (const line of view.joined.get(port)) {
    const left = view.nodes.get(key).classList.contains("local");
    if (line.classList.contains(left ? "r" : "l")) { lines.add(line); hits.add(line.dataset.a); hits.add(line.dataset.b); }
  }
  return [hits, lines];
};
const copy = id => {
  const entry = byId(id), part = document.createElement("article"), head = document.createElement("h3");
  head.className = "who";
  head.append(...[...entry.querySelector("summary").childNodes].map(child => child.cloneNode(true)));
  const body = entry.querySelector(".body").cloneNode(true);
  part.append(head, body);
  return part;
};
const list = (title, entries) => {
  const part = document.createElement("article"), head = document.createElement("h3"), items = document.createElement("ul");
  head.className = "who";
  head.textContent = title;
  for (const [label, href] of entries) {
    const entry = document.createElement("li"), link = document.createElement("a"), code = document.createElement("code");
    link.href = href;
    code.textContent = label;
    link.append(code);
    entry.append(link);
    items.append(entry);
  }
  part.append(head, items);
  return part;
};
const choose = (node, id) => {
  if (chosen) chosen.classList.remove("chosen");
  chosen = node;
  node.classList.add("chosen");
  rove(node);
  mark(...neighbours(node.dataset.k));
  const members = data.members[node.dataset.k] || [], title = node.querySelector("title").textContent;
  const content = byId("chosen");
  if (id || members.length === 1) content.replaceChildren(copy(id || members[0]));
  else if (members.length) content.replaceChildren(list(title, members.map(one => [data.blocks[one].a, `#${one}`])));
  else {
    const [hits] = neighbours(node.dataset.k);
    hits.delete(node.dataset.k);
    const target = byId(node.getAttribute("href").slice(1));
    content.replaceChildren(list(node.getAttribute("aria-label"), [...hits].map(key => {
      const other = view.nodes.get(key), one = data.members[key] || [];
      return [one.length === 1 ? data.blocks[one[0]].a : other.querySelector("title").textContent, other.getAttribute("href")];
    })));
    if (target) {
      const more = document.createElement("p"), link = document.createElement("a");
      link.href = `#${target.id}`;
      link.dataset.plain = "";
      link.textContent = "See it in the interface";
      more.append(link);
      content.append(more);
    }
  }
  const first = panel.hidden;
  panel.hidden = false;
  panel.scrollTop = 0;
  showToggles();
  if (first) requestAnimationFrame(() => reveal(node)); else reveal(node);
};
const find = id => { /* the node of a block: in this picture, or by itself in the one of all blocks */
  for (const [key, node] of view.nodes) if ((data.members[key] || []).includes(id)) return node;
  return null;
};
document.addEventListener("click", event => {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.closest("svg")) {
    event.preventDefault();
    if (!moved) { choose(link); panel.focus({ preventScroll: true }); }
    return;
  }
  const id = (link.getAttribute("href") || "").slice(1);
  if (!(link.getAttribute("href") || "").startsWith("#")) return;
  if (data.blocks[id] && link.closest("#panel")) {
    event.preventDefault();
    const node = find(id);
    if (node) { choose(node, id); panel.focus({ preventScroll: true }); }
  } else open(id);
});
const open = id => {
  for (let part = byId(id); part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
};
addEventListener("hashchange", () => open(location.hash.slice(1)));
open(location.hash.slice(1));

/* overrides */
const wanted = new Map(), tray = byId("tray");
const other = side => side === "central" ? "local" : "central";
const lines = () => [...wanted].map(id => id[0]).map(id => `${JSON.stringify(data.blocks[id].a)} = "${other(data.blocks[id].s)}"`).sort();
const toml = () => `[placement.overrides]\n${lines().join("\n")}\n`;
const showToggles = () => {
  for (const button of all("[data-toggle]")) button.setAttribute("aria-pressed", String(wanted.has(button.dataset.toggle)));
  for (const one of views) for (const [key, node] of one.nodes) node.classList.toggle("moved", (data.members[key] || []).some(id => wanted.has(id)));
  tray.hidden = !wanted.size;
  if (!wanted.size) return;
  const asked = [...wanted].filter(([, cause]) => cause === null).map(([id]) => id);
  const signed = number => number > 0 ? `+${number}` : number < 0 ? `−${-number}` : "±0";
  byId("tray-text").textContent = asked.map(id => `${data.blocks[id].a} to the ${other(data.blocks[id].s)} side: ${signed(data.blocks[id].d)} on a cut of ${data.cost}.`).join(" ")
    + (asked.length > 1 ? " Each figure is exact for that block alone; run tfhoist placement with the lines below for all of them together." : "")
    + ([...wanted.keys()].some(id => data.blocks[id].o) ? " A line for this block stands in tfhoist.toml already: replace it." : "");
  byId("toml").textContent = toml();
};
document.addEventListener("click", event => {
  const button = event.target.closest("[data-toggle]");
  if (!button) return;
  const id = button.dataset.toggle;
  if (wanted.has(id)) {
    wanted.delete(id);
    for (const [one, cause] of [...wanted]) if (cause === id) wanted.delete(one);
  } else {
    wanted.set(id, null);
    for (const one of data.blocks[id].x || []) if (!wanted.has(one)) wanted.set(one, id);
  }
  showToggles();
});
byId("clear").addEventListener("click", () => { wanted.clear(); showToggles(); });
byId("download").addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([toml()], { type: "text/plain" }));
  link.download = "overrides.toml";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

/* on paper the routes are open; the rest is where its reader opened it */
let closed = [];
addEventListener("beforeprint", () => {
  closed = all("#routing details:not([open])");
  for (const part of closed) part.open = true;
});
addEventListener("afterprint", () => { for (const part of closed) part.open = false; });

show(views[0].element.dataset.view);
readable();
})();
