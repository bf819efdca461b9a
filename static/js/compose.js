// Answering a message and editing one's own: the server's form with its bar takes the place of the form that is there, and
// what one had typed stays or comes back. Loaded at the first use.

import { begun, dropBar, write } from "./composer.js";

const form = () => document.querySelector("[data-composer]");

// kind: "reply" or "edit". What stands in the box stays there for a reply, and waits while one edits.
export async function compose(kind, id) {
  const before = form();
  if (!before) return;
  const base = new URL(before.action).pathname.replace(/\/messages$/, "");
  dropBar();
  const typed = before.elements.text.value;
  const source = document.querySelector(".draft-state") ?? document.body;
  // Who answers faster than the bar comes has answered all the same.
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "reply_id", value: id });
  if (kind === "reply") before.append(field);
  let sent = false;
  document.addEventListener("webchat:sent", () => { sent = true; }, { once: true });
  await globalThis.htmx.ajax("GET", `${base}/composer?${kind}=${id}`, { source, target: before, swap: "outerMorph" }).catch(() => {});
  if (field.name === "reply_id" && !field.closest("[data-bar]")) field.remove();
  if (sent) return dropBar();
  const now = form();
  const area = now?.elements.text;
  if (!area || !now.querySelector("[data-bar]")) return;
  if (kind === "edit") {
    begun(typed);
    write(area.defaultValue);
  }
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

// A message that still waits is not sent: its text comes back into the box, before what stands there now.
export async function undo(asked) {
  const before = form();
  if (!before) return asked.submit();
  const typed = before.elements.text.value;
  const values = { form_token: asked.elements.form_token.value };
  const source = document.querySelector(".draft-state") ?? document.body;
  await globalThis.htmx.ajax("POST", asked.getAttribute("action"), { source, target: before, swap: "outerMorph", values }).catch(() => {});
  const area = form()?.elements.text;
  if (!area) return;
  write(area.defaultValue || typed);
  area.focus();
}

export function cancel() {
  dropBar();
  form()?.elements.text.focus();
}
