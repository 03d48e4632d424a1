// Copy buttons beside texts. Where the browser cannot copy they stay hidden, and the texts can be selected.

const status = document.querySelector("[data-copied]");

for (const button of document.querySelectorAll("[data-copies]")) {
  if (!navigator.clipboard?.writeText) break;
  const field = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    let message = button.dataset.done;
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      message = button.dataset.failed;
      field.select();
    }
    status.textContent = message;
    button.firstChild.textContent = message;
  });
}
