// Configuration > Video & voice: choose the devices and try them.

import { canAim, choose, devices, found, open, outlet } from "./devices.js";

const DEVICES = navigator.mediaDevices;
let running = null;

export async function tend() {
  const page = document.querySelector("[data-media]");
  if (!page || page.dataset.tended !== undefined) return;
  page.dataset.tended = "";
  page.querySelector("[data-unscripted]").hidden = true;
  page.querySelector("[data-kept]").hidden = false;
  for (const card of page.querySelectorAll("[data-kind]")) dress(card, page.dataset);
  document.addEventListener("htmx:before:swap", () => { if (!page.isConnected) end(); });
  document.addEventListener("htmx:finally:swap", () => { if (!page.isConnected) end(); });
  DEVICES?.addEventListener("devicechange", () => { if (page.isConnected) list(page); });
  await list(page);
}

function dress(card, words) {
  const { kind } = card.dataset;
  card.hidden = false;
  const fixed = card.querySelector("[data-fixed]");
  if (fixed && !canAim()) {
    fixed.hidden = false;
    card.querySelector("select").hidden = card.querySelector("label").hidden = true;
  }
  card.querySelector("select").addEventListener("change", ({ target }) => {
    choose(kind, target.value, target.selectedOptions[0].text);
    if (running?.card === card) test(card, words);
  });
  card.querySelector("[data-try]").addEventListener("click", () => {
    if (running?.card === card) end();
    else test(card, words);
  });
}

async function list(page) {
  const here = await devices();
  for (const card of page.querySelectorAll("[data-kind]")) {
    const { kind } = card.dataset;
    const known = here.filter((device) => device.kind === kind && device.deviceId && device.deviceId !== "default");
    const options = [new Option(page.dataset.usual, "")];
    known.forEach((device, n) => {
      options.push(new Option(device.label || page.dataset.nameless.replace("%(n)s", n + 1), device.deviceId));
    });
    const select = card.querySelector("select");
    select.replaceChildren(...options);
    // One that is not plugged in now is chosen all the same, so that it is used when it is back.
    select.value = await found(kind, here);
  }
}

async function test(card, words) {
  end();
  const { kind } = card.dataset;
  const error = card.querySelector("[role=status]");
  error.textContent = "";
  if (kind === "audiooutput") return play(error, words);
  const button = card.querySelector("[data-try]");
  let stream;
  try {
    stream = await open(kind);
  } catch (failure) {
    error.textContent = failure.name === "NotFoundError" || !DEVICES ? words.missing : words.refused;
    return;
  }
  if (!card.isConnected) return stop(stream);
  const label = button.textContent;
  running = { card, stream, end: kind === "audioinput" ? measure(card, stream) : show(card, stream), label };
  button.textContent = words.stop;
  // With leave to use one, the browser tells the names of all.
  list(card.closest("[data-media]"));
}

function measure(card, stream) {
  const meter = card.querySelector("meter");
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (!card.isConnected) return end();
    analyser.getByteTimeDomainData(samples);
    meter.value = Math.max(...samples.map((sample) => Math.abs(sample - 128))) / 128;
  }, 60);
  meter.hidden = false;
  return () => {
    clearInterval(timer);
    context.close();
    meter.hidden = true;
  };
}

function show(card, stream) {
  const film = card.querySelector("video");
  film.srcObject = stream;
  film.hidden = false;
  return () => {
    film.srcObject = null;
    film.hidden = true;
  };
}

async function play(error, words) {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  volume.gain.value = 0.1;
  tone.frequency.value = 660;
  try {
    tone.connect(volume).connect(await outlet(context));
    tone.start();
  } catch {
    error.textContent = words.missing;
    return context.close();
  }
  setTimeout(() => context.close(), 600);
}

function stop(stream) {
  for (const track of stream.getTracks()) track.stop();
}

function end() {
  if (!running) return;
  const { card, stream, end: finish, label } = running;
  running = null;
  stop(stream);
  finish();
  card.querySelector("[data-try]").textContent = label;
}
