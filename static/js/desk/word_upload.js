// Uploads a Word file as soon as it is chosen or dropped, and shows the progress.
// Without this script the same form has a submit button and does the same.

const MAX_FILE_BYTES = 50 * 1024 * 1024;

for (const form of document.querySelectorAll("form[data-word]")) enhance(form);

function enhance(form) {
  const input = form.querySelector("input[type=file]");
  const status = form.querySelector(".word-upload__status");
  const progress = document.createElement("progress");
  let isSending = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) send();
    else input.click();
  });
  // A form with further fields, such as the kind, is submitted by its button.
  if (!form.querySelector("select")) input.addEventListener("change", () => input.files.length && send());
  for (const type of ["dragenter", "dragover"]) {
    form.addEventListener(type, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.dataset.over = "";
    });
  }
  for (const type of ["dragleave", "drop"]) form.addEventListener(type, () => delete form.dataset.over);
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length || event.target === input) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });

  function send() {
    if (isSending) return;
    if (input.files[0].size > MAX_FILE_BYTES) return showStatus(form.dataset.large);
    isSending = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (event) => {
      progress.max = event.total;
      progress.value = event.loaded;
    });
    request.upload.addEventListener("load", () => {
      progress.removeAttribute("value");
      showStatus(form.dataset.reading, progress);
    });
    request.addEventListener("load", () => handleResponse(request));
    request.setRequestHeader("Accept", "application/json");
    request.addEventListener("error", () => stop(form.dataset.failed));
    showStatus(form.dataset.sending, progress);
    request.send(new FormData(form));
  }

  // The response has the URL of the next page, or the reason why the file was refused.
  function handleResponse(request) {
    const { url, error } = parseJson(request.responseText);
    if (url) location.assign(url);
    else stop(error ?? (request.status === 413 ? form.dataset.large : form.dataset.failed));
  }

  function parseJson(text) {
    try {
      return JSON.parse(text);
    } catch {
      return {};
    }
  }

  function stop(message) {
    isSending = false;
    input.value = "";
    showStatus(message);
  }

  function showStatus(...nodes) {
    status.replaceChildren(...nodes);
  }
}
