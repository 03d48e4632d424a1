// The threads of comments on the page: beside their words where there is room, with the form of a new comment among them.

import { markOf, marksIn, NEW } from "./comment_marks.js";

const GAP = 12; // pixels between two threads
const QUOTATION = ["quote", "start", "prefix", "suffix"];

/** Returns the threads of a section, and what can be done with them. */
export function commentThreads(section, view) {
  const threads = section.querySelector("[data-comment-threads]");
  const newComment = section.querySelector("[data-new-comment]"), form = newComment.querySelector("form");
  const home = document.createComment("");

  const isAmong = () => Boolean(home.parentNode); // the form of a new comment is among the threads
  const items = () => [...threads.querySelectorAll("[data-comment]")];
  const openItems = () => items().filter((item) => !("resolved" in item.dataset));
  const itemOf = (id) => threads.querySelector(`[data-comment="${id}"]`);
  const isTyped = ({ value, defaultValue, readOnly }) => value !== defaultValue && !readOnly;
  const typed = () => [...section.querySelectorAll("textarea")].filter(isTyped).map(({ id, value }) => ({ id, value }));

  // The selected words that the comment which is being written is about, or null.
  function quotation() {
    const { quote } = form.elements;
    return quote.readOnly ? Object.fromEntries(QUOTATION.map((name) => [name, form.elements[name].value])) : null;
  }

  function setQuotation(values) {
    for (const name of QUOTATION) form.elements[name].value = values?.[name] ?? "";
    form.elements.quote.readOnly = Boolean(values);
  }

  function quotations() {
    const written = quotation();
    return [...openItems().map(({ dataset }) => [dataset.comment, dataset]), ...(written ? [[NEW, written]] : [])];
  }

  // Shows which thread the cursor is in, and each thread beside its words where there is room for it. Reads all places
  // first: a change between them would lay out the page again for each.
  function show() {
    const { from, to } = view.state.selection, current = marksIn(view.state, from, to).map(({ spec }) => spec.id);
    const isBeside = !view.dom.hidden && section.getBoundingClientRect().left > view.dom.getBoundingClientRect().right;
    let end = threads.getBoundingClientRect().top;
    const rows = [...threads.querySelectorAll(":scope > .comments__list > li")].map((item) => {
      const id = item.dataset.comment ?? NEW, mark = markOf(view.state, id);
      return { item, id, mark, height: item.getBoundingClientRect().height, top: isBeside && mark ? view.coordsAtPos(mark.from).top : null };
    });
    for (const { item, id, mark, height, top } of rows) {
      const offset = Math.max(0, (top ?? end) - end), showButton = item.querySelector("[data-show]");
      item.classList.toggle("is-current", current.includes(id));
      if (showButton) showButton.hidden = !mark;
      item.querySelector("[data-gone]")?.toggleAttribute("hidden", Boolean(mark));
      item.style.marginBlockStart = `${offset}px`;
      end += offset + height + GAP;
    }
  }

  // The form stands among the threads, in the order of the text.
  function openForm() {
    let list = threads.querySelector(":scope > .comments__list");
    if (!list) {
      list = Object.assign(document.createElement("ol"), { className: "comments__list" });
      threads.prepend(list);
    }
    const from = markOf(view.state, NEW)?.from ?? Infinity;
    takeFormOut();
    const item = document.createElement("li"), next = [...list.children].find((other) => (markOf(view.state, other.dataset.comment)?.from ?? Infinity) > from);
    newComment.before(home);
    item.append(newComment);
    list.insertBefore(item, next ?? null);
    newComment.open = true;
    show();
  }

  function takeFormOut() {
    const item = newComment.closest("li:not([data-comment])");
    if (isAmong()) home.replaceWith(newComment);
    item?.remove();
  }

  function closeForm() {
    takeFormOut();
    newComment.open = false;
    form.reset();
    setQuotation(null);
  }

  // What is typed into other forms of the threads stays.
  function replace(nodes, submitted) {
    const kept = typed().filter(({ id }) => document.getElementById(id).form !== submitted);
    takeFormOut();
    threads.replaceChildren(...nodes);
    fill(kept);
  }

  function fill(values) {
    for (const { id, value } of values) {
      const field = document.getElementById(id);
      if (!field) continue;
      field.value = value;
      for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
  }

  return { form, newComment, isAmong, openItems, itemOf, typed, fill, quotations, quotation, setQuotation, show, openForm, closeForm, replace };
}
