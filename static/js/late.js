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

// Where nothing is open that it would close, Escape says that the conversation is read.
const OPEN = "dialog[open], :popover-open, details[open]:has(> .menu), .completions, [data-bar], .tray, input:focus, textarea:focus:not(#message-text), select:focus, [data-column]:focus";
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.body.dataset.keys === "off" || document.querySelector(OPEN)) return;
  if (document.querySelector(".conversation.unread > a[aria-current]")) load().then(() => keys.read());
}, true);

// Where the line breaks right then there is no notice, but the number in the list. Push services may have brought some before.
let notices = null;
document.addEventListener("notify", (event) => { (notices ??= import("./notify.js")).then(({ hear }) => hear(event), () => { notices = null; }); });
const told = () => notices ?? (globalThis.Notification?.permission === "granted" && navigator.serviceWorker ? import("./notify.js") : null);
document.addEventListener("notify-over", (event) => told()?.then(({ hear }) => hear(event), () => {}));
if (document.querySelector("#stream")) setTimeout(() => told()?.then(({ tidy }) => tidy(), () => {}), 2500);

// A phone puts pages out of sight to sleep, of which nobody learns: those that its push service stands in for end their stream.
try {
  if (localStorage.getItem("webchat-push") && matchMedia("(pointer: coarse)").matches) htmx.config.sse.pauseOnBackground = true;
} catch {
  // A browser that keeps nothing was asked for nothing.
}

let publishing = false, talking = false;

function tend() {
  for (const offer of document.querySelectorAll("[data-offer]")) offer.hidden = globalThis.Notification?.permission !== "default";
  if (document.querySelector("[data-notices]")) import("./notify.js").then((notices) => notices.tend());
  if (document.querySelector("[data-portrait]")) import("./avatar.js").then((cut) => cut.tend());
  if (publishing || document.querySelector("[data-publish]")) import("./publish.js").then((sheet) => { publishing = true; sheet.tend(); });
  if (document.querySelector("[data-keep]")) import("./keep.js");
  if (document.querySelector("form[data-share], [data-links]")) import("./share.js").then(({ tend }) => tend());
  if (talking || document.querySelector("[data-talk]")) import("./talk.js").then((talk) => { talking = true; talk.tend(); });
  if (document.querySelector("[data-feed], [data-talk]")) import("./feed.js").then((feed) => feed.tend());
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

// A picture that stands for words and cannot be had is the words.
document.addEventListener("error", ({ target }) => target.matches?.("img.emoji") && target.replaceWith(target.alt), true);

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-aloud]");
  if (button) import("./aloud.js").then(({ aloud }) => aloud(button));
});

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
const FIRST = ["pointermove", "pointerdown", "keydown"];
function dress({ type, movementX, movementY }) {
  // A page that comes under a pointer at rest hears of a move that was none.
  if (type === "pointermove" && !movementX && !movementY) return;
  for (const name of FIRST) removeEventListener(name, dress, true);
  import("./columns.js").catch(() => {});
  import("./own.js").catch(() => {});
  if (document.querySelector(`link[href$="/${LOOKS}"]`)) return;
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(`../${LOOKS}`, import.meta.url) }));
}
for (const name of FIRST) addEventListener(name, dress, { capture: true, passive: true });

// ---- today and yesterday

const nameDays = () => import("./today.js").then((today) => today.nameDays(), () => {});
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

// What fits into the box of the search comes with the first letter in it.
document.addEventListener("input", ({ target }) => target.matches?.("[data-search-box]") && import("./filters.js").then(({ look }) => look()));

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

// ---- other tabs

// A tab that is alone needs nothing of tabs.js: it comes when one of two hears the other.
export const tab = { id: `${Date.now()} ${Math.random()}`, seen: document.visibilityState === "visible" ? Date.now() : 0 };
export const channel = new BroadcastChannel(`webchat-tabs ${new URL("../../..", import.meta.url).pathname}`);

function greet() {
  channel.addEventListener("message", ({ data }) => data.bye || import("./tabs.js").catch(() => {}));
  addEventListener("pagehide", () => channel.postMessage({ ...tab, bye: true }));
  channel.postMessage({ ...tab, asks: true });
}

// ---- what comes once the page stands: the service worker, words to be read without a line, a newer version

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id === "stream") ctx.request.headers["X-Version"] = import.meta.url.split("/").at(-3);
});
document.addEventListener("version", () => import("./update.js").then(({ offer }) => offer()));

// Whoever drives this page by a program knows then that all of it listens.
function awake() {
  if (document.querySelector("#stream")) greet();
  if (globalThis.CloseWatcher && matchMedia("(pointer: coarse)").matches) import("./back.js");
  setTimeout(() => import("./install.js").catch(() => {}), document.querySelector("#stream") ? 2500 : 0);
  document.documentElement.dataset.awake = "";
}
if (document.readyState === "complete") awake();
else addEventListener("load", awake);
