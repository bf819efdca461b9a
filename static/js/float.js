// What floats above the page for a moment: a menu, the table of emoji. One at a time; it keeps the focus while it is
// open, closes by Escape or a click beside it, and gives the focus back.

const GAP = 6;
let open = null;

// What the panels look like is fetched with them.
const looks = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("../css/float.css", import.meta.url) });
await new Promise((done) => {
  looks.onload = looks.onerror = done;
  document.head.append(looks);
});

const stops = (panel) => [...panel.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
  .filter((element) => element.tabIndex >= 0 && !element.disabled && element.type !== "hidden" && element.getClientRects().length);

// Shows the panel beside an element. `back` gets the focus when it closes, `closed` is told.
export function show(panel, anchor, { back = document.activeElement, closed } = {}) {
  close();
  open = { panel, anchor, back, closed };
  // Not "auto": that closes when the finger of a long press is lifted.
  panel.popover = "manual";
  panel.classList.add("float");
  document.body.append(panel);
  panel.showPopover();
  // The way back of a telephone closes it, and leaves the page alone.
  const watcher = globalThis.CloseWatcher && new CloseWatcher();
  watcher?.addEventListener("close", close);
  open.watcher = watcher;
  panel.tabIndex = -1;
  panel.focus({ preventScroll: true });
  place(panel, anchor);
  panel.addEventListener("toggle", gone);
  panel.addEventListener("keydown", trap);
}

export const close = () => open?.panel.matches(":popover-open") && open.panel.hidePopover();

// Below its element where there is room, else above; on a phone css/hands.css lays it along the bottom.
export function place(panel, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = innerHeight - at.bottom - GAP >= height || at.top < innerHeight - at.bottom;
  const start = getComputedStyle(anchor).direction === "rtl" ? at.right - width : at.left;
  panel.style.left = `${Math.max(GAP, Math.min(start, innerWidth - width - GAP))}px`;
  panel.style.top = `${Math.max(GAP, below ? Math.min(at.bottom + GAP, innerHeight - height - GAP) : at.top - height - GAP)}px`;
}

function gone(event) {
  if (event.newState !== "closed" || open?.panel !== event.target) return;
  const { panel, back, closed, watcher } = open;
  open = null;
  watcher?.destroy();
  const had = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.remove();
  if (had) back?.focus?.({ preventScroll: true });
  closed?.();
}

// Wherever the focus is: a redraw of the page may have taken it out of the panel. Only this goes away, not what Escape
// closes elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || !open?.panel.matches(":popover-open")) return;
  event.preventDefault();
  event.stopPropagation();
  open.back?.focus?.({ preventScroll: true });
  close();
}, true);

function trap(event) {
  const panel = event.currentTarget;
  if (event.key !== "Tab") return;
  const all = stops(panel);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== edge && panel.contains(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}

document.addEventListener("pointerdown", ({ target }) => open && !open.panel.contains(target) && close(), true);

// A page that is left takes what belongs to it along; a row that is only redrawn does not.
document.addEventListener("htmx:finally:swap", ({ detail: { ctx } }) => {
  if (typeof ctx?.swap === "string" && ctx.swap.startsWith("outerSync")) close();
});
addEventListener("resize", () => open?.anchor.isConnected && place(open.panel, open.anchor));

// One of the icons of the page's own sprite.
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
