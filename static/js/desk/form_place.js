// After a save the form is shown where one was: scrolled as before, with the cursor in the same place. What the server says then
// stands in the bar below, until somebody types on.

/** Returns to a place, unless the form was refused. `select(selection)` selects it in the rich text. */
export function returnToPlace({ top, selection, field }, root, form, select) {
  if (document.querySelector(".errornote, #field-errors")) return;
  if (selection) select(selection);
  else if (field) focusField(document.getElementById(field.id), field);
  showMessages(form);
  scrollBy({ top: root.getBoundingClientRect().top - top, behavior: "instant" });
}

function focusField(element, { selectionStart, selectionEnd, scrollTop }) {
  if (!element) return;
  element.focus({ preventScroll: true });
  if (typeof selectionStart === "number") element.setSelectionRange(selectionStart, selectionEnd);
  element.scrollTop = scrollTop;
}

function showMessages(form) {
  const messages = document.querySelector(".messagelist"), top = messages?.parentElement;
  if (!messages) return;
  messages.classList.add("wrapper");
  form.querySelector(".form-bar").prepend(messages);
  form.addEventListener("input", () => {
    messages.classList.remove("wrapper");
    top.prepend(messages);
  }, { once: true });
}
