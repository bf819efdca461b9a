// What is said about a post while its page is open: it is read out, marked, and where it stands elsewhere on the page a
// button says how much that is and leads there. The comments themselves come by the stream.

import { announce } from "./dom.js";

const RECENT = 600_000;
const BURST = 3;

let page = "";
let opened = 0;
let known = new Set();
const unseen = new Set();
const elsewhere = new Set();
let words = [];
let timer;

const talk = () => document.querySelector("[data-talk]");
const rowsOf = (place) => [...place?.querySelectorAll(".comments > li") ?? []];
const textOf = (row) => row.querySelector(".body")?.textContent.trim() ?? "";
// What was said long ago and only arrives now was merely late.
const isNew = (row) => "said" in row.dataset && new Date(row.querySelector(".at time")?.dateTime) > opened - RECENT;

const eyes = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (isIntersecting && !document.hidden) look(target);
    else elsewhere.add(target.id);
  }
  draw();
}, { threshold: 0.5 });

function look(row) {
  unseen.delete(row.id);
  elsewhere.delete(row.id);
  eyes.unobserve(row);
}

// After every change of the page.
export function tend() {
  const place = talk();
  const here = place ? location.pathname : "";
  const rows = rowsOf(place);
  if (page !== here) {
    [page, opened, words] = [here, Date.now(), []];
    unseen.clear();
    elsewhere.clear();
    eyes.disconnect();
  } else {
    for (const row of rows) if (!known.has(row.id) && isNew(row)) hear(row);
  }
  known = new Set(rows.map(({ id }) => id));
  for (const id of unseen) {
    if (known.has(id)) document.getElementById(id).classList.add("heard");
    else [unseen, elsewhere].forEach((ids) => ids.delete(id));
  }
  draw();
}

function hear(row) {
  unseen.add(row.id);
  eyes.observe(row);
  words.push(`${row.dataset.said}: ${textOf(row)}`);
  timer ??= setTimeout(speak, 1000);
}

const inWords = (number) => number === 1 ? talk().dataset.one : talk().dataset.many.replace("{n}", number);

function speak() {
  timer = undefined;
  const said = words.splice(0);
  if (said.length && talk()) announce(said.length > BURST ? [inWords(said.length)] : said);
}

// The first of them as one reads.
const first = () => rowsOf(talk()).find(({ id }) => elsewhere.has(id));

function draw() {
  const button = document.getElementById("talk-pill");
  if (!button) return;
  button.hidden = !elsewhere.size;
  if (button.hidden) return;
  button.querySelector("span").textContent = inWords(elsewhere.size);
  button.classList.toggle("up", first()?.getBoundingClientRect().top < 0);
}

document.addEventListener("click", (event) => {
  const row = event.target.closest?.("#talk-pill") && first();
  if (!row) return;
  const folded = row.closest("details:not([open])");
  if (folded) folded.open = true;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  row.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
  look(row);
  draw();
});

// What came while nobody looked is seen by coming back.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  for (const row of rowsOf(talk()).filter(({ id }) => unseen.has(id))) {
    eyes.unobserve(row);
    eyes.observe(row);
  }
});
