// What one may mean while one types: `:smi` an emoji, `@al` a person, `/jo` a command. The list hangs above the box, the
// caret stays in the text. Loaded at the first of these characters.

import "./float.js";
import { dressed, search, table, used } from "./emoji.js";
import { make } from "./dom.js";

const MOST = 8;
const TRIGGER = /(?:^\+?|[\s(])(?<what>[:@])(?<query>[^\s:@]{0,40})$/u;
const COMMAND = /^(?<what>\/)(?<query>[^\s/]{0,32})$/u;
const HABIT = /^(?:s\/[^\n]+\/[^\n]*\/g?|\+\p{Extended_Pictographic}\S*)$/u;
const WHOLE = /(?:^\+?|\s):(?<code>[\p{L}\d_+-]+):$/u;

let list = null;
let choices = [];
let here = 0;
let from = 0;
let asked = 0;
let refused = "";

const box = () => document.querySelector("[data-composer]")?.elements.text;
const actions = () => new URL(document.querySelector("[data-composer]").action).pathname.replace(/\/messages$/, "");

// Puts text where other text stood; the browser's own undo takes it back.
export function insert(area, start, end, text) {
  area.focus();
  area.setSelectionRange(start, end);
  const done = text ? document.execCommand("insertText", false, text) : start === end || document.execCommand("delete");
  if (!done) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Between back-quotes nothing is meant.
function inCode(before) {
  const fences = before.split("```").length - 1;
  return fences % 2 === 1 || (before.split("\n").at(-1).replaceAll("```", "").split("`").length - 1) % 2 === 1;
}

// Called at every change of the text and the caret.
export async function look() {
  const area = box();
  if (!area || document.activeElement !== area || area.selectionStart !== area.selectionEnd) return hide();
  const before = area.value.slice(0, area.selectionStart);
  if (inCode(before)) return hide();
  const whole = before.match(WHOLE);
  if (whole) return convert(area, before, whole.groups.code);
  const habit = area.value === before && HABIT.test(before);
  const found = habit ? { groups: { what: "", query: before } } : before.match(COMMAND) ?? before.match(TRIGGER);
  if (!found) return hide();
  const { what, query } = found.groups;
  const start = area.selectionStart - query.length - what.length;
  if (refused === `${start}${what}`) return;
  refused = "";
  const turn = ++asked;
  const offers = await ({ ":": emoji, "@": people, "/": commands, "": habits })[what](query).catch(() => []);
  if (turn !== asked || box() !== area) return;
  from = start;
  choices = offers.slice(0, MOST);
  draw(area);
}

async function convert(area, before, code) {
  hide();
  const known = (await table()).byCode.get(code);
  if (!known || area.value.slice(0, before.length) !== before || area.selectionStart !== before.length) return;
  used(known.text);
  insert(area, before.length - code.length - 2, before.length, dressed(known));
}

async function emoji(query) {
  const known = table();
  if (query.length < 2) return [];
  const { emoji: all, own } = await known;
  return search({ emoji: [...own, ...all] }, query, MOST).map((row) => ({
    sign: dressed(row), picture: row.picture, label: `:${row.codes.find((code) => code.startsWith(query.toLowerCase())) ?? row.codes[0]}:`, text: dressed(row), taken: () => used(row.text),
  }));
}

async function ask(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  return answer.ok ? answer.json() : [];
}

async function people(query) {
  const found = await ask(`${actions()}/people?q=${encodeURIComponent(query)}`);
  return found.map(({ name, hint }) => ({ label: name, hint, text: `@${name} ` }));
}

const tables = new Map();

async function commands(query) {
  const address = `${actions()}/commands`;
  if (!tables.has(address)) tables.set(address, await ask(address));
  const wanted = query.toLowerCase();
  return tables.get(address).filter(({ name }) => name.startsWith(wanted))
    .map(({ name, usage, help }) => ({ label: `/${name} ${usage}`.trim(), hint: help, text: `/${name}${usage ? " " : ""}` }));
}

// What is typed from habit does something to an earlier message: what, is said before it happens.
async function habits(text) {
  const reply = document.querySelector("[data-composer]").elements.reply_id?.value ?? "";
  const found = await ask(`${actions()}/preview?${new URLSearchParams({ text, reply })}`);
  return found.map((one) => ({ ...one, text }));
}

// ---- the list

function draw(area) {
  if (!choices.length) return hide();
  here = 0;
  list ??= make("ul", { id: "completions", className: "completions", role: "listbox", "aria-label": area.form.dataset.completions });
  list.replaceChildren(...choices.map((choice, n) => {
    const parts = [["sign", choice.picture ? "" : choice.sign], ["label", choice.label], ["hint", choice.hint]].filter(([, text]) => text);
    const row = make("li", { id: `completion-${n}`, role: "option" }, ...parts.map(([className, textContent]) => make("span", { className, textContent })));
    if (choice.picture) row.prepend(make("img", { className: "emoji", src: choice.picture, alt: "" }));
    // The caret stays where it is.
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => take(n));
    return row;
  }));
  const field = area.closest(".field");
  if (list.parentElement !== field) field.prepend(list);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  mark(0);
}

function mark(to) {
  here = (to + choices.length) % choices.length;
  for (const [n, row] of [...list.children].entries()) row.setAttribute("aria-selected", String(n === here));
  list.children[here].scrollIntoView({ block: "nearest" });
  box().setAttribute("aria-activedescendant", `completion-${here}`);
}

function hide() {
  asked += 1;
  if (!list?.isConnected) return;
  list.remove();
  choices = [];
  for (const name of ["aria-controls", "aria-activedescendant", "aria-autocomplete"]) box()?.removeAttribute(name);
}

function take(n) {
  const area = box();
  const { text, taken } = choices[n];
  hide();
  taken?.();
  insert(area, from, area.selectionStart, text);
}

// ---- keys: before the composer sees them

document.addEventListener("keydown", (event) => {
  const area = box();
  if (!list?.isConnected || event.target !== area || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  // Tab cycles through people, and takes what is alone.
  const cycles = event.key === "Tab" && choices.length > 1 && choices[0].text.startsWith("@");
  if (event.key in steps) mark(here + steps[event.key]);
  else if (cycles) mark(here + (event.shiftKey ? -1 : 1));
  else if (event.key === "Enter" && !event.shiftKey || event.key === "Tab") {
    // What stands there already is sent, not completed once more.
    if (event.key === "Enter" && area.value.slice(from).trim() === choices[here].text.trim()) return hide();
    take(here);
  } else if (event.key === "Escape") {
    refused = `${from}${area.value[from]}`;
    hide();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("selectionchange", () => list?.isConnected && look());
document.addEventListener("focusout", (event) => event.target === box() && hide());
document.addEventListener("webchat:sent", hide);
