// What keys do: the quick switcher, steps through the list of chats, and the list of keys itself.

import { make, token } from "./dom.js";
import "./float.js";

const body = document.body;
const MOST = 50;
const KINDS = { "#": ["room"], "@": ["chat", "contact", "whisper"], ">": ["action"] };

let data;
let dialog;
let input;
let list;
let none;
let here = 0;
let hurried = false;

const fetched = async () => {
  const answer = await fetch(body.dataset.switcher, { headers: { accept: "application/json" } });
  if (answer.ok) data = await answer.json();
};

// ---- the quick switcher (the pattern of a combobox with a list)

export function switcher() {
  if (!dialog?.isConnected) build();
  input.value = "";
  hurried = false;
  dialog.showModal();
  if (data) draw();
  fetched().then(() => {
    if (!dialog.open) return;
    draw(here);
    if (hurried) choose(list.children[here]);
  }, () => {});
}

function build() {
  input = make("input", { type: "text", placeholder: body.dataset.switcherHint, autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-label": body.dataset.switcherTitle, "aria-autocomplete": "list", "aria-controls": "switcher-list", "aria-expanded": "false" })) input.setAttribute(name, value);
  list = make("ul", { id: "switcher-list", role: "listbox", ariaLabel: body.dataset.switcherTitle });
  none = make("p", { className: "none", role: "status" });
  dialog = make("dialog", { id: "switcher", className: "switcher", ariaLabel: body.dataset.switcherTitle }, input, list, none);
  input.addEventListener("input", () => data && draw());
  input.addEventListener("keydown", move);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => choose(list.children[[...list.children].indexOf(target.closest("[role=option]"))]));
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close());
  body.append(dialog);
}

function draw(at = 0) {
  const rows = found(input.value.trim()).slice(0, MOST);
  list.replaceChildren(...rows.map(option));
  list.hidden = !rows.length;
  none.textContent = rows.length ? "" : data.words.none;
  input.setAttribute("aria-expanded", String(rows.length > 0));
  select(Math.min(at, rows.length - 1));
}

function option(place, n) {
  const row = make("li", { id: `switcher-${n}`, role: "option" });
  row.place = place;
  if (place.initial) row.append(make("span", { className: `avatar c${place.colour}`, ariaHidden: "true", textContent: place.initial }));
  const name = make("bdi", { textContent: place.name });
  row.append(make("span", { className: "name" }, name));
  if (place.detail && place.detail !== place.name) row.append(make("bdi", { className: "meta", textContent: place.detail }));
  if (place.unread) {
    const badge = make("span", { className: place.meant ? "badge" : "badge quiet", textContent: place.meant || place.unread });
    badge.append(make("span", { className: "visually-hidden", textContent: ` ${data.words.unread}` }));
    row.append(badge);
  }
  return row;
}

function select(n) {
  here = Math.max(n, 0);
  [...list.children].forEach((row, index) => row.setAttribute("aria-selected", String(index === here)));
  const row = list.children[here];
  if (row) input.setAttribute("aria-activedescendant", row.id);
  else input.removeAttribute("aria-activedescendant");
  row?.scrollIntoView({ block: "nearest" });
}

function move(event) {
  const count = list.children.length;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && count) select((here + step + count) % count);
  else if (event.key === "Enter" && !event.isComposing) data ? choose(list.children[here]) : hurried = true;
  else return;
  event.preventDefault();
}

function choose(row) {
  if (!row) return;
  const { path, method } = row.place;
  dialog.close();
  if (method) return post(path);
  const link = [...document.querySelectorAll(".conversation > a")].find((one) => one.getAttribute("href") === path);
  if (link) link.click();
  else location.assign(path);
}

// Acts as a plain form does: the answer is a page.
function post(path) {
  const address = new URL(path, location.href);
  const form = make("form", { method: "post", action: address.pathname, hidden: true });
  form.setAttribute("hx-boost", "false");
  for (const [name, value] of [["form_token", token()], ...address.searchParams]) form.append(make("input", { type: "hidden", name, value }));
  body.append(form);
  form.requestSubmit();
}

// ---- what a few letters may mean: the beginning of a name, of a word in it, a part of it, letters in this order

const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function found(typed) {
  const kinds = KINDS[typed[0]];
  const text = fold(kinds ? typed.slice(1).trim() : typed);
  const places = data.places.filter(({ kind }) => kinds ? kinds.includes(kind) : text || kind !== "action");
  return places
    .map((place, order) => ({ place, order, score: text ? Math.max(likeness(fold(place.name), text), likeness(fold(place.detail), text) - 1) : 1, waits: place.meant ? 2 : place.unread ? 1 : 0 }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.waits - a.waits || a.order - b.order)
    .map(({ place }) => place);
}

function likeness(name, text) {
  const at = name.indexOf(text);
  if (at === 0) return 10;
  if (at > 0) return /[\p{L}\p{N}]/u.test(name[at - 1]) ? 6 : 8;
  let from = 0;
  for (const letter of text.replaceAll(" ", "")) {
    from = name.indexOf(letter, from) + 1;
    if (!from) return 0;
  }
  return 3;
}

// ---- steps through the list: to the next chat, or to the next one with something unread

export function step({ key, shiftKey }) {
  const rows = [...document.querySelectorAll("[data-list] > .conversation")].filter((row) => getComputedStyle(row).display !== "none");
  const current = rows.findIndex((row) => row.querySelector("a[aria-current]"));
  const way = key === "ArrowDown" ? 1 : -1;
  const start = current < 0 && way < 0 ? rows.length : current;
  const order = rows.map((_, n) => rows[(start + way * (n + 1) + rows.length * 2) % rows.length]);
  const wanted = order.find((row) => row !== rows[current] && (!shiftKey || row.classList.contains("unread")));
  const link = wanted?.querySelector("a");
  link?.scrollIntoView({ block: "nearest" });
  link?.click();
}

// ---- all of the conversation is read

export function read() {
  const log = document.querySelector("[data-timeline]");
  const id = [...log?.querySelectorAll(".timeline:not([data-newer]) > .message:not(.mine)") ?? []].at(-1)?.dataset.id;
  if (id) fetch(log.dataset.displayed, { method: "POST", headers: { "HX-Request": "true" }, body: new URLSearchParams({ id, form_token: token() }) }).catch(() => {});
}

// ---- the list of keys

export async function help() {
  if (!data) await fetched();
  if (!data) return;
  document.getElementById("keys")?.remove();
  const mac = /^Mac|^iP/.test(navigator.platform);
  const rows = data.keys.flatMap(([keys, words]) => [
    make("dt", {}, ...keys.split(" ").map((one) => make("kbd", { textContent: mac ? one.replace("Ctrl", "⌘") : one }))),
    make("dd", { textContent: words }),
  ]);
  const close = make("button", { type: "button", className: "button", textContent: data.words.close });
  const title = make("h2", { id: "keys-title", textContent: data.words.keys });
  const keys = make("dialog", { id: "keys", className: "keys" }, title, make("dl", {}, ...rows), close);
  keys.setAttribute("aria-labelledby", "keys-title");
  close.addEventListener("click", () => keys.close());
  keys.addEventListener("click", ({ target }) => target === keys && keys.close());
  body.append(keys);
  keys.showModal();
}
