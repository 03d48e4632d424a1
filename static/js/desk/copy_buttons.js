// Copy buttons beside texts. Where the browser cannot copy they stay hidden, and the texts can be selected.

const status = document.querySelector("[data-copied]");

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard?.writeText) break;
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    let said = button.dataset.done;
    try {
      await navigator.clipboard.writeText(text.value);
    } catch {
      said = button.dataset.failed;
      text.select();
    }
    status.textContent = said;
    button.firstChild.textContent = said;
  });
}
