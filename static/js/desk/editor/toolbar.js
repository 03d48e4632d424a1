// The buttons above the text. One of them is in the tab order, arrow keys move between them (the ARIA toolbar pattern).

import { continueLine, footnote, heading, insert, link, table, toggleMark, togglePrefix } from "./edits.js";

const EDITS = {
  bold: (state, placeholder) => toggleMark(state, "**", placeholder),
  italic: (state, placeholder) => toggleMark(state, "*", placeholder),
  link,
  heading,
  list: (state, placeholder) => togglePrefix(state, "- ", placeholder),
  quote: (state, placeholder) => togglePrefix(state, "> ", placeholder),
  footnote,
  table,
};
const SHORTCUTS = { b: "bold", i: "italic", k: "link" };

/** `commands` are further functions, by the name of their button. */
export function toolbar(bar, textarea, commands) {
  const buttons = [...bar.querySelectorAll("button")];
  const findButton = (name) => buttons.find((button) => button.dataset.mark === name);
  const readState = () => ({ value: textarea.value, start: textarea.selectionStart, end: textarea.selectionEnd });

  function perform(button) {
    const { mark, words } = button.dataset;
    if (commands[mark]) return commands[mark]();
    insert(textarea, EDITS[mark](readState(), words));
  }

  function setTabStop(tabStop) {
    for (const button of buttons) button.tabIndex = button === tabStop ? 0 : -1;
  }

  bar.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    setTabStop(button);
    perform(button);
  });
  bar.addEventListener("keydown", (event) => {
    const index = buttons.indexOf(document.activeElement), last = buttons.length - 1;
    const next = { ArrowRight: index === last ? 0 : index + 1, ArrowLeft: index ? index - 1 : last, Home: 0, End: last }[event.key];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    setTabStop(buttons[next]);
    buttons[next].focus();
  });
  textarea.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.isComposing && !event.shiftKey && !event.ctrlKey && !event.metaKey) {
      const edit = continueLine(readState());
      if (!edit) return;
      event.preventDefault();
      return insert(textarea, edit);
    }
    const isShortcut = event.ctrlKey !== event.metaKey && !event.shiftKey && !event.altKey && !event.isComposing;
    const button = isShortcut && findButton(SHORTCUTS[event.key.toLowerCase()]);
    if (!button) return;
    event.preventDefault();
    perform(button);
  });
  setTabStop(buttons[0]);
  bar.hidden = false;
}
