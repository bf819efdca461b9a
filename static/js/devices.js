// Which microphone, camera and speaker this browser uses: kept here, since device ids differ from browser to browser. Some
// browsers give them other ids with every visit; there the name, which they tell once the page may use one, finds them.

const KEY = "devices";
const NAMES = { audioinput: "audio", videoinput: "video" };

function all() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

function chosen(kind) {
  const kept = all()[kind] ?? "";
  return typeof kept === "string" ? { id: kept, label: "" } : kept;
}

export function choose(kind, id, label) {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...all(), [kind]: { id, label: id && label } }));
  } catch { /* Without storage the choice holds for nothing, as the browser was told. */ }
}

export const devices = async () => await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];

// What the chosen device is called now, "" for the browser's own choice and for one that is not plugged in.
export async function found(kind, here) {
  const { id, label } = chosen(kind);
  if (!id) return "";
  const known = (here ?? await devices()).filter((device) => device.kind === kind);
  return (known.find((device) => device.deviceId === id) ?? known.find((device) => label && device.label === label))?.deviceId ?? "";
}

// The chosen microphone or camera, or another one where that cannot be had: "ideal" alone is only a hint to browsers.
export async function open(kind, more = {}, otherwise = {}) {
  const ask = (id) => {
    const wanted = { ...more, ...(id ? { deviceId: { exact: id } } : otherwise) };
    return navigator.mediaDevices.getUserMedia({ [NAMES[kind]]: Object.keys(wanted).length ? wanted : true })
      .catch((error) => {
        if (!id || error.name === "NotAllowedError") throw error;
        return ask("");
      });
  };
  const before = await found(kind);
  const stream = await ask(before);
  const now = before || !chosen(kind).id ? "" : await found(kind);
  if (!now || stream.getTracks()[0].getSettings().deviceId === now) return stream;
  // Only now that one of them was allowed is it known which one was meant.
  for (const track of stream.getTracks()) track.stop();
  return ask(now);
}

// Where sound comes out; a speaker that is gone leaves it to the browser.
export async function aim(element) {
  const id = element.setSinkId && await found("audiooutput");
  if (id && element.sinkId !== id) element.setSinkId(id).catch(() => {});
}

// Whether this browser lets a page say where its sound comes out.
export const canAim = () => Boolean(globalThis.AudioContext?.prototype.setSinkId || HTMLMediaElement.prototype.setSinkId);

// Where tones of a context go so that they are heard there: the context itself where it can be told, else an element that
// plays them.
export async function outlet(context) {
  const id = await found("audiooutput");
  if (context.setSinkId) {
    if (context.sinkId !== id) await context.setSinkId(id);
    return context.destination;
  }
  if (!id || !HTMLMediaElement.prototype.setSinkId) return context.destination;
  const target = context.createMediaStreamDestination();
  const sound = Object.assign(new Audio(), { srcObject: target.stream });
  await sound.setSinkId(id);
  await sound.play();
  return target;
}
