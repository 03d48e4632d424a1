// Converts pasted HTML from Word, Google Docs or a web page to Markdown. Plain text and Markdown are left to the browser.

import { insert, nextNoteNumber, replaceWithNotes } from "./edits.js";

const MARKDOWN = /^#{1,6} \S|\]\((?:https?:|mailto:|image:|\/|#)|^ {0,3}\[\^[^\]\n]+\]:|\*\*[^\s*][^*\n]*\*\*|^\|[-: |]+\|$/m;

/** reportLosses({lostNotes, lostImages}): tells what was not converted. insertImages(files): uploads image files. */
export function handlePaste(textarea, { reportLosses, insertImages }) {
  let isPlainPaste = false; // Ctrl+Shift+V

  textarea.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "v") isPlainPaste = event.shiftKey;
  });
  textarea.addEventListener("keyup", () => { isPlainPaste = false; });
  textarea.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    const html = data.getData("text/html"), plain = data.getData("text/plain");
    const files = [...data.files].filter((file) => file.type.startsWith("image/"));
    reportLosses();
    if (files.length && !plain.trim()) {
      event.preventDefault();
      insertImages(files);
    } else if (html && !isPlainPaste && !MARKDOWN.test(plain)) {
      event.preventDefault();
      paste(html, plain);
    }
  });

  const readState = () => ({ value: textarea.value, start: textarea.selectionStart, end: textarea.selectionEnd });

  async function paste(html, plain) {
    const before = readState();
    const conversion = await convertHtml(html, nextNoteNumber(before.value));
    const { value, start, end } = textarea.value === before.value ? before : readState();
    insert(textarea, conversion ? buildEdit(conversion, value, start, end) : { from: start, to: end, text: plain });
    reportLosses(conversion ?? {});
  }

  // Without the converter, which may fail to load, the plain text is pasted.
  async function convertHtml(html, firstNote) {
    try {
      return (await import("./html_to_markdown.js")).convert(html, firstNote);
    } catch (error) {
      console.warn(error);
      return null;
    }
  }
}

/** Returns the edit that replaces the selection by converted text, with its notes at the end of the whole text. */
export function buildEdit({ text, notes }, value, start, end) {
  const isBlock = /\n\n|^(#{1,6} |[-|>] |\d+\. )/.test(text);
  const before = value.slice(0, start), after = value.slice(end);
  const above = isBlock && before.trim() ? "\n".repeat(Math.max(0, 2 - before.match(/\n*$/)[0].length)) : "";
  const below = isBlock && after.trim() ? "\n".repeat(Math.max(0, 2 - after.match(/^\n*/)[0].length)) : "";
  const passage = above + text + below, caret = start + above.length + text.length, select = [caret, caret];
  if (!notes) return { from: start, to: end, text: passage, select };
  return { ...replaceWithNotes({ value, start, end }, passage, notes), select };
}
