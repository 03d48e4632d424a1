// The plain text of a document, as `markup/anchors.py` has that of its Markdown, and quotations in it. Both count in code
// points. Where the two texts differ, as in blocks of Markdown, a quotation is found by what is around it.

const HIDDEN = /<!--[^]*?-->|<[^>]*>/g; // comments and tags in a block of Markdown

/** Returns {characters, positions}: the characters of the plain text, and where each of them is in the document. */
export function plainText(doc) {
  const characters = [], positions = [];
  let separator = "";
  function add(character, position) {
    characters.push(character);
    positions.push(position);
  }

  doc.descendants((node, pos, parent) => {
    if (node.isTextblock) separator = characters.length ? "\n" : "";
    let offset = pos;
    for (const character of textOf(node, parent)) {
      if (/\s/.test(character)) separator ||= characters.length ? " " : "";
      else {
        if (separator) add(separator, offset - 1);
        separator = "";
        add(character, offset);
      }
      offset += character.length;
    }
  });
  return { characters, positions };
}

function textOf(node, parent) {
  if (node.isText) return parent.type.name === "raw_block" ? node.text.replace(HIDDEN, (hidden) => " ".repeat(hidden.length)) : node.text;
  return node.type.name === "hard_break" ? " " : "";
}

/** Returns {start, end} of a selection in a plain text, of the word at the cursor if nothing is selected. */
export function rangeOf({ characters, positions }, { from, to, empty }, maxCharacters) {
  const indexOf = (pos) => {
    const index = positions.findIndex((position) => position >= pos);
    return index < 0 ? positions.length : index;
  };
  const isWord = (index) => /[\p{L}\p{N}]/u.test(characters[index] ?? "");
  let start = indexOf(from), end = indexOf(to);
  while (empty && isWord(start - 1)) start--;
  while (empty && isWord(end)) end++;
  while (start < end && /\s/.test(characters[start])) start++;
  while (start < end && /\s/.test(characters[end - 1])) end--;
  return { start, end: Math.min(end, start + maxCharacters) };
}

/** Returns {from, to} of a range of a plain text in the document. */
export function positionsOf({ characters, positions }, { start, end }) {
  return { from: positions[start], to: positions[end - 1] + characters[end - 1].length };
}

/** Returns {quote, start, prefix, suffix}: the words of a range, and what is around them. */
export function quotationOf({ characters }, { start, end }, maxContext) {
  const slice = (first, last) => characters.slice(first, last).join("");
  return { quote: slice(start, end), start, prefix: slice(Math.max(0, start - maxContext), start), suffix: slice(end, end + maxContext) };
}

/**
 * Returns {start, end} of the occurrence of a quotation whose context agrees most, of several such the nearest to `start`, or
 * null, as `find_quote` of the server does.
 */
export function findQuote({ characters }, { quote, start = 0, prefix = "", suffix = "" }) {
  const text = characters.join(""), length = [...quote].length, before = [...prefix].reverse(), after = [...suffix];
  let best = null, last = 0, index = 0;
  for (let at = quote ? text.indexOf(quote) : -1; at >= 0; at = text.indexOf(quote, at + quote.length)) {
    index += [...text.slice(last, at)].length;
    last = at;
    const agreement = countEqual(before, (step) => characters[index - 1 - step]) + countEqual(after, (step) => characters[index + length + step]);
    const distance = Math.abs(index - start);
    if (!best || agreement > best.agreement || (agreement === best.agreement && distance < best.distance)) best = { agreement, distance, start: index, end: index + length };
  }
  return best && { start: best.start, end: best.end };
}

function countEqual(characters, other) {
  const index = characters.findIndex((character, step) => character !== other(step));
  return index < 0 ? characters.length : index;
}
