// Writing the text of a piece: buttons, what is pasted, and pictures. Without this script it is a plain textarea.

import { pasting } from "./writing/pasting.js";
import { picturing } from "./writing/picturing.js";
import { toolbar } from "./writing/toolbar.js";

const tools = document.querySelector("[data-writing]");
const area = document.getElementById(tools?.dataset.writing);
const dialog = document.querySelector("dialog[data-picture]");
if (area && dialog) start();

function start() {
  const notice = document.querySelector("[data-pasted]");
  const { take, choose } = picturing(area, dialog);

  function counted(number, name) {
    const words = notice.dataset[number === 1 ? name : `${name}s`];
    return number ? words.replace("{n}", number) : "";
  }

  function say({ lostNotes = 0, lostPictures = 0 }) {
    notice.textContent = [counted(lostNotes, "note"), counted(lostPictures, "picture")].filter(Boolean).join(" ");
  }

  document.querySelector("[data-read]").addEventListener("click", () => {
    say({});
    area.focus();
  });
  toolbar(tools, area, { picture: choose });
  pasting(area, { say, pictures: take });
}
