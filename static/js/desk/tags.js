// A text box of tags, divided by commas, that completes the one being typed. Without this script it is a plain text box.

import { combobox, fetchResults } from "./combobox.js";

for (const input of document.querySelectorAll("input[data-url]")) {
  const parseTags = () => input.value.split(",").map((tag) => tag.trim());
  combobox(input, {
    getOptions: async () => {
      const query = parseTags().at(-1);
      if (!query) return null;
      const tags = new Set(parseTags().slice(0, -1).map((tag) => tag.toLowerCase()));
      const results = await fetchResults(input.dataset.url, query);
      const options = results.filter((result) => !tags.has(result.label.toLowerCase()));
      return options.length ? options : null;
    },
    select: (option) => {
      input.value = `${[...parseTags().slice(0, -1), option.value].join(", ")}, `;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
}
