// The keys of lists of posts: j and k walk, o or Enter opens, l likes, r comments, n writes a new one. The page of a post
// knows the last three. None fires while one writes, and all of them are off with the other keys of the site.

const LIST = "[data-feed]";
const CARD = ".post-card";
const find = (selector, within = document) => within?.querySelector(selector);
const cards = () => [...document.querySelectorAll(`${LIST} ${CARD}`)];

// Where a card stands in its list, for whoever hears it and does not see it; -1: more can be fetched.
export function tend() {
  for (const list of document.querySelectorAll(LIST)) {
    const rows = [...list.querySelectorAll(CARD)];
    const size = find("#main a[rel=next]") ? -1 : rows.length;
    rows.forEach((row, at) => {
      row.ariaPosInSet = String(at + 1);
      row.ariaSetSize = String(size);
    });
  }
}

const current = () => document.activeElement?.closest?.(`${LIST} ${CARD}`);
// Without one that has the focus: the first that is not above the window.
const inView = () => cards().find((card) => card.getBoundingClientRect().bottom > 80);

function show(element) {
  if (!element) return;
  element.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tall = element.offsetHeight > innerHeight * 0.8;
  element.scrollIntoView({ block: tall ? "start" : "center", behavior: calm ? "auto" : "smooth" });
}

function walk(step) {
  const all = cards();
  const here = current();
  if (!here) return show(inView());
  show(all[all.indexOf(here) + step] ?? (step > 0 ? find("#main a[rel=next]") : undefined));
}

const subject = () => current() ?? find("[data-talk]");

const write = () => find("#main a[data-write]") ?? find('#nav a[href$="/publish"]');

const DEEDS = {
  j: () => walk(1),
  k: () => walk(-1),
  o: () => find(".title a", current())?.click(),
  l: () => find("button.like", subject())?.click(),
  r: () => {
    const box = find("#comment-text");
    if (!current() && box) return show(box);
    const link = find("a.deed[href$='#comments']", current());
    if (link) location.assign(link.href.replace(/#.*/, "#comment-text"));
  },
  n: () => write()?.click(),
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (!find(`${LIST}, [data-talk]`) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.isComposing) return;
  if (event.defaultPrevented || document.body.dataset.keys === "off" || find("dialog[open]")) return;
  if (target.closest?.("input, textarea, select, [contenteditable], [role=textbox]")) return;
  const deed = key === "Enter" ? target.matches?.(`${LIST} ${CARD}`) && DEEDS.o : Object.hasOwn(DEEDS, key) && DEEDS[key];
  if (!deed) return;
  event.preventDefault();
  deed();
});
