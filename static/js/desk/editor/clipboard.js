// HTML from the clipboard as HTML of a text. Loaded at the first paste that needs it.

import { cleanHtml, parseHtml } from "./clean_html.js";
import { extractNotes } from "./clipboard_notes.js";

// Private-use characters, which no text has, stand for references to footnotes while the HTML is cleaned.
const placeholder = (index) => `\uE000${index}\uE001`;
const PLACEHOLDERS = /\uE000(\d+)\uE001/;
const FORMATTED = "a[href], strong, em, h1, h2, h3, h4, h5, h6, li, table, blockquote, p ~ p, p br";

/**
 * Returns {body, lostNotes, lostImages}: the element of the content, and how many footnotes and images are not in it. Returns
 * null if the HTML has nothing that plain text lacks.
 */
export function readClipboard(html) {
  const body = parseHtml(html);
  if (isCode(body)) return null;
  const { notes, lost } = extractNotes(body, placeholder);
  const lostImages = cleanHtml(body);
  if (!notes.length && !lost && !lostImages && !body.querySelector(FORMATTED)) return null;
  for (const note of notes) cleanHtml(note);
  insertReferences(body, notes.map(noteHtml));
  return { body, lostNotes: lost, lostImages };
}

// Code editors put highlighted HTML on the clipboard: the plain text is pasted.
function isCode(body) {
  const element = body.children.length === 1 && body.firstElementChild;
  if (!element || element.querySelector("p, li, h1, h2, h3")) return false;
  return element.matches("pre") || /white-space\s*:\s*pre(?!-line)/i.test(element.getAttribute("data-style") ?? "");
}

function noteHtml(note) {
  const hasBlocks = note.querySelector("p, ul, ol, blockquote, table, pre") || note.matches("p");
  const content = note.matches("p") ? `<p>${note.innerHTML}</p>` : note.innerHTML;
  return (hasBlocks ? content : `<p>${content}</p>`).replace(new RegExp(PLACEHOLDERS, "g"), "");
}

function insertReferences(body, notes) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) if (PLACEHOLDERS.test(walker.currentNode.data)) texts.push(walker.currentNode);
  for (const text of texts) {
    const parts = text.data.split(PLACEHOLDERS); // text, index, text, index, …
    text.replaceWith(...parts.map((part, index) => (index % 2 ? reference(body, part, notes[part]) : part)));
  }
}

function reference(body, index, note) {
  const superscript = body.ownerDocument.createElement("sup"), link = body.ownerDocument.createElement("a");
  Object.assign(link, { className: "footnote-ref", href: `#fn-*${index}` });
  link.dataset.note = note;
  superscript.append(link);
  return superscript;
}
