// The dialog for a link: its address, which words find, and its words. An empty address removes the link. Loaded when somebody
// begins to write.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { completeAddress, isAddress } from "./addresses.js";
import { linkSearch } from "./link_search.js";

const MAX_LOOKUP_MS = 5000; // a form is saved then, whether the server has answered or not

/**
 * Returns {open, whenFound}: `open(view)` opens the dialog for the selection, `whenFound()` is a promise that the last link leads
 * to the page behind its address, or null. `language` returns that of the text.
 */
export function linkDialog(dialog, language) {
  const form = dialog.querySelector("form"), { href, words } = form.elements;
  const { showTarget, targetOf } = linkSearch(dialog, { language, completeAddress, showFault });
  let setLink = () => {};
  const lookups = new Set(); // what addresses lead to, of links that are just set

  function open(view) {
    if (dialog.open) return; // a double click, before the script was there
    const { link } = view.state.schema.marks;
    const { from, to, mark } = linkedRange(view.state, link);
    const text = view.state.doc.textBetween(from, to, " ", " ");
    href.value = href.defaultValue = mark?.attrs.href ?? (isAddress(text.trim()) ? text.trim() : "");
    words.value = text;
    words.readOnly = hasMoreThanText(view.state.doc, from, to);
    dialog.querySelector("[data-remove]").hidden = !mark;
    setLink = (address) => {
      const newMark = address ? link.create({ ...mark?.attrs, href: address }) : null;
      close(view);
      view.dispatch(changeLink(view.state, link, { ...linkedRange(view.state, link), mark: newMark, text: words.value === text ? null : words.value.trim() }));
      return (target) => view.dispatch(replaceMark(view.state, newMark, link.create({ ...newMark.attrs, href: target })));
    };
    dialog.addEventListener("close", () => view.focus(), { once: true });
    showFault();
    view.dom.blur(); // a dialog that closes gives the focus back to what had it, with the caret at the beginning
    dialog.showModal();
    href.select();
    showTarget();
  }

  // The event of a dialog that is closed comes later than keys that are typed at once.
  function close(view) {
    dialog.close();
    view.focus();
  }

  function showFault(text = "") {
    dialog.querySelector("[data-fault]").textContent = text;
    href.setAttribute("aria-invalid", String(Boolean(text)));
  }

  // The dialog closes at once, so that what is typed next is in the text; what an address leads to is known later.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = href.value.trim(), isAsBefore = typed === href.defaultValue;
    const address = isAsBefore ? typed : completeAddress(typed);
    if (address === null) {
      showFault(dialog.dataset.wrong);
      return href.focus();
    }
    const leadTo = setLink(address);
    if (isAsBefore) return;
    const found = targetOf(typed).then((target) => { if (target && target.value !== address) leadTo(target.value); });
    const lookup = Promise.race([found, timeout()]).catch((error) => console.warn(error)).finally(() => lookups.delete(lookup));
    lookups.add(lookup);
  });
  dialog.querySelector("[data-remove]").addEventListener("click", () => setLink(""));
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());

  return { open, whenFound: () => (lookups.size ? Promise.all(lookups) : null) };
}

const timeout = () => new Promise((resolve) => { setTimeout(resolve, MAX_LOOKUP_MS); });

// Read again when the link is set: what was pasted before may have arrived in the text since the dialog opened.
const linkedRange = (state, link) => linkAround(state, link) ?? withoutOuterSpaces(state, link);

/** Returns {from, to, mark} of the link at the cursor, or null. */
function linkAround({ selection: { $from, empty } }, link) {
  const mark = empty && (link.isInSet($from.marks()) ?? link.isInSet($from.nodeAfter?.marks ?? []));
  if (!mark) return null;
  let from = $from.start(), to = from, isFound = false;
  $from.parent.forEach((child, offset) => {
    const start = $from.start() + offset, end = start + child.nodeSize;
    if (!mark.isInSet(child.marks)) {
      if (!isFound) from = to = end;
    } else if (!isFound || to === start) {
      to = end;
      isFound ||= start <= $from.pos && end >= $from.pos;
    }
  });
  return { from, to, mark };
}

// A double click selects the space behind a word too.
function withoutOuterSpaces({ doc, selection: { from, to } }, link) {
  const text = doc.textBetween(from, to, " ", "\uFFFC"), start = text.length - text.trimStart().length;
  const range = text.trim() ? { from: from + start, to: from + text.trimEnd().length } : { from, to };
  let mark = null;
  doc.nodesBetween(range.from, range.to, (node) => { mark ??= link.isInSet(node.marks) ?? null; });
  return { ...range, mark };
}

function hasMoreThanText(doc, from, to) {
  let hasMore = false;
  doc.nodesBetween(from, to, (node) => { hasMore ||= node.isInline && !node.isText; });
  return hasMore;
}

// Only the part of the words that differs is replaced, so that the rest keeps its marks.
function changeLink(state, link, { from, to, mark, text }) {
  const { tr, doc } = state, before = doc.textBetween(from, to, " ", " ");
  const words = text || (from === to ? mark?.attrs.href ?? "" : before);
  let start = 0, end = 0;
  while (start < Math.min(before.length, words.length) && before[start] === words[start]) start++;
  while (end < Math.min(before.length, words.length) - start && before.at(-1 - end) === words.at(-1 - end)) end++;
  if (words !== before) tr.insertText(words.slice(start, words.length - end), from + start, to - end);
  const last = to + words.length - before.length;
  tr.removeMark(from, last, link);
  if (mark && last > from) tr.addMark(from, last, mark);
  return tr.setSelection(TextSelection.create(tr.doc, last)).removeStoredMark(link).scrollIntoView();
}

// The words of a mark are found wherever they are by now: each mark that is set is an object of its own.
function replaceMark({ tr, doc }, mark, other) {
  doc.descendants((node, pos) => {
    if (node.marks.includes(mark)) tr.removeMark(pos, pos + node.nodeSize, mark).addMark(pos, pos + node.nodeSize, other);
  });
  return tr.setMeta("appendedTransaction", tr); // one step with the change before it, when it is undone
}
