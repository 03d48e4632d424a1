// The preview beside the form: the page as readers would see it, rendered a moment after each change. Loaded when the
// preview is opened. The frame runs no scripts.

import { previewPlaces } from "./preview_places.js";

const DELAY_MS = 300, MAX_DELAY_MS = 700, MAX_WAIT_MS = 15_000;

/** Returns `update()` of the preview of a form, which renders it while the pane is shown. `readValues` is `formData`. */
export function previewPane(pane, form, readValues) {
  const frame = pane.querySelector("iframe");
  const { url, publication } = pane.dataset;
  const follow = previewPlaces(frame, form);
  let changedAt = 0, timer = 0, isLoading = false, whenRead = null;

  function scheduleUpdate() {
    if (pane.hidden) return;
    changedAt ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(update, Math.max(0, Math.min(DELAY_MS, changedAt + MAX_DELAY_MS - Date.now())));
  }

  async function update() {
    if (isLoading) return;
    isLoading = true;
    await (whenRead ??= whenTextIsShown(form));
    changedAt = 0;
    try {
      const response = await fetch(url, { method: "POST", body: readValues(form, { piece: publication }) });
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
    else {
      main.replaceWith(page.importNode(newMain, true));
      follow();
    }
  }

  form.addEventListener("input", scheduleUpdate);
  form.addEventListener("change", scheduleUpdate);
  return scheduleUpdate;
}

// A long text is read for the editor first: rendered at the same time, both would take twice as long.
async function whenTextIsShown(form) {
  const text = form.querySelector("[data-text-editor]");
  if (!text || text.dataset.mode) return;
  await new Promise((resolve) => {
    const observer = new MutationObserver(resolve);
    observer.observe(text, { attributeFilter: ["data-mode"] });
    setTimeout(() => {
      observer.disconnect();
      resolve();
    }, MAX_WAIT_MS);
  });
}
