// The page that asks where something goes, and the button that makes the site a place for xmpp: links.

const find = (selector, within = document) => within.querySelector(selector);

// Letters narrow the rows at once; without scripts the button does it, and looks further than this page.
document.addEventListener("input", ({ target }) => {
  if (!target.matches("[data-share] [name=q]")) return;
  const letters = target.value.trim().toLocaleLowerCase();
  const rows = [...target.form.querySelectorAll("[data-find]")];
  for (const row of rows) row.hidden = !row.dataset.find.toLocaleLowerCase().includes(letters);
  find("[data-nobody]", target.form).hidden = !rows.length || rows.some((row) => !row.hidden);
});

document.addEventListener("click", (event) => {
  // It is for the bookmarks: here it would share this page.
  if (event.target.closest?.("[data-bookmark]")) event.preventDefault();
  const place = event.target.closest?.("[data-links] button")?.closest("[data-links]");
  if (!place) return;
  navigator.registerProtocolHandler("xmpp", `${new URL(place.dataset.links, location.href)}?uri=%s`);
  const told = find("[role=status]", place);
  told.textContent = told.dataset.asked;
});

// Called after every swap.
export function tend() {
  const links = find("[data-links]");
  if (links && navigator.registerProtocolHandler && isSecureContext) links.hidden = false;
}
