// The page as readers would see it, beside the form where there is room, a moment after each change.
// The frame runs no script. Without this one there is a button that shows the same in a page of its own.

import { formData } from "./form_data.js";

const PAUSE = 300, LONGEST = 700;
const wide = matchMedia("(min-width: 1200px)");
const aside = document.querySelector("[data-preview]");
const form = document.querySelector("#publication_form");
if (aside && form) start();

function start() {
  const frame = aside.querySelector("iframe");
  const { url, publication } = aside.dataset;
  let since = 0, timer = 0, isAsking = false;

  function changed() {
    if (!wide.matches || !aside.open) return;
    since ||= Date.now();
    clearTimeout(timer);
    timer = setTimeout(draw, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  }

  async function draw() {
    if (isAsking) return;
    isAsking = true;
    since = 0;
    try {
      const answer = await fetch(url, { method: "POST", body: formData(form, { piece: publication }) });
      if (!answer.redirected && (answer.ok || answer.status === 422)) show(await answer.text());
    } catch {
      // The server is away: the next change asks again.
    }
    isAsking = false;
    if (since) changed();
  }

  // The frame keeps its place: of a page that stands there already only the middle is put in anew.
  function show(html) {
    const page = frame.contentDocument;
    const made = new DOMParser().parseFromString(html, "text/html");
    const main = page?.querySelector("main"), next = made.querySelector("main");
    if (!main || !next || page.styleSheets.length !== made.querySelectorAll("link[rel=stylesheet]").length) frame.srcdoc = html;
    else main.replaceWith(page.importNode(next, true));
  }

  function fit() {
    aside.hidden = !wide.matches;
    changed();
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  aside.addEventListener("toggle", changed);
  wide.addEventListener("change", fit);
  fit();
}
