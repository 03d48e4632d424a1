// A text box with a list of options below it: the combobox pattern of the ARIA Authoring Practices.
//
// getOptions(query): returns a promise of [{value, label, note}], or of null where there is nothing to search for.
// select(option): called when an option is selected. showStatus(text): shows a text that is no option.
// isEager: the list opens on focus and its first option is active, so that Enter selects it.
// label: the name of the list, else that of the text box.
// leavesEnter(): whether Enter without an active option is left to the form, though the list is eager.

const DELAY_MS = 150;
let count = 0;

export function combobox(input, { getOptions, select, showStatus = () => {}, noResultsText = "", isEager = false, label = "", leavesEnter = () => !isEager }) {
  const list = document.createElement("ul");
  list.id = `suggestions-${++count}`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label || input.getAttribute("aria-label") || input.labels?.[0]?.textContent.trim() || "");
  list.hidden = true;
  input.after(list);
  // A text box of several lines may have no role but its own (ARIA in HTML), which is neither expanded nor collapsed.
  const isTextarea = input.localName === "textarea";
  const attributes = {
    ...(isTextarea ? { "aria-haspopup": "listbox" } : { role: "combobox", "aria-expanded": "false" }),
    "aria-autocomplete": "list", "aria-controls": list.id, autocomplete: "off",
  };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

  // The options belong to `shownQuery`: while the text box has another text, none of them can be selected.
  let options = [], activeIndex = -1, timer = 0, requestNumber = 0, shownQuery = null;

  function close() {
    clearTimeout(timer);
    requestNumber++;
    clear();
  }

  function clear() {
    list.hidden = true;
    list.replaceChildren();
    options = [];
    activeIndex = -1;
    setExpanded(false);
    input.removeAttribute("aria-activedescendant");
  }

  function setExpanded(isExpanded) {
    if (!isTextarea) input.setAttribute("aria-expanded", isExpanded);
  }

  function show(results) {
    clear();
    showStatus(results.length ? "" : noResultsText);
    if (!results.length) return;
    options = results;
    list.replaceChildren(...options.map(createItem));
    list.hidden = false;
    setExpanded(true);
    list.scrollIntoView({ block: "nearest" }); // not behind the bar at the edge of the window
    if (isEager) activate(0);
  }

  function createItem(option, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.textContent = option.label;
    if (option.note) item.append(Object.assign(document.createElement("span"), { className: "suggestions__note", textContent: option.note }));
    item.addEventListener("mousedown", (event) => event.preventDefault());
    item.addEventListener("click", () => selectOption(index));
    return item;
  }

  function activate(index) {
    list.children[activeIndex]?.setAttribute("aria-selected", "false");
    activeIndex = (index + options.length) % options.length;
    const item = list.children[activeIndex];
    item.setAttribute("aria-selected", "true");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function selectOption(index) {
    const option = options[index];
    close();
    if (option) select(option);
  }

  async function search() {
    clearTimeout(timer);
    const number = ++requestNumber, query = input.value;
    const results = await getOptions(query);
    if (number !== requestNumber || query !== input.value || document.activeElement !== input) return;
    shownQuery = query;
    results ? show(results) : clear();
  }

  const isOpen = () => !list.hidden;
  const isCurrent = () => shownQuery === input.value;
  const canSelectActive = () => activeIndex >= 0 && isCurrent();
  const handlers = {
    ArrowDown: () => (isOpen() ? activate(activeIndex + 1) : search()),
    ArrowUp: () => isOpen() && activate(activeIndex < 0 ? -1 : activeIndex - 1),
    Escape: () => isOpen() && close(),
    Enter: () => (canSelectActive() ? selectOption(activeIndex) : isEager ? search() : selectOption(0)),
  };
  // A key that does nothing here is left to the browser: Enter in a text box of tags without options ends the tag.
  const isHandled = {
    ArrowDown: () => true, ArrowUp: isOpen, Escape: isOpen,
    Enter: () => canSelectActive() || !leavesEnter() || (isOpen() && isCurrent()),
  };

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(search, DELAY_MS); });
  input.addEventListener("click", () => { if (isEager && !isOpen()) search(); });
  input.addEventListener("blur", close);
  // Before other handlers of the box, which are there before this script is loaded.
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !isHandled[event.key]?.()) return;
    event.preventDefault();
    handlers[event.key]();
  }, { capture: true });
}
