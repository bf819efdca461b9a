// A drawing by hand, with mouse, finger or pen, put among the files as a picture; `put` takes it.

import { getStroke } from "../vendor/perfect-freehand-1.2.3/index.mjs";
import { make } from "./dom.js";
import { add, button, words } from "./upload.js";

const SIZE = [800, 600];
const COLOURS = ["#1a1a1a", "#c1121f", "#0b6e4f", "#1d4ed8", "#e09f1f", "#ffffff"];

export function draw(put = add) {
  const said = words();
  const strokes = [];
  const canvas = make("canvas", { width: SIZE[0], height: SIZE[1], className: "sheet", tabIndex: 0 });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", said.drawing);
  const thickness = make("input", { type: "range", min: 2, max: 40, value: 8 });
  const colours = make("fieldset", {}, make("legend", { className: "visually-hidden", textContent: said.colour }));
  for (const [n, value] of COLOURS.entries()) {
    const choice = make("input", { type: "radio", name: "pen", value, checked: !n });
    choice.setAttribute("aria-label", value);
    choice.className = `pen-${n}`;
    colours.append(choice);
  }
  const point = ({ offsetX, offsetY, pressure }) =>
    [offsetX * SIZE[0] / canvas.clientWidth, offsetY * SIZE[1] / canvas.clientHeight, pressure || 0.5];
  let current;
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    const colour = colours.querySelector(":checked").value;
    current = { colour, size: Number(thickness.value), pen: event.pointerType === "pen", points: [point(event)] };
    strokes.push(current);
    paint();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || !event.buttons) return;
    current.points.push(...(event.getCoalescedEvents?.() ?? [event]).map(point));
    paint();
  });
  canvas.addEventListener("pointerup", () => { current = undefined; });

  function paint() {
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#ffffff";
    pen.fillRect(0, 0, ...SIZE);
    for (const { colour, size, pen: real, points } of strokes) {
      const outline = getStroke(points, { size, thinning: 0.5, simulatePressure: !real });
      const path = new Path2D();
      outline.forEach(([x, y], n) => (n ? path.lineTo(x, y) : path.moveTo(x, y)));
      path.closePath();
      pen.fillStyle = colour;
      pen.fill(path);
    }
    use.disabled = !strokes.length;
  }

  const use = button(said.use, () => canvas.toBlob((blob) => {
    dialog.close();
    put([new File([blob], "drawing.png", { type: "image/png" })]);
  }, "image/png"), "button primary");
  const bar = make("div", { className: "bar" }, colours,
    make("label", {}, make("span", { textContent: said.thickness }), thickness),
    button(said.undo, () => { strokes.pop(); paint(); }),
    button(said.clear, () => { strokes.length = 0; paint(); }),
    button(said.cancel, () => dialog.close()), use);
  const dialog = make("dialog", { className: "studio" }, canvas, bar);
  dialog.setAttribute("aria-label", said.drawing);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  paint();
}
