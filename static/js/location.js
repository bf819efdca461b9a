// "Share your location" in the sidebar: asks the browser once and tells contacts; a second click tells nobody any more.

import { token } from "./dom.js";

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

let busy = false;

// `link` is the entry that was clicked; what it changes comes back by the stream.
export async function toggle(link) {
  if (busy) return;
  busy = true;
  link.setAttribute("aria-busy", "true");
  try {
    if (state()?.classList.contains("on")) {
      await post(`${link.pathname}/delete`, {});
      return;
    }
    let coords;
    try {
      ({ coords } = await position());
    } catch {
      location.assign(`${link.pathname}?denied=1`);
      return;
    }
    const { latitude, longitude, accuracy } = coords;
    await post(link.pathname, { latitude: latitude.toFixed(6), longitude: longitude.toFixed(6), accuracy: String(Math.round(accuracy)) });
  } catch {
    toast(state()?.dataset.failed ?? "");
  } finally {
    busy = false;
    link.removeAttribute("aria-busy");
  }
}
