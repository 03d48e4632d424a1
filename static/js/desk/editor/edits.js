// Edits of Markdown. Pure functions: from a state {value, start, end} they return an edit {from, to, text, select}: replace
// `from`…`to` by `text`, then select the range `select`. `placeholder` is the text where nothing is selected.

const MIN_SPLIT_LENGTH = 10000; // of text between a selection and the end; see `replaceWithNotes`

/** Bold and italic: adds the mark around the selection, or removes it. */
export function toggleMark({ value, start, end }, mark, placeholder) {
  [start, end] = trimRange(value, start, end);
  const selected = value.slice(start, end), size = mark.length;
  if (isMarked(value.slice(0, start), value.slice(end), mark)) {
    return { from: start - size, to: end + size, text: selected, select: [start - size, end - size] };
  }
  if (selected.length > 2 * size && isMarked(selected.match(/^\**/)[0], selected.match(/\**$/)[0], mark)) {
    const unmarked = selected.slice(size, -size);
    return { from: start, to: end, text: unmarked, select: [start, start + unmarked.length] };
  }
  const text = selected || placeholder;
  return { from: start, to: end, text: mark + text + mark, select: [start + size, start + size + text.length] };
}

// One asterisk is italic, two are bold, three are both.
function isMarked(before, after, mark) {
  const count = Math.min(before.match(/\**$/)[0].length, after.match(/^\**/)[0].length);
  return mark.length === 1 ? count % 2 === 1 : count >= 2;
}

function trimRange(value, start, end) {
  const selected = value.slice(start, end);
  if (!selected.trim()) return [start, end];
  return [start + selected.search(/\S/), end - (selected.length - selected.trimEnd().length)];
}

/** A link: the selection becomes its label, or its URL if it is one; the other part is selected. */
export function link({ value, start, end }, placeholder) {
  [start, end] = trimRange(value, start, end);
  const selected = value.slice(start, end);
  const isUrl = /^(https?:\/\/|mailto:)\S+$/.test(selected);
  const label = isUrl ? placeholder : selected || placeholder, url = isUrl ? selected : "https://";
  const selectsLabel = isUrl || !selected;
  const selectFrom = selectsLabel ? start + 1 : start + label.length + 3;
  const select = [selectFrom, selectFrom + (selectsLabel ? label : url).length];
  return { from: start, to: end, text: `[${label}](${url})`, select };
}

/** Changes the line to a heading of the second level, then of the third, then back. */
export function heading({ value, start }, placeholder) {
  const [from, to] = lineRange(value, start, start);
  const [, prefix, content] = value.slice(from, to).match(/^(#{0,6}) *(.*)$/);
  const newPrefix = { "": "## ", "##": "### " }[prefix] ?? "";
  const text = newPrefix + (content || (newPrefix ? placeholder : ""));
  return { from, to, text, select: [from + newPrefix.length, from + text.length] };
}

/** Lists and quotations: adds the prefix to every selected line, or removes it from all. */
export function togglePrefix({ value, start, end }, prefix, placeholder) {
  const [from, to] = lineRange(value, start, end);
  const selected = value.slice(from, to);
  const lines = selected.trim() ? selected.split("\n") : [placeholder];
  const hasPrefix = lines.every((line) => line.startsWith(prefix) || !line.trim());
  const newLines = lines.map((line) => (hasPrefix ? line.replace(prefix, "") : addPrefix(line, prefix)));
  const before = value.slice(0, from), needsBlankLine = !hasPrefix && before.trim() && !before.endsWith("\n\n");
  const text = (needsBlankLine ? "\n" : "") + newLines.join("\n");
  const selectFrom = from + (needsBlankLine ? 1 : 0) + (selected.trim() ? 0 : prefix.length);
  return { from, to, text, select: [selectFrom, from + text.length] };
}

// A list item replaces the marker of another list; a quotation keeps it.
function addPrefix(line, prefix) {
  const isQuote = prefix === "> ";
  if (!line.trim() && !isQuote) return line;
  return prefix + (isQuote ? line : line.replace(/^([-*+]|\d+\.) +/, ""));
}

function lineRange(value, start, end) {
  const last = end > start && value[end - 1] === "\n" ? end - 1 : end;
  const to = value.indexOf("\n", last);
  return [value.lastIndexOf("\n", start - 1) + 1, to < 0 ? value.length : to];
}

/** Returns the number after the highest footnote number of the text. */
export function nextNoteNumber(value) {
  return Math.max(0, ...[...value.matchAll(/\[\^(\d{1,6})\]/g)].map((match) => Number(match[1]))) + 1;
}

/** A footnote: its reference at the end of the selection, its text at the end of the whole text. */
export function footnote({ value, end }, placeholder) {
  const reference = `[^${nextNoteNumber(value)}]`;
  const edit = replaceWithNotes({ value, start: end, end }, reference, `${reference}: ${placeholder}`);
  return { ...edit, select: [edit.length - placeholder.length, edit.length] };
}

/**
 * Replaces the selection by a passage, and appends notes below the notes of the text. This is one edit, which one undo
 * reverts; if it would insert a long text again that is there already, it is two: `followUp` is the second. `length` is the
 * length of the whole text afterwards.
 */
export function replaceWithNotes({ value, start, end }, passage, notes) {
  const replaced = value.slice(0, start) + passage + value.slice(end), trimmed = replaced.trimEnd();
  const endsWithNote = /\n\[\^[^\]\n]+\]:[^\n]*$/.test(trimmed);
  const appended = (endsWithNote ? "\n" : "\n\n") + notes;
  const length = trimmed.length + appended.length;
  if (value.length - end < MIN_SPLIT_LENGTH) return { from: start, to: value.length, text: (trimmed + appended).slice(start), length };
  return { from: start, to: end, text: passage, followUp: { from: trimmed.length, to: replaced.length, text: appended }, length };
}

/** Inserts a block such as a table or an image, with blank lines around it; `selected` is the part to select. */
export function block({ value, start, end }, text, selected = null) {
  const before = value.slice(0, start), after = value.slice(end);
  const above = before.trim() ? "\n".repeat(Math.max(0, 2 - before.match(/\n*$/)[0].length)) : "";
  const below = after.trim() ? "\n".repeat(Math.max(0, 2 - after.match(/^\n*/)[0].length)) : after ? "" : "\n";
  const selectFrom = start + above.length + (selected ? text.indexOf(selected) : text.length);
  return { from: start, to: end, text: above + text + below, select: [selectFrom, selectFrom + (selected ?? "").length] };
}

/** A table of three columns to fill in. */
export function table(state, placeholder) {
  const row = (cell) => `|${` ${cell} |`.repeat(3)}`;
  return block(state, [row(placeholder), row("---"), row(" "), row(" ")].join("\n"), placeholder);
}

const LINE_PREFIX = /^(\s*)([-*+]|(\d{1,9})([.)])|>)( +)/;

/** The Enter key: continues a list or quotation, or ends it on an empty line. Returns null for any other line. */
export function continueLine({ value, start, end }) {
  const from = value.lastIndexOf("\n", start - 1) + 1, to = value.indexOf("\n", start);
  const line = value.slice(from, to < 0 ? value.length : to);
  const match = line.match(LINE_PREFIX);
  if (!match || start !== end || start < from + match[0].length) return null;
  if (line.length === match[0].length) return { from, to: start, text: "\n" }; // a blank line ends the block
  const [, indent, marker, number, delimiter, spaces] = match;
  return { from: start, to: end, text: `\n${indent}${number ? Number(number) + 1 + delimiter : marker}${spaces}` };
}

/** Performs an edit in a textarea as if the text was typed, so that the browser can undo it. */
export function insert(textarea, { from, to, text, select, followUp }) {
  const scroll = [scrollX, scrollY, textarea.scrollTop];
  let end = replaceRange(textarea, { from, to, text });
  if (followUp) end = replaceRange(textarea, followUp);
  const selection = select ?? [end, end];
  textarea.setSelectionRange(...selection);
  if (selection[1] < end) { // the browser has scrolled to the end of the inserted text
    scrollTo(...scroll.slice(0, 2));
    textarea.scrollTop = scroll[2];
  }
}

function replaceRange(textarea, { from, to, text }) {
  textarea.focus({ preventScroll: true });
  textarea.setSelectionRange(from, to);
  if (!typeText(textarea, text)) {
    textarea.setRangeText(text, from, to, "end");
    textarea.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  return from + text.length;
}

// Returns whether the text was inserted. `execCommand` is deprecated, but nothing else keeps the undo history.
function typeText(textarea, text) {
  const before = textarea.value;
  const isUnchanged = text === before.slice(textarea.selectionStart, textarea.selectionEnd);
  document.execCommand(text ? "insertText" : "delete", false, text);
  return isUnchanged || textarea.value !== before;
}
