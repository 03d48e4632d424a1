// Ask before a page is left with something typed that has not been saved.

const form = document.querySelector("[data-warn-leaving], #publication_form");
let typed = false;

if (form) {
  form.addEventListener("input", () => { typed = true; });
  form.addEventListener("submit", () => { typed = false; });
  addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
}
