// Adds suggestions without leaving the form, and updates them while somebody types. Without this script each is a submit
// button.

import { formData } from "./form_data.js";

const DELAY_MS = 1500;
const root = document.querySelector("[data-suggestions]");
const form = root?.closest("form");
if (form) start();

function start() {
  const { url, publication } = root.dataset;
  let timer = 0, requestNumber = 0;

  root.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=_take]");
    if (!button) return;
    event.preventDefault();
    const [field, ...value] = button.value.split(":");
    const label = button.textContent.replace(/^\+\s*/, "").trim();
    const item = button.closest("li");
    const nextButton = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
    (field === "tags" ? addTag : addRelated)(value.join(":"), label);
    item.remove();
    (nextButton ?? root).focus();
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
      if (html !== null && number === requestNumber && !root.contains(document.activeElement)) show(html);
    } catch {
      // The server does not answer: the suggestions stay.
    }
  }

  function show(html) {
    root.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  if (url) {
    form.addEventListener("input", scheduleUpdate);
    form.addEventListener("change", scheduleUpdate);
  }
}
