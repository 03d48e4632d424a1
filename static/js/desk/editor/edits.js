// Markdown marks, put in and taken out. Pure functions: {value, start, end} in, an edit {from, to, text, select} out.

/** Bold and italic: the signs go around the words, or away where they stand. `words` stand where none are chosen. */
export function wrap({ value, start, end }, sign, words) {
  [start, end] = trimmed(value, start, end);
  const inside = value.slice(start, end), size = sign.length;
  if (isMarked(value.slice(0, start), value.slice(end), sign)) {
    return { from: start - size, to: end + size, text: inside, select: [start - size, end - size] };
  }
  if (inside.length > 2 * size && isMarked(inside.match(/^\**/)[0], inside.match(/\**$/)[0], sign)) {
    const bare = inside.slice(size, -size);
    return { from: start, to: end, text: bare, select: [start, start + bare.length] };
  }
  const text = inside || words;
  return { from: start, to: end, text: sign + text + sign, select: [start + size, start + size + text.length] };
}

// One asterisk is italic, two are bold, three are both.
function isMarked(before, after, sign) {
  const run = Math.min(before.match(/\**$/)[0].length, after.match(/^\**/)[0].length);
  return sign.length === 1 ? run % 2 === 1 : run >= 2;
}

function trimmed(value, start, end) {
  const inside = value.slice(start, end);
  if (!inside.trim()) return [start, end];
  return [start + inside.search(/\S/), end - (inside.length - inside.trimEnd().length)];
}

/** A link: what is chosen becomes its words, or its address where it is one; what is missing is selected. */
export function link({ value, start, end }, words) {
  [start, end] = trimmed(value, start, end);
  const inside = value.slice(start, end);
  const isAddress = /^(https?:\/\/|mailto:)\S+$/.test(inside);
  const label = isAddress ? words : inside || words, address = isAddress ? inside : "https://";
  const text = `[${label}](${address})`;
  const at = isAddress || !inside ? start + 1 : start + label.length + 3;
  return { from: start, to: end, text, select: [at, at + (isAddress || !inside ? label : address).length] };
}

/** A heading of this line: second level, then third, then none. */
export function heading({ value, start }, words) {
  const [from, to] = lines(value, start, start);
  const [, marks, rest] = value.slice(from, to).match(/^(#{0,6}) *(.*)$/);
  const next = { "": "## ", "##": "### " }[marks] ?? "";
  const text = next + (rest || (next ? words : ""));
  return { from, to, text, select: [from + next.length, from + text.length] };
}

/** Lists and quotations: the mark before every line of the selection, or away from all. */
export function prefix({ value, start, end }, mark, words) {
  const [from, to] = lines(value, start, end);
  const chosen = value.slice(from, to);
  const all = chosen.trim() ? chosen.split("\n") : [words];
  const isMarked = all.every((line) => line.startsWith(mark) || !line.trim());
  const changed = all.map((line) => (isMarked ? line.replace(mark, "") : marked(line, mark)));
  const before = value.slice(0, from), isNew = !isMarked && before.trim() && !before.endsWith("\n\n");
  const text = (isNew ? "\n" : "") + changed.join("\n");
  const begins = from + (isNew ? 1 : 0) + (chosen.trim() ? 0 : mark.length);
  return { from, to, text, select: [begins, from + text.length] };
}

const marked = (line, mark) => (line.trim() || mark === "> " ? mark + line.replace(/^([-*+]|\d+\.) +/, (found) => (mark === "> " ? found : "")) : line);

function lines(value, start, end) {
  const last = end > start && value[end - 1] === "\n" ? end - 1 : end;
  const to = value.indexOf("\n", last);
  return [value.lastIndexOf("\n", start - 1) + 1, to < 0 ? value.length : to];
}

/** The next number that no footnote of the text has. */
export function nextNote(value) {
  return Math.max(0, ...[...value.matchAll(/\[\^(\d{1,6})\]/g)].map((found) => Number(found[1]))) + 1;
}

/** A footnote: its number where the selection ends, its text at the end of all. */
export function footnote({ value, end }, words) {
  const name = `[^${nextNote(value)}]`;
  const edit = withNotes({ value, start: end, end }, name, `${name}: ${words}`);
  return { ...edit, select: [edit.size - words.length, edit.size] };
}

const LONG = 10000;

/**
 * A passage in place of the selection, and notes at the end of the text, below those that stand there. One edit, so that
 * one undo takes back both; where the browser would have to put in much again that is there already, two. `size` is how
 * long the text is then.
 */
export function withNotes({ value, start, end }, passage, notes) {
  const whole = value.slice(0, start) + passage + value.slice(end), kept = whole.trimEnd();
  const tail = (/\n\[\^[^\]\n]+\]:[^\n]*$/.test(kept) ? "\n" : "\n\n") + notes;
  const size = kept.length + tail.length;
  if (value.length - end < LONG) return { from: start, to: value.length, text: (kept + tail).slice(start), size };
  return { from: start, to: end, text: passage, last: { from: kept.length, to: whole.length, text: tail }, size };
}

/** A passage of its own, such as a table or a picture: empty lines above and below it. */
export function block({ value, start, end }, text, chosen = null) {
  const before = value.slice(0, start), after = value.slice(end);
  const above = before.trim() ? "\n".repeat(Math.max(0, 2 - before.match(/\n*$/)[0].length)) : "";
  const below = after.trim() ? "\n".repeat(Math.max(0, 2 - after.match(/^\n*/)[0].length)) : after ? "" : "\n";
  const from = start + above.length, at = chosen ? text.indexOf(chosen) : text.length;
  return { from: start, to: end, text: above + text + below, select: [from + at, from + at + (chosen ?? "").length] };
}

/** A table of three columns to write over. */
export function table(state, words) {
  const row = (cell) => `|${` ${cell} |`.repeat(3)}`;
  return block(state, [row(words), row("---"), row(" "), row(" ")].join("\n"), words);
}

// Enter within a list or a quotation begins its next line; on an empty one it ends it.

const LINE_MARK = /^(\s*)([-*+]|(\d{1,9})([.)])|>)( +)/;

/** What Enter does at the caret: an edit, or nothing where it is an Enter like any other. */
export function continueLine({ value, start, end }) {
  const from = value.lastIndexOf("\n", start - 1) + 1, to = value.indexOf("\n", start);
  const line = value.slice(from, to < 0 ? value.length : to);
  const mark = line.match(LINE_MARK);
  if (!mark || start !== end || start < from + mark[0].length) return null;
  if (line.length === mark[0].length) return { from, to: start, text: "\n" }; // without an empty line what follows belongs to it
  const [, room, sign, number, after, gap] = mark;
  return { from: start, to: end, text: `\n${room}${number ? Number(number) + 1 + after : sign}${gap}` };
}

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
