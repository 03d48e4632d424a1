// A line of tags that completes the one being typed. Without this script it is a plain line of text.

import { combobox, fetchFound } from "./combobox.js";

for (const input of document.querySelectorAll("input[data-url]")) {
  const typed = () => input.value.split(",").map((tag) => tag.trim());
  combobox(input, {
    ask: async () => {
      const word = typed().at(-1);
      if (!word) return null;
      const there = new Set(typed().slice(0, -1).map((tag) => tag.toLowerCase()));
      const found = (await fetchFound(input.dataset.url, word)).filter((each) => !there.has(each.label.toLowerCase()));
      return found.length ? found : null;
    },
    take: (choice) => {
      input.value = `${[...typed().slice(0, -1), choice.value].join(", ")}, `;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    },
  });
}
