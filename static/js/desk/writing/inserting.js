// Puts text into a textarea as if it had been typed, so that the browser's own undo takes it back.

/** Replaces `from`…`to` by `text`, then does `last`, an edit of what is there by then; at the end `select` is selected. */
export function insert(area, { from, to, text, select, last }) {
  const seen = [scrollX, scrollY, area.scrollTop];
  let end = put(area, { from, to, text });
  if (last) end = put(area, last);
  const wanted = select ?? [end, end];
  area.setSelectionRange(...wanted);
  if (wanted[1] < end) { // the browser has shown the end of what was put in, and that is not where the caret is
    scrollTo(...seen.slice(0, 2));
    area.scrollTop = seen[2];
  }
}

function put(area, { from, to, text }) {
  area.focus({ preventScroll: true });
  area.setSelectionRange(from, to);
  if (!typed(area, text)) {
    area.setRangeText(text, from, to, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  return from + text.length;
}

// The only way that keeps the history of undoing. It is old, and every browser has it; where one has not, nothing is lost.
function typed(area, text) {
  const before = area.value;
  const isNothing = text === before.slice(area.selectionStart, area.selectionEnd);
  document.execCommand(text ? "insertText" : "delete", false, text);
  return isNothing || area.value !== before;
}
