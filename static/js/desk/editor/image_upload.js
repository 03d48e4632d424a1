// Images that are dropped, pasted or chosen: a dialog asks for their texts, the library stores them, and their Markdown is
// inserted.

import { block, insert } from "./edits.js";

/** Returns {insertImages, chooseImages}: uploads image files one after another; opens the file picker for them. */
export function imageUpload(textarea, dialog) {
  const form = dialog.querySelector("form"), status = dialog.querySelector("[data-status]"), count = dialog.querySelector("[data-count]");
  const { url, large, signedOut, failed, sending } = dialog.dataset;
  const buttons = dialog.querySelectorAll("button, input[type=submit]");
  let currentFile = null, resolveMarkdown = () => {};

  // The selection is read before the dialog opens: closing it returns the focus without the selection.
  async function insertImages(files) {
    let selection = [textarea.selectionStart, textarea.selectionEnd];
    for (const [index, file] of files.entries()) {
      count.textContent = files.length > 1 ? `${index + 1} / ${files.length}` : "";
      const markdown = await askForTexts(file);
      if (!markdown) continue;
      const edit = block({ value: textarea.value, start: selection[0], end: selection[1] }, markdown);
      insert(textarea, edit);
      selection = edit.select;
    }
    textarea.focus();
    textarea.setSelectionRange(...selection);
  }

  function askForTexts(file) {
    currentFile = file;
    form.reset();
    showStatus(file.size > Number(dialog.dataset.largest) ? large : "");
    showThumbnail(file);
    dialog.showModal();
    form.elements.alt.focus();
    return new Promise((resolve) => { resolveMarkdown = resolve; });
  }

  // Drawn on a canvas: the Content-Security-Policy allows only images of the site.
  async function showThumbnail(file) {
    const canvas = dialog.querySelector("canvas");
    dialog.querySelector("[data-name]").textContent = file.name;
    canvas.hidden = true;
    try {
      const bitmap = await createImageBitmap(file, { resizeWidth: 480, resizeQuality: "medium" });
      if (file !== currentFile) return;
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      canvas.hidden = false;
    } catch {
      // The server reports what is wrong with an image that the browser cannot draw.
    }
  }

  async function send(isForText) {
    const data = new FormData(form);
    data.set("file", currentFile, currentFile.name);
    data.set("language", textarea.form.elements.language?.value ?? "");
    if (!isForText) data.set("later", "on");
    showStatus(sending);
    const resolve = resolveMarkdown;
    for (const button of buttons) button.disabled = true;
    const result = await post(data);
    for (const button of buttons) button.disabled = false;
    if (resolveMarkdown !== resolve) return undefined; // the dialog was closed: the result belongs to an earlier image
    if (result.error) return showStatus(result.error, true);
    finish(isForText ? result.markdown : "");
  }

  async function post(data) {
    if (currentFile.size > Number(dialog.dataset.largest)) return { error: large };
    try {
      const response = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (response.redirected || response.status === 403) return { error: signedOut };
      if (response.status === 413) return { error: large };
      return await response.json();
    } catch {
      return { error: failed };
    }
  }

  function showStatus(text, isError = Boolean(text)) {
    status.textContent = text;
    status.toggleAttribute("data-wrong", isError && text !== sending);
  }

  function finish(markdown) {
    resolveMarkdown(markdown);
    resolveMarkdown = () => {};
    dialog.close();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.value !== "library");
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => finish(""));
  dialog.addEventListener("cancel", (event) => { if (buttons[0].disabled) event.preventDefault(); });
  dialog.addEventListener("close", () => { if (!dialog.open) finish(""); });

  handleDrop(textarea, insertImages);
  return { insertImages, chooseImages: () => chooseFiles(dialog.dataset.accept, insertImages) };
}

function chooseFiles(accept, insertImages) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept, multiple: true });
  input.addEventListener("change", () => insertImages([...input.files]));
  input.click();
}

function handleDrop(textarea, insertImages) {
  const hasFiles = (event) => [...event.dataTransfer.types].includes("Files");
  for (const type of ["dragenter", "dragover"]) {
    textarea.addEventListener(type, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      textarea.dataset.over = "";
    });
  }
  for (const type of ["dragleave", "drop"]) textarea.addEventListener(type, () => delete textarea.dataset.over);
  textarea.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    if (caret?.offsetNode === textarea) textarea.setSelectionRange(caret.offset, caret.offset);
    insertImages([...event.dataTransfer.files]);
  });
}
