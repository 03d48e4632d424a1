// The ordered chooser: a search box and a list with Up, Down and Remove in place of numbered selects.
// The form posts the same names and values either way.

import { combobox, fetchFound } from "./combobox.js";

for (const root of document.querySelectorAll("[data-chooser]")) enhance(root);

function enhance(root) {
  const { name, url, limit } = root.dataset;
  const words = (key) => root.dataset[`text${key}`];
  const roles = [...(root.querySelector(`select[name="${name}-role"]`)?.options ?? [])].map((each) => [each.value, each.text]);
  const chosen = [...root.querySelectorAll(".chooser__place")].map(read).filter((each) => each.value);
  const list = Object.assign(document.createElement("ol"), { className: "chooser__list" });
  const status = Object.assign(document.createElement("p"), { className: "visually-hidden" });
  status.setAttribute("role", "status");
  const legend = root.closest("fieldset")?.querySelector("legend, label")?.textContent.trim() ?? "";
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: words("Search") });
  search.setAttribute("aria-label", `${words("Search")}: ${legend.replace(/:$/, "")}`);
  const box = Object.assign(document.createElement("div"), { className: "chooser__search" });
  const flag = root.querySelector(`input[name="${name}-chooser"]`);
  box.append(search);
  root.replaceChildren(flag, list, box, status);

  combobox(search, {
    ask: async (typed) => {
      const found = await fetchFound(url, typed);
      return found.filter((each) => !chosen.some((one) => one.value === String(each.value)));
    },
    take: (choice) => {
      if (limit === "1") chosen.length = 0;
      chosen.push({ value: String(choice.value), label: choice.label, role: roles[0]?.[0] });
      search.value = "";
      draw();
      status.textContent = `${choice.label} ${words("Added")}`;
    },
    none: words("None"),
  });
  draw();

  function read(place) {
    const [select, role] = place.querySelectorAll("select");
    return { value: select.value, label: select.selectedOptions[0]?.text ?? "", role: role?.value };
  }

  function draw() {
    list.replaceChildren(...chosen.map(row));
    box.hidden = chosen.length >= Number(limit) && limit !== "1";
    if (!chosen.length) list.append(Object.assign(document.createElement("li"), { textContent: words("Empty"), className: "chooser__empty" }));
  }

  function row(each, index) {
    const item = document.createElement("li");
    const label = Object.assign(document.createElement("span"), { textContent: each.label, className: "chooser__label" });
    item.append(hidden(name, each.value), label);
    if (roles.length) item.append(roleSelect(each));
    if (limit !== "1") {
      item.append(button(words("Up"), each, index === 0, () => move(index, index - 1, "Up")));
      item.append(button(words("Down"), each, index === chosen.length - 1, () => move(index, index + 1, "Down")));
    }
    item.append(button(words("Remove"), each, false, () => remove(index)));
    return item;
  }

  function roleSelect(each) {
    const select = document.createElement("select");
    select.name = `${name}-role`;
    select.setAttribute("aria-label", `${words("Role")}: ${each.label}`);
    select.append(...roles.map(([value, text]) => new Option(text, value, false, value === each.role)));
    select.addEventListener("change", () => { each.role = select.value; });
    return select;
  }

  function button(text, each, disabled, act) {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, disabled });
    made.setAttribute("aria-label", `${text}: ${each.label}`);
    made.addEventListener("click", act);
    return made;
  }

  function move(from, to, which) {
    const [each] = chosen.splice(from, 1);
    chosen.splice(to, 0, each);
    draw();
    status.textContent = `${each.label} ${words("Moved")} ${to + 1}`;
    const buttons = [...list.children[to].querySelectorAll("button")];
    const same = buttons.find((one) => one.textContent === words(which));
    (same?.disabled ? buttons.find((one) => !one.disabled) : same)?.focus();
  }

  function remove(index) {
    const [each] = chosen.splice(index, 1);
    draw();
    status.textContent = `${each.label} ${words("Removed")}`;
    search.focus();
  }
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}
