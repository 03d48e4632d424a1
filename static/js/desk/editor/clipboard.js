// HTML from the clipboard as HTML of a text, and slices of the document that fit where they are pasted. Loaded at the first paste
// that needs it.

import { Fragment, Slice } from "../../../vendor/prosemirror/prosemirror.js";
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

/** Returns the slice of another document without its notes, which its references bring along. `writeHtml` is that of html.js. */
export function sliceOfDocument(doc, writeHtml) {
  const notes = new Map(), { nodes } = doc.type.schema;
  doc.descendants((node) => { if (node.type === nodes.note) notes.set(node.attrs.id, writeHtml(node.content.content)); });
  const convert = (node) => {
    const { label } = node.attrs;
    if (node.type === nodes.footnote_ref) return node.type.create({ label: `*${label}`, content: notes.get(`fn-${label}`) ?? null }, null, node.marks);
    return node.isText ? node : node.copy(Fragment.from(node.content.content.map(convert)));
  };
  return new Slice(Fragment.from(doc.content.content.filter(({ type }) => type !== nodes.notes).map(convert)), 0, 0);
}

/**
 * Returns a slice as it is pasted: a single paragraph goes on in its line, other blocks stay blocks. In a cell or a caption
 * everything becomes lines. `isWithin(...types)` says whether the selection is within a node of one of these types.
 */
export function fitSlice({ content, openStart, openEnd }, isWithin) {
  const { firstChild, lastChild } = content;
  if (!firstChild) return Slice.empty;
  const { nodes } = firstChild.type.schema, isTable = ({ type }) => type === nodes.table || type === nodes.captioned_table;
  if (isWithin(nodes.table_cell, nodes.table_header, nodes.caption) && !content.content.some(isTable)) {
    return new Slice(Fragment.from(lines(content, nodes.hard_break)), 0, 0);
  }
  if (content.childCount === 1 && firstChild.type === nodes.paragraph) return new Slice(content, 1, 1);
  const isList = ({ type }) => type === nodes.bullet_list || type === nodes.ordered_list;
  const isOpen = (node) => node.isInline || node.type === nodes.paragraph || (isList(node) && isWithin(nodes.list_item));
  return new Slice(content, isOpen(firstChild) ? openStart : 0, isOpen(lastChild) ? openEnd : 0);
}

function lines(content, lineBreak) {
  const inline = [];
  content.descendants((node) => {
    if (node.isTextblock && inline.length) inline.push(lineBreak.create());
    if (node.isInline) inline.push(node);
    return !node.isInline;
  });
  return inline;
}
