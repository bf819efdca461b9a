// Configuration: whether this browser is told by its push service. Asked only after a click beside the words on it.

import { ready } from "./install.js";

const able = () => Boolean(navigator.serviceWorker && globalThis.PushManager && globalThis.Notification);
const text = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (given) => Uint8Array.from(atob(given.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

let given = null;

export async function tend(section) {
  const { push: key, here } = section.dataset;
  const ask = section.querySelector("[data-push-ask]");
  say(section, able() ? Notification.permission === "denied" && "denied" : "none");
  given = able() ? await (await ready())?.pushManager?.getSubscription() ?? null : null;
  for (const form of section.querySelectorAll("form[data-mine]")) form.onsubmit = () => { given?.unsubscribe(); };
  rest(Boolean(here && given));
  if (!ask) return;
  // What the site has forgotten, or another key made, is nothing to it.
  const stale = given && (!here || text(given.options.applicationServerKey) !== key);
  ask.hidden = !able() || Notification.permission === "denied" || Boolean(here && given && !stale);
  ask.onclick = () => subscribe(section, ask, stale);
}

async function subscribe(section, ask, stale) {
  ask.disabled = true;
  say(section, "");
  try {
    if (await Notification.requestPermission() !== "granted") return say(section, Notification.permission === "denied" && "denied");
    if (stale) await given.unsubscribe();
    const { pushManager } = await navigator.serviceWorker.ready;
    const found = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(section.dataset.push) });
    const { endpoint, keys } = found.toJSON();
    const answer = await fetch(section.dataset.pushTo, { method: "POST", body: new URLSearchParams({ endpoint, ...keys }) });
    if (!answer.ok) {
      await found.unsubscribe();
      throw new Error(answer.status);
    }
    rest(true);
    location.reload();
  } catch {
    say(section, "failed");
  } finally {
    ask.disabled = false;
  }
  return undefined;
}

// On phones, pages out of sight are put to sleep with their stream, of which nobody learns: this browser's are to close it
// then (late.js), so that the push service is told instead.
function rest(on) {
  try {
    if (on) localStorage.setItem("webchat-push", "on");
    else localStorage.removeItem("webchat-push");
  } catch {
    // A browser that keeps nothing keeps its stream.
  }
}

function say(section, what) {
  for (const words of section.querySelectorAll("[data-push-says]")) words.hidden = words.dataset.pushSays !== what;
}
