/** Shows a "Copy" button at each reference, which copies the italics too. Without it the text can be selected. */

const typesOf = (element) => ({
  "text/plain": element.textContent.trim(),
  "text/html": element.innerHTML.trim(),
});

async function copy(element) {
  const types = Object.entries(typesOf(element));
  if (!window.ClipboardItem) return navigator.clipboard.writeText(types[0][1]);
  const blobs = types.map(([type, text]) => [type, new Blob([text], { type })]);
  return navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const state = button.closest(".cite").querySelector("[role=status]");
    const { done, failed } = button.dataset;
    button.addEventListener("click", async () => {
      state.textContent = "";
      try {
        await copy(button.closest("details").querySelector(".cite__reference"));
        state.textContent = done;
      } catch {
        state.textContent = failed;
      }
    });
    button.closest("[hidden]").hidden = false;
  }
}
