// The buttons above the text. One of them is in the order of Tab, arrows lead to the others (the ARIA toolbar pattern).

import { continueLine, footnote, heading, insert, link, prefix, table, wrap } from "./edits.js";

const MARKS = {
  bold: (state, words) => wrap(state, "**", words),
  italic: (state, words) => wrap(state, "*", words),
  link,
  heading,
  list: (state, words) => prefix(state, "- ", words),
  quote: (state, words) => prefix(state, "> ", words),
  footnote,
  table,
};
const KEYS = { b: "bold", i: "italic", k: "link" };

/** `more` are further things to do, by the name of their button. */
export function toolbar(bar, area, more) {
  const buttons = [...bar.querySelectorAll("button")];
  const named = (name) => buttons.find((each) => each.dataset.mark === name);

  function act(button) {
    const { mark, words } = button.dataset;
    if (more[mark]) return more[mark]();
    const state = { value: area.value, start: area.selectionStart, end: area.selectionEnd };
    insert(area, MARKS[mark](state, words));
  }

  function rove(to) {
    for (const each of buttons) each.tabIndex = each === to ? 0 : -1;
  }

  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    rove(button);
    act(button);
  });
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement), last = buttons.length - 1;
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at ? at - 1 : last, Home: 0, End: last }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    rove(buttons[to]);
    buttons[to].focus();
  });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const edit = continueLine({ value: area.value, start: area.selectionStart, end: area.selectionEnd });
      if (!edit) return;
      event.preventDefault();
      return insert(area, edit);
    }
    const isAlone = (event.ctrlKey !== event.metaKey) && !event.shiftKey && !event.altKey && !event.isComposing;
    const button = isAlone && named(KEYS[event.key.toLowerCase()]);
    if (!button) return;
    event.preventDefault();
    act(button);
  });
  rove(buttons[0]);
  bar.hidden = false;
}
