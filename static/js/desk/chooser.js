// The ordered chooser: a search box and a list with Up, Down and Remove in place of numbered selects.
// The form posts the same names and values either way.

import { comboboxAtFocus, fetchResults, quickAdd } from "./combobox_at_focus.js";
import { keptChoices } from "./form_history.js";

for (const root of document.querySelectorAll("[data-chooser]")) enhance(root);

function createElement(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function enhance(root) {
  const { name, url } = root.dataset;
  const limit = Number(root.dataset.limit);
  const text = (key) => root.dataset[`text${key}`];
  const roleOptions = root.querySelector(`select[name="${name}-role"]`)?.options ?? [];
  const roles = [...roleOptions].map((option) => [option.value, option.text]);
  const chosen = [...root.querySelectorAll(".chooser__place")].map(readChoice).filter((choice) => choice.value);
  const initialInput = root.querySelector(`input[name="${name}-chooser"]`);
  const kept = keptChoices(root);
  if (kept) {
    chosen.splice(0, chosen.length, ...kept.chosen);
    initialInput.value = kept.initial;
  }
  const queryInput = root.querySelector(`input[name="${name}-find"]`);
  const shownQueryInput = root.querySelector(`input[name="${name}-found"]`);
  const legend = root.closest("fieldset")?.querySelector("legend")?.textContent.trim().replace(/:$/, "") ?? "";

  const list = createElement("ol", { className: "chooser__list" });
  // Posted with the form, so that a query without a choice is not lost.
  const search = createElement("input", {
    type: "search", id: `id_${name}_search`, name: queryInput.name, value: queryInput.value,
    role: "combobox", ariaExpanded: "false", ariaLabel: `${text("Search")}: ${legend}`,
  });
  const label = createElement("label", { htmlFor: search.id, textContent: text("Search") });
  const searchBox = createElement("div", { className: "chooser__search" }, label, search);
  const status = createElement("p", { className: "chooser__status", role: "status" });
  root.replaceChildren(initialInput, shownQueryInput, list, searchBox, status);
  if ("browse" in root.dataset && document.querySelector("dialog[data-image-library]")) addOpener(text("Browse"), browse);
  if (root.dataset.adding) addOpener(text("Adding"), addNew);
  // The Enter key saves, except in the search box; without scripts the button may search.
  root.closest("form")?.querySelector("[name=_enter]")?.setAttribute("name", "_save");

  comboboxAtFocus(search, {
    isEager: true,
    getOptions: async (query) => {
      const results = await fetchResults(url, query);
      const excluded = new Set([root.dataset.own, ...chosen.map((choice) => choice.value)]);
      return results.filter((result) => !excluded.has(String(result.value)));
    },
    select: add,
    showStatus,
    noResultsText: text("None"),
    failedText: text("Failed"),
  });
  root.addEventListener("chooser:add", ({ detail }) => {
    const isChosen = chosen.some((choice) => choice.value === detail.value);
    if (!isChosen && (limit === 1 || chosen.length < limit)) add(detail);
  });
  render();

  function readChoice(place) {
    const [select, role] = place.querySelectorAll("select");
    return { value: select.value, label: select.selectedOptions[0]?.text ?? "", role: role?.value };
  }

  function showStatus(message) {
    status.textContent = message;
  }

  function addOpener(label, onclick) {
    searchBox.append(createElement("button", { type: "button", className: "modest", textContent: label, onclick }));
  }

  function fail({ reason = text("Failed") }) {
    showStatus(reason);
  }

  // `fail` is called when the pictures cannot be shown.
  function browse() {
    showStatus("");
    root.dispatchEvent(new CustomEvent("chooser:browse", { bubbles: true, detail: { fail } }));
  }

  async function addNew() {
    showStatus("");
    try {
      const added = await quickAdd(root.dataset.adding, { name: search.value.trim(), isFirstOffered: chosen.length > 0 });
      if (!added) return;
      add(added, added.isFirst ? 0 : chosen.length);
      search.focus();
    } catch (error) {
      fail(error);
    }
  }

  function render() {
    list.replaceChildren(...chosen.map(createItem));
    if (!chosen.length) list.append(createElement("li", { textContent: text("Empty"), className: "chooser__empty" }));
    searchBox.hidden = limit > 1 && chosen.length >= limit;
  }

  // After a change: shows it, says it, and lets the form know.
  function update(message) {
    render();
    root.dispatchEvent(new Event("change", { bubbles: true }));
    showStatus(message);
  }

  function add({ value, label }, index = chosen.length) {
    if (limit === 1) chosen.length = index = 0;
    chosen.splice(index, 0, { value: String(value), label, role: roles[0]?.[0] });
    search.value = "";
    update(`${label} ${text("Added")}`);
    if (searchBox.hidden) list.lastElementChild.querySelector("button:last-of-type").focus();
  }

  function createItem(choice, index) {
    const buttons = createElement("span", { className: "chooser__buttons" });
    if (roles.length) buttons.append(createRoleSelect(choice));
    if (limit > 1 && chosen.length > 1) {
      buttons.append(createButton("Up", choice, index === 0, () => move(index, index - 1, "Up")));
      buttons.append(createButton("Down", choice, index === chosen.length - 1, () => move(index, index + 1, "Down")));
    }
    buttons.append(createButton("Remove", choice, false, () => remove(index)));
    const input = createElement("input", { type: "hidden", name, value: choice.value });
    return createElement("li", {}, input, createElement("span", { textContent: choice.label, className: "chooser__label" }), buttons);
  }

  function createRoleSelect(choice) {
    const options = roles.map(([value, roleLabel]) => new Option(roleLabel, value, false, value === choice.role));
    const select = createElement("select", { name: `${name}-role`, ariaLabel: `${text("Role")}: ${choice.label}` }, ...options);
    select.addEventListener("change", () => { choice.role = select.value; });
    return select;
  }

  function createButton(key, choice, disabled, onclick) {
    return createElement("button", { type: "button", textContent: text(key), ariaLabel: `${text(key)}: ${choice.label}`, disabled, onclick });
  }

  function move(from, to, key) {
    const [choice] = chosen.splice(from, 1);
    chosen.splice(to, 0, choice);
    update(`${choice.label} ${text("Moved")} ${to + 1}`);
    const buttons = [...list.children[to].querySelectorAll("button")];
    const pressed = buttons.find((button) => button.textContent === text(key));
    (pressed.disabled ? buttons.find((button) => !button.disabled) : pressed).focus();
  }

  function remove(index) {
    const [choice] = chosen.splice(index, 1);
    update(`${choice.label} ${text("Removed")}`);
    search.focus();
  }
}
