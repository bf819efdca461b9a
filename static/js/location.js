// "Share your location": says first what contacts will see, asks the browser then, once; a second click tells nobody more.

import { make, token } from "./dom.js";

const state = () => document.querySelector("#own-sharing");

function toast(text) {
  const told = Object.assign(document.createElement("p"), { className: "toast error", textContent: text });
  document.querySelector("#toasts")?.replaceChildren(told);
}

async function post(address, values) {
  const body = new URLSearchParams({ ...values, form_token: token() });
  const answer = await fetch(address, { method: "POST", body, redirect: "manual" });
  if (answer.type !== "opaqueredirect") throw new Error(String(answer.status));
}

const position = () => new Promise((found, failed) => {
  if (!navigator.geolocation) return failed(new Error("none"));
  navigator.geolocation.getCurrentPosition(found, failed, { timeout: 20_000, maximumAge: 60_000 });
});

// Whether they want it, and how exactly: undefined for no.
const wanted = () => new Promise((answer) => {
  const { title, whom, once, roughly, next, share, cancel } = state().dataset;
  const box = make("input", { type: "checkbox", id: "place-roughly" });
  const dialog = make("dialog", { className: "ask-place" },
    make("form", { method: "dialog" },
      make("h2", { id: "ask-place-title", textContent: title }),
      make("p", { textContent: whom }),
      make("p", { textContent: once }),
      make("p", { className: "check" }, box, make("label", { htmlFor: box.id, textContent: roughly })),
      make("p", { className: "hint", textContent: next }),
      make("p", { className: "actions" },
        make("button", { className: "button primary", value: "share", textContent: share }),
        make("button", { className: "button", value: "", textContent: cancel }))));
  dialog.setAttribute("aria-labelledby", "ask-place-title");
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close(""));
  dialog.addEventListener("close", () => {
    answer(dialog.returnValue === "share" ? { roughly: box.checked } : undefined);
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
});

// A second decimal of a degree is a kilometre.
function told({ latitude, longitude, accuracy }, roughly) {
  const digits = roughly ? 2 : 6;
  const metres = Math.round(roughly ? Math.max(accuracy, 1000) : accuracy);
  return { latitude: latitude.toFixed(digits), longitude: longitude.toFixed(digits), accuracy: String(metres) };
}

let busy = false;

// `link` is the entry that was clicked; what it changes comes back by the stream.
export async function toggle(link) {
  if (busy) return;
  busy = true;
  try {
    if (state()?.classList.contains("on")) {
      await post(`${link.pathname}/delete`, {});
      return;
    }
    const how = await wanted();
    if (!how) return;
    link.setAttribute("aria-busy", "true");
    let coords;
    try {
      ({ coords } = await position());
    } catch {
      location.assign(`${link.pathname}?denied=1`);
      return;
    }
    await post(link.pathname, told(coords, how.roughly));
  } catch {
    toast(state()?.dataset.failed ?? "");
  } finally {
    busy = false;
    link.removeAttribute("aria-busy");
  }
}
