// What is typed into a box with data-keep is kept by the server: a moment after the last key, and when one leaves.

import { post } from "./composer.js";

const AFTER = 800;

let box, timer, saving;

document.addEventListener("input", ({ target }) => {
  if (!target.matches?.("[data-keep]")) return;
  box = target;
  clearTimeout(timer);
  timer = setTimeout(save, AFTER);
});

// What is sent now is no draft any more.
document.addEventListener("submit", ({ target }) => {
  if (!box || !target.contains(box)) return;
  clearTimeout(timer);
  timer = undefined;
}, true);

// Only a page that is left without the box being left first has something to hurry for.
for (const name of ["pagehide", "htmx:before:swap"]) {
  addEventListener(name, () => { if (timer) save(); });
}

async function save() {
  clearTimeout(timer);
  timer = undefined;
  // One at a time, in order: an older word must never come after a newer one.
  if (saving) {
    timer = setTimeout(save, AFTER / 2);
    return;
  }
  saving = post(box.dataset.keep, { text: box.value }, { keepalive: true }).catch(() => {});
  await saving;
  saving = undefined;
}
