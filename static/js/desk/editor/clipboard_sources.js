// The habits of Word, of its web edition and of Google Docs: lists without lists, headings by class, links that spy.

import { rename, styleOf, unwrap } from "./elements.js";

const ITEM = /mso-list\s*:\s*l\d+\s+level(\d+)/i;
const TRACKERS = /^(utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|vero_id|oly_\w+|wickedid|ref_src|ref_url|cmpid|s_cid)$/i;
const SAFE = /^(https?:\/\/|mailto:|tel:)/i;

/** Paragraphs that Word calls items, and items of its web edition that each stand in a list alone, become lists. */
export function rebuildLists(body) {
  const isMarked = (each) => each.matches("p, h1, h2, h3, h4, h5, h6, div") && ITEM.test(styleOf(each));
  for (const each of [...body.querySelectorAll("[data-style*=mso-list]")]) {
    if (!isMarked(each) || !each.isConnected) continue;
    const run = [each];
    while (run.at(-1).nextElementSibling && isMarked(run.at(-1).nextElementSibling)) run.push(run.at(-1).nextElementSibling);
    const items = run.map(paragraphItem);
    each.before(...buildLists(items, body.ownerDocument));
    for (const one of run) one.remove();
  }
  for (const each of body.querySelectorAll(".ListContainerWrapper")) unwrap(each);
  for (const each of [...body.querySelectorAll("li[data-aria-level]")]) {
    const list = each.parentNode;
    if (!list?.matches("ul, ol") || !list.isConnected) continue;
    const run = [list];
    while (run.at(-1).nextElementSibling?.querySelector(":scope > li[data-aria-level]")) run.push(run.at(-1).nextElementSibling);
    const items = run.flatMap((one) => [...one.children].filter((child) => child.matches("li")).map((item) => ({
      level: Number(item.dataset.ariaLevel) || 1, ordered: one.matches("ol"), start: Number(one.start) || 1, nodes: [...item.childNodes],
    })));
    list.before(...buildLists(items, body.ownerDocument));
    for (const one of run) one.remove();
  }
}

function paragraphItem(paragraph) {
  const sign = [...paragraph.querySelectorAll("span")].find((each) => /mso-list\s*:\s*ignore/i.test(styleOf(each)));
  const mark = (sign?.textContent ?? "").trim();
  sign?.remove();
  const number = mark.match(/^\(?(\d+|[a-z]+)[.)]/i);
  return {
    level: Number(styleOf(paragraph).match(ITEM)[1]), ordered: Boolean(number), start: Number(number?.[1]) || 1,
    nodes: [...paragraph.childNodes],
  };
}

// Items with their levels, as lists within lists.
function buildLists(items, page) {
  const all = [], open = [];
  for (const { level, ordered, start, nodes } of items) {
    while (open.length && open.at(-1).level > level) open.pop();
    let last = open.at(-1);
    if (last && last.level === level && last.list.matches("ol") !== ordered) last = void open.pop() ?? open.at(-1);
    if (!last || last.level < level) {
      const list = page.createElement(ordered ? "ol" : "ul");
      if (ordered && start > 1) list.setAttribute("start", start);
      if (last) last.list.lastElementChild.append(list);
      else all.push(list);
      open.push(last = { level, list });
    }
    const item = page.createElement("li");
    item.append(...nodes);
    last.list.append(item);
  }
  return all;
}

/** What is a heading or a quotation by its class or role alone. */
export function markHeadings(body) {
  for (const each of [...body.querySelectorAll("p, div")]) {
    const level = each.matches("[role=heading]") ? Number(each.getAttribute("aria-level")) || 2 : each.matches(".MsoTitle") ? 1 : 0;
    if (level) rename(each, `h${Math.min(6, level)}`);
    else if (each.matches(".MsoQuote, .MsoIntenseQuote")) quote(each);
  }
}

function quote(paragraph) {
  const before = paragraph.previousElementSibling;
  const block = before?.matches("blockquote[data-made]") ? before : paragraph.ownerDocument.createElement("blockquote");
  block.dataset.made = "";
  if (block !== before) paragraph.before(block);
  block.append(paragraph);
}

/** Links lead to addresses of the web, of mail or of telephones, without what follows whoever clicks; the rest are words. */
export function cleanLinks(body) {
  for (const each of [...body.querySelectorAll("a")]) {
    const address = normalizeHref(each.getAttribute("href") ?? "");
    if (!address || !each.textContent.trim()) unwrap(each);
    else each.setAttribute("href", address);
  }
}

export function normalizeHref(href) {
  const bare = href.replace(/[\u0000-\u0020]/g, "");
  if (!SAFE.test(bare)) return "";
  if (!/^https?:/i.test(bare)) return bare;
  let url;
  try {
    url = new URL(bare);
  } catch {
    return "";
  }
  const inner = /(^|\.)google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url" ? url.searchParams.get("q") ?? url.searchParams.get("url") : null;
  if (inner) return normalizeHref(inner);
  const kept = url.search.slice(1).split("&").filter((pair) => pair && !TRACKERS.test(pair.split("=")[0]));
  const cut = url.search.slice(1).split("&").length !== kept.length && url.search;
  const whole = cut ? bare.replace(url.search, kept.length ? `?${kept.join("&")}` : "") : bare;
  return whole.replace(/:~:text=[^#]*$/, "").replace(/#$/, "").replace(/\(/g, "%28").replace(/\)/g, "%29");
}
