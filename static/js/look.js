// Looks and keys chosen in another tab hold here at once. Another language comes with a reload where nothing is being
// written that it would take away, else with the next page that is visited.

const root = document.documentElement;
let newLanguage = false;

const touched = ({ value, defaultValue, checked, defaultChecked, type }) =>
  ["checkbox", "radio"].includes(type) ? checked !== defaultChecked : value !== defaultValue;
const busy = () => "leaving" in root.dataset || document.querySelector("[data-composer], dialog[open]")
  || [...document.querySelectorAll("#main :is(input, textarea)")].some(touched);

export function take(event) {
  const { theme, accent, density, size, language, ...frame } = JSON.parse(event.detail?.data || "{}");
  Object.assign(root.dataset, { theme, density, size });
  Object.assign(document.body.dataset, frame);
  root.className = `accent-${Number(accent)}`;
  newLanguage = language !== document.body.dataset.language;
  if (newLanguage && !busy()) location.reload();
}

document.addEventListener("click", (event) => {
  // Kept from htmx, a link brings the whole page with its frame.
  if (newLanguage && event.target.closest?.("a[href]:not([data-act])")) event.stopPropagation();
}, true);
