// The line of the text that a link names (`?line=12#id_body`): selected, and scrolled to the middle of the window.

import { TextSelection } from "../../vendor/prosemirror/prosemirror.js";

/** Calls `select(number)` with the line, if the address names one, after the browser has scrolled to the field itself. */
export function gotoLine(textarea, select) {
  const number = Number(new URLSearchParams(location.search).get("line"));
  if (!(number > 0) || location.hash !== `#${textarea.id}`) return;
  if (document.readyState === "complete") select(number);
  else addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => select(number))));
}

/** Selects a line in a textarea. */
export function selectLine(textarea, number) {
  const lines = textarea.value.split("\n");
  if (number > lines.length) return;
  const start = lines.slice(0, number - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const offset = measureHeight(textarea, textarea.value.slice(0, start));
  textarea.focus({ preventScroll: true });
  textarea.setSelectionRange(start, start + lines[number - 1].length);
  textarea.scrollTop = offset - textarea.clientHeight / 2;
  const top = textarea.getBoundingClientRect().top + scrollY + offset - textarea.scrollTop;
  scrollTo({ top: top - innerHeight / 2 });
}

/** Selects the block of the rich text that has a line of the text as it was opened. */
export function selectBlock({ view, origins }, number) {
  const { from, to } = findLine(origins(), number) ?? {}, { doc, tr } = view.state;
  if (from === undefined) return;
  view.focus();
  view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(from), doc.resolve(to))));
  const { top } = view.coordsAtPos(view.state.selection.from);
  scrollBy({ top: top - innerHeight / 2 });
}

// Returns {from, to}: the positions of the block, or null.
function findLine(origins, number) {
  let line = 1, pos = 0;
  for (const { source, nodes } of origins) {
    const size = nodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0);
    line += source.split("\n").length - 1;
    if (number < line || !source.endsWith("\n")) return { from: pos, to: pos + size };
    pos += size;
  }
  return null;
}

// Measured in a hidden copy of the textarea, because lines wrap.
function measureHeight(textarea, text) {
  const copy = textarea.cloneNode();
  for (const name of ["id", "name"]) copy.removeAttribute(name);
  copy.style.cssText = `position: absolute; visibility: hidden; block-size: 0; min-block-size: 0; inline-size: ${textarea.offsetWidth}px`;
  copy.value = text;
  textarea.after(copy);
  const height = copy.scrollHeight;
  copy.remove();
  return height;
}
