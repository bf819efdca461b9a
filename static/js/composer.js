// The box one writes in. The form works by itself; this adds the Enter key, drafts, the notice that one is writing, and a
// hold on what could not be sent, so that no word is lost while the line is down.

import * as dom from "./dom.js";

const SAVE_AFTER = 700;
const SAVE_AT_LATEST = 1400;
const PAUSED_AFTER = 5000;
const LINES = 8;

let synced = "";
let saving = "";
let version = "0";
let looked = "";
let typed = false;
let lost = "";
let offered = "";
let declined = "";
let lastSent = "";
let lastSentAt = 0;
let firstUnsaved = 0;
let saveTimer;
let pauseTimer;
let composing = false;
let place = "";
let inFlight = false;
let aside = null;
const sent = new WeakMap();

const form = () => document.querySelector("[data-composer]");
const box = () => form()?.elements.text;
const words = () => box().value.trim() ? box().value : "";
const draft = () => document.querySelector(".draft-state");
const editing = () => form()?.elements.correct_id;

// Called after every swap.
export function redraw() {
  const found = form();
  if (!found) return leave();
  if (found.action !== place) arrive(found);
  takeDraft();
  holder?.draw();
  grow();
}

function arrive(found) {
  leave();
  place = found.action;
  synced = saving = draft()?.dataset.text ?? "";
  version = found.elements.draft_version?.value ?? "0";
  typed = false;
  lost = offered = declined = "";
  aside = null;
  looked = `${version} ${synced}`;
}

function leave() {
  place = "";
  clearTimeout(saveTimer);
  clearTimeout(pauseTimer);
  composing = false;
  firstUnsaved = 0;
}

function grow() {
  const area = box();
  if (!area) return;
  form().toggleAttribute("data-blank", !area.value.trim());
  if (CSS.supports("field-sizing", "content")) return;
  area.rows = 1;
  const style = getComputedStyle(area);
  const padding = parseFloat(style.paddingBlockStart) + parseFloat(style.paddingBlockEnd);
  area.rows = Math.min(LINES, Math.max(1, Math.round((area.scrollHeight - padding) / parseFloat(style.lineHeight))));
}

export function write(text) {
  const area = box();
  const caret = Math.min(area.selectionStart, text.length);
  area.value = text;
  if (document.activeElement === area) area.setSelectionRange(caret, caret);
  grow();
}

// ---- keys

// On-screen keyboards have no Shift+Enter worth the name: there Enter always begins a new line.
const fingers = () => matchMedia("(hover: none) and (pointer: coarse)").matches;

document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (event.key !== "Enter" || area !== box() || event.isComposing || event.keyCode === 229 || event.altKey) return;
  const swapped = document.body.dataset.enter === "break";
  const sends = event.ctrlKey || event.metaKey || (event.shiftKey === swapped && !fingers());
  if (!sends) return;
  event.preventDefault();
  if (area.value.trim() || document.querySelector(".tray")) form().requestSubmit();
});

// Less common keys and what they need come with their first use.
const STYLES = { b: "b", i: "i", e: "e", X: "x", ">": ">" };
document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (area !== box() || event.isComposing || event.altKey) return;
  const mark = (event.ctrlKey || event.metaKey) && STYLES[event.shiftKey ? event.key : event.key.toLowerCase()];
  if (mark) {
    event.preventDefault();
    import("./styling.js").then(({ style }) => style(area, mark));
  } else if (event.key === "Escape" && document.querySelector("[data-bar]")) {
    dropBar();
  } else if (event.key === "ArrowUp" && !area.value && !event.shiftKey) {
    const last = [...document.querySelectorAll(".message.mine:not(.failed, .retracted)")].at(-1);
    if (last) import("./compose.js").then(({ compose }) => compose("edit", last.dataset.id));
  }
});

// One's own message stands in the box; what stood there before waits for its return.
export function begun(text) {
  aside = text;
}

// The bar with what is answered, edited or covered goes. After editing the box is as it was.
export function dropBar() {
  const edited = editing();
  for (const bar of document.querySelectorAll("[data-bar]")) bar.remove();
  const { spoiler, spoiler_hint: hint } = form()?.elements ?? {};
  if (spoiler) [spoiler.checked, hint.value] = [false, ""];
  if (!edited) return;
  write(aside ?? draft()?.dataset.text ?? "");
  aside = null;
  save();
}

// The box keeps the focus, and with it the keyboard on the screen.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest?.(".send")) event.preventDefault();
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".conflict")) return;
  decided();
  box()?.focus();
});

// ---- sending

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The box is free at once for the next message; each gets an id of its own, so that none is taken for a repetition.
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement !== form()) return;
  const text = String(ctx.request.body.get("text") ?? "");
  if (!text.trim()) return event.preventDefault();
  // The draft is not what is edited.
  if (editing()) ctx.request.body.set("draft_version", "0");
  const message = { fields: Object.fromEntries(ctx.request.body), text, action: form().action };
  delete message.fields.form_token;
  form().elements.message_id.value = freshId();
  if (!editing()) emptied(text);
  dropBar();
  document.dispatchEvent(new CustomEvent("webchat:sent"));
  if (navigator.onLine === false || holder.waits(message.action)) {
    event.preventDefault();
    return holder.hold(message);
  }
  sent.set(ctx, message);
  holder.begin(message);
});

function emptied(text) {
  lastSent = text;
  lastSentAt = Date.now();
  write("");
  clearTimeout(saveTimer);
  clearTimeout(pauseTimer);
  composing = false;
  firstUnsaved = 0;
  synced = saving = "";
  typed = false;
}

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (sent.has(ctx)) holder.hold(sent.get(ctx));
});
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (!sent.has(ctx)) return;
  // 422 comes with the form again, and says in it what is wrong with the text.
  if (ctx.response.status !== 422) return holder.hold(sent.get(ctx), ctx.response.status);
  const { text } = sent.get(ctx);
  setTimeout(() => box() && (!box().value || editing()) && write(text));
});

document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  const message = sent.get(ctx);
  sent.delete(ctx);
  if (message && (ctx.response?.status < 400 || ctx.response?.status === 422)) holder.done(message);
});

// ---- what is on its way, and what could not be sent: held.js, which says here that it is there

let holder;

export function keeper(found) {
  holder = found;
}

export function sendHeld() {
  save();
  holder.sendAll();
}

export function post(address, fields, more = {}) {
  const body = new URLSearchParams({ ...fields, form_token: dom.token() });
  return fetch(address, { method: "POST", headers: { "HX-Request": "true" }, body, ...more });
}

// ---- drafts

document.addEventListener("input", (event) => {
  if (event.target !== box()) return;
  grow();
  if (/(^\+?|[\s(])[:@/]\S*$|^(\+\S|s\/.+\/.*\/)/.test(event.target.value.slice(0, event.target.selectionStart))) import("./complete.js").then(({ look }) => look());
  if (editing()) return;
  typed = true;
  const now = Date.now();
  firstUnsaved ||= now;
  clearTimeout(saveTimer);
  saveTimer = setTimeout(save, Math.max(0, Math.min(SAVE_AFTER, firstUnsaved + SAVE_AT_LATEST - now)));
  tellState(event.target.value.trim() !== "");
});

async function save() {
  const area = box();
  const state = draft();
  firstUnsaved = 0;
  clearTimeout(saveTimer);
  if (!area || !state || editing() || words() === synced || !globalThis.htmx || navigator.onLine === false) return;
  // One at a time: htmx would drop the third, and with it the last words.
  if (inFlight) {
    saveTimer = setTimeout(save, SAVE_AFTER / 2);
    return;
  }
  inFlight = true;
  const before = synced;
  saving = synced = words();
  const values = { text: saving, draft_version: version, form_token: dom.token() };
  await globalThis.htmx.ajax("POST", form().dataset.draft, { source: state, target: state, swap: "outerMorph", values }).catch(() => {});
  inFlight = false;
  // Without an answer that holds these words they are not safe yet.
  if (state.dataset.text !== saving && synced === saving) synced = before;
}

// The server's draft changed: its text goes into the box unless something newer stands there.
function takeDraft() {
  const state = draft();
  const area = box();
  if (!state || editing() || !form()?.elements.draft_version) return;
  const use = state.querySelector("[data-use-other]");
  if (use) use.hidden = false;
  const { text } = state.dataset;
  const field = form().elements.draft_version;
  const stamp = `${field.defaultValue} ${text}`;
  if (stamp === looked) return drawConflict(state);
  looked = stamp;
  const alreadySent = text && lastSent.startsWith(text) && Date.now() - lastSentAt < 5000;
  if (text === synced || text === saving) {
    version = field.value;
    offered = "";
  } else if (text && text === declined) {
    version = field.value;
  } else if (words() === synced && !alreadySent && !(text && writing() && !text.startsWith(synced))) {
    lost = synced;
    offered = "";
    write(text);
    synced = text;
    version = field.value;
  } else {
    // What stands in the box was not written with that text in sight: the server must know, to lose neither.
    field.value = version;
    offered = alreadySent ? "" : text;
  }
  drawConflict(state);
}

// Nobody's words change under their hands.
const writing = () => typed && document.activeElement === box() && document.hasFocus();

function drawConflict(state) {
  const other = state.querySelector("[data-other]");
  const label = state.querySelector("[data-yours]");
  if (!other) return;
  if (offered) {
    other.textContent = offered;
    other.closest("form").hidden = false;
  }
  if (lost && other.textContent === lost) label.textContent = label.dataset.yours;
}

// Whatever is decided about the offer, from now on it was in sight.
function decided() {
  if (!offered) return;
  declined = offered;
  offered = "";
  const field = form().elements.draft_version;
  version = field.value = field.defaultValue;
}

document.addEventListener("click", (event) => {
  const use = event.target.closest?.("[data-use-other]");
  if (!use) return;
  const other = use.closest("form").querySelector("[data-other]").textContent;
  const area = box();
  decided();
  write(area.value ? `${area.value}\n${other}` : other);
  area.dispatchEvent(new Event("input", { bubbles: true }));
  use.closest("form").requestSubmit();
});

// Leaving with unsaved words: they go out beside the page.
function flush() {
  const area = box();
  if (!area || !form() || editing() || !firstUnsaved || words() === synced) return;
  firstUnsaved = 0;
  post(form().dataset.draft, { text: words(), draft_version: version }, { keepalive: true }).catch(() => {});
}

addEventListener("pagehide", () => { flush(); tellState(false); });
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (typeof ctx?.swap === "string" && ctx.swap.startsWith("outerSync")) {
    flush();
    tellState(false);
  }
});

// ---- "is typing"

function tellState(writes) {
  clearTimeout(pauseTimer);
  if (writes) pauseTimer = setTimeout(() => tellState(false), PAUSED_AFTER);
  if (writes === composing || !form()) return;
  composing = writes;
  const state = writes ? "composing" : box().value.trim() ? "paused" : "active";
  post(form().dataset.chatState, { state }, { keepalive: true }).catch(() => {});
}
