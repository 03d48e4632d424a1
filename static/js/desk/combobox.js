// A text box with a list of suggestions below it: the combobox pattern of the ARIA Authoring Practices.
// `ask(words)` gives a promise of [{value, label}], or of null where there is nothing to ask;
// `take(choice)` is called when one is chosen; `say(words)` tells what the list cannot.
// `eager`: the list opens by itself and its first line is marked, so that Enter takes it.

const PAUSE = 150;
let count = 0;

export function combobox(input, { ask, take, say = () => {}, none = "", eager = false }) {
  const list = document.createElement("ul");
  list.id = `suggestions-${++count}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") || input.labels?.[0]?.textContent.trim() || "");
  list.hidden = true;
  input.after(list);
  const attributes = {
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id, autocomplete: "off",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  // `answered` are the words that the list is of: while others stand in the box, nothing of it is taken.
  let choices = [], active = -1, timer = 0, asked = 0, answered = null;

  function close() {
    clearTimeout(timer);
    asked++;
    clear();
  }

  function clear() {
    list.hidden = true;
    list.replaceChildren();
    choices = [];
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function show(found) {
    clear();
    say(found.length ? "" : none);
    if (!found.length) return;
    choices = found;
    list.replaceChildren(...found.map(option));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (eager) move(0);
  }

  function option(choice, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = choice.label;
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => choose(index));
    return item;
  }

  function move(to) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = (to + choices.length) % choices.length;
    const item = list.children[active];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function choose(index) {
    const choice = choices[index];
    close();
    if (choice) take(choice);
  }

  async function look() {
    clearTimeout(timer);
    const turn = ++asked, words = input.value;
    const found = await ask(words);
    if (turn !== asked || words !== input.value || document.activeElement !== input) return;
    answered = words;
    found ? show(found) : clear();
  }

  const open = () => !list.hidden;
  const ready = () => active >= 0 && answered === input.value;
  const keys = {
    ArrowDown: () => (open() ? move(active + 1) : look()),
    ArrowUp: () => open() && move(active < 0 ? -1 : active - 1),
    Escape: () => open() && close(),
    Enter: () => (ready() ? choose(active) : eager ? look() : choose(0)),
  };
  // What a key did not do here is left to the browser: Enter in a line of tags saves the form where nothing is offered.
  const offered = () => open() && answered === input.value;
  const kept = { ArrowDown: () => true, ArrowUp: open, Escape: open, Enter: () => ready() || eager || offered() };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); });
  input.addEventListener("click", () => { if (eager && !open()) look(); });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !kept[event.key]?.()) return;
    event.preventDefault();
    keys[event.key]();
  });
}

export async function fetchFound(url, words) {
  try {
    const answer = await fetch(`${url}?q=${encodeURIComponent(words)}`, { headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).found : [];
  } catch {
    return [];
  }
}
