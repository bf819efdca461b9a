// Which microphone, camera and speaker this browser uses: kept here, since device ids differ from browser to browser.

const KEY = "devices";

export function chosen(kind) {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}")[kind] ?? "";
  } catch {
    return "";
  }
}

export function choose(kind, id) {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
  } catch { /* What cannot be read is written anew. */ }
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...kept, [kind]: id }));
  } catch { /* Without storage the choice holds for nothing, as the browser was told. */ }
}

// The wanted device, or another one where it is unplugged: "ideal", never "exact".
export function wanted(kind, more = {}) {
  const id = chosen(kind);
  return id ? { ...more, deviceId: { ideal: id } } : Object.keys(more).length ? more : true;
}

// Where sound comes out; a speaker that is gone leaves it to the browser.
export const aim = (element) => chosen("audiooutput") && element.setSinkId?.(chosen("audiooutput")).catch(() => {});
