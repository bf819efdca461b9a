// The day of what stands at the top, while one scrolls.

const READING = 1500;
let timer;

export function tell(log) {
  const floating = document.querySelector(".floating-day");
  if (!floating) return;
  const top = log.getBoundingClientRect().top;
  const passed = [...log.querySelectorAll(".day time")].filter((day) => day.getClientRects().length && day.getBoundingClientRect().bottom < top);
  floating.textContent = passed.at(-1)?.textContent ?? "";
  floating.hidden = !passed.length;
  clearTimeout(timer);
  timer = setTimeout(() => { floating.hidden = true; }, READING);
}
