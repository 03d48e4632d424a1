// Enter within a list or a quotation begins its next line; on an empty one it ends it.

const MARK = /^(\s*)([-*+]|(\d{1,9})([.)])|>)( +)/;

/** What Enter does at the caret: an edit, or nothing where it is an Enter like any other. */
export function next({ value, start, end }) {
  const from = value.lastIndexOf("\n", start - 1) + 1, to = value.indexOf("\n", start);
  const line = value.slice(from, to < 0 ? value.length : to);
  const mark = line.match(MARK);
  if (!mark || start !== end || start < from + mark[0].length) return null;
  if (line.length === mark[0].length) return { from, to: start, text: "\n" }; // without an empty line what follows belongs to it
  const [, room, sign, number, after, gap] = mark;
  return { from: start, to: end, text: `\n${room}${number ? Number(number) + 1 + after : sign}${gap}` };
}
