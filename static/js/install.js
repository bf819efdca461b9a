// What comes once a page stands: the service worker, the words that may be read without a line, and those that were typed
// while there was none. late.js loads it; on pages of nobody it only throws away what somebody left.

import { erase, kept } from "./kept.js";

const SITE = new URL("../../..", import.meta.url);
const ADDRESS = new URL("worker.js", SITE).href;
const TYPED = "webchat-typed";
const MOST_TALKS = 10, MOST_ROWS = 50, MOST_CHATS = 100, MOST_TEXT = 4000;
const LOOK_AFTER = 2000;

const find = (selector, within = document) => within.querySelector(selector);
const words = (element) => element?.textContent.trim().replace(/\s+/g, " ").slice(0, 200) ?? "";
const account = () => words(find("#nav .whose"));
const allowed = () => document.body.dataset.kept && document.body.dataset.offline !== "off";

// ---- the worker

let starting;

// Its registration; null where the browser has none, or does not want ours.
export function ready() {
  starting ??= start().catch(() => null);
  return starting;
}

async function start() {
  if (!navigator.serviceWorker) return null;
  const policy = globalThis.trustedTypes?.createPolicy("worker", {
    createScriptURL: (given) => {
      if (given !== ADDRESS) throw new TypeError("not our worker");
      return given;
    },
  });
  return navigator.serviceWorker.register(policy ? policy.createScriptURL(ADDRESS) : ADDRESS, { updateViaCache: "none" });
}

// ---- what is seen

let timer;

function soon() {
  timer ??= setTimeout(look, LOOK_AFTER);
}

export async function look() {
  clearTimeout(timer);
  timer = undefined;
  if (!allowed()) return erase();
  const seen = { list: listed(), talk: talk() };
  const { kept: owner } = document.body.dataset;
  if (!seen.list && !seen.talk) {
    // Nothing to add; what another login left goes all the same.
    const before = await kept().catch(() => undefined);
    return before && before.owner !== owner ? erase() : undefined;
  }
  const { theme, density, size } = document.documentElement.dataset;
  return kept((before) => {
    // Another login begins with nothing of the one before it.
    const mine = before?.owner === owner ? before : { talks: [], list: [] };
    const talks = seen.talk ? [seen.talk, ...mine.talks.filter(({ path }) => path !== seen.talk.path)] : mine.talks;
    const looks = { theme, density, size, accent: document.documentElement.className };
    return { owner, of: account(), at: Date.now(), looks, list: seen.list ?? mine.list, talks: talks.slice(0, MOST_TALKS) };
  }).catch(() => {});
}

function listed() {
  const rows = [...document.querySelectorAll("[data-list] > .conversation:not(.contact-only)")];
  if (!find("[data-list]")) return null;
  return rows.slice(0, MOST_CHATS).map((row) => ({
    path: find("a", row).pathname,
    name: words(find(".name > bdi", row)),
    line: words(find(".excerpt", row)),
    at: find(".when time", row)?.dateTime ?? "",
  }));
}

function talk() {
  const log = find("[data-timeline]");
  if (!log || find(".timeline[data-newer]")) return null;
  const rows = [...log.querySelectorAll(".timeline > .message")].slice(-MOST_ROWS);
  return { path: location.pathname, name: words(find("#conversation-title")), at: Date.now(), rows: rows.map(row) };
}

// Covered words stay covered: they are not kept.
function row(message) {
  const said = find(".said", message);
  const body = find(":scope > .body", said);
  const instead = find(":scope > .tombstone p, :scope > .tombstone, summary", said);
  const files = [...message.querySelectorAll(".files [data-facts], .files bdi")].map((file) => file.dataset.facts ?? words(file));
  return {
    mine: message.classList.contains("mine"),
    author: message.dataset.author,
    at: find("time[datetime*=T]", message)?.dateTime ?? "",
    text: (body ? lines(body) : words(instead)).slice(0, MOST_TEXT),
    files: files.filter(Boolean).slice(0, 10),
  };
}

function lines(body) {
  const copy = body.cloneNode(true);
  for (const line of copy.querySelectorAll("br")) line.replaceWith("\n");
  for (const block of copy.querySelectorAll("blockquote, pre, p, li")) block.after("\n");
  return copy.textContent.trim();
}

// ---- what was typed

const box = () => find("[data-composer]")?.elements.text;
const lost = () => navigator.onLine === false || find("#stream-lost")?.textContent;

// Drafts are the server's; words that it could not be told go with the tab.
function putAside() {
  const area = box();
  const before = find(".draft-state")?.dataset.text ?? "";
  if (!lost() || !area?.value.trim() || area.value === before) return;
  const typed = { of: account(), path: location.pathname, text: area.value, before };
  try {
    sessionStorage.setItem(TYPED, JSON.stringify(typed));
  } catch {
    // A browser that keeps nothing loses what it must.
  }
}

function bringBack() {
  const area = box();
  let typed = null;
  try {
    typed = JSON.parse(sessionStorage.getItem(TYPED));
  } catch {
    // As above.
  }
  if (!area || typed?.path !== location.pathname && typed?.of === account()) return;
  sessionStorage.removeItem(TYPED);
  if (!typed || typed.of !== account() || area.value === typed.text) return;
  // What else stands there by now was written elsewhere: neither is lost.
  area.value = ["", typed.before].includes(area.value) ? typed.text : `${area.value}\n${typed.text}`;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

// ---- a visit that nobody answered

// Inside a page it is htmx that visits: without a line, the browser goes there itself and is given the page for that.
async function away({ detail: { ctx } }) {
  const link = ctx.sourceElement;
  if (!link?.matches?.("a[href]") || !(await ready())?.active) return;
  const there = await fetch(new URL("livez", SITE), { cache: "no-store" }).then(() => true, () => false);
  if (!there) location.assign(link.href);
}

// ---- beginning

if (find("#stream")) {
  ready();
  bringBack();
  look();
  document.addEventListener("htmx:finally:swap", () => { bringBack(); soon(); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) look(); });
  document.addEventListener("htmx:error", away);
  addEventListener("pagehide", putAside);
} else {
  erase();
}
