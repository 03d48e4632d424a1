// The ordered chooser: a search box and a list with Up, Down and Remove in place of numbered selects.
// The form posts the same names and values either way.

import { combobox, fetchFound } from "./combobox.js";

for (const root of document.querySelectorAll("[data-chooser]")) enhance(root);

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function enhance(root) {
  const { name, url } = root.dataset;
  const limit = Number(root.dataset.limit);
  const words = (key) => root.dataset[`text${key}`];
  const roles = [...(root.querySelector(`select[name="${name}-role"]`)?.options ?? [])].map((each) => [each.value, each.text]);
  const chosen = [...root.querySelectorAll(".chooser__place")].map(read).filter((each) => each.value);
  const flag = root.querySelector(`input[name="${name}-chooser"]`);
  const query = root.querySelector(`input[name="${name}-find"]`), answered = root.querySelector(`input[name="${name}-found"]`);
  const legend = root.closest("fieldset")?.querySelector("legend")?.textContent.trim().replace(/:$/, "") ?? "";

  const list = make("ol", { className: "chooser__list" });
  // Sent with the form, so that words which nothing was chosen for are not lost.
  const search = make("input", { type: "search", id: `id_${name}_search`, name: query.name, value: query.value });
  search.setAttribute("aria-label", `${words("Search")}: ${legend}`);
  const label = make("label", { htmlFor: search.id, textContent: words("Search") });
  const box = make("div", { className: "chooser__search" }, label, search);
  const status = make("p", { className: "chooser__status" });
  status.setAttribute("role", "status");
  root.replaceChildren(flag, answered, list, box, status);
  // Enter outside the search box saves: here it does not look for words, as it does without scripts.
  root.closest("form")?.querySelector("[name=_enter]")?.setAttribute("name", "_save");

  combobox(search, {
    eager: true,
    ask: async (typed) => {
      const found = await fetchFound(url, typed);
      const taken = new Set([root.dataset.own, ...chosen.map((each) => each.value)]);
      return found.filter((each) => !taken.has(String(each.value)));
    },
    take,
    say,
    none: words("None"),
  });
  root.addEventListener("take", ({ detail }) => {
    if (!chosen.some((each) => each.value === detail.value) && (limit === 1 || chosen.length < limit)) take(detail);
  });
  draw();

  function read(place) {
    const [select, role] = place.querySelectorAll("select");
    return { value: select.value, label: select.selectedOptions[0]?.text ?? "", role: role?.value };
  }

  function say(text) {
    status.textContent = text;
    if (text && text === words("None") && root.dataset.adding && search.value.trim()) {
      const href = `${root.dataset.adding}?name=${encodeURIComponent(search.value.trim())}`;
      status.append(" ", make("a", { href, target: "_blank", textContent: words("Adding") }));
    }
  }

  function draw() {
    list.replaceChildren(...chosen.map(row));
    if (!chosen.length) list.append(make("li", { textContent: words("Empty"), className: "chooser__empty" }));
    box.hidden = limit > 1 && chosen.length >= limit;
  }

  function tell() {
    root.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function take(choice) {
    if (limit === 1) chosen.length = 0;
    chosen.push({ value: String(choice.value), label: choice.label, role: roles[0]?.[0] });
    search.value = "";
    draw();
    tell();
    say(`${choice.label} ${words("Added")}`);
    if (box.hidden) list.lastElementChild.querySelector("button:last-of-type").focus();
  }

  function row(each, index) {
    const ways = make("span", { className: "chooser__buttons" });
    if (roles.length) ways.append(roleSelect(each));
    if (limit > 1 && chosen.length > 1) {
      ways.append(button(words("Up"), each, index === 0, () => move(index, index - 1, "Up")));
      ways.append(button(words("Down"), each, index === chosen.length - 1, () => move(index, index + 1, "Down")));
    }
    ways.append(button(words("Remove"), each, false, () => remove(index)));
    const value = make("input", { type: "hidden", name, value: each.value });
    return make("li", {}, value, make("span", { textContent: each.label, className: "chooser__label" }), ways);
  }

  function roleSelect(each) {
    const select = make("select", { name: `${name}-role` }, ...roles.map(([value, text]) => new Option(text, value, false, value === each.role)));
    select.setAttribute("aria-label", `${words("Role")}: ${each.label}`);
    select.addEventListener("change", () => { each.role = select.value; });
    return select;
  }

  function button(text, each, disabled, act) {
    const made = make("button", { type: "button", textContent: text, disabled });
    made.setAttribute("aria-label", `${text}: ${each.label}`);
    made.addEventListener("click", act);
    return made;
  }

  function move(from, to, which) {
    const [each] = chosen.splice(from, 1);
    chosen.splice(to, 0, each);
    draw();
    tell();
    say(`${each.label} ${words("Moved")} ${to + 1}`);
    const buttons = [...list.children[to].querySelectorAll("button")];
    const same = buttons.find((one) => one.textContent === words(which));
    (same.disabled ? buttons.find((one) => !one.disabled) : same).focus();
  }

  function remove(index) {
    const [each] = chosen.splice(index, 1);
    draw();
    tell();
    say(`${each.label} ${words("Removed")}`);
    search.focus();
  }
}
