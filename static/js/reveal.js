// The eye beside a password.

export function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const words = button.querySelector(".visually-hidden");
  [button.dataset.hide, words.textContent] = [words.textContent, button.dataset.hide];
  button.title = words.textContent;
  field.type = button.classList.toggle("shown") ? "text" : "password";
  field.focus();
}
