// What waits for a key, a notice or a file; what then happens comes with its first use.

const ACTS = { k: "switcher", "?": "help", ArrowUp: "step", ArrowDown: "step" };

let keys = null;
const load = async () => { keys ??= await import("./switcher.js"); };

// None fires while one writes, but steps from an empty message box: there is nothing in it to move through.
document.addEventListener("keydown", (event) => {
  if (event.key === "Control" || event.key === "Meta") load();
  const act = ACTS[event.key];
  const box = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (!act || document.body.dataset.keys === "off" || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey !== event.metaKey) !== (act === "switcher") || event.altKey !== (act === "step")) return;
  if (box && act !== "switcher" && !(act === "step" && box.matches("textarea:placeholder-shown"))) return;
  event.preventDefault();
  // What is typed next belongs into the box that opens: an import, even of what is here, takes longer.
  if (keys) keys[act](event);
  else load().then(() => keys[act](event));
});

// Where the line breaks right then there is no notice, but the number in the list. Before the first one none can be over.
let notices = null;
document.addEventListener("notify", (event) => { (notices ??= import("./notify.js")).then(({ hear }) => hear(event), () => { notices = null; }); });
document.addEventListener("notify-over", (event) => notices?.then(({ hear }) => hear(event), () => {}));

let publishing = false;

function tend() {
  for (const offer of document.querySelectorAll("[data-offer]")) offer.hidden = globalThis.Notification?.permission !== "default";
  if (document.querySelector("[data-notices]")) import("./notify.js").then((notices) => notices.tend());
  if (document.querySelector("[data-portrait]")) import("./avatar.js").then((cut) => cut.tend());
  if (publishing || document.querySelector("[data-publish]")) import("./publish.js").then((sheet) => { publishing = true; sheet.tend(); });
  if (document.querySelector("[data-keep]")) import("./keep.js");
  if (document.querySelector("[data-media]")) import("./media.js").then((media) => media.tend());
}

document.addEventListener("htmx:finally:swap", tend);
tend();

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-act=place]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  event.stopPropagation();
  import("./location.js").then(({ toggle }) => toggle(link));
}, true);

document.addEventListener("play", ({ target }) => import("./devices.js").then(({ aim }) => aim(target)), true);

// What was chosen in another tab holds here too.
document.addEventListener("look", (event) => import("./look.js").then(({ take }) => take(event)));

// Another page begins at its top; going back, and a place that the address names, are their own affair.
let shownAt = location.pathname;
let goingBack = false;
document.addEventListener("htmx:before:history:restore", () => { goingBack = true; });
document.addEventListener("htmx:finally:swap", () => setTimeout(() => {
  if (shownAt === location.pathname) return;
  shownAt = location.pathname;
  if (!goingBack && !location.hash) document.querySelector("#main").scrollTop = 0;
  goingBack = false;
}));

// What other pages look like comes with the first movement: before any of them can be visited from a conversation.
const LOOKS = "css/later.css";
function dress() {
  if (document.querySelector(`link[href$="/${LOOKS}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(`../${LOOKS}`, import.meta.url) }));
}
for (const name of ["pointermove", "pointerdown", "keydown"]) addEventListener(name, dress, { once: true, capture: true, passive: true });

// ---- the menu of the own name

// A mouse that rests on the name opens its menu and leaves it closed again; a click makes it stay.
const me = document.querySelector(".nav > .me");
let resting;
me?.addEventListener("pointerenter", ({ pointerType }) => {
  clearTimeout(resting);
  if (pointerType !== "mouse" || me.open) return;
  resting = setTimeout(() => { me.open = true; me.dataset.hovered = ""; }, 100);
});
me?.addEventListener("pointerleave", () => {
  clearTimeout(resting);
  if (!("hovered" in me.dataset) || me.querySelector(".menu :focus-visible")) return;
  resting = setTimeout(() => { me.open = false; }, 300);
});
me?.querySelector("summary").addEventListener("click", (event) => {
  clearTimeout(resting);
  if ("hovered" in me.dataset) event.preventDefault();
  delete me.dataset.hovered;
});
me?.addEventListener("toggle", () => { if (!me.open) delete me.dataset.hovered; });

// ---- today and yesterday

// What was today when the page was drawn is yesterday after midnight.
function nameDays() {
  const words = document.querySelector("[data-timeline]")?.dataset;
  const iso = (ago) => new Date(Date.now() - ago * 86_400_000).toLocaleDateString("sv");
  const named = { [iso(1)]: words?.yesterday, [iso(0)]: words?.today };
  for (const day of document.querySelectorAll(".timeline .day time")) {
    const text = named[day.getAttribute("datetime")] ?? day.dataset.day;
    if (text && day.textContent !== text) day.textContent = text;
  }
}
setInterval(nameDays, 30_000);
document.addEventListener("visibilitychange", nameDays);

// ---- looking for something

// "/" and Ctrl+F look for something: in the conversation of the page, else everywhere. Where one looks for something
// already, Ctrl+F is the browser's own.

document.addEventListener("keydown", (event) => {
  const inside = event.target.matches?.("input, textarea, select, [contenteditable]");
  const asks = event.ctrlKey || event.metaKey ? event.key === "f" : event.key === "/" && !inside;
  if (!asks || event.altKey || event.defaultPrevented || document.body.dataset.keys === "off") return;
  const box = document.querySelector("[data-search-box]");
  if (document.querySelector("dialog[open]") || box && box === document.activeElement) return;
  event.preventDefault();
  if (box) return box.select();
  const here = document.querySelector("#main a[data-search]");
  (here ?? document.querySelector('.entries a[href$="/search"]'))?.click();
});

// ---- files

// Files that are pasted or dragged over a conversation: what to do with them comes with the first one.

const conversation = () => document.querySelector("[data-composer]");

for (const type of ["paste", "dragenter", "dragover", "drop"]) {
  document.addEventListener(type, (event) => {
    const { types = [], files = [] } = event.clipboardData ?? event.dataTransfer ?? {};
    // What is copied from a table is text and a picture at once: there the text counts.
    if (!types.includes("Files") || type === "paste" && types.includes("text/plain") || !conversation()) return;
    event.preventDefault();
    const given = [...files];
    import("./upload.js").then(({ take }) => take(type, given));
  });
}

// ---- menus of the page

// What was chosen in a menu folds it; a redraw alone does not (morphIgnore of the page's head).
document.addEventListener("submit", ({ target }) => {
  const menu = target.closest("details:has(> .menu)");
  if (!menu) return;
  for (const one of [menu, ...menu.querySelectorAll("details")]) one.open = false;
  menu.querySelector("summary").focus();
});

// Whoever drives this page by a program knows now that all of it listens.
document.documentElement.dataset.awake = "";
