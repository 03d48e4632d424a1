// A text box of tags, divided by commas, that completes the one being typed. Without this script it is a plain text box.
// Whoever may add tags is offered a new one as the last option.

import { comboboxAtFocus, fetchResults, quickAdd } from "./combobox_at_focus.js";

for (const input of document.querySelectorAll("textarea[data-url]")) {
  const { adding, newTag } = input.dataset;
  // Without its form it is made when the draft is saved.
  const addNew = (name) => quickAdd(adding, { name }).catch(() => ({ value: name }));
  const parseTags = () => input.value.split(/[,\n]/).map((tag) => tag.trim());
  const status = Object.assign(document.createElement("p"), { className: "chooser__status", role: "status" });
  input.after(status);
  comboboxAtFocus(input, {
    showStatus: (text) => { status.textContent = text; },
    failedText: input.dataset.failed,
    getOptions: async () => {
      const query = parseTags().at(-1);
      if (!query) return null;
      const tags = new Set(parseTags().slice(0, -1).map((tag) => tag.toLowerCase()));
      const results = await fetchResults(input.dataset.url, query);
      const options = results.filter((result) => !tags.has(result.label.toLowerCase()));
      const names = results.flatMap(({ label, note }) => [label, note]).filter(Boolean);
      const isKnown = [...tags, ...names.map((name) => name.toLowerCase())].includes(query.toLowerCase());
      if (adding && !isKnown) options.push({ value: query, label: newTag.replace("{name}", query), isNew: true });
      return options.length ? options : null;
    },
    select: async (chosen) => {
      const option = chosen.isNew ? await addNew(chosen.value) : chosen;
      if (!option) return;
      input.focus();
      input.value = `${[...parseTags().slice(0, -1), option.value].join(", ")}, `;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
  // Enter ends a tag, as a comma does: the box has several lines only because it wraps.
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    if (parseTags().at(-1)) input.setRangeText(", ", input.value.length, input.value.length, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
