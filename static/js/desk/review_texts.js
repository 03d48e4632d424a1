// Comments of a reader that are typed and not sent stay in this tab until each is sent: sending one, approving the text
// or reloading the page loses no other.

const key = `review:${location.pathname}`, fields = ["text", "quote", "start"];
const forms = [...document.querySelectorAll("[data-comments] form")];
const numberOf = (form) => form.closest("[data-passage], section").id;
const unsent = JSON.parse(sessionStorage.getItem(key) ?? "{}");

function keep(form) {
  const values = fields.map((name) => form.elements[name]?.value ?? "");
  if (values[0].trim()) unsent[numberOf(form)] = values;
  else delete unsent[numberOf(form)];
  sessionStorage.setItem(key, JSON.stringify(unsent));
}

for (const form of forms) {
  const values = unsent[numberOf(form)];
  if (values && !form.elements.text.value) {
    fields.forEach((name, index) => { if (form.elements[name]) form.elements[name].value = values[index]; });
    form.closest("details").open = true;
    const about = form.querySelector("[data-selected]");
    if (about && values[1]) {
      about.hidden = false;
      about.querySelector("q").textContent = values[1];
    }
  }
  form.addEventListener("input", () => keep(form));
  form.addEventListener("submit", () => {
    delete unsent[numberOf(form)];
    sessionStorage.setItem(key, JSON.stringify(unsent));
  });
}
