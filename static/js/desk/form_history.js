// The form of a draft is kept in the history of the browser while somebody types, for a page that is reloaded or that somebody
// comes back to: with the version that it was opened with, so that saving merges it with what others have saved since.

const PLACE = "desk-place";
const NOT_TYPED = ["hidden", "file", "submit", "button"];

const listFields = (form) => [...form.elements].filter(({ name, type }) => name && !NOT_TYPED.includes(type))
  .filter((field) => !field.closest("[data-chooser]"));
const listChoosers = (form) => [...form.querySelectorAll("[data-chooser]")];
const isBox = ({ type }) => type === "checkbox" || type === "radio";

/** Keeps the values of a form. `text` is the edited text where no field has it. */
export function keepForm(form, text, isSubmitted = false) {
  const fields = listFields(form).map((field) => [field.name, field.value, field.checked]);
  const choices = Object.fromEntries(listChoosers(form).map((chooser) => [chooser.dataset.name, readChoices(chooser)]));
  const kept = { version: form.elements.version.value, fields, choices, text, isSubmitted };
  history.replaceState({ ...history.state, form: kept }, "");
}

// What chooser.js shows: its initial choices, by which a save is merged, and the present ones.
function readChoices(chooser) {
  const { name } = chooser.dataset;
  const chosen = [...chooser.querySelectorAll(`li input[name="${name}"]`)].map((input) => {
    const item = input.closest("li");
    return { value: input.value, label: item.querySelector(".chooser__label").textContent, role: item.querySelector("select")?.value };
  });
  return { initial: chooser.querySelector(`input[name="${name}-chooser"]`).value, chosen };
}

/** Returns the {initial, chosen} that was kept of a chooser, or undefined. */
export function keptChoices(chooser) {
  return keptForm(chooser.closest("form"))?.choices?.[chooser.dataset.name];
}

/** Returns what was kept of a form, unless it was submitted and stored since. */
function keptForm(form) {
  const kept = history.state?.form;
  const isStored = kept?.isSubmitted && kept.version !== form?.elements.version?.value;
  return isStored ? undefined : kept;
}

/**
 * Fills a form with what was kept, and returns {text, isOutdated}. A form that was submitted and stored since is shown as it is
 * stored: what is not in it is offered by the autosave.
 */
export function restoreForm(form) {
  form.autocomplete = "off"; // the browser would restore what was typed in an old version into a form of the newest one
  const kept = keptForm(form), { version } = form.elements;
  if (!kept) return {};
  const isOutdated = kept.version !== version.value;
  for (const field of listFields(form)) {
    const value = kept.fields.find(([name, value]) => name === field.name && (!isBox(field) || value === field.value));
    if (value) [, field.value, field.checked] = value;
  }
  version.value = kept.version;
  return { text: kept.text, isOutdated };
}

/** Keeps the place for the page that follows a save. `selection` is that of the rich text, or null where the focus is elsewhere. */
export function keepPlace(root, selection) {
  const { id, selectionStart, selectionEnd, scrollTop } = document.activeElement;
  const field = !selection && id && { id, selectionStart, selectionEnd, scrollTop };
  usePlaces((places) => places.setItem(PLACE, JSON.stringify({ top: root.getBoundingClientRect().top, selection, field })));
}

/** Returns the place that the page before kept, or null. */
export function takePlace() {
  const place = usePlaces((places) => places.getItem(PLACE));
  usePlaces((places) => places.removeItem(PLACE));
  return JSON.parse(place ?? null);
}

function usePlaces(action) {
  try {
    return action(sessionStorage);
  } catch {
    return null; // the browser keeps nothing: the page is shown from its beginning
  }
}
