// The preview beside the form, in a wide window: the page as readers would see it, rendered a moment after each change.
// The frame runs no scripts. Without this script a button opens the same preview in another window.

import { formData } from "./form_data.js";

const DELAY_MS = 300, MAX_DELAY_MS = 700;
const wideWindow = matchMedia("(min-width: 1200px)");
const preview = document.querySelector("[data-preview]");
const form = document.querySelector("#publication_form");
if (preview && form) start();

function start() {
  const frame = preview.querySelector("iframe");
  const { url, publication } = preview.dataset;
  let changedAt = 0, timer = 0, isLoading = false;

  function scheduleUpdate() {
    if (!wideWindow.matches || !preview.open) return;
    changedAt ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(update, Math.max(0, Math.min(DELAY_MS, changedAt + MAX_DELAY_MS - Date.now())));
  }

  async function update() {
    if (isLoading) return;
    isLoading = true;
    changedAt = 0;
    try {
      const response = await fetch(url, { method: "POST", body: formData(form, { piece: publication }) });
      if (!response.redirected && (response.ok || response.status === 422)) show(await response.text());
    } catch {
      // The server does not answer: the next change tries again.
    }
    isLoading = false;
    if (changedAt) scheduleUpdate();
  }

  // Only <main> of a page that is shown already is replaced, so that the frame keeps its scroll position.
  function show(html) {
    const page = frame.contentDocument;
    const newPage = new DOMParser().parseFromString(html, "text/html");
    const main = page?.querySelector("main"), newMain = newPage.querySelector("main");
    const styleSheets = newPage.querySelectorAll("link[rel=stylesheet]");
    if (!main || !newMain || page.styleSheets.length !== styleSheets.length) frame.srcdoc = html;
    else main.replaceWith(page.importNode(newMain, true));
  }

  function toggle() {
    preview.hidden = !wideWindow.matches;
    scheduleUpdate();
  }

  form.addEventListener("input", scheduleUpdate);
  form.addEventListener("change", scheduleUpdate);
  preview.addEventListener("toggle", scheduleUpdate);
  wideWindow.addEventListener("change", toggle);
  toggle();
}
