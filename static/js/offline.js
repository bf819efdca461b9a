// The page without a line: what this browser keeps, to be read and no more, until the site answers again.

import { LASTS, erase, kept } from "./kept.js";

const SITE = new URL("../../..", import.meta.url);
const ASK_EVERY = 5000, ASK_AT_MOST = 60_000;

const root = document.documentElement;
const find = (selector) => document.querySelector(selector);
const says = document.body.dataset;

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// ---- times

function today(moment) {
  return moment.toDateString() === new Date().toDateString();
}

const HOUR = { hour: "numeric", minute: "2-digit" };
const DAY = { day: "numeric", month: "short" };

const clock = (moment) => moment.toLocaleString(root.lang, today(moment) ? HOUR : { ...DAY, ...HOUR });

function timed(text, written) {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? "" : make("time", { dateTime: moment.toISOString(), textContent: written(moment) });
}

const asOf = (moment) => says.asOf.replace("{time}", clock(new Date(moment)));

// ---- what is kept

async function show() {
  let found = await kept().catch(() => undefined);
  if (found && Date.now() - found.at > LASTS) {
    await erase();
    found = undefined;
  }
  const silent = navigator.onLine ? says.silent : says.lost;
  find("#offline-state").textContent = silent;
  find("#offline-says").textContent = found ? `${asOf(found.at)}. ${says.stays}` : says.nothing;
  if (!found) return;
  Object.assign(root.dataset, found.looks, { accent: "" });
  root.className = found.looks.accent;
  const talk = found.talks.find(({ path }) => path === location.pathname);
  const isTalk = talk || found.list.some(({ path }) => path === location.pathname);
  drawList(found);
  if (isTalk) drawTalk(found, talk);
  document.body.classList.toggle("reads", Boolean(isTalk));
}

function drawList({ list, talks }) {
  const readable = new Set(talks.map(({ path }) => path));
  const known = new Set(list.map(({ path }) => path));
  const all = [...list, ...talks.filter(({ path }) => !known.has(path)).map(({ path, name }) => ({ path, name, line: "" }))];
  const rows = all.map(({ path, name, line, at }) => {
    const link = make("a", { href: path },
      make("span", { className: "name", dir: "auto", textContent: name }), timed(at ?? "", clock),
      make("span", { className: "line", dir: "auto", textContent: line }));
    if (path === location.pathname) link.setAttribute("aria-current", "page");
    return make("li", { className: readable.has(path) ? "" : "unread" }, link);
  });
  find("#offline-list ul").replaceChildren(...rows);
  find("#offline-list").hidden = !rows.length;
}

function drawTalk(found, talk) {
  const name = talk?.name ?? found.list.find(({ path }) => path === location.pathname).name;
  find("#offline-name").textContent = name;
  document.title = name;
  find("#offline-as-of").textContent = talk ? asOf(talk.at) : says.none;
  const log = find("#offline-talk .log");
  let before = {};
  log.replaceChildren(...(talk?.rows ?? []).flatMap((row) => {
    const made = message(row, before);
    before = row;
    return made;
  }));
  find("#offline-talk").hidden = false;
  log.scrollTop = log.scrollHeight;
  drawWaiting(found.of, talk?.path ?? location.pathname);
}

function message({ mine, author, at, text, files }, before) {
  const made = make("article", { className: mine ? "mine" : "" });
  const moment = new Date(at);
  const starts = mine !== Boolean(before.mine) || author !== before.author;
  const day = new Date(before.at).toDateString() !== moment.toDateString();
  if (starts || day) made.append(make("p", { className: "by" }, make("bdi", { textContent: mine ? says.you : author })));
  if (text) made.append(make("p", { className: "text", dir: "auto", textContent: text }));
  for (const file of files) made.append(make("p", { className: "file", dir: "auto", textContent: file }));
  made.append(timed(at, (time) => time.toLocaleTimeString(root.lang, HOUR)));
  if (!day || Number.isNaN(moment.getTime())) return [made];
  const named = moment.toLocaleDateString(root.lang, { weekday: "long", day: "numeric", month: "long" });
  return [make("p", { className: "day", textContent: named }), made];
}

// Words that this tab holds until the connection is back (held.js, install.js).
function drawWaiting(of, path) {
  const end = `/${path.split("/").at(-1)}/messages`;
  const held = stored("webchat-held"), typed = stored("webchat-typed");
  const texts = held?.of === of ? held.messages.filter(({ action }) => action.endsWith(end)).map(({ text }) => text) : [];
  if (typed?.of === of && typed.path === path) texts.push(typed.text);
  find(".waits ul").replaceChildren(...texts.map((textContent) => make("li", { dir: "auto", textContent })));
  find(".waits").hidden = !texts.length;
}

function stored(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

// ---- back again

let wait = ASK_EVERY;
let timer;

async function ask() {
  clearTimeout(timer);
  const answer = await fetch(new URL("livez", SITE), { cache: "no-store" }).catch(() => null);
  if (answer?.ok) return location.pathname === says.away ? location.replace(says.chats) : location.reload();
  wait = Math.min(wait * 1.5, ASK_AT_MOST);
  timer = setTimeout(ask, wait);
  return undefined;
}

addEventListener("online", ask);
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
find("#offline-again").addEventListener("click", (event) => {
  event.preventDefault();
  wait = ASK_EVERY;
  ask();
});
show();
ask();
