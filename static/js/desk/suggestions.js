// Adds suggestions without leaving the form, and updates them while somebody types; they stand at their fields. Without
// this script each is a submit button.

import { formData } from "./form_data.js";

const DELAY_MS = 1500;
const places = [...document.querySelectorAll("[data-suggestions]")];
const form = places[0]?.closest("form");
if (form) start();

function start() {
  const { url, publication } = places[0].dataset;
  let timer = 0, requestNumber = 0;

  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-suggestions] button[name=_take]");
    if (!button) return;
    event.preventDefault();
    const [field, ...value] = button.value.split(":");
    const label = button.textContent.replace(/^\+\s*/, "").trim();
    const item = button.closest("li");
    const nextButton = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
    const place = button.closest("[data-suggestions]");
    (field === "tags" ? addTag : addRelated)(value.join(":"), label);
    item.remove();
    (nextButton ?? place).focus();
  });

  function addTag(name) {
    const input = form.elements.tags;
    const tags = input.value.split(",").map((tag) => tag.trim()).filter(Boolean);
    input.value = `${[...tags, name].join(", ")}, `;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function addRelated(value, label) {
    const chooser = form.querySelector('[data-chooser][data-name="related"]');
    chooser.dispatchEvent(new CustomEvent("chooser:add", { detail: { value, label } }));
  }

  function scheduleUpdate() {
    clearTimeout(timer);
    timer = setTimeout(update, DELAY_MS);
  }

  async function update() {
    const number = ++requestNumber;
    try {
      const response = await fetch(url, { method: "POST", body: formData(form, { piece: publication }) });
      const html = response.ok && !response.redirected ? await response.text() : null;
      if (html !== null && number === requestNumber) show(html);
    } catch {
      // The server does not answer: the suggestions stay.
    }
  }

  function show(html) {
    const { body } = new DOMParser().parseFromString(html, "text/html");
    for (const place of places) {
      if (place.contains(document.activeElement)) continue;
      place.replaceChildren(...body.querySelectorAll(`[data-suggested="${place.dataset.suggestions}"]`));
    }
  }

  if (url) {
    form.addEventListener("input", scheduleUpdate);
    form.addEventListener("change", scheduleUpdate);
  }
}
