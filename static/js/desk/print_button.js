// Buttons that print the page. Without scripts they stay hidden, and the browser prints by its menu.

for (const button of document.querySelectorAll("[data-prints]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
