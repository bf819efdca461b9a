// The way back of a telephone closes what stands over the page, and leaves the page only then (CloseWatcher; dialogs do so
// by themselves, what floats in float.js).

let watcher = null;

const over = () => document.querySelector("details[open]:has(> .menu)")
  ?? (matchMedia("(width < 75em)").matches ? document.querySelector("#details:not([hidden])") : null);

function look() {
  if (!over()) {
    watcher?.destroy();
    watcher = null;
  }
  if (watcher || !over()) return;
  watcher = new CloseWatcher();
  watcher.addEventListener("close", () => {
    watcher = null;
    const top = over();
    if (top?.matches("details")) top.open = false;
    else top?.querySelector("header a").click();
  });
}

document.addEventListener("toggle", look, true);
document.addEventListener("htmx:finally:swap", look);
