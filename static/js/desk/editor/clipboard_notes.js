// Footnotes on the clipboard: a reference and the text that it leads to are joined; what lacks one of them is told.

import { styleOf } from "./elements.js";

const NOTE = /^(_ftn|_edn|ftnt|fn|footnote|endnote|note|cite_note|sdfootnote|sdendnote)[-_:.]?\S*\d/i;
const BACK = /ref|anc$|^(fnr|cite_)\S*ref/i;
const TEXT = "li, [data-style*='mso-element:footnote'], [data-style*='mso-element:endnote'], aside, dd, div[id], p, div, td";

/**
 * Takes the footnotes out of a body. In the place of each reference that has its text stands `place(n)`, n from 0.
 * Gives {notes: the elements with their texts, in order, lost: how many references have none}.
 */
export function takeNotes(body, place) {
  const notes = [], known = new Map(), texts = [];
  let lost = 0;
  const targets = new Map();
  for (const each of body.querySelectorAll("[id], a[name]")) {
    for (const name of [each.id, each.getAttribute("name")]) if (name && !targets.has(name)) targets.set(name, each);
  }
  for (const link of [...body.querySelectorAll("a[href*='#']")]) {
    const name = fragment(link);
    if (!NOTE.test(name) || BACK.test(name) || !isMark(link)) continue;
    const text = targets.has(name) ? textOf(targets.get(name), link) : null;
    if (text && !known.has(text)) known.set(text, texts.push(text) - 1);
    if (!text) lost++;
    whole(link).replaceWith(text ? place(known.get(text)) : "");
  }
  for (const text of texts) notes.push(taken(text));
  for (const each of body.querySelectorAll("[data-style*='mso-element:footnote-list'], [data-style*='mso-element:endnote-list']")) each.replaceWith(...kept(each));
  return { notes, lost };
}

function fragment(link) {
  const href = link.getAttribute("href");
  try {
    return decodeURIComponent(href.slice(href.indexOf("#") + 1));
  } catch {
    return "";
  }
}

// A reference is a number or a sign, not words that lead to a passage.
const isMark = (link) => link.textContent.trim().length <= 8 || Boolean(link.closest("sup"));

// With the superscript that it stands alone in.
function whole(link) {
  const sup = link.closest("sup");
  return sup && sup.textContent.trim() === link.textContent.trim() ? sup : link;
}

// The passage that a name stands in, where it has words of its own and does not hold the reference itself.
function textOf(target, link) {
  const passage = target.closest(TEXT) ?? target;
  const isNote = !passage.contains(link) && passage.textContent.replace(/[[\]\s\d.^↑↩]/g, "");
  return isNote ? passage : null;
}

// Its text without the number and the way back.
function taken(text) {
  for (const back of [...text.querySelectorAll("a[href*='#']")]) {
    if (BACK.test(fragment(back)) || /^[[\]\d↑↩︎^\s]*$/.test(back.textContent)) whole(back).remove();
  }
  leave(text);
  const first = text.ownerDocument.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (first.nextNode()) {
    if (!first.currentNode.data.trim()) continue;
    first.currentNode.data = first.currentNode.data.replace(/^\s*(\[?\d{1,3}[\].]|\^|↑)?[\s\u00a0]+/, "");
    break;
  }
  return text;
}

// Takes a note out, with what held nothing else, and the rule that parted it from the text.
function leave(text) {
  let { parentNode: holder, previousElementSibling: before } = text;
  text.remove();
  while (holder.parentNode && holder.nodeName !== "BODY" && !holder.textContent.trim()) {
    const empty = holder;
    [holder, before] = [empty.parentNode, empty.previousElementSibling];
    empty.remove();
  }
  if (before?.matches("hr")) before.remove();
}

// What is left of Word's list of notes: texts to which nothing led. Its rule goes.
function kept(list) {
  for (const each of list.querySelectorAll("hr, br")) each.remove();
  return styleOf(list) && list.textContent.trim() ? list.childNodes : [];
}
