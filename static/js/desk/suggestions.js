// Suggestions are taken without leaving the form, and follow what is typed. Without this script each is a submit button.

import { formData } from "./form_data.js";

const PAUSE = 1500;
const place = document.querySelector("[data-suggestions]");
const form = place?.closest("form");
if (form) start();

function start() {
  const { url, publication } = place.dataset;
  let timer = 0, turn = 0;

  place.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=_take]");
    if (!button) return;
    event.preventDefault();
    const [field, ...value] = button.value.split(":");
    const label = button.textContent.replace(/^\+\s*/, "").trim();
    const next = (button.closest("li").nextElementSibling ?? button.closest("li").previousElementSibling)?.querySelector("button");
    (field === "tags" ? takeTag : takePiece)(value.join(":"), label);
    button.closest("li").remove();
    (next ?? place).focus();
  });

  function takeTag(name) {
    const input = form.elements.tags;
    const there = input.value.split(",").map((each) => each.trim()).filter(Boolean);
    input.value = `${[...there, name].join(", ")}, `;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function takePiece(value, label) {
    form.querySelector('[data-chooser][data-name="related"]').dispatchEvent(new CustomEvent("take", { detail: { value, label } }));
  }

  function soon() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  async function ask() {
    const asked = ++turn;
    try {
      const answer = await fetch(url, { method: "POST", body: formData(form, { piece: publication }) });
      const html = answer.ok && !answer.redirected ? await answer.text() : null;
      if (html !== null && asked === turn && !place.contains(document.activeElement)) show(html);
    } catch {
      // The server is away: what is there stays.
    }
  }

  function show(html) {
    place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }

  if (url) {
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
  }
}
