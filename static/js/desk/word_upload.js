// A Word file is sent as soon as it is chosen or dropped, and the page says what happens meanwhile.
// Without this script the same form has a button and does the same.

const MAX_FILE_BYTES = 50 * 1024 * 1024;

for (const form of document.querySelectorAll("form[data-word]")) enhance(form);

function enhance(form) {
  const input = form.querySelector("input[type=file]");
  const status = form.querySelector(".word-upload__status");
  const bar = document.createElement("progress");
  let isSending = false;

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.files.length) send();
    else input.click();
  });
  // Where there is more to choose, such as the kind, the button is left to the editor.
  if (!form.querySelector("select")) input.addEventListener("change", () => input.files.length && send());
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.dataset.over = "";
    });
  }
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, () => delete form.dataset.over);
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length || event.target === input) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change"));
  });

  function send() {
    if (isSending) return;
    if (input.files[0].size > MAX_FILE_BYTES) return say(form.dataset.large);
    isSending = true;
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.upload.addEventListener("progress", (event) => {
      bar.max = event.total;
      bar.value = event.loaded;
    });
    request.upload.addEventListener("load", () => {
      bar.removeAttribute("value");
      say(form.dataset.reading, bar);
    });
    request.addEventListener("load", () => show(request));
    request.setRequestHeader("Accept", "application/json");
    request.addEventListener("error", () => stop(form.dataset.failed));
    say(form.dataset.sending, bar);
    request.send(new FormData(form));
  }

  // The answer is where to go on, or a sentence that says why the file was refused.
  function show(request) {
    const { to, said } = read(request);
    if (to) location.assign(to);
    else stop(said ?? (request.status === 413 ? form.dataset.large : form.dataset.failed));
  }

  function read(request) {
    try {
      return JSON.parse(request.responseText);
    } catch {
      return {};
    }
  }

  function stop(words) {
    isSending = false;
    input.value = "";
    say(words);
  }

  function say(words, ...more) {
    status.replaceChildren(words, ...more);
  }
}
