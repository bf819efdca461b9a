// The page and its timeline fetch themselves again when the stream says so. Such an answer is a look at one moment, while
// the stream goes on: it must never cover what the stream brought since it was asked for, or what a later look showed. So
// an answer that was overtaken is left out and asked for again, and so is one that did not come.

const SOON = 200;
const LATEST = 10_000;
const PATIENCE = 3;
const NEWS = ["", "timeline-stale", "resync"];

let heard = 0;
const again = { resync: { tries: 0 }, "timeline-stale": { tries: 0 } };

document.addEventListener("htmx:sse:before:message", ({ detail: { message } }) => {
  if (NEWS.includes(message.event)) heard += 1;
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const source = ctx.sourceElement;
  if (!source.matches?.("#main, [data-timeline]") || !ctx.swap?.startsWith("outerMorph")) return;
  const look = { heard, of: source.getAttribute("hx-get"), name: source.id === "main" ? "resync" : "timeline-stale" };
  ctx.look = look;
  // What came in one piece with the word to fetch is older than any answer.
  setTimeout(() => { look.heard = heard; });
});

// Called before every swap: true when the answer must not be shown.
export function outdated({ detail: { ctx } }) {
  if (!ctx?.look) return false;
  const { look, sourceElement: source } = ctx;
  if (!source.isConnected || source.getAttribute("hx-get") !== look.of) {
    // Somebody went on to another page meanwhile.
    look.done = true;
    return true;
  }
  if (ctx.swap === "none") return true;
  look.done = look.heard === heard;
  // Where the stream never rests, something old is better than nothing, until it does.
  return !look.done && again[look.name].tries < PATIENCE;
}

document.addEventListener("htmx:finally:request", ({ detail: { ctx: { look } } }) => {
  if (!look) return;
  const next = again[look.name];
  clearTimeout(next.timer);
  if (look.done) {
    next.tries = 0;
    return;
  }
  const wait = Math.min(SOON * 2 ** next.tries, LATEST);
  next.timer = setTimeout(() => document.body.dispatchEvent(new CustomEvent(look.name)), wait);
  next.tries += 1;
});
