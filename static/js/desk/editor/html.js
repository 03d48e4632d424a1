// HTML of a block: read into nodes of the document, written from them, and compared.

import { DOMParser as NodeParser, DOMSerializer } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const MARK_TAGS = Object.keys(schema.marks).map((name) => (name === "link" ? "a" : name));
const INLINE = `${MARK_TAGS.join(", ")}, br, wbr, img`;
const LEAF = "br, wbr, img, span[id], sup:has(> a.footnote-ref)";
const TIGHT = ":is(td, th, [data-tight] > li, li[data-tight]) > p";
const BREAK = "\n";
const nodeParser = NodeParser.fromSchema(schema);
const page = document.implementation.createHTMLDocument();

function parseBody(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  for (const image of body.querySelectorAll("img[data-image]")) {
    image.setAttribute("src", `image:${image.dataset.image}`);
    image.removeAttribute("data-image");
  }
  return body;
}

/** Returns the nodes of a block's HTML, or null if they would be written as other HTML. */
export function readHtml(html) {
  const body = parseBody(html);
  const { content } = nodeParser.parse(wrapCaptions(body.cloneNode(true)), { topNode: schema.topNodeType.create() });
  const nodes = content.content, written = writeHtml(nodes);
  return written === html || canonical(body) === canonical(parseBody(written)) ? nodes : null;
}

/** Returns a slice of the document from cleaned HTML of the clipboard. */
export function readSlice(body) {
  return nodeParser.parseSlice(wrapCaptions(body), { preserveWhitespace: false });
}

/** Returns the HTML of nodes. */
export function writeHtml(nodes) {
  const body = page.createElement("body");
  body.append(...nodes.map(writeNode));
  for (const figure of body.querySelectorAll("figure.captioned")) unwrapCaption(figure);
  for (const table of body.querySelectorAll("table")) splitHead(table);
  for (const element of body.querySelectorAll(TIGHT)) element.replaceWith(...element.childNodes);
  for (const element of body.querySelectorAll("[data-tight]")) element.removeAttribute("data-tight");
  return body.innerHTML;
}

function writeNode(node) {
  if (node.isText) return page.createTextNode(node.text);
  const { dom, contentDOM } = DOMSerializer.renderSpec(page, node.type.spec.toDOM(loosened(node)));
  contentDOM?.append(...(node.inlineContent ? writeInline(node.content.content) : node.content.content.map(writeNode)));
  return dom;
}

// Two paragraphs beside each other need elements of their own: their list is not tight.
function loosened(node) {
  if (!node.attrs.tight) return node;
  const items = node.type.name.endsWith("_list") ? node.content.content : [node];
  const isLoose = items.some((item) => item.content.content.some((child, index) => (
    child.type === schema.nodes.paragraph && item.maybeChild(index + 1)?.type === schema.nodes.paragraph
  )));
  return isLoose ? node.type.create({ ...node.attrs, tight: false }, node.content) : node;
}

// Marks nest as the text has them: the one that goes on longest is outside, code is inside.
function writeInline(nodes, depthMarks = nodes.map(marksOf)) {
  const written = [];
  for (let start = 0; start < nodes.length;) {
    const runs = depthMarks[start].map((mark) => ({ mark, length: runLength(depthMarks, start, mark) }));
    if (!runs.length) written.push(writeNode(nodes[start++]));
    else {
      const { mark, length } = runs.reduce((longest, run) => (run.length > longest.length ? run : longest));
      const { dom, contentDOM } = DOMSerializer.renderSpec(page, mark.type.spec.toDOM(mark));
      const inner = depthMarks.slice(start, start + length).map((marks) => mark.removeFromSet(marks));
      (contentDOM ?? dom).append(...writeInline(nodes.slice(start, start + length), inner));
      written.push(dom);
      start += length;
    }
  }
  return written;
}

// Code holds text alone. A reference is a link itself: those around it end in front of it and go on behind it.
function marksOf({ isText, type, marks }) {
  if (isText) return marks;
  const { code, link } = schema.marks;
  return code.removeFromSet(type === schema.nodes.footnote_ref ? link.removeFromSet(marks) : marks);
}

function runLength(depthMarks, start, mark) {
  let end = start;
  const isCode = mark.type === schema.marks.code;
  while (end < depthMarks.length && mark.isInSet(depthMarks[end]) && !(isCode && depthMarks[end].length > 1)) end++;
  return end - start;
}

function wrapCaptions(body) {
  for (const table of body.querySelectorAll("table:has(> caption)")) {
    const figure = body.ownerDocument.createElement("figure"), caption = body.ownerDocument.createElement("figcaption");
    figure.className = "captioned";
    for (const { name, value } of table.caption.attributes) caption.setAttribute(name, value);
    caption.append(...table.caption.childNodes);
    table.caption.remove();
    table.replaceWith(figure);
    figure.append(caption, table);
  }
  return body;
}

function unwrapCaption(figure) {
  const [{ attributes, childNodes }, table] = figure.children;
  if (childNodes.length) table.createCaption().append(...childNodes);
  for (const { name, value } of attributes) table.caption?.setAttribute(name, value);
  figure.replaceWith(table);
}

// Rows of headings at the top of a table are its head.
function splitHead(table) {
  const body = table.tBodies[0];
  const count = [...table.rows].findIndex((row) => row.querySelector(":scope > td"));
  const rows = [...table.rows].slice(0, count < 0 ? table.rows.length : count);
  if (rows.length) table.createTHead().append(...rows);
  if (!body.rows.length) body.remove();
}

/**
 * Returns a text that is the same for HTML that differs only in invisible spaces, in the order of marks around the same
 * text, and in marks that are written in several parts.
 */
function canonical(element) {
  let text = "", run = [];
  const flush = () => { text += writeRun(run); run = []; };
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE || child.matches(INLINE)) run.push(...flatten(child, "", element.closest("pre")));
    else {
      flush();
      text += `${startTag(child)}${canonical(child)}</>`;
    }
  }
  flush();
  return text;
}

function startTag(element) {
  const attributes = [...element.attributes].map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort();
  return `<${[element.localName, ...attributes].join(" ")}>`;
}

// Returns pairs of a text or the tag of a leaf, and the sorted tags of the marks around it.
function flatten(node, marks, isVerbatim) {
  if (node.nodeType === Node.TEXT_NODE) return [[isVerbatim ? node.data : node.data.replace(/[ \t\r\n\f]+/g, " "), marks]];
  if (node.matches(LEAF)) return [[node.localName === "br" ? BREAK : startTag(node) + node.innerHTML, marks, true]];
  const own = [...new Set([...marks.split("\0"), startTag(node)])].sort().join("\0");
  return [...node.childNodes].flatMap((child) => flatten(child, own, isVerbatim));
}

function writeRun(run) {
  let before = " ";
  const trimmed = run.map(([text, marks, isLeaf]) => {
    const visible = !isLeaf && before.endsWith(" ") ? text.replace(/^ /, "") : text;
    if (visible) before = visible === BREAK ? " " : visible;
    return [visible, marks];
  });
  trimEnds(trimmed);
  const joined = [];
  for (const [text, marks] of trimmed) {
    if (!text) continue;
    if (joined.at(-1)?.[1] === marks) joined.at(-1)[0] += text;
    else joined.push([text, marks]);
  }
  return joined.length ? JSON.stringify(joined) : "";
}

// A space before a line break and at the end is not visible.
function trimEnds(run) {
  let isEnd = true;
  for (const part of run.toReversed()) {
    if (isEnd) part[0] = part[0].replace(/ $/, "");
    if (part[0]) isEnd = part[0] === BREAK;
  }
}
