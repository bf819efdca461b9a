// What one may mean in the box of the search: a filter by its first letters, then who, where, what or when. The words come
// from the page, which works without this. Nothing is chosen before one chooses: Enter goes on looking.

import { make } from "./dom.js";

const MOST = 8;
const VALUE = /(?:^|\s)(?<name>from|in|has|is|before|after):(?:"(?<quoted>[^"]*)|(?<plain>\S*))$/iu;
const WORD = /(?:^|\s)(?<word>\p{L}{1,6})$/u;
const DAYS = [0, 1, 7, 30];

let list = null;
let offers = [];
let here = -1;
let refused = null;

const box = () => document.querySelector("[data-search-box]");
const options = (id) => [...document.querySelectorAll(`#${id} option`)].map((option) => ({ value: option.value, hint: option.textContent }));
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const begins = (text, wanted) => fold(text).split(/[\s@.:]+/u).some((_, n, words) => words.slice(n).join(" ").startsWith(wanted)) || fold(text).startsWith(wanted);

const names = () => options("search-names").map(({ value, hint }) => ({ value, label: hint, hint: value }));

function days() {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
  return DAYS.map((ago) => ({ value: new Date(Date.now() - ago * 86_400_000).toLocaleDateString("sv"), hint: words.format(-ago, "day") }));
}

// What fits before the caret: [from which character on it would be replaced, the offers].
function fitting(before) {
  const filter = before.match(VALUE)?.groups;
  if (filter) {
    const { name, quoted, plain } = filter;
    const typed = quoted ?? plain;
    const known = { from: names, in: () => names().filter(({ value }) => value !== "me") }[name.toLowerCase()]
      ?? (/before|after/i.test(name) ? days : () => options("search-filters").filter(({ value }) => value.startsWith(`${name.toLowerCase()}:`)).map(({ value, hint }) => ({ value: value.split(":")[1], hint })));
    const wanted = fold(typed);
    const found = known().filter(({ value, label = "", hint }) => !wanted || [value, label, hint].some((text) => begins(text, wanted)));
    const start = before.length - typed.length - (quoted === undefined ? 0 : 1);
    return [start, found.map((one) => ({ ...one, text: `${/\s/.test(one.value) ? `"${one.value}"` : one.value} ` }))];
  }
  const { word } = before.match(WORD)?.groups ?? {};
  if (!word) return [0, []];
  const found = options("search-filters").filter(({ value }) => value.startsWith(word.toLowerCase()));
  return [before.length - word.length, found.map((one) => ({ ...one, text: one.value.endsWith(":") ? one.value : `${one.value} ` }))];
}

// Called at every change of the text.
export function look() {
  const area = box();
  if (!area || document.activeElement !== area || area.selectionStart !== area.selectionEnd) return hide();
  const before = area.value.slice(0, area.selectionStart);
  const [start, found] = fitting(before);
  // What stands there whole needs no help.
  offers = found.slice(0, MOST).filter(({ text }) => text.trim() !== before.slice(start)).map((one) => ({ ...one, start }));
  if (!offers.length || refused === before.slice(0, start)) return hide();
  refused = null;
  draw(area);
}

function draw(area) {
  here = -1;
  list ??= make("ul", { id: "search-offers", className: "offers", role: "listbox" });
  list.setAttribute("aria-label", area.dataset.offers);
  list.replaceChildren(...offers.map(({ value, label = value, hint }, n) => {
    const row = make("li", { id: `search-offer-${n}`, role: "option", "aria-selected": "false" }, make("bdi", { textContent: label }), make("span", { className: "meta", textContent: hint }));
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => take(n));
    return row;
  }));
  if (list.parentElement !== area.parentElement) area.parentElement.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "true" })) area.setAttribute(name, value);
  area.removeAttribute("aria-activedescendant");
}

function mark(to) {
  here = (to + offers.length) % offers.length;
  for (const [n, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(n === here));
  list.children[here].scrollIntoView({ block: "nearest" });
  box().setAttribute("aria-activedescendant", `search-offer-${here}`);
}

function hide() {
  list?.remove();
  offers = [];
  box()?.removeAttribute("aria-activedescendant");
  if (box()?.role === "combobox") box().setAttribute("aria-expanded", "false");
}

function take(n) {
  const area = box();
  const { start, text } = offers[n];
  hide();
  area.setSelectionRange(start, area.selectionStart);
  // The browser's own undo takes it back; what listens to the typing hears of it.
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, start, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

document.addEventListener("keydown", (event) => {
  if (!list?.isConnected || event.target !== box() || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "ArrowDown") mark(here + 1);
  else if (event.key === "ArrowUp") mark(here < 0 ? -1 : here - 1);
  else if (here >= 0 && (event.key === "Enter" || event.key === "Tab" && !event.shiftKey)) take(here);
  else if (event.key === "Escape") {
    refused = box().value.slice(0, offers[0].start);
    hide();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("focusout", ({ target }) => target === box() && hide());
document.addEventListener("submit", hide, true);
