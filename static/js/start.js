// What scripts add to pages that work without them: the frame, times, lists, focus. timeline.js and composer.js do the
// conversation. htmx swaps parts of the page at any moment, so nothing here keeps an element: `redraw` finds them anew.

import * as composer from "./composer.js";
import * as timeline from "./timeline.js";

const root = document.documentElement;
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const MINUTE = 60_000, DAY = 24 * 60 * MINUTE;

// ---- times: "5 min. ago" stays true, and the server learns the reader's clock

function tellTimeZone() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || document.cookie.split("; ").includes(`tz=${zone}`)) return;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `tz=${zone}; path=${new URL("../../..", import.meta.url).pathname}; max-age=31536000; samesite=lax${secure}`;
  if (find("#stream")) document.body.dispatchEvent(new CustomEvent("resync"));
}

function updateTimes() {
  const relative = new Intl.RelativeTimeFormat(root.lang, { style: "short" });
  for (const element of all("time[data-relative]")) {
    const moment = new Date(element.dateTime);
    const age = Date.now() - moment;
    if (age < MINUTE || Number.isNaN(age)) continue;
    const words = age < DAY
      ? age < 55 * MINUTE ? relative.format(-Math.round(age / MINUTE), "minute") : relative.format(-Math.round(age / MINUTE / 60), "hour")
      : moment.toLocaleDateString(root.lang, { month: "short", day: "numeric", ...(moment.getFullYear() !== new Date().getFullYear() && { year: "numeric" }) });
    if (element.textContent !== words) element.textContent = words;
  }
}

// ---- numbers: title, icon, badge of the app, badges of the navigation

function showNumbers() {
  const { total = "0", ...numbers } = find("#counters")?.dataset ?? {};
  const title = document.title.replace(/^\(\d+\) /, "");
  const wanted = total > 0 ? `(${total}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
  const icon = find("link[rel=icon]");
  const image = icon && (total > 0 ? icon.dataset.unread : icon.dataset.calm);
  if (icon && icon.getAttribute("href") !== image) icon.href = image;
  if (total > 0) navigator.setAppBadge?.(Number(total)).catch(() => {});
  else navigator.clearAppBadge?.().catch(() => {});
  for (const badge of all("[data-counter]")) {
    const name = badge.dataset.counter;
    const number = numbers[`counter${name[0].toUpperCase()}${name.slice(1)}`];
    if (number === undefined) continue;
    badge.hidden = number === "0";
    find("[data-number]", badge).textContent = number;
  }
}

// ---- the frame

function markCurrentPage() {
  for (const link of all(".entries a")) {
    const here = [link.pathname, link.dataset.also ?? link.pathname]
      .some((path) => location.pathname === path || location.pathname.startsWith(`${path}/`));
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

let lostTimer;

function connectionLost() {
  // A change of the page or a short break is not worth a word.
  lostTimer ??= setTimeout(() => {
    const notice = find("#stream-lost");
    if (notice) notice.textContent = notice.dataset.text;
  }, 2000);
}

function connectionBack() {
  clearTimeout(lostTimer);
  lostTimer = undefined;
  const notice = find("#stream-lost");
  if (notice) notice.textContent = "";
  composer.sendHeld();
}

function closeMenus(except) {
  for (const menu of all("details[open]:has(> .menu)")) {
    if (menu === except) continue;
    menu.open = false;
  }
}

function showToast(text, kind = "error") {
  const toast = document.createElement("p");
  toast.className = `toast ${kind}`;
  toast.append(Object.assign(document.createElement("span"), { textContent: text }));
  find("#toasts")?.replaceChildren(toast);
}

function tendToasts() {
  const place = find("#toasts");
  for (const toast of all(".toast:not([data-tended])", place ?? document)) {
    toast.dataset.tended = "";
    if (toast.classList.contains("ok")) {
      setTimeout(() => toast.remove(), 6000);
      continue;
    }
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    close.setAttribute("aria-label", place?.dataset.close ?? "");
    close.addEventListener("click", () => toast.remove());
    toast.append(close);
  }
}

// ---- the list of conversations: in order, and one stop for the Tab key

const isListed = ({ parentElement }) => getComputedStyle(parentElement).display !== "none";
function tendList() {
  const list = find("[data-list]");
  if (!list) return;
  for (let row = list.firstElementChild?.nextElementSibling; row;) {
    const next = row.nextElementSibling;
    let before = row.previousElementSibling;
    while (before && before.dataset.key < row.dataset.key) before = before.previousElementSibling;
    if (before !== row.previousElementSibling) {
      const place = before ? before.nextElementSibling : list.firstElementChild;
      if (list.moveBefore) list.moveBefore(row, place);
      else list.insertBefore(row, place);
    }
    row = next;
  }
  const links = all(".conversation > a", list);
  const seen = links.filter(isListed);
  const stop = seen.find((link) => link === document.activeElement) ?? seen.find((link) => link.ariaCurrent) ?? seen[0];
  for (const link of links) link.tabIndex = link === stop ? 0 : -1;
}

function walkList(event) {
  const link = event.target.closest?.(".conversation > a");
  if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const links = all(".conversation > a", link.closest("[data-list]")).filter(isListed);
  const here = links.indexOf(link);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || !links[to]) return;
  event.preventDefault();
  for (const other of links) other.tabIndex = other === links[to] ? 0 : -1;
  links[to].focus();
}

// ---- focus and scroll positions survive what htmx swaps

let kept, listTops = [], uncovered = [];

function keepFocus() {
  const element = document.activeElement;
  const holder = element?.closest?.("[id]");
  kept = undefined;
  uncovered = all(".spoiler[open]").map((spoiler) => `#${spoiler.closest("[id]").id} .spoiler`);
  listTops = all("[data-list]").map((list) => list.scrollTop);
  if (!holder || holder === document.body || element === holder && element.id === "main") return;
  const index = all("a, button, input, textarea, select, summary", holder).indexOf(element);
  const caret = "selectionStart" in element && element.type !== "checkbox" ? [element.selectionStart, element.selectionEnd] : null;
  kept = { id: holder.id, index, caret };
}

function focused({ id, index, caret }) {
  const holder = document.getElementById(id);
  const element = index < 0 ? holder : all("a, button, input, textarea, select, summary", holder ?? root)[index];
  if (!holder || !element) return false;
  element.focus({ preventScroll: true });
  // The elements may have moved: not everything at this place has a caret.
  if (typeof caret?.[0] === "number" && typeof element.selectionStart === "number") element.setSelectionRange(...caret);
  return true;
}

function giveFocusBack() {
  if (kept && (document.activeElement === document.body || !document.activeElement)) focused(kept);
}

// After a visit: what is wrong in a form, else what the address names, else the text box, else the heading.
function focusPage() {
  const main = find("#main");
  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const box = matchMedia("(hover: hover) and (pointer: fine)").matches && find("[data-composer] textarea, [data-search-box]", main);
  const place = find("[aria-invalid]", main) ?? (named || box || find("h1[tabindex]", main) || main);
  place.focus({ preventScroll: place !== named });
}

function fitKeyboard() {
  // Where the on-screen keyboard covers the page instead of shrinking it, the frame shrinks by itself.
  const covered = innerHeight - visualViewport.height;
  find("body.app")?.style.setProperty("block-size", covered > 100 && visualViewport.scale === 1 ? `${visualViewport.height}px` : "");
}

// ---- copying: "14:02 Juliet: text", one line or more for each message

document.addEventListener("copy", (event) => {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const shown = all(".timeline > .message").filter((row) => find(".body", row) && !find("details:not([open]) .body", row));
  const chosen = shown.filter((row) => range.intersectsNode(find(".body", row)));
  if (chosen.length < 2) return;
  const lines = chosen.map((row) => {
    const time = find(".stamp time", row)?.textContent.trim() ?? "";
    return `${time} ${row.dataset.author}: ${textOf(find(".body", row), range)}`;
  });
  event.clipboardData.setData("text/plain", lines.join("\n"));
  event.preventDefault();
});

function textOf(body, range) {
  const part = document.createRange();
  part.selectNodeContents(body);
  if (body.contains(range.startContainer)) part.setStart(range.startContainer, range.startOffset);
  if (body.contains(range.endContainer)) part.setEnd(range.endContainer, range.endOffset);
  const copy = part.cloneContents();
  for (const line of copy.querySelectorAll("br")) line.replaceWith("\n");
  for (const block of copy.querySelectorAll("blockquote, pre")) block.after("\n");
  return copy.textContent.trim();
}

// ---- fetching again: the page and its timeline do so when the stream says so

// Such an answer is a look at one moment, while the stream goes on: it must never cover what the stream brought since it
// was asked for, or what a later look showed. One that was overtaken is asked for again, and so is one that did not come.
const SOON = 200;
const LATEST = 10_000;
const PATIENCE = 3;
const NEWS = ["", "timeline-stale", "resync"];
const again = { resync: { tries: 0 }, "timeline-stale": { tries: 0 } };
let heard = 0;

document.addEventListener("htmx:sse:before:message", ({ detail: { message } }) => {
  if (NEWS.includes(message.event)) heard += 1;
});
document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  ctx.askedAt = heard;
  if (!source.matches?.("#main, [data-timeline]") || !ctx.swap?.startsWith("outerMorph")) return;
  const look = { heard, of: source.getAttribute("hx-get"), name: source.id === "main" ? "resync" : "timeline-stale" };
  ctx.look = look;
  // What came in one piece with the word to fetch is older than any answer.
  setTimeout(() => { look.heard = heard; });
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx: { look } } }) => {
  if (!look) return;
  const next = again[look.name];
  clearTimeout(next.timer);
  next.tries = look.done ? 0 : next.tries + 1;
  const wait = Math.min(SOON * 2 ** (next.tries - 1), LATEST);
  if (!look.done) next.timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent(look.name)), wait);
});

// Before every swap: true when the answer must not be shown.
function outdated({ look, sourceElement: source, swap }) {
  if (!look) return false;
  const elsewhere = !source.isConnected || source.getAttribute("hx-get") !== look.of;
  look.done = elsewhere || swap !== "none" && look.heard === heard;
  // Where the stream never rests, something old is better than nothing, until it does.
  return elsewhere || !look.done && (swap === "none" || again[look.name].tries < PATIENCE);
}

// ---- wiring

function redraw() {
  showNumbers();
  markCurrentPage();
  tendList();
  tendToasts();
  updateTimes();
  tendRows();
  for (const place of uncovered) find(place)?.setAttribute("open", "");
  timeline.redraw();
  composer.redraw();
}

// The rows are one stop for the Tab key; their menus, the table of emoji and the like come with their first use.
function tendRows() {
  const links = all(".timeline .more");
  const stop = links.find((link) => link === document.activeElement) ?? links.at(-1);
  for (const link of links) link.tabIndex = link === stop ? 0 : -1;
  if (find(".body pre:not(:has(> .copy))")) import("./code.js").then(({ dress }) => dress());
}

const DOES_IN_PLACE = ".timeline .more, .timeline .source, [data-cancel], [data-pick], .undoes, [data-attach], [data-voice], [data-lightbox], [data-later]";
document.addEventListener("click", (event) => {
  const element = event.target.closest?.(DOES_IN_PLACE);
  if (!element || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  event.stopPropagation();
  const about = element.closest(".timeline > .message")?.id;
  import(element.matches("[data-attach], [data-voice], [data-lightbox]") ? "./upload.js" : "./menu.js").then(({ click }) => click(element, about), () => showToast(find("#toasts")?.dataset.failed ?? ""));
}, true);
const tools = ({ target }) => target.closest?.(".timeline > .message") && import("./menu.js").then(({ over }) => over(target));
document.addEventListener("pointerover", tools);
document.addEventListener("focusin", tools);
document.addEventListener("keydown", (event) => {
  const asks = event.key === "ContextMenu" || event.shiftKey && event.key === "F10";
  const walks = ["ArrowUp", "ArrowDown"].includes(event.key) && event.target.matches?.(".timeline .more");
  if (!asks && !walks || !event.target.closest?.("[data-timeline]")) return;
  event.preventDefault();
  import("./menu.js").then(({ key }) => key(event));
});

document.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch") import("./touch.js").then(({ down }) => down(event));
}, { passive: true });
document.addEventListener("scroll", ({ target }) => {
  if (target.matches?.("[data-timeline]")) import("./day.js").then(({ tell }) => tell(target));
}, true);

let restoring = false;

document.addEventListener("htmx:before:history:update", () => {
  timeline.remember({ focus: kept ?? null });
});
document.addEventListener("htmx:before:history:restore", () => {
  restoring = true;
  timeline.restoreNext();
});
document.addEventListener("htmx:before:swap", (event) => {
  keepFocus();
  if (outdated(event.detail.ctx ?? {})) return event.preventDefault();
  const { ctx, tasks } = event.detail;
  if (ctx?.sourceElement?.id === "stream") return timeline.sift(tasks);
  if (timeline.spare(tasks, ctx?.askedAt !== heard)) document.body.dispatchEvent(new CustomEvent("timeline-stale"));
  if (typeof ctx?.swap === "string") timeline.mend(event);
});
document.addEventListener("htmx:finally:swap", (event) => {
  const { ctx } = event.detail;
  const visit = typeof ctx?.swap === "string" && ctx.swap.startsWith("outerSync");
  redraw();
  if (!visit) return giveFocusBack();
  if (timeline.onItsWay()) return;
  all("[data-list]").forEach((list, n) => { list.scrollTop = listTops[n] ?? 0; });
  if (restoring) closeMenus();
  const before = restoring && history.state?.focus;
  restoring = false;
  if (!before || !focused(before)) focusPage();
});
document.addEventListener("counters", (event) => {
  const numbers = JSON.parse(event.detail?.data || "{}");
  const place = find("#counters");
  if (!place) return;
  for (const [name, number] of Object.entries(numbers)) place.setAttribute(`data-counter-${name}`, number);
  place.dataset.total = numbers.total ?? Object.values(numbers).reduce((sum, number) => sum + number, 0);
  showNumbers();
});
// Who logs out here gets on to where the form leads; a reload beside it would race it.
document.addEventListener("submit", ({ target }) => {
  if (target.matches('[hx-boost="false"]')) root.dataset.leaving = "";
});
document.addEventListener("signed-out", () => setTimeout(() => location.reload(), "leaving" in root.dataset ? 5000 : 0));
document.addEventListener("htmx:sse:after:connection", connectionBack);
document.addEventListener("htmx:sse:error", connectionLost);
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (event.detail.connection.attempt > 0) connectionLost();
});
document.addEventListener("htmx:error", (event) => {
  const source = event.detail.ctx?.sourceElement;
  if (source?.id === "stream") connectionLost();
  else if (source?.matches?.("a, form:not([data-composer])")) showToast(find("#toasts")?.dataset.failed ?? "");
  tendToasts();
});
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id === "stream") return connectionLost();
  const failed = find("#toasts")?.dataset.failed;
  if (ctx.response.status >= 500 && !ctx.text?.includes("<hx-partial") && failed && !ctx.sourceElement?.matches("[data-composer]")) showToast(failed);
  tendToasts();
});
window.addEventListener("online", () => composer.sendHeld());
document.addEventListener("keydown", (event) => {
  walkList(event);
  const menu = event.key === "Escape" && find("details[open]:has(> .menu)");
  if (!menu) return;
  menu.open = false;
  find("summary", menu).focus();
});
document.addEventListener("click", (event) => {
  closeMenus(event.target.closest?.("a") ? null : event.target.closest?.("details:has(> .menu)"));
  const button = event.target.closest?.("[data-reveal]");
  if (button) import("./reveal.js").then(({ reveal }) => reveal(button));
});
document.addEventListener("click", (event) => {
  const row = event.target.closest?.("[data-copy]")?.closest(".message");
  if (!row) return;
  // The older way works without HTTPS too, and what was copied is seen.
  getSelection().selectAllChildren(find(".body", row));
  document.execCommand("copy");
});
document.addEventListener("change", (event) => {
  if (event.target.name === "theme") root.dataset.theme = event.target.value;
});
globalThis.visualViewport?.addEventListener("resize", fitKeyboard);
setInterval(updateTimes, MINUTE / 2);

for (const button of all("[data-reveal]")) button.hidden = false;
tellTimeZone();
redraw();
if (document.activeElement === document.body && find("[data-timeline]")) focusPage();
