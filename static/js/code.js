// A button to copy a block of code. It holds no text, so that nothing of it gets into what is copied or read out.

import { make } from "./dom.js";
import { icon } from "./float.js";

export function dress() {
  const label = document.querySelector(".timeline")?.dataset.copyCode ?? "";
  for (const block of document.querySelectorAll(".body pre:not(:has(> .copy))")) {
    block.append(make("button", { type: "button", className: "copy", title: label, "aria-label": label }, icon("copy")));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".body pre > .copy");
  if (!button) return;
  const before = document.activeElement;
  getSelection().selectAllChildren(button.parentElement.querySelector("code"));
  document.execCommand("copy");
  button.replaceChildren(icon("check"));
  setTimeout(() => button.replaceChildren(icon("copy")), 2000);
  before?.focus?.({ preventScroll: true });
});
