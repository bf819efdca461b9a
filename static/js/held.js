// What was sent and is not answered yet, and what could not be sent: shown above the box, sent again in its order under the
// id it had, which makes a second time harmless. The tab remembers it: a reload, a page that the system put away and a
// login that ran out meanwhile lose nothing.

import * as composer from "./composer.js";
import * as dom from "./dom.js";

const KEY = "webchat-held";
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30_000;
// The site or what stands before it is being restarted, or wants a pause.
const LATER = [429, 502, 503, 504];

const account = () => document.querySelector("#nav .whose")?.textContent ?? "";
const form = () => document.querySelector("[data-composer]");
const held = restored();
let flushing = false;
let wait = FIRST_WAIT;
let timer;

function restored() {
  try {
    const { of, messages } = JSON.parse(sessionStorage.getItem(KEY)) ?? {};
    if (of === account()) return messages.map((message) => ({ ...message, flying: false, refused: false }));
    // On the page of the login nobody is anybody yet.
    if (account()) sessionStorage.removeItem(KEY);
  } catch {
    // A browser that keeps nothing remembers nothing.
  }
  return [];
}

function keep() {
  try {
    if (held.length) sessionStorage.setItem(KEY, JSON.stringify({ of: account(), messages: held }));
    else sessionStorage.removeItem(KEY);
  } catch {
    // As above.
  }
}

// ---- on its way

// A message leaves; until `done` or `hold` it is remembered, but not shown.
export function begin(message) {
  message.flying = true;
  held.push(message);
  keep();
}

export function done(message) {
  const at = held.indexOf(message);
  if (at >= 0) held.splice(at, 1);
  keep();
}

export const waits = (action) => held.some((other) => other.action === action && !other.flying && !other.refused);

// A status that says no, undefined where there was no answer at all.
export function hold(message, status) {
  if (!held.includes(message)) held.push(message);
  message.flying = false;
  message.refused = status !== undefined && !LATER.includes(status);
  keep();
  draw();
  if (!message.refused) later();
}

// ---- what waits

export function draw() {
  const found = form();
  const mine = held.filter((message) => message.action === found?.action && !message.flying);
  const shown = document.querySelector(".held");
  const content = JSON.stringify(mine.map(({ fields, refused }) => [fields.message_id, refused]));
  if (shown?.dataset.content === content) return;
  shown?.remove();
  if (!found || !mine.length) return;
  const list = dom.make("ul", { className: "held", role: "status" }, ...mine.map((message) => rowOf(message, found.dataset)));
  list.dataset.content = content;
  found.before(list);
}

function rowOf(message, words) {
  const button = (textContent, act) => {
    const made = dom.make("button", { type: "button", className: "link", textContent });
    made.addEventListener("click", act);
    return made;
  };
  const again = () => {
    message.refused = false;
    sendAll();
  };
  return dom.make("li", {},
    dom.make("span", { className: "text", textContent: message.text }),
    dom.make("span", { className: "why", textContent: message.refused ? words.refused : words.waiting }),
    button(words.retry, again),
    button(words.takeBack, () => takeBack(message)));
}

function takeBack(message) {
  done(message);
  const area = form().elements.text;
  if (!area.value) form().elements.message_id.value = message.fields.message_id;
  composer.write(area.value ? `${message.text}\n${area.value}` : message.text);
  draw();
  area.focus();
}

function later(milliseconds = wait) {
  clearTimeout(timer);
  timer = setTimeout(sendAll, milliseconds);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

// Everything that waits, in its order.
export async function sendAll() {
  clearTimeout(timer);
  if (flushing || navigator.onLine === false) return;
  flushing = true;
  try {
    for (let message; (message = held.find((other) => !other.flying && !other.refused));) {
      const answer = await composer.post(message.action, message.fields);
      if (LATER.includes(answer.status)) {
        later(1000 * answer.headers.get("retry-after") || wait);
        break;
      }
      wait = FIRST_WAIT;
      if (answer.ok) done(message);
      else message.refused = true;
      keep();
      draw();
    }
  } catch {
    // Still no connection: they wait on.
    later();
  } finally {
    flushing = false;
  }
}

// What has not even left when the page goes leaves beside it.
addEventListener("pagehide", () => {
  for (const { flying, action, fields } of held) if (flying) composer.post(action, fields, { keepalive: true }).catch(() => {});
});
addEventListener("beforeunload", (event) => {
  if (held.some(({ flying }) => !flying)) event.preventDefault();
});
// Whoever logs out leaves nothing behind.
document.addEventListener("submit", ({ target }) => {
  if (target.matches('[action$="/logout"]')) sessionStorage.removeItem(KEY);
});

composer.keeper({ begin, done, waits, hold, draw, sendAll });
draw();
sendAll();
