// A text box with a list of suggestions below it: the combobox pattern of the ARIA Authoring Practices.
// `ask(words)` gives a promise of [{value, label}]; `take(choice)` is called when one is chosen.

const PAUSE = 150;
let count = 0;

export function combobox(input, { ask, take, none = "" }) {
  const list = document.createElement("ul");
  list.id = `suggestions-${++count}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels?.[0]?.textContent || "");
  list.hidden = true;
  input.after(list);
  const attributes = {
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  let choices = [], active = -1, timer = 0, asked = 0;

  function close() {
    list.hidden = true;
    list.replaceChildren();
    choices = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    choices = found;
    list.replaceChildren(...found.map(option));
    if (!found.length && none) list.replaceChildren(Object.assign(document.createElement("li"), { textContent: none, className: "suggestions__none" }));
    list.hidden = !list.children.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    move(found.length ? 0 : -1);
  }

  function option(choice, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.textContent = choice.label;
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(index); });
    return item;
  }

  function move(to) {
    list.children[active]?.removeAttribute("aria-selected");
    active = to;
    const item = choices.length ? list.children[active] : null;
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) input.setAttribute("aria-activedescendant", item.id);
  }

  function choose(index) {
    const choice = choices[index];
    close();
    if (choice) take(choice);
  }

  async function look() {
    const turn = ++asked;
    const found = await ask(input.value);
    if (turn === asked && document.activeElement === input) found ? show(found) : close();
  }

  const keys = {
    ArrowDown: () => (choices.length ? move((active + 1) % choices.length) : look()),
    ArrowUp: () => choices.length && move((active - 1 + choices.length) % choices.length),
    Escape: close,
    Enter: () => choose(active),
  };
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const wanted = keys[event.key];
    if (!wanted || (event.key === "Enter" && list.hidden) || (event.key === "Escape" && list.hidden)) return;
    event.preventDefault();
    wanted();
  });
}

export async function fetchFound(url, words) {
  const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
  return answer.ok ? (await answer.json()).found : [];
}
