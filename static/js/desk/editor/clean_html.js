// What Word, Google Docs and web pages put on the clipboard, made plain HTML: what it says, without how it looked.

import { cleanLinks, markHeadings, rebuildLists } from "./clipboard_sources.js";
import { rename, styleOf, unwrap } from "./elements.js";
import { rebuildTables } from "./tables.js";

const GONE = "style, script, meta, link, title, base, noscript, iframe, object, svg, math, template, head, xml, "
  + "button, input, select, textarea, colgroup, o\\:p, [hidden], [aria-hidden=true], "
  + ".MsoCommentReference, .MsoCommentText, .Apple-interchange-newline";
const BARE = "span, font, u, center, ins, small, big, tt, label, abbr, time, article, section, main, header, footer, body > div:only-child";
const UNSEEN = /display\s*:\s*none|mso-hide\s*:\s*all|mso-element\s*:\s*comment/i;
const BLOCK = "p, div, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, pre, hr, dl";

const HANDLER = /("[^"]*"|'[^']*')|(?<![\w-])(style|on[a-z]+)(?=\s*=)/gi;
const TAG = /<[a-z](?:[^<>"']|"[^"]*"|'[^']*')*>/gi;

/**
 * The inert body of a clipboard's HTML. What is no content, such as sheets of style, is cut before it is read; styles
 * and handlers of elements are renamed, because a browser complains of them even where they do nothing.
 */
export function read(html) {
  const bare = html.replace(/<(style|script|xml|title)\b[^>]*>[\s\S]*?<\/\1\s*>/gi, "").replace(/<!--[\s\S]*?-->/g, "")
    .replace(TAG, (tag) => tag.replace(HANDLER, (all, quoted, name) => quoted ?? `data-${name}`));
  return new DOMParser().parseFromString(bare, "text/html").body;
}

/** Cleans a body in place; footnotes have been taken out of it. Gives how many pictures could not come. */
export function clean(body) {
  removeHidden(body);
  rebuildLists(body);
  markHeadings(body);
  emphasis(body);
  cleanLinks(body);
  const pictures = [...body.querySelectorAll("img")].filter((each) => each.width !== 1 && each.height !== 1);
  for (const each of body.querySelectorAll("img, picture, source, video, audio, canvas")) unwrap(each);
  for (const each of [...body.querySelectorAll(BARE)]) unwrap(each);
  nestLists(body);
  rebuildTables(body);
  unwrapSingleParagraphs(body);
  mergeEmphasis(body);
  shiftHeadings(body);
  removeEmpty(body);
  return pictures.length;
}

function removeHidden(body) {
  for (const each of body.querySelectorAll(GONE)) each.remove();
  for (const each of body.querySelectorAll("del, s, strike")) each.hasAttribute("cite") || each.hasAttribute("datetime") ? each.remove() : unwrap(each);
  for (const each of body.querySelectorAll("[data-style]")) if (UNSEEN.test(styleOf(each))) each.remove();
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const each of comments) each.remove();
}

// Bold and italic by style become what they mean; a <b> that is not bold (Google Docs wraps all in one) is nothing.
function emphasis(body) {
  for (const each of [...body.querySelectorAll("b, strong, i, em, cite")]) {
    const style = styleOf(each);
    const isPlain = each.matches("b, strong") ? /(?<![\w-])font-weight\s*:\s*(normal|[1-4]00)/i.test(style) : /(?<![\w-])font-style\s*:\s*normal/i.test(style);
    if (isPlain) unwrap(each);
    else rename(each, each.matches("b, strong") ? "strong" : "em");
  }
  for (const each of body.querySelectorAll("span[data-style], font[data-style], a[data-style]")) {
    const style = styleOf(each);
    if (/(?<![\w-])font-weight\s*:\s*(bold|bolder|[6-9]00)/i.test(style)) wrapContents(each, "strong");
    if (/(?<![\w-])font-style\s*:\s*(italic|oblique)/i.test(style)) wrapContents(each, "em");
  }
}

function wrapContents(node, tag) {
  const made = node.ownerDocument.createElement(tag);
  made.append(...node.childNodes);
  node.append(made);
}

// Lists within lists belong to the item before them, as Google Docs and old pages do not have it.
function nestLists(body) {
  for (const each of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    if (each.previousElementSibling?.matches("li")) each.previousElementSibling.append(each);
    else unwrap(each);
  }
}

// An item of one paragraph is a line. Where lists stand in cells or hold blocks, turndown does as well as can be done.
function unwrapSingleParagraphs(body) {
  for (const each of body.querySelectorAll("li")) {
    const blocks = [...each.children].filter((child) => child.matches("p, div"));
    if (blocks.length === 1) unwrap(blocks[0]);
  }
}

// Runs of the same kind are one; what holds no word is none; headings are strong already; blocks are not within.
function mergeEmphasis(body) {
  for (const each of body.querySelectorAll(":is(h1, h2, h3, h4, h5, h6, th) strong, strong strong, em em")) unwrap(each);
  for (const each of body.querySelectorAll("strong, em, a")) {
    if (!each.textContent.trim() || each.querySelector(BLOCK)) unwrap(each);
  }
  body.normalize();
  for (const each of [...body.querySelectorAll("strong, em")]) {
    const next = each.nextSibling;
    if (next?.nodeName === each.nodeName) {
      next.prepend(...each.childNodes);
      each.remove();
    }
  }
  body.normalize();
}

// The title of the page is its only heading of the first level: the highest that comes in is of the second.
function shiftHeadings(body) {
  const all = [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")].filter((each) => each.textContent.trim());
  const highest = Math.min(...all.map((each) => Number(each.nodeName[1])));
  for (const each of all) rename(each, `h${Math.min(6, Number(each.nodeName[1]) - highest + 2)}`);
}

function removeEmpty(body) {
  for (const each of body.querySelectorAll("p, div, h1, h2, h3, h4, h5, h6, li, blockquote, pre, ul, ol, sup, sub")) {
    if (!each.textContent.trim() && !each.querySelector("table, hr")) each.remove();
  }
  for (const each of body.querySelectorAll("br")) {
    const isBetween = !each.closest("p, li, td, th, h1, h2, h3, h4, h5, h6, pre, blockquote") && each.parentNode.querySelector(BLOCK);
    if (isBetween || !each.nextSibling || each.closest("h1, h2, h3, h4, h5, h6")) each.replaceWith(" ");
  }
}
