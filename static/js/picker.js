// The table of emoji: search, groups, skin tones, what was used last. Loaded when it is first asked for.

import { make } from "./dom.js";
import { dressed, recent, search, setTone, table, tone, tones, used } from "./emoji.js";
import { close, place, show } from "./float.js";

const SAMPLE = "\u270B";

// Opens beside an element; `take` gets what was picked. The words come from the composer's button.
export async function pick(anchor, words, take, options = {}) {
  const field = make("input", { type: "search", className: "find", placeholder: words.search, "aria-label": words.search, autocomplete: "off" });
  const grid = make("div", { className: "grid" });
  const said = make("p", { className: "meta none", role: "status" });
  const dresses = make("div", { className: "tones", role: "group", "aria-label": words.tone });
  const panel = make("div", { className: "picker", role: "dialog", "aria-label": words.title }, field, said, grid, dresses);
  show(panel, anchor, options);
  if (matchMedia("(hover: hover)").matches) field.focus();
  let known;
  try {
    known = await table();
  } catch {
    said.textContent = words.failed;
    return;
  }
  const chosen = (text) => {
    used(text);
    close();
    take(text);
  };
  const draw = () => {
    const query = field.value;
    const own = options.own ? known.own : [];
    const found = () => search({ emoji: [...own, ...known.emoji] }, query, 120);
    grid.replaceChildren(...(query.trim() ? [section("", found())] : sections(known, words, own)));
    said.textContent = query.trim() && !grid.querySelector("button") ? words.none : "";
    grid.querySelector("button")?.setAttribute("tabindex", "0");
    grid.scrollTop = 0;
  };
  drawTones(dresses, draw);
  field.addEventListener("input", draw);
  panel.addEventListener("click", (event) => {
    const button = event.target.closest?.(".grid button");
    if (button) chosen(button.value);
  });
  panel.addEventListener("keydown", (event) => walk(event, panel, field, chosen));
  draw();
  place(panel, anchor);
}

function sections({ groups, emoji }, words, own) {
  const byText = new Map([...emoji, ...own].map((row) => [row.text, row]));
  const last = recent().map((text) => byText.get(text) ?? { text, name: text }).filter(({ text, picture }) => picture || !text.startsWith(":"));
  const packs = [...new Set(own.map(({ group }) => group))].map((name) => section(name || words.favourites, own.filter(({ group }) => group === name)));
  const drawn = groups.map((name, n) => section(name, emoji.filter((row) => row.group === n)));
  return [...(last.length ? [section(words.recent, last)] : []), ...packs, ...drawn];
}

function section(name, rows) {
  const buttons = rows.map((row) => {
    const button = make("button", { type: "button", tabIndex: -1, title: row.name, value: dressed(row), textContent: row.picture ? "" : dressed(row) });
    if (row.picture) button.append(make("img", { className: "emoji", src: row.picture, alt: row.name, loading: "lazy" }));
    return button;
  });
  const inside = make("div", { className: "emojis" }, ...buttons);
  return make("section", name ? { "aria-label": name } : {}, ...(name ? [make("h2", { textContent: name })] : []), inside);
}

function drawTones(place, changed) {
  for (const [n, mark] of tones.entries()) {
    const button = make("button", { type: "button", textContent: SAMPLE + mark });
    button.setAttribute("aria-pressed", String(n === tone()));
    button.addEventListener("click", () => {
      setTone(n);
      for (const other of place.children) other.setAttribute("aria-pressed", String(other === button));
      changed();
    });
    place.append(button);
  }
}

// Arrows walk the table as it is drawn; from the field Enter takes the first one.
function walk(event, panel, field, chosen) {
  const all = [...panel.querySelectorAll(".grid button")];
  const here = all.indexOf(document.activeElement);
  if (document.activeElement === field) {
    if (event.isComposing || !all.length) return;
    if (event.key === "Enter") {
      event.preventDefault();
      return chosen(all[0].value);
    }
    if (event.key === "ArrowDown") {
      event.preventDefault();
      all[0].focus();
    }
    return;
  }
  if (here < 0) return;
  const rtl = getComputedStyle(panel).direction === "rtl" ? -1 : 1;
  const to = {
    ArrowRight: () => all[here + rtl], ArrowLeft: () => all[here - rtl], Home: () => all[0], End: () => all.at(-1),
    ArrowDown: () => line(all, here, 1), ArrowUp: () => line(all, here, -1) ?? field,
  }[event.key]?.();
  if (!to) return;
  event.preventDefault();
  if (to !== field) {
    all[here].tabIndex = -1;
    to.tabIndex = 0;
  }
  to.focus();
}

// The button above or below: the nearest one of the next line.
function line(all, here, way) {
  const from = all[here].getBoundingClientRect();
  let found;
  for (let n = here + way; all[n]; n += way) {
    const at = all[n].getBoundingClientRect();
    if (at.top === from.top) continue;
    if (found && at.top !== found.getBoundingClientRect().top) break;
    if (!found || Math.abs(at.left - from.left) <= Math.abs(found.getBoundingClientRect().left - from.left)) found = all[n];
  }
  return found;
}
