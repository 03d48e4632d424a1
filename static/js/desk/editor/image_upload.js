// Pictures that are dropped or pasted into the text: asked for their words at once, sent to the library, put in place.

import { block, insert } from "./edits.js";

/** Gives a function that takes picture files, one after another, and one that opens the choice of files. */
export function imageUpload(area, dialog) {
  const form = dialog.querySelector("form"), said = dialog.querySelector("[data-said]"), count = dialog.querySelector("[data-count]");
  const { url, large, signedOut, failed, sending } = dialog.dataset;
  const buttons = dialog.querySelectorAll("button, input[type=submit]");
  let file = null, done = () => {};

  // The place is noted before the dialog opens: when it closes, the browser gives the focus back without the selection.
  async function take(files) {
    let place = [area.selectionStart, area.selectionEnd];
    for (const [index, each] of files.entries()) {
      count.textContent = files.length > 1 ? `${index + 1} / ${files.length}` : "";
      const markdown = await ask(each);
      if (!markdown) continue;
      const edit = block({ value: area.value, start: place[0], end: place[1] }, markdown);
      insert(area, edit);
      place = edit.select;
    }
    area.focus();
    area.setSelectionRange(...place);
  }

  function ask(picture) {
    file = picture;
    form.reset();
    tell(file.size > Number(dialog.dataset.largest) ? large : "");
    show(picture);
    dialog.showModal();
    form.elements.alt.focus();
    return new Promise((settle) => { done = settle; });
  }

  // Drawn here: the policy of the page lets no picture in but those of the site.
  async function show(picture) {
    const canvas = dialog.querySelector("canvas");
    dialog.querySelector("[data-name]").textContent = picture.name;
    canvas.hidden = true;
    try {
      const bitmap = await createImageBitmap(picture, { resizeWidth: 480, resizeQuality: "medium" });
      if (picture !== file) return;
      [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      canvas.hidden = false;
    } catch {
      // What the browser cannot draw the server will have a word for.
    }
  }

  async function send(isForText) {
    const data = new FormData(form);
    data.set("file", file, file.name);
    data.set("language", area.form.elements.language?.value ?? "");
    if (!isForText) data.set("later", "on");
    tell(sending);
    const asked = done;
    for (const each of buttons) each.disabled = true;
    const answer = await answered(data);
    for (const each of buttons) each.disabled = false;
    if (done !== asked) return undefined;  // closed meanwhile: the answer is none to what is asked now
    if (answer.said) return tell(answer.said, true);
    finish(isForText ? answer.markdown : "");
  }

  async function answered(data) {
    if (file.size > Number(dialog.dataset.largest)) return { said: large };
    try {
      const answer = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
      if (answer.redirected || answer.status === 403) return { said: signedOut };
      if (answer.status === 413) return { said: large };
      return await answer.json();
    } catch {
      return { said: failed };
    }
  }

  function tell(words, isWrong = Boolean(words)) {
    said.textContent = words;
    said.toggleAttribute("data-wrong", isWrong && words !== sending);
  }

  function finish(markdown) {
    done(markdown);
    done = () => {};
    dialog.close();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(event.submitter?.value !== "library");
  });
  dialog.querySelector("[data-cancel]").addEventListener("click", () => finish(""));
  dialog.addEventListener("cancel", (event) => { if (buttons[0].disabled) event.preventDefault(); });
  dialog.addEventListener("close", () => { if (!dialog.open) finish(""); });

  dropping(area, take);
  return { take, choose: () => choosing(dialog, take) };
}

function choosing(dialog, take) {
  const input = Object.assign(document.createElement("input"), { type: "file", accept: dialog.dataset.accept, multiple: true });
  input.addEventListener("change", () => take([...input.files]));
  input.click();
}

function dropping(area, take) {
  const hasFiles = (event) => [...event.dataTransfer.types].includes("Files");
  for (const kind of ["dragenter", "dragover"]) {
    area.addEventListener(kind, (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      area.dataset.over = "";
    });
  }
  for (const kind of ["dragleave", "drop"]) area.addEventListener(kind, () => delete area.dataset.over);
  area.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    const at = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    if (at?.offsetNode === area) area.setSelectionRange(at.offset, at.offset);
    take([...event.dataTransfer.files]);
  });
}
