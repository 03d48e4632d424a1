// A mark on what is copied from an editor of this browser, which other pages do not know: it needs no cleaning when it is pasted.

export const COPY_ATTRIBUTE = "data-desk-copy";
const STORED = "desk-copy-mark";
let mark = "";

/** Returns the mark. */
export function copyMark() {
  try {
    mark ||= localStorage.getItem(STORED) ?? "";
    if (!mark) localStorage.setItem(STORED, mark = crypto.getRandomValues(new Uint32Array(4)).join(""));
  } catch {
    mark ||= crypto.getRandomValues(new Uint32Array(4)).join(""); // known to this page alone
  }
  return mark;
}

/** Returns whether HTML was copied from an editor. */
export const isOwnCopy = (html) => html.includes(`${COPY_ATTRIBUTE}="${copyMark()}"`);
