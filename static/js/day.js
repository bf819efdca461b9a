// The day of what stands at the top, while one scrolls; a tap on it leads to another day.

const READING = 1500;
let timer;

export function tell(log) {
  const floating = document.querySelector(".floating-day");
  if (!floating) return;
  const top = log.getBoundingClientRect().top;
  const passed = [...log.querySelectorAll(".day time")].filter((day) => day.getClientRects().length && day.getBoundingClientRect().bottom < top);
  floating.textContent = passed.at(-1)?.textContent ?? "";
  floating.dataset.of = passed.at(-1)?.getAttribute("datetime") ?? "";
  floating.hidden = !passed.length;
  const rest = () => {
    if (floating.matches(":hover")) timer = setTimeout(rest, READING);
    else floating.hidden = true;
  };
  clearTimeout(timer);
  timer = setTimeout(rest, READING);
}

// The way there is the one of the menu, where keys find it too. Before others hear of the click: they would fold the menu.
document.addEventListener("click", (event) => {
  const floating = event.target.closest?.(".floating-day");
  const box = floating && document.getElementById("go-date");
  if (!box) return;
  event.stopPropagation();
  box.closest("details").open = true;
  box.value = floating.dataset.of;
  floating.hidden = true;
  box.focus();
  // Where it cannot be opened by a script, one types.
  try { box.showPicker(); } catch { /* it stands there with the focus */ }
}, true);
