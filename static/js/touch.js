// A long press is the menu of fingers, on Send that of later hours, and a message that is pushed towards the end of its
// line is answered; scrolling or a second finger is something else.

const LONG = 500;
const SLACK = 10;
const ANSWERED = 56;
const FARTHEST = 80;
let timer;
let pushed = null;
let at;
let opened = false;

export function down({ isPrimary, target, clientX, clientY }) {
  clearTimeout(timer);
  letGo();
  const send = target.closest?.(".composer .send");
  if (send) {
    at = [clientX, clientY];
    timer = setTimeout(() => {
      opened = true;
      import("./later.js").then(({ choose }) => choose(send.form.querySelector("[data-later]")));
    }, LONG);
    return;
  }
  const row = isPrimary && !target.closest?.("a, button, summary, video, audio") && target.closest?.(".timeline > .message");
  if (!row || !target.closest(".bubble")) return;
  at = [clientX, clientY];
  pushed = row.matches(".failed, .retracted") || target.closest("pre") ? null : { row, by: 0 };
  timer = setTimeout(() => {
    opened = true;
    import("./menu.js").then(({ menu }) => menu(row));
  }, LONG);
}

const stop = () => clearTimeout(timer);
document.addEventListener("pointermove", ({ clientX, clientY }) => {
  if (!at || Math.hypot(clientX - at[0], clientY - at[1]) <= SLACK) return;
  stop();
  push(clientX - at[0], clientY - at[1]);
}, { passive: true });

function push(across, down) {
  if (!pushed || opened) return;
  const ahead = document.dir === "rtl" ? -across : across;
  if (!pushed.by && Math.abs(down) > ahead) return letGo();
  pushed.by = Math.max(0, Math.min(ahead, FARTHEST));
  pushed.row.querySelector(".bubble").style.translate = `${Math.sign(across) * pushed.by}px`;
}

function letGo() {
  const bubble = pushed?.row.querySelector(".bubble");
  if (bubble) bubble.style.translate = "";
  pushed = null;
}

document.addEventListener("pointerup", () => {
  const { row, by } = pushed ?? {};
  letGo();
  if (by >= ANSWERED) import("./compose.js").then(({ compose }) => compose("reply", row.dataset.id));
});
document.addEventListener("pointercancel", letGo);
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, stop, { capture: true, passive: true });
// The finger that leaves chooses nothing of what came up under it. Any other click has a press of its own before it, or
// comes from a key or a script.
addEventListener("pointerdown", () => {
  opened = false;
}, true);
addEventListener("click", (event) => {
  if (opened && event.detail) {
    event.preventDefault();
    event.stopPropagation();
  }
  opened = false;
}, true);
// The browser's own menu would cover ours.
document.addEventListener("contextmenu", (event) => {
  if (event.pointerType === "touch" && event.target.closest?.(".timeline > .message .bubble, .composer .send") && !event.target.closest("a")) event.preventDefault();
});
