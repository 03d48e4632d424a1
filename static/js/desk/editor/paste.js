// What is pasted from Word, Google Docs or a page becomes Markdown. Plain text and Markdown are left to the browser.

import { insert, nextNote, withNotes } from "./edits.js";

const MARKDOWN = /^#{1,6} \S|\]\((?:https?:|mailto:|image:|\/|#)|^ {0,3}\[\^[^\]\n]+\]:|\*\*[^\s*][^*\n]*\*\*|^\|[-: |]+\|$/m;

/** `say` tells the editor what could not come along; `pictures` takes picture files. */
export function handlePaste(area, { say, pictures }) {
  let isPlain = false;

  area.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "v") isPlain = event.shiftKey;
  });
  area.addEventListener("keyup", () => { isPlain = false; });
  area.addEventListener("paste", (event) => {
    const data = event.clipboardData;
    const html = data.getData("text/html"), plain = data.getData("text/plain");
    const files = [...data.files].filter((each) => each.type.startsWith("image/"));
    say({});
    if (files.length && !plain.trim()) {
      event.preventDefault();
      pictures(files);
    } else if (html && !isPlain && !MARKDOWN.test(plain)) {
      event.preventDefault();
      paste(html, plain);
    }
  });

  async function paste(html, plain) {
    const at = { start: area.selectionStart, end: area.selectionEnd, value: area.value };
    const found = await converted(html, nextNote(at.value));
    const isAsLeft = area.value === at.value;
    const { start, end, value } = isAsLeft ? at : { start: area.selectionStart, end: area.selectionEnd, value: area.value };
    insert(area, found ? placed(found, value, start, end) : { from: start, to: end, text: plain });
    say(found ?? {});
  }

  // Without the converter, which the network may not bring, the words come in at least.
  async function converted(html, first) {
    try {
      return (await import("./html_to_markdown.js")).convert(html, first);
    } catch (fault) {
      console.warn(fault);
      return null;
    }
  }
}

/** The edit that puts a passage in its place, and its notes at the end of the text. */
export function placed({ text, notes }, value, start, end) {
  const isBlock = /\n\n|^(#{1,6} |[-|>] |\d+\. )/.test(text);
  const before = value.slice(0, start), after = value.slice(end);
  const above = isBlock && before.trim() ? "\n".repeat(Math.max(0, 2 - before.match(/\n*$/)[0].length)) : "";
  const below = isBlock && after.trim() ? "\n".repeat(Math.max(0, 2 - after.match(/^\n*/)[0].length)) : "";
  const passage = above + text + below, caret = start + above.length + text.length, select = [caret, caret];
  return notes ? { ...withNotes({ value, start, end }, passage, notes), select } : { from: start, to: end, text: passage, select };
}
