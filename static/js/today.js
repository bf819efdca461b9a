// What was today when the page was drawn is yesterday after midnight.

export function nameDays() {
  const words = document.querySelector("[data-timeline]")?.dataset;
  const iso = (ago) => new Date(Date.now() - ago * 86_400_000).toLocaleDateString("sv");
  const named = { [iso(1)]: words?.yesterday, [iso(0)]: words?.today };
  for (const day of document.querySelectorAll(".timeline .day time")) {
    const text = named[day.getAttribute("datetime")] ?? day.dataset.day;
    if (text && day.textContent !== text) day.textContent = text;
  }
}
