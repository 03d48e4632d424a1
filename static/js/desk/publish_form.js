// The form that publishes: a note to readers makes a fix a correction, and a button is pressed once.

const form = document.querySelector("[data-publishing]");

const changes = [...(form?.elements.change ?? [])];
const before = form?.elements.change?.value;
const choose = (wanted) => { for (const each of changes) each.checked = each.value === wanted; };

form?.elements.note?.addEventListener("input", ({ target }) => {
  const now = form.elements.change.value;
  if (target.value.trim() && now !== "update") choose("correction");
  if (!target.value.trim() && now === "correction") choose(before === "correction" ? "" : before);
});

form?.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});

// A page that the browser kept is a form that may be sent again: the server tells a second press from a first.
addEventListener("pageshow", () => { delete form?.dataset.sent; });

// Which of the three previews stands there is for the style sheet to say; the buttons say it too.
const shown = [...document.querySelectorAll(".frame")].findIndex((frame) => frame.offsetParent);
document.querySelectorAll("[name=frame-width]")[shown]?.click();
