// Reads a post aloud with the browser's own voice, in the language that the post is written in; a second time makes it silent.

const voice = globalThis.speechSynthesis;
const LONGEST = 200;

// Long texts in pieces: some voices stop in the middle of what is too long for them.
function pieces(text) {
  const found = [];
  for (const sentence of text.match(/[^.!?。\n]+[.!?。\n]*/gu) ?? []) {
    if (found.length && found.at(-1).length + sentence.length < LONGEST) found[found.length - 1] += sentence;
    else found.push(sentence);
  }
  return found.filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

export function aloud(button) {
  const post = button.closest("article");
  if (!voice || !post) return;
  const speaks = voice.speaking;
  voice.cancel();
  if (speaks) return;
  for (const part of post.querySelectorAll(".title, .prose")) {
    const { lang } = part.closest("[lang]");
    for (const piece of pieces(part.innerText)) voice.speak(Object.assign(new SpeechSynthesisUtterance(piece), { lang }));
  }
}

addEventListener("pagehide", () => voice?.cancel());
document.addEventListener("htmx:before:history:update", () => voice?.cancel());
