// The sheet that posts are written on: it keeps itself a second after the last key, brings files as they are chosen, and
// asks before it is left with words that nobody has kept. Without it every button is a plain submit.

const AFTER = 1000;
const sheet = () => document.querySelector("[data-publish]");
const words = (form) => {
  const data = new FormData(form);
  data.delete("upload");
  data.delete("form_token");
  return new URLSearchParams([...data].filter(([, value]) => typeof value === "string")).toString();
};

let tended;
let kept = "";
let timer;
let saving;
let leaving = false;

// For every sheet that comes up: what is on it now is what the server knows.
export function tend() {
  const form = sheet();
  if (!form) {
    clearTimeout(timer);
    tended = undefined;
    return;
  }
  for (const button of form.querySelectorAll("[data-mark], [data-hand]")) button.hidden = false;
  for (const part of form.querySelectorAll(".publish-add, .publish-where")) part.classList.add("scripted");
  if (tended !== form) begin(form);
}

function begin(form) {
  tended = form;
  leaving = false;
  kept = words(form);
}

const inside = (act) => (event) => event.target.closest?.("[data-publish]") && act(event);
for (const [type, act] of Object.entries({ input: changed, change, submit: submitted, paste: given, drop: given, click: pressed, keydown: keys })) {
  document.addEventListener(type, inside(act));
}
document.addEventListener("dragover", inside((event) => {
  if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
}));
document.addEventListener("htmx:finally:swap", ({ detail: { ctx } }) => {
  const form = sheet();
  if (form && typeof ctx?.swap === "string" && ctx.swap.startsWith("outerSync")) {
    begin(form);
    const first = document.querySelector(".publish-preview, #publish-error");
    if (first) document.querySelector("#main").scrollTop = 0;
  }
  tend();
});
// The page asks for itself again after a break: what somebody is writing is newer than any answer.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (sheet() && ctx?.sourceElement?.id === "main" && ctx.swap === "outerMorph") event.preventDefault();
});
for (const type of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(type, ({ detail: { ctx } }) => {
    if (!ctx?.sourceElement?.closest?.("[data-publish]")) return;
    leaving = false;
    const sending = sheet()?.querySelector("[data-sending]");
    if (sending) sending.textContent = "";
    timer = setTimeout(save, AFTER);
  });
}

// ---- keeping it

function changed({ target }) {
  if (target.type === "file") return;
  const form = sheet();
  if (!form) return;
  say(words(form) === kept ? "" : form.dataset.unsaved);
  clearTimeout(timer);
  timer = setTimeout(save, AFTER);
}

async function save() {
  const form = sheet();
  if (!form || leaving) return;
  // One at a time, in order: an older word must never come after a newer one.
  if (saving) {
    timer = setTimeout(save, AFTER / 2);
    return;
  }
  const now = words(form);
  if (now === kept) return;
  const body = new URLSearchParams(now);
  body.set("form_token", form.elements.form_token.value);
  saving = fetch(form.dataset.publish, { method: "POST", body, headers: { "HX-Request": "true" }, keepalive: now.length < 60_000 });
  const answer = await saving.catch(() => undefined);
  saving = undefined;
  if (answer?.ok) kept = now;
  else timer = setTimeout(save, 10 * AFTER);
  if (form !== sheet()) return;
  say(words(form) === kept ? form.dataset.saved : form.dataset.unsaved);
}

function say(text) {
  const state = sheet()?.querySelector("[data-state]");
  if (state && state.textContent !== text) state.textContent = text;
}

function submitted() {
  // Whatever the button does, the server keeps what is on the sheet first.
  clearTimeout(timer);
  leaving = true;
}

addEventListener("beforeunload", (event) => {
  const form = sheet();
  if (form && !leaving && words(form) !== kept) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  const form = sheet();
  // Going on inside the site asks nobody: what is on the sheet is kept on the way.
  if (link && form && !leaving && words(form) !== kept) {
    clearTimeout(timer);
    save();
  }
}, true);

// ---- files

function change({ target }) {
  const form = sheet();
  if (target.matches("[data-place]")) return form.requestSubmit(form.querySelector("[data-choose-place]"));
  if (target.type !== "file" || !target.files.length) return;
  form.querySelector("[data-sending]").textContent = form.dataset.sending;
  form.requestSubmit(form.querySelector("[data-add]"));
}

function given(event) {
  const from = event.clipboardData ?? event.dataTransfer;
  if (!from?.files.length || event.type === "paste" && from.types.includes("text/plain")) return;
  event.preventDefault();
  bring(from.files);
}

function bring(files) {
  const field = sheet()?.querySelector("[type=file]");
  if (!field) return;
  const taken = new DataTransfer();
  for (const file of files) taken.items.add(file);
  field.files = taken.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

// ---- the quiet toolbar

const KEYS = { b: "**", i: "*", k: "[]()" };

function keys(event) {
  const sign = event.target.name === "text" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && KEYS[event.key];
  if (!sign) return;
  event.preventDefault();
  mark(event.target, sign);
}

function pressed({ target }) {
  if (target.closest("[data-hand]")) return import("./draw.js").then(({ draw }) => draw(bring));
  const button = target.closest("[data-mark]");
  if (button) mark(sheet().elements.text, button.dataset.mark);
}

function mark(area, sign) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  area.focus();
  if (sign === "[]()") {
    put(area, start, end, `[${chosen}](https://)`);
    if (chosen) area.setSelectionRange(start + chosen.length + 3, start + chosen.length + 11);
    else area.setSelectionRange(start + 1, start + 1);
  } else if (sign.endsWith(" ")) {
    const from = value.lastIndexOf("\n", start - 1) + 1;
    const lines = value.slice(from, end).split("\n");
    const off = lines.every((line) => line.startsWith(sign));
    put(area, from, end, lines.map((line) => off ? line.slice(sign.length) : sign + line).join("\n"));
  } else if (chosen.includes("\n") && sign === "`") {
    put(area, start, end, `\`\`\`\n${chosen}\n\`\`\``);
  } else {
    const wrapped = value.slice(start - sign.length, start) === sign && value.slice(end, end + sign.length) === sign;
    if (wrapped) put(area, start - sign.length, end + sign.length, chosen);
    else put(area, start, end, sign + chosen + sign);
    const at = wrapped ? start - sign.length : start + sign.length;
    area.setSelectionRange(at, at + chosen.length);
  }
}

// Through the browser's own editing, so that it can be undone.
function put(area, from, to, text) {
  area.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) area.setRangeText(text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}
