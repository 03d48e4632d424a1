// Extracts footnotes from clipboard HTML: each reference is joined with the text that it links to.

import { styleOf } from "./elements.js";

const NOTE_ID = /^(_ftn|_edn|ftnt|fn|footnote|endnote|note|cite_note|sdfootnote|sdendnote)[-_:.]?\S*\d/i;
const REFERENCE_ID = /ref|anc$|^(fnr|cite_)\S*ref/i; // of links from a note back to its reference
const NOTE_ELEMENT = "li, [data-style*='mso-element:footnote'], [data-style*='mso-element:endnote'], aside, dd, div[id], p, div, td";

/**
 * Removes the footnotes from a body. Each reference to a note is replaced by `placeholder(index)`, from 0.
 * Returns {notes: the elements with their texts, in order, lost: the number of references without a text}.
 */
export function extractNotes(body, placeholder) {
  const targets = indexTargets(body), notes = [];
  let lost = 0;
  for (const link of [...body.querySelectorAll("a[href*='#']")]) {
    const id = fragmentOf(link);
    if (!NOTE_ID.test(id) || REFERENCE_ID.test(id) || !isReference(link)) continue;
    const note = targets.has(id) ? findNote(targets.get(id), link) : null;
    if (note && !notes.includes(note)) notes.push(note);
    if (!note) lost++;
    withSuperscript(link).replaceWith(note ? placeholder(notes.indexOf(note)) : "");
  }
  for (const note of notes) cleanNote(note);
  const lists = body.querySelectorAll("[data-style*='mso-element:footnote-list'], [data-style*='mso-element:endnote-list']");
  for (const list of lists) list.replaceWith(...remainingNotes(list));
  return { notes, lost };
}

function indexTargets(body) {
  const targets = new Map();
  for (const element of body.querySelectorAll("[id], a[name]")) {
    for (const id of [element.id, element.getAttribute("name")]) if (id && !targets.has(id)) targets.set(id, element);
  }
  return targets;
}

function fragmentOf(link) {
  const href = link.getAttribute("href");
  try {
    return decodeURIComponent(href.slice(href.indexOf("#") + 1));
  } catch {
    return "";
  }
}

// A reference is a number or a sign; a link with more text leads to a passage.
const isReference = (link) => link.textContent.trim().length <= 8 || Boolean(link.closest("sup"));

// Returns the superscript of a link that has no other text, or the link.
function withSuperscript(link) {
  const superscript = link.closest("sup");
  return superscript && superscript.textContent.trim() === link.textContent.trim() ? superscript : link;
}

// Returns the note of a link target; null if it has no text of its own, or contains the reference.
function findNote(target, link) {
  const note = target.closest(NOTE_ELEMENT) ?? target;
  const hasText = !note.contains(link) && note.textContent.replace(/[[\]\s\d.^↑↩]/g, "");
  return hasText ? note : null;
}

// Removes a note from the body, and its number and the link back to the reference from the note.
function cleanNote(note) {
  for (const link of [...note.querySelectorAll("a[href*='#']")]) {
    if (REFERENCE_ID.test(fragmentOf(link)) || /^[[\]\d↑↩︎^\s]*$/.test(link.textContent)) withSuperscript(link).remove();
  }
  removeFromBody(note);
  const walker = note.ownerDocument.createTreeWalker(note, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.data.trim()) continue;
    text.data = text.data.replace(/^\s*(\[?\d{1,3}[\].]|\^|↑)?[\s\u00a0]+/, "");
    break;
  }
}

// Removes a note with ancestors that are empty then, and the rule above the notes.
function removeFromBody(note) {
  let { parentNode: parent, previousElementSibling: previous } = note;
  note.remove();
  while (parent.parentNode && parent.nodeName !== "BODY" && !parent.textContent.trim()) {
    const empty = parent;
    [parent, previous] = [empty.parentNode, empty.previousElementSibling];
    empty.remove();
  }
  if (previous?.matches("hr")) previous.remove();
}

// Returns the notes of a list in Word that no reference led to, without the rule above them.
function remainingNotes(list) {
  for (const element of list.querySelectorAll("hr, br")) element.remove();
  return styleOf(list) && list.textContent.trim() ? list.childNodes : [];
}
