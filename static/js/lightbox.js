// A picture over the whole window, and its neighbours: arrows, plus and minus, Escape. The dialog gives the focus back.

import { make } from "./dom.js";

let dialog;
let links = [];
let here = 0;
let from;

const part = (name) => dialog.querySelector(name);

export function open(link) {
  if (!document.querySelector("[data-lightbox-words]")) return location.assign(link.href);
  links = [...document.querySelectorAll(":is([data-timeline], [data-gallery]) [data-lightbox]")];
  here = Math.max(0, links.indexOf(link));
  const row = link.closest("[id]");
  from = { link, row: row?.id, number: [...(row?.querySelectorAll("[data-lightbox]") ?? [])].indexOf(link) };
  if (!dialog?.isConnected) build();
  show();
  if (!dialog.open) dialog.showModal();
}

function build() {
  dialog = make("dialog", { className: "lightbox" });
  const words = document.querySelector("[data-lightbox-words]").dataset;
  const figure = make("figure", {});
  const picture = make("img", { alt: "" });
  picture.addEventListener("click", () => zoom());
  figure.append(picture, make("figcaption", { dir: "auto" }));
  const bar = make("div", { className: "bar" });
  const button = (name, sign, act) => {
    const made = make("button", { type: "button", className: name, textContent: sign, title: words[name] });
    made.setAttribute("aria-label", words[name]);
    made.addEventListener("click", act);
    bar.append(made);
  };
  button("previous", "‹", () => step(-1));
  button("next", "›", () => step(1));
  button("zoom", "±", () => zoom());
  bar.append(make("a", { className: "download", textContent: words.download, download: "" }));
  button("close", "×", () => dialog.close());
  dialog.append(figure, bar);
  dialog.setAttribute("aria-label", words.label);
  dialog.addEventListener("keydown", keyed);
  dialog.addEventListener("click", ({ target }) => { if (target === dialog || target === figure) dialog.close(); });
  dialog.addEventListener("close", () => {
    picture.removeAttribute("src");
    // Its row may have been drawn anew meanwhile.
    if (!from.link.isConnected) document.getElementById(from.row)?.querySelectorAll("[data-lightbox]")[from.number]?.focus();
  });
  document.body.append(dialog);
}

function keyed(event) {
  const forward = document.dir === "rtl" ? -1 : 1;
  const act = {
    ArrowLeft: () => step(-forward), ArrowRight: () => step(forward), "+": () => zoom(true), "-": () => zoom(false),
  }[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

function step(by) {
  if (!links[here + by]) return;
  here += by;
  show();
}

function zoom(large) {
  dialog.classList.toggle("zoomed", large);
}

function show() {
  const link = links[here];
  const inside = link.querySelector("img");
  const still = inside && link.querySelector("source") && matchMedia("(prefers-reduced-motion: reduce)").matches;
  zoom(false);
  const picture = part("img");
  picture.alt = inside?.alt ?? link.dataset.alt ?? "";
  picture.src = still ? link.querySelector("source").srcset : link.href;
  part("figcaption").textContent = [link.dataset.said, link.dataset.facts].filter(Boolean).join(" – ");
  part(".download").href = link.dataset.download;
  part(".previous").disabled = !links[here - 1];
  part(".next").disabled = !links[here + 1];
}
