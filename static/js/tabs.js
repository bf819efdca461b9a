// A browser has six lines to a site (HTTP/1.1), and the stream of a tab holds one for good: with six tabs nothing could be
// sent any more. So the tabs that were looked at last keep theirs; the others wait until somebody comes back, and hear
// from those that listen what stands in their titles. They find each other without the server (late.js).

import { channel, tab as me } from "./late.js";

const [visit] = performance.getEntriesByType("navigation");
const MOST = visit?.nextHopProtocol === "http/1.1" ? 4 : 7;
const FRESH = 5000;
const AGAIN = 15_000;
const others = new Map();
let waiting = null;
let cursor = "";

const stream = () => document.querySelector("#stream");
const visible = () => document.visibilityState === "visible";
const say = (more = {}) => channel.postMessage({ ...me, ...more });

// This tab is looked at now.
function look() {
  if (!visible() || !waiting && Date.now() - me.seen < FRESH) return;
  me.seen = Date.now();
  say({ asks: true });
  weigh();
}

function weigh() {
  const before = [...others].filter(([id, seen]) => seen > me.seen || seen === me.seen && id > me.id);
  if (before.length >= MOST) pause();
  else resume();
}

function pause() {
  const open = stream()?._htmx?.sse;
  if (waiting || !open?.reader) return;
  waiting = stream();
  cursor = open.lastEventId;
  open.reader.cancel();
}

function resume() {
  const place = stream();
  if (!waiting) return;
  if (waiting !== place) cursor = "";
  waiting = null;
  if (place && !place._htmx?.sse) globalThis.htmx.ajax("GET", place.getAttribute("hx-sse:connect"), { source: place });
}

// Before others hear of it: nothing is lost, and nothing connects again by itself.
document.addEventListener("htmx:sse:before:connection", (event) => {
  if (!waiting) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("htmx:config:request", (event) => {
  const { ctx } = event.detail;
  if (ctx.sourceElement?.id !== "stream") return;
  if (waiting) return event.preventDefault();
  if (cursor) ctx.request.headers["Last-Event-ID"] = cursor;
  cursor = "";
}, true);

channel.addEventListener("message", ({ data }) => {
  if (data.numbers) return waiting && document.dispatchEvent(new CustomEvent("counters", { detail: { data: data.numbers } }));
  if (data.out) return waiting && location.reload();
  if (data.bye) others.delete(data.id);
  else others.set(data.id, data.seen);
  if (data.asks) say();
  weigh();
});
document.addEventListener("counters", ({ detail }) => !waiting && channel.postMessage({ numbers: detail.data }));
document.addEventListener("signed-out", () => channel.postMessage({ out: true }));

for (const name of ["focus", "pageshow", "pointerdown", "keydown", "visibilitychange"]) addEventListener(name, look, true);
// Windows side by side may be more than have a stream.
setInterval(() => waiting && visible() && document.body.dispatchEvent(new CustomEvent("resync")), AGAIN);
say({ asks: true });
weigh();
