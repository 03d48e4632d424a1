// The publish form: a note to readers selects "correction", and the form is submitted once.

const form = document.querySelector("[data-publishing]");

const radioButtons = [...(form?.elements.change ?? [])];
const initialChange = form?.elements.change?.value;
const selectChange = (change) => { for (const button of radioButtons) button.checked = button.value === change; };

form?.elements.note?.addEventListener("input", ({ target }) => {
  const change = form.elements.change.value;
  if (target.value.trim() && change !== "update") selectChange("correction");
  if (!target.value.trim() && change === "correction") selectChange(initialChange === "correction" ? "" : initialChange);
});

form?.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// A page from the back/forward cache may be submitted again: the server recognises a repeated submission.
addEventListener("pageshow", () => { delete form?.dataset.sent; });

// The style sheet decides which of the three previews is shown first; its radio button is checked here.
const shownIndex = [...document.querySelectorAll(".frame")].findIndex((frame) => frame.offsetParent);
document.querySelectorAll("[name=frame-width]")[shownIndex]?.click();
