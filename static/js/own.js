// The menu of the own name: a mouse that rests on the name opens it and leaves it closed again; a click makes it stay.
// Loaded with the first movement.

const me = document.querySelector(".nav > .me");
let resting;

function enter({ pointerType }) {
  clearTimeout(resting);
  if (pointerType !== "mouse" || me.open) return;
  resting = setTimeout(() => { me.open = true; me.dataset.hovered = ""; }, 100);
}

me?.addEventListener("pointerenter", enter);
me?.addEventListener("pointerleave", () => {
  clearTimeout(resting);
  if (!("hovered" in me.dataset) || me.querySelector(".menu :focus-visible")) return;
  resting = setTimeout(() => { me.open = false; }, 300);
});
me?.querySelector("summary").addEventListener("click", (event) => {
  clearTimeout(resting);
  if ("hovered" in me.dataset) event.preventDefault();
  delete me.dataset.hovered;
});
me?.addEventListener("toggle", () => { if (!me.open) delete me.dataset.hovered; });
// That first movement may have led to it.
if (me?.matches(":hover") && matchMedia("(hover: hover)").matches) enter({ pointerType: "mouse" });
