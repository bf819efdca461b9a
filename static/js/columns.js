// The columns beside a conversation. How wide they are: what stands between them is dragged, or moved by keys, within the
// bounds of the style sheet. And which chats the list shows. What was chosen is a cookie: the server draws with it.

const root = document.documentElement;
const NAMES = ["list", "details"];
const STEP = 16;
const KEPT = `; path=${new URL("../../..", import.meta.url).pathname}; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
const USUAL = "initial";

const edges = () => [...document.querySelectorAll("[data-column]")];
const edgeOf = ({ target }) => target.closest?.("[data-column]");
const width = (edge) => document.getElementById(edge.getAttribute("aria-controls")).getBoundingClientRect().width;
const rem = () => parseFloat(getComputedStyle(root).fontSize);
const variable = (edge) => `--${edge.dataset.column}`;
const set = (edge, pixels) => root.style.setProperty(variable(edge), pixels === USUAL ? USUAL : `${pixels / rem()}rem`);
// To the right, the list grows and the details shrink; where one reads from the right it is the other way round.
const way = (edge) => (edge.dataset.column === "list" ? 1 : -1) * (root.dir === "rtl" ? -1 : 1);

function bounds(edge) {
  const before = root.style.getPropertyValue(variable(edge));
  const found = [0, 99_999].map((pixels) => {
    set(edge, pixels);
    return Math.round(width(edge));
  });
  root.style.setProperty(variable(edge), before);
  return found;
}

function tell(edge) {
  const [least, most] = bounds(edge);
  const now = Math.round(width(edge));
  for (const [name, value] of Object.entries({ valuemin: least, valuemax: most, valuenow: now })) edge.setAttribute(`aria-${name}`, value);
}

function keep(edge, usual = false) {
  const [, ...before] = document.cookie.match(/(?:^|; )columns=(\d+)-(\d+)/) ?? ["", 0, 0];
  const widths = NAMES.map((name, n) => name !== edge.dataset.column ? before[n] : usual ? 0 : Math.round(width(edge) / rem() * 16));
  document.cookie = `columns=${widths.join("-")}${KEPT}`;
  tell(edge);
}

function moveTo(edge, pixels) {
  set(edge, pixels);
  keep(edge, pixels === USUAL);
}

document.addEventListener("pointerdown", (event) => {
  const edge = edgeOf(event);
  if (!edge || event.button) return;
  event.preventDefault();
  edge.focus({ preventScroll: true });
  edge.setPointerCapture(event.pointerId);
  const before = root.style.getPropertyValue(variable(edge));
  const [from, at] = [width(edge), event.clientX];
  const drag = new AbortController();
  let moved = false;
  edge.addEventListener("pointermove", ({ clientX }) => {
    moved ||= Math.abs(clientX - at) > 2;
    if (moved) set(edge, Math.max(0, from + (clientX - at) * way(edge)));
  }, drag);
  const end = () => {
    drag.abort();
    if (moved) keep(edge);
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) edge.addEventListener(name, end, drag);
  edge.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    drag.abort();
    root.style.setProperty(variable(edge), before);
  }, drag);
});
document.addEventListener("dblclick", (event) => {
  const edge = edgeOf(event);
  if (edge) moveTo(edge, USUAL);
});
document.addEventListener("keydown", (event) => {
  const edge = edgeOf(event);
  if (!edge || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const step = STEP * way(edge);
  const to = {
    ArrowLeft: () => width(edge) - step, ArrowRight: () => width(edge) + step,
    Home: () => bounds(edge)[0], End: () => bounds(edge)[1], Enter: () => USUAL,
  }[event.key];
  if (!to) return;
  event.preventDefault();
  moveTo(edge, to());
});
document.addEventListener("focusin", (event) => {
  const edge = edgeOf(event);
  if (edge) tell(edge);
});

// ---- which chats the list shows

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".list-show a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  event.stopPropagation();
  const { show } = Object.fromEntries(new URL(link.href).searchParams);
  document.cookie = `shown=${show}${KEPT}`;
  link.closest(".list").dataset.show = show;
  for (const other of link.closest("ul").querySelectorAll("a")) other.ariaCurrent = other === link ? "true" : null;
  // The Tab key needs a row that is there.
  const rows = [...document.querySelectorAll(".conversation > a")];
  const stop = rows.find((row) => row.checkVisibility());
  for (const row of rows) row.tabIndex = row === stop ? 0 : -1;
}, true);

// Without scripts there is nothing to take hold of.
function tend() {
  for (const edge of edges()) edge.hidden = false;
}
document.addEventListener("htmx:finally:swap", tend);
tend();
