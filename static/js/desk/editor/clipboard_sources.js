// Peculiarities of Word, Word for the web and Google Docs: lists without list elements, headings by class, tracking links.

import { renameElement, styleOf, unwrap } from "./elements.js";

const LIST_LEVEL = /mso-list\s*:\s*l\d+\s+level(\d+)/i;
const TRACKING_PARAMS = /^(utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_\w+|wickedid|ref_src|ref_url|cmpid|s_cid)$/i;
const SAFE_URL = /^(https?:\/\/|mailto:|tel:)/i;

/** Rebuilds lists from paragraphs that Word marks as items, and from Word for the web, where each item has a list. */
export function rebuildLists(body) {
  rebuildParagraphLists(body);
  for (const wrapper of body.querySelectorAll(".ListContainerWrapper")) unwrap(wrapper);
  rebuildSingleItemLists(body);
}

function rebuildParagraphLists(body) {
  const isItem = (element) => element?.matches("p, h1, h2, h3, h4, h5, h6, div") && LIST_LEVEL.test(styleOf(element));
  for (const first of [...body.querySelectorAll("[data-style*=mso-list]")]) {
    if (!isItem(first) || !first.isConnected) continue;
    const paragraphs = collectSiblings(first, isItem);
    first.before(...buildLists(paragraphs.map(readItem), body.ownerDocument));
    for (const paragraph of paragraphs) paragraph.remove();
  }
}

function rebuildSingleItemLists(body) {
  for (const item of [...body.querySelectorAll("li[data-aria-level]")]) {
    const first = item.parentNode;
    if (!first?.matches("ul, ol") || !first.isConnected) continue;
    const lists = collectSiblings(first, (element) => element?.querySelector(":scope > li[data-aria-level]"));
    first.before(...buildLists(lists.flatMap(readItems), body.ownerDocument));
    for (const list of lists) list.remove();
  }
}

// Returns an element and the siblings that follow it as long as they match.
function collectSiblings(first, matches) {
  const elements = [first];
  while (matches(elements.at(-1).nextElementSibling)) elements.push(elements.at(-1).nextElementSibling);
  return elements;
}

function readItem(paragraph) {
  const markerElement = [...paragraph.querySelectorAll("span")].find((span) => /mso-list\s*:\s*ignore/i.test(styleOf(span)));
  const marker = (markerElement?.textContent ?? "").trim();
  markerElement?.remove();
  const number = marker.match(/^\(?(\d+|[a-z]+)[.)]/i);
  return {
    level: Number(styleOf(paragraph).match(LIST_LEVEL)[1]), isOrdered: Boolean(number), start: Number(number?.[1]) || 1,
    nodes: [...paragraph.childNodes],
  };
}

function readItems(list) {
  const items = [...list.children].filter((child) => child.matches("li"));
  return items.map((item) => ({
    level: Number(item.dataset.ariaLevel) || 1, isOrdered: list.matches("ol"), start: Number(list.start) || 1,
    nodes: [...item.childNodes],
  }));
}

// Builds nested lists from items with levels.
function buildLists(items, page) {
  const lists = [], openLists = [];
  for (const { level, isOrdered, start, nodes } of items) {
    while (openLists.length && openLists.at(-1).level > level) openLists.pop();
    let current = openLists.at(-1);
    if (current && current.level === level && current.list.matches("ol") !== isOrdered) {
      openLists.pop();
      current = openLists.at(-1);
    }
    if (!current || current.level < level) {
      const list = page.createElement(isOrdered ? "ol" : "ul");
      if (isOrdered && start > 1) list.setAttribute("start", start);
      if (current) current.list.lastElementChild.append(list);
      else lists.push(list);
      openLists.push(current = { level, list });
    }
    const item = page.createElement("li");
    item.append(...nodes);
    current.list.append(item);
  }
  return lists;
}

/** Turns paragraphs that are headings or quotations by class or role into their elements. */
export function markHeadings(body) {
  for (const element of [...body.querySelectorAll("p, div")]) {
    const level = headingLevel(element);
    if (level) renameElement(element, `h${Math.min(6, level)}`);
    else if (element.matches(".MsoQuote, .MsoIntenseQuote")) quote(element);
  }
}

function headingLevel(element) {
  if (element.matches("[role=heading]")) return Number(element.getAttribute("aria-level")) || 2;
  return element.matches(".MsoTitle") ? 1 : 0;
}

// Moves a paragraph into the quotation before it, or into a new one.
function quote(paragraph) {
  const previous = paragraph.previousElementSibling;
  const isContinued = previous?.matches("blockquote[data-made]");
  const quotation = isContinued ? previous : paragraph.ownerDocument.createElement("blockquote");
  quotation.dataset.made = "";
  if (!isContinued) paragraph.before(quotation);
  quotation.append(paragraph);
}

/** Keeps links to web, mail and telephone addresses, without tracking parameters; other links become text. */
export function cleanLinks(body) {
  for (const link of [...body.querySelectorAll("a")]) {
    const href = normalizeHref(link.getAttribute("href") ?? "");
    if (!href || !link.textContent.trim()) unwrap(link);
    else link.setAttribute("href", href);
  }
}

export function normalizeHref(href) {
  const trimmed = href.replace(/[\u0000-\u0020]/g, "");
  if (!SAFE_URL.test(trimmed)) return "";
  if (!/^https?:/i.test(trimmed)) return trimmed;
  let url;
  try {
    url = new URL(trimmed);
  } catch {
    return "";
  }
  const isGoogleRedirect = /(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url";
  const target = isGoogleRedirect ? url.searchParams.get("q") ?? url.searchParams.get("url") : null;
  if (target) return normalizeHref(target);
  const withoutTracking = removeTrackingParams(trimmed, url.search);
  return withoutTracking.replace(/:~:text=[^#]*$/, "").replace(/#$/, "").replace(/\(/g, "%28").replace(/\)/g, "%29");
}

function removeTrackingParams(href, search) {
  const params = search.slice(1).split("&");
  const remaining = params.filter((param) => param && !TRACKING_PARAMS.test(param.split("=")[0]));
  if (!search || remaining.length === params.length) return href;
  return href.replace(search, remaining.length ? `?${remaining.join("&")}` : "");
}
