// Cleans HTML that Word, Google Docs and web pages put on the clipboard: structure and emphasis stay, layout goes.

import { cleanLinks, markHeadings, rebuildLists } from "./clipboard_sources.js";
import { renameElement, styleOf, unwrap } from "./elements.js";
import { rebuildTables } from "./clipboard_tables.js";

const REMOVED = "style, script, meta, link, title, base, noscript, iframe, object, svg, math, template, head, xml, "
  + "button, input, select, textarea, colgroup, o\\:p, [hidden], [aria-hidden=true], "
  + ".MsoCommentReference, .MsoCommentText, .Apple-interchange-newline";
const UNWRAPPED = "span, font, u, center, ins, small, big, tt, label, abbr, time, article, section, main, header, footer, body > div:only-child";
const HIDDEN_STYLE = /display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment/i;
const BLOCK = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, pre, hr, dl";
const DEEP_LIST = ":is(ul, ol) ".repeat(9) + "li > :is(ul, ol)", DEEP_QUOTE = "blockquote ".repeat(10);
const KEPT_ATTRIBUTES = ["href", "title", "align", "colspan", "rowspan", "start", "dir"];
const HEADING = "h1, h2, h3, h4, h5, h6";

const STYLE_OR_HANDLER = /("[^"]*"|'[^']*')|(?<![\w-])(style|on[a-z]+)(?=\s*=)/gi;
const START_TAG = /<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>/gi;

/**
 * Returns the inert body of clipboard HTML. Style sheets, scripts and comments are removed before parsing. Style
 * attributes and event handlers become data attributes: browsers report them to the console even in inert documents.
 */
export function parseHtml(html) {
  const withoutStyles = html.replace(/<(style|script|xml|title)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, "").replace(/<!--[\s\S]*?-->/g, "");
  const inert = withoutStyles.replace(START_TAG, (tag) => (
    tag.replace(STYLE_OR_HANDLER, (_match, quoted, name) => quoted ?? `data-${name}`)
  ));
  return new DOMParser().parseFromString(inert, "text/html").body;
}

/** Cleans a body without footnotes, in place. Returns the number of images, which are removed. */
export function cleanHtml(body) {
  removeHidden(body);
  rebuildLists(body);
  markHeadings(body);
  markEmphasis(body);
  removeLanguages(body);
  cleanLinks(body);
  const images = [...body.querySelectorAll("img")].filter((image) => image.width !== 1 && image.height !== 1);
  for (const element of body.querySelectorAll("img, picture, source, video, audio, canvas")) unwrap(element);
  for (const element of [...body.querySelectorAll(UNWRAPPED)]) unwrap(element);
  nestLists(body);
  rebuildTables(body);
  unwrapSingleParagraphs(body);
  mergeEmphasis(body);
  shiftHeadings(body);
  removeEmpty(body);
  flatten(body);
  for (const element of body.querySelectorAll("*")) {
    for (const { name } of [...element.attributes]) if (!KEPT_ATTRIBUTES.includes(name)) element.removeAttribute(name);
  }
  return images.length;
}

// Word and Google Docs name the language and direction of everything: only another direction matters.
function removeLanguages(body) {
  for (const element of body.querySelectorAll("[lang], [dir]")) {
    element.removeAttribute("lang");
    if (element.dir !== "rtl") element.removeAttribute("dir");
  }
}

function removeHidden(body) {
  for (const element of body.querySelectorAll(REMOVED)) element.remove();
  for (const element of body.querySelectorAll("del, s, strike")) {
    const isTrackedChange = element.hasAttribute("cite") || element.hasAttribute("datetime");
    isTrackedChange ? element.remove() : unwrap(element);
  }
  for (const element of body.querySelectorAll("[data-style]")) if (HIDDEN_STYLE.test(styleOf(element))) element.remove();
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
}

// Lists and quotations in very many others are not saved.
function flatten(body) {
  for (let list; (list = body.querySelector(DEEP_LIST));) {
    list.closest("li").after(...list.children);
    list.remove();
  }
  for (let quote; (quote = body.querySelector(DEEP_QUOTE));) unwrap(quote);
}

// Bold and italic styles become elements; a <b> that is not bold is unwrapped (Google Docs puts everything into one).
function markEmphasis(body) {
  for (const element of [...body.querySelectorAll("b, strong, i, em, cite")]) {
    const style = styleOf(element), isBold = element.matches("b, strong");
    const isPlain = isBold ? /(?<![\w-])font-weight\s*:\s*(normal|[1-4]00)/i.test(style) : /(?<![\w-])font-style\s*:\s*normal/i.test(style);
    if (isPlain) unwrap(element);
    else renameElement(element, isBold ? "strong" : "em");
  }
  for (const element of body.querySelectorAll("span[data-style], font[data-style], a[data-style]")) {
    const style = styleOf(element);
    if (/(?<![\w-])font-weight\s*:\s*(bold|bolder|[6-9]00)/i.test(style)) wrapContents(element, "strong");
    if (/(?<![\w-])font-style\s*:\s*(italic|oblique)/i.test(style)) wrapContents(element, "em");
  }
}

function wrapContents(element, tag) {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

// A list directly within a list (Google Docs, old pages) is moved into the item before it.
function nestLists(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    if (list.previousElementSibling?.matches("li")) list.previousElementSibling.append(list);
    else unwrap(list);
  }
}

// An item with a single paragraph becomes a line.
function unwrapSingleParagraphs(body) {
  for (const item of body.querySelectorAll("li")) {
    const blocks = [...item.children].filter((child) => child.matches("p, div"));
    if (blocks.length === 1) unwrap(blocks[0]);
  }
}

// Merges adjacent emphasis; unwraps emphasis without text, around blocks, nested in its like, or in headings.
function mergeEmphasis(body) {
  for (const element of body.querySelectorAll(`:is(${HEADING}, th) strong, strong strong, em em`)) unwrap(element);
  for (const element of body.querySelectorAll("strong, em, a")) {
    if (!element.textContent.trim() || element.querySelector(BLOCK)) unwrap(element);
  }
  body.normalize();
  for (const element of [...body.querySelectorAll("strong, em")]) {
    const next = element.nextSibling;
    if (next?.nodeName === element.nodeName) {
      next.prepend(...element.childNodes);
      element.remove();
    }
  }
  body.normalize();
}

// The page title is the only heading of the first level: the highest pasted heading gets the second level.
function shiftHeadings(body) {
  const levelOf = (heading) => Number(heading.nodeName[1]);
  const headings = [...body.querySelectorAll(HEADING)].filter((heading) => heading.textContent.trim());
  const highest = Math.min(...headings.map(levelOf));
  for (const heading of headings) renameElement(heading, `h${Math.min(6, levelOf(heading) - highest + 2)}`);
}

function removeEmpty(body) {
  for (const element of body.querySelectorAll(`p, div, ${HEADING}, li, blockquote, pre, ul, ol, sup, sub`)) {
    if (!element.textContent.trim() && !element.querySelector("table, hr")) element.remove();
  }
  for (const lineBreak of body.querySelectorAll("br")) {
    const isBetweenBlocks = !lineBreak.closest(`p, li, td, th, ${HEADING}, pre, blockquote`) && lineBreak.parentNode.querySelector(BLOCK);
    if (isBetweenBlocks || !lineBreak.nextSibling || lineBreak.closest(HEADING)) lineBreak.replaceWith(" ");
  }
}
