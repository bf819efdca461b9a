// A long press is the menu of fingers; moving, scrolling or a second finger is something else.

const LONG = 500;
const SLACK = 10;
const ECHO = 400;
let timer;
let at;
let opened = false;

export function down({ isPrimary, target, clientX, clientY }) {
  clearTimeout(timer);
  opened = false;
  const row = isPrimary && !target.closest?.("a, button, summary, video, audio") && target.closest?.(".timeline > .message");
  if (!row || !target.closest(".bubble")) return;
  at = [clientX, clientY];
  timer = setTimeout(() => {
    opened = true;
    import("./menu.js").then(({ menu }) => menu(row));
  }, LONG);
}

const stop = () => clearTimeout(timer);
document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (at && Math.hypot(clientX - at[0], clientY - at[1]) > SLACK) stop();
}, { passive: true });
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, stop, { capture: true, passive: true });
// The finger that leaves chooses nothing of what came up under it.
addEventListener("pointerup", () => {
  if (opened) opened = performance.now();
}, true);
addEventListener("click", (event) => {
  if (typeof opened !== "number") return;
  if (performance.now() - opened < ECHO) {
    event.preventDefault();
    event.stopPropagation();
  }
  opened = false;
}, true);
// The browser's own menu would cover ours.
document.addEventListener("contextmenu", (event) => {
  if (event.pointerType === "touch" && event.target.closest?.(".timeline > .message .bubble") && !event.target.closest("a")) event.preventDefault();
});
