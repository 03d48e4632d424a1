// Writing the text of a piece: buttons, what is pasted, and pictures. Without this script it is a plain textarea.

import { handlePaste } from "./editor/paste.js";
import { imageUpload } from "./editor/image_upload.js";
import { toolbar } from "./editor/toolbar.js";

const tools = document.querySelector("[data-editor-toolbar]");
const area = document.getElementById(tools?.dataset.editorToolbar);
const dialog = document.querySelector("dialog[data-image-dialog]");
if (area && dialog) start();

function start() {
  const notice = document.querySelector("[data-pasted]");
  const { take, choose } = imageUpload(area, dialog);

  function countText(number, name) {
    const words = notice.dataset[number === 1 ? name : `${name}s`];
    return number ? words.replace("{n}", number) : "";
  }

  function report({ lostNotes = 0, lostPictures = 0 }) {
    notice.textContent = [countText(lostNotes, "note"), countText(lostPictures, "picture")].filter(Boolean).join(" ");
  }

  document.querySelector("[data-read]").addEventListener("click", () => {
    report({});
    area.focus();
  });
  toolbar(tools, area, { picture: choose });
  handlePaste(area, { say: report, pictures: take });
}
