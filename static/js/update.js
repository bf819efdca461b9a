// The site is another one than this page was made by: that is said, and nothing is taken out of anybody's hands.

import * as dom from "./dom.js";

const SITE = new URL("../../..", import.meta.url);

let asked = false;

export async function offer() {
  if (asked) return;
  asked = true;
  const words = await fetch(new URL("version", SITE), { cache: "no-store" }).then((answer) => answer.json()).catch(() => null);
  asked = false;
  const before = document.querySelector("#update");
  // Back again to what this page was made by: then there is nothing to say.
  if (!words || import.meta.url.includes(`/${words.version}/`)) return before?.remove();
  if (before) return undefined;
  const button = dom.make("button", { type: "button", className: "button", textContent: words.act });
  // Leaving keeps what was typed, as it always does.
  button.addEventListener("click", () => location.reload());
  const note = dom.make("p", { id: "update", className: "notice update", role: "status" },
    dom.make("span", { textContent: words.says }), button);
  const looks = new URL("../css/later.css", import.meta.url).href;
  if (![...document.styleSheets].some(({ href }) => href === looks)) document.head.append(dom.make("link", { rel: "stylesheet", href: looks }));
  return document.querySelector(".notices")?.append(note);
}
