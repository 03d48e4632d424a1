// Images that are dropped, pasted or chosen: a dialog asks for their texts, the library stores them, and they stand in the text.

/**
 * Returns {insertImages, chooseImages}: uploads image files one after another, and opens the file picker for them. Both take a
 * place: `insert({src, alt, title, value, label})` puts an image there, `finish()` is called after the last one, `isCover` says that
 * it is no text. `language()` is that of the text.
 */
export function imageUpload(dialog, { language }) {
  const form = dialog.querySelector("form"), status = dialog.querySelector("[data-status]"), count = dialog.querySelector("[data-count]");
  const { url, large, signedOut, failed, sending } = dialog.dataset;
  const buttons = dialog.querySelectorAll("button, input[type=submit]");
  const chooseButton = dialog.querySelector("[data-choose]"), chooseText = chooseButton.value;
  const fields = ["alt", "credit", "caption", "is_decorative"].map((name) => form.elements[name]);
  const typedTexts = new Map(); // of files that are not stored yet: a dialog that is closed loses nothing
  const nameOf = ({ name, size }) => `${size} ${name}`;
  let currentFile = null, resolveImage = () => {};

  async function insertImages(files, { insert, finish, isCover = false }) {
    chooseButton.value = isCover ? chooseButton.dataset.forCover : chooseText;
    for (const element of dialog.querySelectorAll("[data-for-text]")) element.hidden = isCover;
    for (const [index, file] of files.entries()) {
      count.textContent = files.length > 1 ? `${index + 1} / ${files.length}` : "";
      const image = await askForTexts(file);
      if (image) insert(image);
    }
    finish();
  }

  function askForTexts(file) {
    currentFile = file;
    form.reset();
    typedTexts.get(nameOf(file))?.forEach((state, index) => Object.assign(fields[index], state));
    form.elements.alt.disabled = form.elements.is_decorative.checked;
    showStatus(file.size > Number(dialog.dataset.largest) ? large : "");
    showThumbnail(file);
    dialog.showModal();
    form.elements.alt.focus();
    return new Promise((resolve) => { resolveImage = resolve; });
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
    data.set("language", language());
    if (!isForText) data.set("later", "on");
    showStatus(sending);
    const resolve = resolveImage;
    for (const button of buttons) button.disabled = true;
    const result = await post(data);
    for (const button of buttons) button.disabled = false;
    if (resolveImage !== resolve) return undefined; // the dialog was closed: the result belongs to an earlier image
    if (result.error) return showStatus(result.error, true);
    typedTexts.delete(nameOf(currentFile));
    const title = form.elements.caption.value.trim().replace(/\s+/g, " ") || null;
    close(isForText ? { ...result, title } : null);
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

  function close(image) {
    resolveImage(image);
    resolveImage = () => {};
    dialog.close();
  }

  // A decorative picture has no words: those that were typed are not dropped without a sign.
  form.elements.is_decorative.addEventListener("change", () => { form.elements.alt.disabled = form.elements.is_decorative.checked; });
  form.addEventListener("input", () => typedTexts.set(nameOf(currentFile), fields.map(({ value, checked }) => ({ value, checked }))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.value !== "library");
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => close(null));
  dialog.addEventListener("cancel", (event) => { if (buttons[0].disabled) event.preventDefault(); });
  dialog.addEventListener("close", () => { if (!dialog.open) close(null); });

  return { insertImages, chooseImages: (place) => chooseFiles(dialog.dataset.accept, place) };

  function chooseFiles(accept, place) {
    const input = Object.assign(document.createElement("input"), { type: "file", accept, multiple: !place.isCover });
    input.addEventListener("change", () => insertImages([...input.files], place));
    input.click();
  }
}
