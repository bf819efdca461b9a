// What scripts make pages of: elements, words for screen readers, and the token without which no form is taken.

// An element with its properties; what begins with "aria" or "role" are attributes.
export function make(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const token = () => document.querySelector("input[name=form_token]")?.value ?? "";

// Has these lines read out as soon as nothing else is.
export function announce(lines) {
  let place = document.getElementById("announcer");
  if (!place) {
    place = make("div", { id: "announcer", className: "visually-hidden", "aria-live": "polite" });
    document.body.append(place);
  }
  place.replaceChildren(...lines.map((textContent) => make("p", { textContent })));
}
