// When a message is to be sent: the server's choices above the button, then the form of the box with what was chosen.

import { make } from "./dom.js";
import { close, place, show } from "./float.js";

const form = () => document.querySelector("[data-composer]");

export async function choose(button) {
  const area = form()?.elements.text;
  if (!area) return;
  // There is nothing to send, now or later.
  if (!area.value.trim()) return area.focus();
  const address = button.getAttribute("formaction");
  const anchor = button.getClientRects().length ? button : form().querySelector(".send");
  const choices = make("form", {});
  const panel = make("div", { className: "menu later-menu" }, make("p", { className: "title", textContent: button.dataset.later }), choices);
  panel.setAttribute("role", "dialog");
  panel.setAttribute("aria-label", button.dataset.later);
  panel.setAttribute("aria-busy", "true");
  show(panel, anchor, { back: { focus: (how) => form()?.elements.text.focus(how) } });
  await globalThis.htmx.ajax("GET", address, { source: panel, target: choices, swap: "innerHTML" }).catch(() => {});
  panel.removeAttribute("aria-busy");
  if (!panel.isConnected) return;
  const entries = [...choices.querySelectorAll("button:not([hidden])")];
  // Without a connection nobody knows the hours.
  if (!entries.length) return close();
  place(panel, anchor);
  choices.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    send(event.submitter?.value ?? "at", choices.elements.later_at);
  });
  choices.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.target.matches("input")) return;
    event.preventDefault();
    entries.at((entries.indexOf(document.activeElement) + step + entries.length) % entries.length).focus();
  });
  entries[0].focus();
}

// The box has its own way to send, to be refused, and to wait for a connection: the hour only goes with it.
function send(later, field) {
  if (later === "at" && !field.reportValidity()) return;
  const given = Object.entries({ later, later_at: later === "at" ? field.value : "" });
  const fields = given.map(([name, value]) => make("input", { type: "hidden", name, value }));
  form().append(...fields);
  close();
  form().requestSubmit();
  for (const one of fields) one.remove();
}
