// Files on their way into a conversation: chosen, pasted, dropped or made here; described, then sent one after the other.
// Each goes to the form that sends files without scripts. What did not go stays, with the reason.

import { make, token } from "./dom.js";
import { close, icon, show } from "./float.js";

const LONGEST = 1000;
const queue = [];
let limits;
let sending = false;
let tray;
let target;
let dragged;
let menuClosed = -Infinity;

const form = () => document.querySelector("[data-composer]");
const words = () => document.querySelector("[data-upload-words]")?.dataset;
const place = () => form()?.getAttribute("action").replace(/messages$/, "files");
// Only what browsers draw as pixels may be shown before it was cleaned; SVG may not.
const isPicture = ({ type }) => /^image\/(png|jpeg|gif|webp|avif)$/.test(type);
export const button = (text, act, className = "button") => {
  const made = make("button", { type: "button", textContent: text, className });
  made.addEventListener("click", act);
  return made;
};
export { words };

// ---- the ways in

export function click(element) {
  if (element.matches("[data-lightbox]")) return import("./lightbox.js").then(({ open }) => open(element));
  if (element.matches("[data-voice]")) return import("./voice.js").then(({ record }) => record(element));
  return openMenu(element);
}

// What is dragged over the page or falls on it, and what is pasted.
export function take(type, files) {
  if (type === "paste" || type === "drop") add(files);
  clearTimeout(dragged);
  if (!type.startsWith("drag")) return target?.remove();
  const talk = form()?.closest(".talk") ?? document.body;
  target ??= make("div", { className: "drop-target" });
  target.textContent = words()?.drop ?? "";
  if (target.parentElement !== talk) talk.append(target);
  dragged = setTimeout(() => target.remove(), 400);
}

// It floats above the page: a redraw of the composer does not take it away.
function openMenu(link) {
  // The press that closed it came from the same button.
  if (performance.now() - menuClosed < 300) return;
  const { choose, camera, draw } = link.dataset;
  const menu = make("div", { className: "menu attach-menu" });
  menu.setAttribute("role", "menu");
  menu.setAttribute("aria-label", link.title);
  const entry = (text, act) => {
    const made = button(text, () => { close(); act(); }, "");
    made.setAttribute("role", "menuitem");
    menu.append(made);
  };
  entry(choose, chooseFiles);
  entry(camera, () => import("./camera.js").then(({ shoot }) => shoot()));
  entry(draw, () => import("./draw.js").then(({ draw: begin }) => begin()));
  const later = form()?.querySelector("[data-later]");
  const cover = form()?.elements.spoiler;
  const said = form()?.elements.text.value.trim();
  // On a phone it stands only here: beside the words there is no room.
  if (said && !cover.closest("label").checkVisibility()) entry(cover.closest("label").title, () => {
    cover.click();
    cover.form.elements.spoiler_hint.focus();
  });
  if (said) entry(later.dataset.later, () => import("./later.js").then(({ choose }) => choose(later)));
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...menu.children];
    all.at((all.indexOf(document.activeElement) + step) % all.length).focus();
    event.preventDefault();
  });
  const closed = () => {
    menuClosed = performance.now();
    link.setAttribute("aria-expanded", "false");
  };
  link.setAttribute("aria-expanded", "true");
  show(menu, link, { back: link, closed });
  menu.firstElementChild.focus();
}

function chooseFiles() {
  const input = make("input", { type: "file", multiple: true });
  input.addEventListener("change", () => add([...input.files]));
  input.click();
}

// ---- the tray

export async function add(files, { voice = false } = {}) {
  const action = place();
  if (!action || !files.length) return;
  for (const file of files) {
    const entry = { file, action, voice, id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, state: "waiting", why: "" };
    queue.push(entry);
    entry.row = rowOf(entry);
  }
  draw();
  const fresh = queue.at(-files.length).row;
  (fresh.querySelector("input") ?? fresh.querySelector("button")).focus();
  limits ??= await fetch(words().limits).then((answer) => answer.json()).catch(() => undefined);
  for (const entry of queue) {
    if (!limits || entry.state !== "waiting" || isPicture(entry.file) && limits.most) continue;
    if (entry.file.size > limits.most) [entry.state, entry.why] = ["refused", limits.sentence];
  }
  if (!limits?.most) limits = undefined;
  draw();
}

function rowOf(entry) {
  const said = words();
  const row = make("li");
  const { file } = entry;
  entry.url = URL.createObjectURL(file);
  const sign = () => make("span", { className: "preview sign" }, icon(entry.voice ? "mic" : "file"));
  row.append(isPicture(file) ? make("img", { src: entry.url, alt: "", className: "preview" }) : sign());
  entry.status = make("span", { className: "meta" });
  entry.status.setAttribute("role", "status");
  const what = make("div", { className: "what" }, nameOf(entry.voice ? said.voiceName : file.name), entry.status);
  entry.again = button(said.retry, () => { entry.state = "waiting"; sendAll(); }, "link");
  entry.drop = button("", () => drop(entry), "link");
  entry.progress = make("progress", { max: 100, hidden: true });
  row.append(what, make("div", { className: "ways" }, entry.again, entry.drop), entry.progress);
  if (entry.voice) row.append(make("audio", { src: entry.url, controls: true }));
  const field = (label, name) => {
    entry[name] = make("input", { type: "text", autocomplete: "off", dir: "auto", maxLength: LONGEST });
    entry[name].addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing) return;
      event.preventDefault();
      sendAll();
    });
    row.append(make("label", {}, make("span", { textContent: label }), entry[name]));
  };
  if (!entry.voice) field(said.caption, "caption");
  if (isPicture(file)) field(said.alt, "alt");
  return row;
}

// Where there is no room for all of it, the middle of the name is left out: its end says what kind it is.
function nameOf(text) {
  const end = [...text].slice(-10).join("");
  const parts = [text.slice(0, text.length - end.length), end].map((part) => make("span", { textContent: part }));
  return make("bdi", { className: "name", title: text }, ...parts);
}

function drop(entry) {
  entry.xhr?.abort();
  forget(entry);
  form()?.elements.text.focus();
}

function forget(entry) {
  URL.revokeObjectURL(entry.url);
  queue.splice(queue.indexOf(entry), 1);
  draw();
}

function draw() {
  const mine = queue.filter(({ action }) => action === place());
  if (!mine.length) return tray?.remove();
  const said = words();
  const list = tray?.querySelector("ul") ?? make("ul");
  tray ??= make("div", { className: "tray" }, list, button("", sendAll, "button primary"));
  if (tray.nextElementSibling !== form()) form().before(tray);
  for (const entry of mine) {
    drawState(entry);
    if (entry.row.parentElement !== list) list.append(entry.row);
  }
  for (const row of [...list.children]) if (!mine.some((entry) => entry.row === row)) row.remove();
  tray.lastElementChild.textContent = mine.every(({ voice }) => voice) ? said.sendVoice : said.send;
  tray.lastElementChild.disabled = !mine.some(({ state }) => state === "waiting");
}

function drawState(entry) {
  const said = words();
  const busy = entry.state === "sending";
  const done = entry.percent >= 100;
  entry.row.className = entry.state;
  entry.progress.hidden = !busy;
  if (busy && !done) entry.progress.value = entry.percent;
  else entry.progress.removeAttribute("value");
  const percent = Math.floor(entry.percent / 10) * 10;
  const text = busy ? (done ? said.finishing : said.sending.replace("{percent}", percent)) : entry.why || said.waiting;
  if (entry.status.textContent !== text) entry.status.textContent = text;
  entry.again.hidden = entry.state !== "failed";
  entry.drop.textContent = busy ? said.cancel : said.remove;
}

// ---- sending

// The paper plane sends what lies above it, too; what stands in the box is said with the first file that has no words.
document.addEventListener("submit", (event) => {
  const found = form();
  const mine = queue.filter(({ action, state }) => action === place() && state === "waiting");
  if (event.target !== found || found.elements.correct_id || !mine.length) return;
  const text = found.elements.text;
  const bare = mine.find(({ caption }) => caption && !caption.value.trim());
  const said = text.value.trim();
  if (!said || bare && said.length <= LONGEST && !/\n|^\//.test(said)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (said) {
      bare.caption.value = said;
      text.value = "";
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  sendAll();
}, true);

async function sendAll() {
  if (sending) return;
  sending = true;
  for (let entry; (entry = queue.find(({ state }) => state === "waiting"));) {
    await send(entry);
    draw();
  }
  sending = false;
}

function send(entry) {
  Object.assign(entry, { state: "sending", percent: 0, why: "" });
  draw();
  const body = new FormData();
  const fields = { form_token: token(), message_id: entry.id, caption: entry.caption?.value ?? "", description: entry.alt?.value ?? "" };
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  if (entry.voice) body.append("voice", "on");
  body.append("file", entry.file, entry.file.name);
  const xhr = entry.xhr = new XMLHttpRequest();
  xhr.open("POST", entry.action);
  xhr.setRequestHeader("HX-Request", "true");
  xhr.upload.addEventListener("progress", ({ loaded, total }) => {
    entry.percent = total ? 100 * loaded / total : 0;
    drawState(entry);
  });
  return new Promise((resolve) => {
    xhr.addEventListener("loadend", () => {
      if (!queue.includes(entry)) return resolve();
      if (xhr.status === 204) {
        forget(entry);
        document.dispatchEvent(new CustomEvent("webchat:sent"));
        if (!queue.some(({ action }) => action === place())) form()?.elements.text.focus();
      } else {
        const told = xhr.getResponseHeader("content-type")?.startsWith("text/plain");
        Object.assign(entry, { state: "failed", why: told ? xhr.responseText.trim() : words()?.failed ?? "" });
      }
      resolve();
    });
    xhr.send(body);
  });
}

document.addEventListener("htmx:finally:swap", draw);
addEventListener("beforeunload", (event) => {
  if (queue.some(({ state }) => state !== "refused")) event.preventDefault();
});
