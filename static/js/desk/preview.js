// The button of the preview: in a wide window it opens the preview beside the form, and the browser remembers that.
// Elsewhere, and without this script, it opens the same preview in another window.

import { formData } from "./form_data.js";
import { recall, remember } from "./preferences.js";

const PREFERENCE = "desk-preview";
const wideWindow = matchMedia("(min-width: 75rem)");
const pane = document.querySelector("[data-preview]");
const button = document.querySelector("[data-preview-button]");
if (pane && button) start();

function start() {
  const status = pane.querySelector("[data-failed]");
  let update = null;

  async function show(isOpen) {
    pane.hidden = !isOpen || !wideWindow.matches;
    if (wideWindow.matches) button.setAttribute("aria-expanded", String(isOpen));
    else button.removeAttribute("aria-expanded");
    if (pane.hidden) return;
    try {
      update ??= (await import("./preview_pane.js")).previewPane(pane, button.form, formData);
      status.textContent = "";
      update();
    } catch {
      status.textContent = status.dataset.failed;
    }
  }

  function choose(isOpen) {
    remember(PREFERENCE, isOpen ? "open" : "closed");
    show(isOpen);
  }

  button.addEventListener("click", (event) => {
    if (!wideWindow.matches) return;
    event.preventDefault();
    choose(pane.hidden);
  });
  pane.querySelector("[data-close-preview]").addEventListener("click", () => {
    choose(false);
    button.focus();
  });
  wideWindow.addEventListener("change", () => show(isRemembered()));
  show(isRemembered());
}

function isRemembered() {
  return recall(PREFERENCE) === "open";
}
