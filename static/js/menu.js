// What one does with a message: the tools beside the row under the pointer or the focus, its menu, and what its links do
// in place. Every one of them is a link or form that works without this. Loaded at the first use.

import { cancel, compose, undo } from "./compose.js";
import { post } from "./composer.js";
import { make } from "./dom.js";
import { quick } from "./emoji.js";
import { close, icon, show } from "./float.js";
import { jump } from "./jump.js";
import { visit } from "./timeline.js";

const QUICK = 3;
const FINAL = ".pending, .failed, .retracted";

let tools = null;
let row = null;

const timeline = () => document.querySelector("[data-timeline] > .timeline");
const rowOf = (element) => element?.closest?.(".timeline > .message");
const more = (of) => of.querySelector(":scope .more");
const rows = () => [...timeline().querySelectorAll(":scope > .message")].filter(more);

// ---- the tools

// Shows them in a row; they stand before its own link to everything else.
export function over(element) {
  const found = rowOf(element);
  // The page may have been left while this was on its way.
  if (!found?.isConnected || !timeline() || !more(found) || matchMedia("(hover: none)").matches) return;
  if (found === row && tools?.isConnected || tools?.contains(document.activeElement)) return;
  row = found;
  tools?.remove();
  if (found.matches(FINAL)) return;
  const { react, reply } = timeline().dataset;
  const button = (properties, ...children) => make("button", { type: "button", ...properties }, ...children);
  tools = make("span", { className: "quick" },
    ...quick(QUICK).map((emoji) => button({ className: "icon-button", value: emoji, "aria-label": `${react} ${emoji}`, textContent: emoji })),
    button({ className: "icon-button", title: react, "aria-label": react, value: "pick" }, icon("smile-plus")),
    button({ className: "icon-button", title: reply, "aria-label": reply, value: "reply" }, icon("reply")));
  tools.addEventListener("click", used);
  more(found).before(tools);
}

function used(event) {
  const button = event.target.closest("button");
  const about = rowOf(button);
  if (!button) return;
  event.preventDefault();
  if (button.value === "reply") return answer(about);
  if (button.value === "pick") return pickFor(about, button);
  react(about, button.value);
}

const answer = (about) => compose("reply", about.dataset.id);

function react(about, emoji) {
  return post(more(about).pathname + "/reactions", { emoji }).catch(() => {});
}

async function pickFor(about, anchor) {
  const { pick } = await import("./picker.js");
  const words = document.querySelector("[data-pick]")?.dataset ?? {};
  const { id } = about;
  const back = () => more(document.getElementById(id) ?? about);
  pick(anchor, words, (emoji) => react(document.getElementById(id), emoji), { back: { focus: (how) => back()?.focus(how) } });
}

// A redrawn row has lost them.
document.addEventListener("htmx:finally:swap", () => {
  const again = tools && !tools.isConnected ? document.getElementById(row.id) : null;
  if (again?.matches(":hover, :focus-within")) over(again);
});
document.addEventListener("pointerover", ({ target }) => over(target));
document.addEventListener("focusin", ({ target }) => over(target));

// ---- the menu

// The whole of it comes from the server, which knows what this message allows.
export async function menu(of) {
  const link = more(of);
  const panel = make("div", { className: "message-menu menu", role: "dialog", "aria-label": link.getAttribute("aria-label") ?? link.title });
  panel.setAttribute("aria-busy", "true");
  const { id } = of;
  show(panel, of.querySelector(".bubble") ?? of, { back: { focus: (how) => {
    const now = document.getElementById(id);
    if (now) more(now).focus(how);
  } } });
  of.classList.add("chosen");
  panel.addEventListener("toggle", () => document.querySelector(".chosen")?.classList.remove("chosen"));
  await globalThis.htmx.ajax("GET", `${link.pathname}/menu`, { source: panel, target: panel, swap: "innerHTML" }).catch(() => {});
  panel.removeAttribute("aria-busy");
  if (!panel.isConnected) return;
  if (!panel.childElementCount) return close();
  const { place } = await import("./float.js");
  const now = document.getElementById(id)?.querySelector(".bubble");
  if (now) place(panel, now);
  panel.addEventListener("keydown", walk);
  // Before the links' own way, which leads to another page.
  panel.addEventListener("click", (event) => chosen(event, id), true);
  panel.addEventListener("submit", () => setTimeout(close));
  entries(panel)[0]?.focus();
}

const entries = (panel) => [...panel.querySelectorAll("a[href], button, summary")].filter((entry) => entry.getClientRects().length);

function walk(event) {
  const panel = event.currentTarget;
  if (event.target.matches("input, textarea")) return;
  const all = entries(panel);
  const here = all.indexOf(document.activeElement);
  const to = { ArrowDown: here + 1, ArrowUp: here - 1 + (here < 0 ? 1 : 0), Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  all[(to + all.length) % all.length]?.focus();
}

function chosen(event, id) {
  const about = document.getElementById(id);
  const button = event.target.closest("button[data-copy-text], button[data-copy-link], button[data-pick-for], button[data-speak]");
  const link = event.target.closest("a[href]");
  const writes = link?.search.match(/[?&](reply|edit)=(\d+)/);
  if (button?.matches("[data-pick-for]")) {
    close();
    return about && pickFor(about, about.querySelector(".bubble"));
  }
  if (button?.matches("[data-speak]")) {
    close();
    return speak(about?.querySelector(".body"));
  }
  if (button) {
    copy(button.dataset.copyText ?? new URL(`${document.querySelector("[data-timeline]").dataset.latest}?at=${about.dataset.id}`, location).href);
    return close();
  }
  if (link?.matches("[data-cancel-deed]")) {
    event.preventDefault();
    event.stopPropagation();
    return close();
  }
  if (["#forward", "#moderate", "#remind", "#retract"].includes(link?.hash)) {
    event.preventDefault();
    event.stopPropagation();
    return dialog(event.currentTarget, link, id);
  }
  if (writes && document.querySelector("[data-composer]")) {
    event.preventDefault();
    event.stopPropagation();
    close();
    compose(writes[1], writes[2]);
  } else if (link) setTimeout(close);
}

// One form of the message's page in the place of the menu.
async function dialog(panel, link, id) {
  panel.classList.add("asking");
  await globalThis.htmx.ajax("GET", link.pathname, { source: panel, target: panel, swap: "innerHTML", select: link.hash }).catch(() => {});
  if (!panel.querySelector("form")) return visit(link.getAttribute("href"), { push: "true" });
  // It is wider and lower than the menu was.
  const { place } = await import("./float.js");
  const now = document.getElementById(id)?.querySelector(".bubble");
  if (now) place(panel, now);
  (panel.querySelector(".later-hours .entry") ?? panel.querySelector("input:not([type=hidden])") ?? panel.querySelector("button"))?.focus();
}

// The older way works without HTTPS too.
function copy(text) {
  document.addEventListener("copy", (event) => {
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { once: true, capture: true });
  document.execCommand("copy");
}

// The browser's own voice; a second time makes it silent.
function speak(body) {
  const voice = globalThis.speechSynthesis;
  const speaks = voice?.speaking;
  voice?.cancel();
  if (!voice || !body || speaks) return;
  voice.speak(Object.assign(new SpeechSynthesisUtterance(body.innerText), { lang: body.closest("[lang]").lang }));
}

// ---- what the page passes on

// A click on something of a row (`about` is its id) or of the composer that has a way to do it in place.
export function click(element, about) {
  // A row may be redrawn in the very moment of the click.
  const of = rowOf(element) ?? document.getElementById(about);
  if (element.matches(".more")) return of && menu(of);
  if (element.matches("[data-cancel]")) return cancel();
  if (element.matches("[data-pick]")) return pickInto(element);
  if (element.matches("[data-later]")) return import("./later.js").then(({ choose }) => choose(element));
  if (element.matches(".undoes")) {
    close();
    return element.form && undo(element.form);
  }
  return jump(element);
}

async function pickInto(button) {
  const { pick } = await import("./picker.js");
  const { insert } = await import("./complete.js");
  const area = document.querySelector("[data-composer]").elements.text;
  const { selectionStart, selectionEnd } = area;
  pick(button, button.dataset, (emoji) => insert(document.querySelector("[data-composer]").elements.text, selectionStart, selectionEnd, emoji), { own: true });
}

// Keys on a row, or on the list of messages itself: arrows walk, the menu key opens.
export function key(event) {
  if (!timeline()) return;
  const of = rowOf(event.target) ?? rows().at(-1);
  if (!of) return;
  if (event.key === "ContextMenu" || event.key === "F10") return menu(of);
  const all = rows();
  const to = all[all.indexOf(of) + { ArrowDown: 1, ArrowUp: -1 }[event.key]];
  if (!to) return;
  for (const other of all) more(other).tabIndex = other === to ? 0 : -1;
  more(to).focus();
}

export const edit = (id) => compose("edit", id);
