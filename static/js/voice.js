// A voice message: recorded here with its loudness in sight, paused at will, then put among the files, where one can listen
// to it before it is sent.

import { open } from "./devices.js";
import { make } from "./dom.js";
import { add, button, words } from "./upload.js";

const TYPES = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"];
const BARS = 60;
const EVERY = 80;

let panel;

export async function record(opener) {
  if (panel?.isConnected) return panel.querySelector("button").focus();
  const said = words();
  let stream;
  try {
    stream = await open("audioinput");
  } catch {
    return tell(said.noMicrophone);
  }
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each));
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: 32_000 });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const canvas = make("canvas", { width: 240, height: 32, className: "loudness" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", said.level);
  const clock = make("span", { className: "meta", textContent: "0:00" });
  const pause = button(said.pause, () => {
    if (recorder.state === "paused") recorder.resume();
    else recorder.pause();
    pause.textContent = recorder.state === "paused" ? said.resume : said.pause;
    panel.classList.toggle("paused", recorder.state === "paused");
  });
  const finish = button(said.finish, () => end(true), "button primary");
  panel = make("div", { className: "recorder" }, make("span", { className: "dot" }),
    make("span", { className: "visually-hidden", textContent: said.recording }), canvas, clock, pause,
    button(said.cancel, () => end(false)), finish);
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", said.recording);
  panel.addEventListener("keydown", (event) => { if (event.key === "Escape") end(false); });
  document.querySelector("[data-composer]").before(panel);
  finish.focus();
  recorder.start(1000);

  let length = 0;
  const levels = [];
  const timer = setInterval(() => {
    if (!panel.isConnected) return end(false);
    if (recorder.state !== "recording") return;
    length += EVERY;
    clock.textContent = `${Math.floor(length / 60_000)}:${String(Math.floor(length / 1000) % 60).padStart(2, "0")}`;
    levels.push(loudness(analyser));
    drawLevels(canvas, levels.slice(-BARS));
  }, EVERY);

  function end(keep) {
    clearInterval(timer);
    recorder.addEventListener("stop", () => {
      const kind = recorder.mimeType.split(";")[0];
      const ending = { "audio/ogg": "ogg", "audio/mp4": "m4a" }[kind] ?? "webm";
      if (keep) add([new File(parts, `voice-message.${ending}`, { type: kind })], { voice: true });
    });
    if (recorder.state !== "inactive") recorder.stop();
    for (const track of stream.getTracks()) track.stop();
    context.close();
    panel.remove();
    if (!keep && opener.isConnected) opener.focus();
  }
}

function loudness(analyser) {
  const samples = new Uint8Array(analyser.fftSize);
  analyser.getByteTimeDomainData(samples);
  return Math.max(...samples.map((sample) => Math.abs(sample - 128))) / 128;
}

function drawLevels(canvas, levels) {
  const pen = canvas.getContext("2d");
  const step = canvas.width / BARS;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = getComputedStyle(canvas).color;
  levels.forEach((level, n) => {
    const height = Math.max(2, level * canvas.height);
    pen.fillRect(n * step, (canvas.height - height) / 2, step - 1, height);
  });
}

export function tell(text) {
  const toast = make("p", { className: "toast error" }, make("span", { textContent: text }));
  document.getElementById("toasts")?.replaceChildren(toast);
  setTimeout(() => toast.remove(), 8000);
}
