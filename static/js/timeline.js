// The messages of the conversation on the page, and the only owner of scroll positions. The scroller is a reversed column
// (css/messages.css): scrollTop is 0 at its end and negative above, so it opens at its end and stays there by itself.

import * as dom from "./dom.js";

const AT_END = 4;
const SEEN_AFTER = 1000;
const EDGE = 600;
const BURST = 5;
const SETTLED = 500;
const AFTER_ALL = "9223372036854775807";

let log = null, list = null, anchor = null;
let newest = "", seen = "", firstWaiting = "", lit = "";
let announced = new Set();
let waiting = 0, arrivedAt = 0, misses = 0;
let restore = false, fetched = false, loading = false;
let olderTimer, seenTimer, saveTimer, wordsTimer, observer;
const words = [];

const rows = () => [...list.querySelectorAll(":scope > .message")];
const atEnd = () => log.scrollTop > -AT_END;
const attended = () => document.visibilityState === "visible" && document.hasFocus();
const later = (a, b) => a > b;

// ---- arriving on a page

// Called after every swap: takes up a new conversation, or looks at what changed in the one that is there.
export function redraw() {
  const found = document.querySelector("[data-timeline]");
  if (!found) return leave();
  const inside = found.querySelector(".timeline");
  // The log itself would read out own messages and every page of history; the announcer says what is new.
  found.setAttribute("aria-live", "off");
  if (found !== log) arrive(found, inside);
  else if (inside !== list) watch(inside);
  changed();
}

function leave() {
  observer?.disconnect();
  log = list = anchor = null;
  [saveTimer, seenTimer].forEach(clearTimeout);
  seenTimer = undefined;
}

function arrive(found, inside) {
  leave();
  log = found;
  arrivedAt = performance.now();
  clearPill();
  log.addEventListener("scroll", scrolled, { passive: true });
  watch(inside);
  const present = rows();
  newest = present.at(-1)?.dataset.key ?? "0";
  announced = new Set(present.map((row) => row.id));
  const divider = document.getElementById("new-divider");
  seen = divider ? divider.dataset.key : newest;
  land(divider);
}

function watch(inside) {
  list = inside;
  observer?.disconnect();
  observer = new MutationObserver(changed);
  observer.observe(list, { childList: true });
}

function land(divider) {
  const place = restore ? history.state?.scroll : null;
  const named = list.dataset.at && document.getElementById(list.dataset.at);
  if (place) {
    const row = document.getElementById(place.id);
    if (row) log.scrollTop += top(row) - place.offset;
    else return fetchAround(place.id);
  } else if (named) {
    show(named);
  } else if (divider) {
    log.scrollTop += top(divider) - 16;
  }
  restore = fetched = false;
  hold();
}

// Brings a row into sight and marks it for a moment.
export function show(row) {
  log.scrollTop += top(row) - log.clientHeight / 3;
  document.querySelector(".lit")?.classList.remove("lit");
  row.classList.add("lit");
  lit = row.id;
  setTimeout(() => {
    lit = "";
    document.querySelector(".lit")?.classList.remove("lit");
  }, 2000);
}

// Where one reads, null at the end; and back there.
export const here = () => (log && !atEnd() ? anchor : null);
export function returnTo(place) {
  const row = place && document.getElementById(place.id);
  row ? log.scrollTop += top(row) - place.offset : toEnd();
}

// The place to come back to is further up than a fresh page reaches: the page is fetched again, around it.
function fetchAround(id) {
  if (fetched || !log) return;
  fetched = true;
  const address = `${log.dataset.latest}?at=${id.replace(/\D/g, "")}`;
  log = null;
  visit(address);
}

export const visit = (address, more = {}) => globalThis.htmx?.ajax("GET", address, {
  target: "#main", swap: "outerSync", headers: { "HX-Target": "main#main" }, ...more,
});

const top = (row) => row.getBoundingClientRect().top - log.getBoundingClientRect().top;

// The next conversation that arrives does so by going back or by a reload: its place is in the history's entry.
export function restoreNext() {
  restore = true;
  clearTimeout(saveTimer);
}

// Writes the place (and what else is given) into the entry of the history that is being left.
export function remember(more = {}) {
  clearTimeout(saveTimer);
  const scroll = log && !atEnd() ? anchor : null;
  history.replaceState({ ...history.state, ...more, scroll }, "");
}

// True while the page around the remembered place is on its way.
export const onItsWay = () => fetched;

// ---- keeping the place

// What stands first in the view is what must not move.
function hold() {
  if (atEnd()) {
    anchor = null;
    return;
  }
  const present = rows();
  let low = 0;
  let high = present.length - 1;
  const edge = log.getBoundingClientRect().top;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (present[middle].getBoundingClientRect().bottom > edge) high = middle;
    else low = middle + 1;
  }
  anchor = present[low] ? { id: present[low].id, offset: top(present[low]) } : null;
}

function scrolled() {
  hold();
  if (atEnd()) clearPill();
  drawPill();
  look();
  loadOlder();
  clearTimeout(saveTimer);
  if (!restore) saveTimer = setTimeout(remember, 400);
}

function changed() {
  if (!log) return;
  const row = anchor && document.getElementById(anchor.id);
  if (row && Math.abs(top(row) - anchor.offset) > 1) log.scrollTop += top(row) - anchor.offset;
  const arrived = [];
  for (const found of rows().reverse()) {
    if (!later(found.dataset.key, newest)) break;
    if (!announced.has(found.id)) arrived.unshift(found);
  }
  for (const found of arrived) {
    announced.add(found.id);
    newest = found.dataset.key;
    if (!found.classList.contains("mine")) news(found);
  }
  // A redrawn row has forgotten it.
  if (lit) document.getElementById(lit)?.classList.add("lit");
  if (atEnd()) clearPill();
  hold();
  drawPill();
  look();
  loadOlder();
}

// Own words lead to the end of the conversation, wherever one was reading.
function toEnd() {
  if (!log) return;
  // Without a place a page opens at its first unread message.
  if (list.hasAttribute("data-newer")) return void visit(`${log.dataset.latest}?before=${AFTER_ALL}`, { push: log.dataset.latest });
  log.scrollTop = 0;
  anchor = null;
  clearPill();
  drawPill();
}

// The rows that an answer or the stream wants to put into the list.
const coming = (tasks) => tasks.filter(({ target, swapSpec }) => swapSpec?.style === "upsert"
  && (target.matches ? target : document.querySelector(target)) === list).flatMap((task) => [...task.fragment.children]);

// Rows that the stream brings for places which this page does not show are left out: a page of older messages would
// get a hole, and a receipt for an old message would tear it out of its time.
export function sift(tasks) {
  if (!list) return;
  const present = rows();
  const first = present[0]?.dataset.key;
  const last = present.at(-1)?.dataset.key;
  for (const row of coming(tasks)) {
    if (document.getElementById(row.id) || !first) continue;
    const above = later(first, row.dataset.key) && !list.querySelector("[data-start]");
    const below = later(row.dataset.key, last) && list.hasAttribute("data-newer");
    if (above || below) row.remove();
    if (below) waiting += 1;
  }
}

// An answer that the stream overtook changes no row that is there already; true when it wanted to.
export function spare(tasks, overtaken) {
  const stale = list && overtaken ? coming(tasks ?? []).filter((row) => document.getElementById(row.id)) : [];
  return stale.map((row) => row.remove()).length > 0;
}

// A page or timeline that fetched itself has only the newest messages. What was loaded above them stays; if the two do not
// meet, a page around the place where somebody reads comes instead.
export function mend(event) {
  const { ctx, tasks } = event.detail;
  if (!list || !ctx.swap.startsWith("outerMorph")) return;
  const fresh = tasks.find((task) => task.type === "main")?.fragment?.querySelector(`#${list.id}`);
  const first = fresh?.querySelector(":scope > .message")?.dataset.key;
  const last = rows().at(-1)?.dataset.key;
  if (!first || !last) return;
  if (later(first, last)) {
    if (!anchor || fetched) return;
    event.preventDefault();
    remember();
    restore = true;
    return fetchAround(anchor.id);
  }
  const above = [...list.children].filter((row) => later(first, row.dataset.key));
  const edge = fresh.querySelector(':scope > [data-key="0"]');
  if (above.length < 2 || !edge) return;
  edge.replaceWith(...above.filter((row) => !fresh.querySelector(`#${row.id}:not([data-key="0"])`)).map((row) => row.cloneNode(true)));
}

// ---- what is new: divider, pill, announcements, the mark that it was read

function news(row) {
  if (!attended() || !atEnd()) {
    divide(row);
    if (!atEnd()) {
      waiting += 1;
      firstWaiting ||= row.id;
    }
  }
  const text = row.querySelector(".body")?.innerText ?? "";
  words.push(`${row.dataset.author}: ${text}`);
  wordsTimer ??= setTimeout(() => {
    // Several at once are likely the beginning of more.
    wordsTimer = setTimeout(speak, words.length > 2 ? 1000 : 0);
  }, 1000);
}

function divide(row) {
  const divider = document.getElementById("new-divider");
  // It stays until everything below it was read; what comes after that is new again.
  let before = row.previousElementSibling;
  while (before && !before.matches(".message:not(.mine)")) before = before.previousElementSibling;
  if (!log || (divider && before && later(before.dataset.key, seen))) return;
  const line = divider ?? document.createElement("div");
  line.id = "new-divider";
  line.className = "new";
  line.dataset.key = row.dataset.key.replace(/-1$/, "-0");
  const day = row.querySelector(":scope > .day")?.cloneNode(true) ?? "";
  line.replaceChildren(day, Object.assign(document.createElement("span"), { textContent: log.dataset.new }));
  row.before(line);
}

function speak() {
  wordsTimer = undefined;
  const said = words.splice(0);
  if (!log) return;
  const many = log.dataset.burst.replace("{n}", said.length).replace("{name}", log.dataset.name);
  dom.announce(said.length > BURST ? [many] : said);
}

function clearPill() {
  [waiting, firstWaiting] = [0, ""];
}

function drawPill() {
  const pill = document.getElementById("pill");
  if (!pill || !log) return;
  const far = log.scrollTop < -1.5 * log.clientHeight || list.hasAttribute("data-newer");
  pill.hidden = !(waiting && !atEnd()) && !far && !(waiting && list.hasAttribute("data-newer"));
  const label = pill.querySelector("[data-pill]");
  const unread = pill.hidden ? 0 : Math.max(waiting, unreadBelow());
  const text = unread ? label.dataset.pill.replace("{n}", unread) : label.dataset.latest;
  if (label.textContent !== text) label.textContent = text;
}

// Unread messages further down, also those that only a newer page shows.
function unreadBelow() {
  const divider = document.getElementById("new-divider");
  if (!divider) return 0;
  const theirs = rows().filter((row) => later(row.dataset.key, divider.dataset.key) && !row.classList.contains("mine"));
  const beyond = list.hasAttribute("data-newer") ? Math.max(0, list.dataset.newCount - theirs.length) : 0;
  const end = log.clientHeight;
  return beyond + theirs.filter((row) => later(row.dataset.key, seen) && top(row) > end).length;
}

document.addEventListener("click", (event) => {
  if (!log || !event.target.closest?.("#pill")) return;
  // The button goes away.
  log.focus({ preventScroll: true });
  const row = firstWaiting && document.getElementById(firstWaiting);
  firstWaiting = "";
  if (!row || top(row) < log.clientHeight) return toEnd();
  const divider = document.getElementById("new-divider");
  log.scrollTop += top(divider && row.previousElementSibling === divider ? divider : row) - 16;
});

// A row was seen when it stood on the screen for a second in a window that had the focus.
function look() {
  const row = !seenTimer && log && attended() && unseen();
  if (!row) return;
  seenTimer = setTimeout(() => {
    seenTimer = undefined;
    const now = log && attended() && unseen();
    if (!now || later(row.dataset.key, now.dataset.key)) return look();
    const before = seen;
    seen = row.dataset.key;
    fetch(log.dataset.displayed, {
      method: "POST",
      headers: { "HX-Request": "true" },
      body: new URLSearchParams({ id: row.dataset.id, form_token: dom.token() }),
    }).catch(() => { seen = before; });
    look();
  }, SEEN_AFTER);
}

function unseen() {
  const end = log.getBoundingClientRect().bottom - 24;
  const present = rows();
  for (let n = present.length - 1; n >= 0; n--) {
    const row = present[n];
    if (!later(row.dataset.key, seen)) return null;
    if (!row.classList.contains("mine") && row.getBoundingClientRect().top < end) return row;
  }
  return null;
}

for (const name of ["focus", "visibilitychange"]) addEventListener(name, () => log && look(), true);

// ---- older messages, on the way up

async function loadOlder(asked = false) {
  const edge = list?.querySelector(":scope > [data-older]");
  if (!edge || loading || !globalThis.htmx) return;
  // The page itself comes first.
  const early = SETTLED - (performance.now() - arrivedAt);
  if (!asked && early > 0) {
    clearTimeout(olderTimer);
    olderTimer = setTimeout(loadOlder, early);
    return;
  }
  if (!asked && (top(edge) < -EDGE || !document.querySelector("#connection.online"))) return;
  loading = true;
  const before = edge.dataset.older;
  edge.setAttribute("aria-busy", "true");
  await globalThis.htmx.ajax("GET", edge.dataset.older, { source: log, target: log, swap: "none", select: "" }).catch(() => {});
  edge.removeAttribute("aria-busy");
  // What brought nothing, or was overtaken by a fresh page, is asked for a few times more, and after that by the link.
  misses = list?.querySelector(":scope > [data-older]")?.dataset.older === before ? misses + 1 : 0;
  setTimeout(() => {
    loading = false;
    if (log && misses < 4) loadOlder();
  }, misses ? 1000 * Math.min(misses, 3) : 50);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-older] a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  loadOlder(true);
}, true);

// ---- leaving and coming back to the tab itself

if (["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type)) restoreNext();
addEventListener("pagehide", () => log && remember());
document.addEventListener("webchat:sent", toEnd);
