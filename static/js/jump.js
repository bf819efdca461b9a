// From an answer to what it answers, and back to where one was. timeline.js does the scrolling; this only knows the way.

import { make } from "./dom.js";
import { icon } from "./float.js";
import { here, returnTo, show, visit } from "./timeline.js";

let back = null;

// A link to a message: shown in place when it is here, else its page is visited.
export async function jump(link) {
  const place = here();
  const row = document.getElementById(link.dataset.to ?? "");
  if (row) {
    show(row);
    return offer(link, () => returnTo(place));
  }
  const from = location.href;
  await visit(link.getAttribute("href"), { push: "true" });
  if (location.href !== from) offer(link, () => history.back());
}

function offer(link, go) {
  back?.remove();
  const words = document.querySelector("[data-timeline] > .timeline").dataset.back;
  back = make("button", { type: "button", className: "pill back-pill" }, words, icon("corner-down-left"));
  back.addEventListener("click", () => {
    back.remove();
    go();
  });
  document.querySelector(".pill-place")?.append(back);
}

// At the end of the conversation nobody needs a way back any more.
document.addEventListener("webchat:sent", () => back?.remove());
