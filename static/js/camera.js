// One picture from the camera, looked at before it is put among the files.

import { open } from "./devices.js";
import { make } from "./dom.js";
import { add, button, words } from "./upload.js";
import { tell } from "./voice.js";

export async function shoot() {
  const said = words();
  let stream;
  try {
    stream = await open("videoinput", { width: { ideal: 1920 } }, { facingMode: "environment" });
  } catch {
    return tell(said.noCamera);
  }
  const film = make("video", { srcObject: stream, muted: true, playsInline: true, autoplay: true });
  const canvas = make("canvas", { hidden: true });
  const take = button(said.shoot, () => {
    canvas.width = film.videoWidth;
    canvas.height = film.videoHeight;
    canvas.getContext("2d").drawImage(film, 0, 0);
    show(true);
  }, "button primary");
  const use = button(said.use, () => canvas.toBlob((blob) => {
    dialog.close();
    add([new File([blob], "picture.jpg", { type: "image/jpeg" })]);
  }, "image/jpeg", 0.9), "button primary");
  const again = button(said.retry, () => show(false));
  const bar = make("div", { className: "bar" }, take, use, again, button(said.cancel, () => dialog.close()));
  const dialog = make("dialog", { className: "studio" }, film, canvas, bar);
  dialog.setAttribute("aria-label", said.photo);
  dialog.addEventListener("close", () => {
    for (const track of stream.getTracks()) track.stop();
    dialog.remove();
  });
  const show = (taken) => {
    canvas.hidden = use.hidden = again.hidden = !taken;
    film.hidden = take.hidden = taken;
    (taken ? use : take).focus();
  };
  document.body.append(dialog);
  dialog.showModal();
  show(false);
}
