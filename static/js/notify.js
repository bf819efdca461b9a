// Notices of the browser and their tone: one for each conversation, from one tab of all, never for what is in view.

import { outlet } from "./devices.js";

const body = document.body;
const WAIT = 800;
const HELD = 60_000;
const shown = new Map();
const seen = new Set();
const channel = new BroadcastChannel("webchat-notices");
const permission = () => globalThis.Notification?.permission ?? "none";
const granted = () => permission() === "granted";
const inView = (path) => document.visibilityState === "visible" && document.hasFocus() && location.pathname === new URL(path, location.href).pathname;

// "Does anybody show this?" and "I do": whichever tab has loaded this file later hears the other one's word.
channel.addEventListener("message", ({ data: { id, path } }) => {
  if (!path) seen.add(id);
  else if (inView(path)) channel.postMessage({ id });
});
addEventListener("pagehide", () => shown.forEach((notice) => notice.close()));

// What the stream says: a message that is worth a notice, or conversations in which nothing is unread any more.
export function hear(event) {
  const news = JSON.parse(event.detail?.data || "null");
  if (event.type === "notify-over") over(news ?? []);
  else if (news) consider(news);
}

async function consider(news) {
  if (inView(news.path)) {
    channel.postMessage({ id: news.id });
    return;
  }
  // A tab that shows the conversation says so meanwhile; of the others one claims the message.
  channel.postMessage({ id: news.id, path: news.path });
  await new Promise((done) => { setTimeout(done, WAIT); });
  if (seen.has(news.id) || inView(news.path) || !await claim(news.id)) return;
  ring();
  if (granted()) show(news);
}

function claim(id) {
  if (!navigator.locks) return true;
  return new Promise((answer) => {
    navigator.locks.request(`webchat-notice-${id}`, { ifAvailable: true }, (lock) => {
      answer(Boolean(lock));
      return lock && new Promise((done) => { setTimeout(done, HELD); });
    });
  });
}

function show({ tag, title, text, path }) {
  const words = { body: text, tag, icon: document.querySelector("link[rel=icon]")?.dataset.calm, renotify: true, silent: true };
  let notice;
  try {
    notice = new Notification(title, words);
  } catch {
    // Phones leave showing it to the worker.
    worker()?.then((found) => found?.showNotification(title, { ...words, data: { path } }));
    return;
  }
  notice.addEventListener("click", () => {
    window.focus();
    close(tag);
    if (path && location.pathname !== new URL(path, location.href).pathname) go(path);
  });
  notice.addEventListener("close", () => { if (shown.get(tag) === notice) shown.delete(tag); });
  shown.set(tag, notice);
}

function close(tag) {
  shown.get(tag)?.close();
  shown.delete(tag);
}

// ---- what the worker showed while no page was open

const worker = () => navigator.serviceWorker?.getRegistration();
const pushed = async () => await (await worker())?.getNotifications?.() ?? [];

async function over(tags) {
  tags.forEach(close);
  for (const notice of await pushed()) if (tags.includes(notice.tag)) notice.close();
}

// What was read since, wherever, is no news any more.
export async function tidy() {
  const notices = (await pushed()).filter(({ tag }) => tag !== "test");
  if (!notices.length) return;
  const answer = await fetch(new URL("../../../notices/waiting", import.meta.url), { cache: "no-store" });
  if (!answer.ok) return;
  const { tags, asks } = await answer.json();
  const says = ({ tag }) => /^(asks$|told:)/.test(tag) ? asks : tags.includes(tag) || tag.startsWith("reminder:");
  for (const notice of notices) if (!says(notice)) notice.close();
}

function go(path) {
  const link = [...document.querySelectorAll(".conversation > a")].find((one) => one.getAttribute("href") === path);
  if (link) link.click();
  else location.assign(path);
}

// ---- the tone: a few short notes

const TONES = {
  bright: { notes: [[660, 0], [880, 0.11]], length: 0.16, wave: "sine" },
  soft: { notes: [[392, 0], [494, 0.16]], length: 0.32, wave: "sine" },
  falling: { notes: [[784, 0], [659, 0.1], [523, 0.2]], length: 0.16, wave: "triangle" },
  single: { notes: [[587, 0]], length: 0.3, wave: "triangle" },
};
let audio;

async function ring(asked = false, tone = body.dataset.tone) {
  const wanted = body.dataset.sound === "on" || body.dataset.sound === "" && granted();
  if (!asked && !wanted || !globalThis.AudioContext) return;
  audio ??= new AudioContext();
  // Without a click on the page the browser keeps it silent, and what waits must not ring later.
  await Promise.race([audio.resume(), new Promise((done) => { setTimeout(done, 200); })]);
  if (audio.state !== "running") return;
  const out = await outlet(audio).catch(() => audio.destination);
  const { notes, length, wave } = TONES[tone] ?? TONES.bright;
  for (const [frequency, start] of notes) {
    const [note, volume] = [audio.createOscillator(), audio.createGain()];
    const at = audio.currentTime + start;
    note.type = wave;
    note.frequency.value = frequency;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.12, at + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + length);
    note.connect(volume).connect(out);
    note.start(at);
    note.stop(at + length + 0.02);
  }
}

// ---- Configuration: what the browser allows, in words; the question; the test

export function tend() {
  const push = document.querySelector("[data-push]");
  if (push) import("./push.js").then((found) => found.tend(push));
  for (const words of document.querySelectorAll("[data-permission]")) words.hidden = words.dataset.permission !== permission();
  const [ask, test] = ["[data-ask]", "[data-test]"].map((name) => document.querySelector(name));
  if (ask) {
    ask.hidden = permission() !== "default";
    ask.onclick = async () => {
      await Notification.requestPermission();
      tend();
      if (granted()) test?.focus();
    };
  }
  const tone = document.querySelector("#notice-tone");
  const play = document.querySelector("[data-ring]");
  if (play && tone) {
    play.hidden = !globalThis.AudioContext;
    play.onclick = () => ring(true, tone.value);
  }
  if (!test) return;
  test.hidden = !granted();
  test.onclick = () => {
    ring(document.querySelector("#notice-sound")?.checked, tone?.value);
    show({ tag: "test", title: test.dataset.title, text: test.dataset.test, path: "" });
  };
}
