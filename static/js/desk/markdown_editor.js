// The editor of a text: its toolbar, pasted text, and images. Without this script it is a plain textarea.

import { handlePaste } from "./editor/paste.js";
import { imageUpload } from "./editor/image_upload.js";
import { toolbar } from "./editor/toolbar.js";

const bar = document.querySelector("[data-editor-toolbar]");
const textarea = document.getElementById(bar?.dataset.editorToolbar);
const dialog = document.querySelector("dialog[data-image-dialog]");
if (textarea && dialog) start();

function start() {
  const notice = document.querySelector("[data-pasted]");
  const { insertImages, chooseImages } = imageUpload(textarea, dialog);

  function countText(number, name) {
    const text = notice.dataset[number === 1 ? name : `${name}s`];
    return number ? text.replace("{n}", number) : "";
  }

  function reportLosses({ lostNotes = 0, lostImages = 0 } = {}) {
    notice.textContent = [countText(lostNotes, "note"), countText(lostImages, "picture")].filter(Boolean).join(" ");
  }

  document.querySelector("[data-close-notice]").addEventListener("click", () => {
    reportLosses();
    textarea.focus();
  });
  toolbar(bar, textarea, { picture: chooseImages });
  handlePaste(textarea, { reportLosses, insertImages });
}
