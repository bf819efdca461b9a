// The own picture: which square of it is shown. It is cut out and made small here; without scripts the server takes the
// middle. What is sent is drawn anew, so nothing that the camera wrote into the file leaves this device.

const SIDE = 512;
const LARGEST = 40_000_000;

let form, canvas, zoom, picture, x, y, held;

// For every page that may have the form.
export function tend() {
  const found = document.querySelector("form[data-portrait]");
  if (!found || found === form) return;
  form = found;
  form.dataset.tended = "";
  canvas = form.querySelector("canvas");
  zoom = form.querySelector("input[type=range]");
  picture = undefined;
  form.querySelector("input[type=file]").addEventListener("change", chosen);
  zoom.addEventListener("input", draw);
  canvas.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) return;
    const scale = side() / canvas.getBoundingClientRect().width;
    move((held[0] - event.clientX) * scale, (held[1] - event.clientY) * scale);
    held = [event.clientX, event.clientY];
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { held = undefined; });
  canvas.addEventListener("keydown", (event) => {
    const step = side() / 20;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!way) return;
    event.preventDefault();
    move(...way);
  });
}

const side = () => Math.min(picture.width, picture.height) / Number(zoom.value);

async function chosen({ target }) {
  const box = form.querySelector("[data-crop]");
  const [file] = target.files;
  picture = undefined;
  box.hidden = true;
  if (!file) return;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return; // The server may know this kind of picture, or says that it does not.
  }
  if (picture.width * picture.height > LARGEST) {
    picture = undefined;
    return;
  }
  zoom.value = "1";
  x = picture.width / 2;
  y = picture.height / 2;
  box.hidden = false;
  draw();
}

function move(right, down) {
  x += right;
  y += down;
  draw();
}

function draw() {
  if (picture) paint(canvas);
}

// The middle of the square stays where all of it is inside the picture.
function paint(surface) {
  const size = side();
  x = Math.min(Math.max(x, size / 2), picture.width - size / 2);
  y = Math.min(Math.max(y, size / 2), picture.height - size / 2);
  const brush = surface.getContext("2d");
  brush.clearRect(0, 0, surface.width, surface.height);
  brush.imageSmoothingQuality = "high";
  brush.drawImage(picture, x - size / 2, y - size / 2, size, size, 0, 0, surface.width, surface.height);
}

// The cut square takes the place of the file just before the form leaves, and before anybody else has read it.
document.addEventListener("submit", (event) => {
  if (event.target === form) submitted(event);
}, true);

function submitted(event) {
  const input = form.querySelector("input[type=file]");
  const [file] = input.files;
  if (!picture || !file || event.submitter?.name === "remove" || form.dataset.cut) return;
  event.preventDefault();
  event.stopPropagation();
  const surface = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  paint(surface);
  const type = ["image/png", "image/webp", "image/gif"].includes(file.type) ? "image/png" : "image/jpeg";
  const leaving = form;
  surface.toBlob((blob) => {
    const files = new DataTransfer();
    if (blob) files.items.add(new File([blob], "picture", { type }));
    if (blob) input.files = files.files;
    leaving.dataset.cut = "1";
    leaving.requestSubmit(event.submitter);
    delete leaving.dataset.cut;
  }, type, 0.92);
}
