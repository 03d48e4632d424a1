// Comments on words of the text: a new one on the selection, answers, and their resolution. `comment_marks.js` has their marks
// in the text, `comment_threads.js` the threads beside it.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { commentMarks, markNew, markOf, marksIn, NEW, refreshMarks } from "./comment_marks.js";
import { plainText, positionsOf, quotationOf, rangeOf } from "./comment_text.js";
import { commentThreads } from "./comment_threads.js";
import { keepTyped } from "./kept_comments.js";

/** Connects the section of comments with the editor. Returns {comment}, which begins a comment on the selection. */
export function connectComments(section, { view }) {
  const { url, failed, signedOut, select } = section.dataset;
  const maxQuote = Number(section.dataset.maxQuote), maxContext = Number(section.dataset.maxContext);
  const threads = commentThreads(section, view), { form, newComment } = threads, draft = view.dom.closest("form");

  const focusText = ({ from, to = from }) => {
    view.focus();
    view.dispatch(view.state.tr.setSelection(TextSelection.create(view.state.doc, from, to)).scrollIntoView());
  };

  function say(text) {
    section.querySelector("[data-comments-status]").textContent = text;
  }

  function comment() {
    const { selection, doc } = view.state, marks = marksIn(view.state, selection.from, selection.to);
    if (selection.empty && marks.length) return threads.itemOf(marks[0].spec.id)?.focus();
    const text = plainText(doc), range = rangeOf(text, selection, maxQuote);
    if (range.start === range.end) {
      say(select);
      return view.focus();
    }
    threads.setQuotation(quotationOf(text, range, maxContext));
    view.dispatch(markNew(view.state, positionsOf(text, range)));
    threads.openForm();
    form.elements.text.focus();
  }

  function close() {
    threads.closeForm();
    view.dispatch(markNew(view.state));
  }

  function cancel() {
    const mark = markOf(view.state, NEW);
    close();
    if (mark) focusText(mark);
  }

  // What is typed stays; a form without words closes.
  function leave() {
    if (!form.elements.text.value.trim()) return cancel();
    const mark = markOf(view.state, NEW);
    if (mark) focusText(mark);
    else view.focus();
  }

  function refresh(body, submitted) {
    const done = body.querySelector("[data-status]"), focused = document.activeElement;
    const isWriting = threads.isAmong() && submitted !== form;
    done?.remove();
    threads.replace(body.childNodes, submitted);
    view.dispatch(refreshMarks(view.state, submitted === form ? done?.dataset.status : null));
    if (isWriting) threads.openForm();
    if (isWriting && newComment.contains(focused)) focused.focus();
    if (done) say(done.textContent);
  }

  async function request(address, options) {
    const response = await fetch(address, options);
    if (response.redirected || response.status === 403) throw Object.assign(new Error("signed out"), { reason: signedOut });
    if (!response.ok) throw new Error("no threads");
    return new DOMParser().parseFromString(await response.text(), "text/html").body;
  }

  async function submit(event) {
    event.preventDefault();
    const { target, submitter } = event, id = target.closest("[data-comment]")?.dataset.comment;
    const index = threads.openItems().findIndex((item) => item.dataset.comment === id);
    try {
      const body = new URLSearchParams(new FormData(target, submitter));
      body.set("is_fragment", "yes");
      const answer = await request(target.action, { method: "POST", body }), mark = markOf(view.state, NEW);
      refresh(answer, target);
      if (target !== form) return focusThread(id, index);
      close();
      if (mark) focusText({ from: mark.to });
    } catch (error) {
      say(error.reason ?? failed);
    }
  }

  // The thread of a form that was sent; of one that is resolved or deleted, the thread that has taken its place.
  function focusThread(id, index) {
    const { activeElement } = document;
    if (activeElement !== document.body && !section.contains(activeElement)) return;
    if (newComment.contains(activeElement)) return;
    const open = threads.openItems(), item = threads.itemOf(id);
    const next = open.includes(item) ? item : open[Math.min(index, open.length - 1)];
    (next ?? section).focus({ preventScroll: true });
  }

  async function update() {
    if (document.visibilityState !== "visible" || section.contains(document.activeElement)) return;
    try {
      refresh(await request(url));
    } catch {
      // The threads stay as they are.
    }
  }

  // The server places the comments of a draft that is saved where their marks are.
  function sendMarks() {
    const text = plainText(view.state.doc), field = draft.elements._comment_marks ?? document.createElement("input");
    const marks = view.dom.hidden ? [] : marksIn(view.state).filter(({ spec }) => spec.id !== NEW).map((mark) => {
      const { quote, start, prefix, suffix } = quotationOf(text, rangeOf(text, mark, maxQuote), maxContext);
      return [mark.spec.id, start, quote, prefix, suffix];
    });
    Object.assign(field, { type: "hidden", name: "_comment_marks", value: JSON.stringify(marks) });
    draft.append(field);
  }

  function click(event) {
    const { target } = event;
    if (target.closest("[data-cancel]")) cancel();
    const item = target.closest("[data-show]")?.closest("[data-comment]"), mark = item && markOf(view.state, item.dataset.comment);
    if (mark) focusText(mark);
    const fold = target.closest("summary")?.parentElement, field = fold?.querySelector(":scope > form textarea");
    if (!field || fold.open) return;
    event.preventDefault();
    fold.open = true;
    field.focus();
  }

  function press(event) {
    const { target, key, ctrlKey, metaKey } = event;
    if (key === "Escape" && newComment.contains(target)) leave();
    if (key === "Enter" && (ctrlKey || metaKey) && target.matches("textarea")) {
      event.preventDefault();
      target.form.requestSubmit(target.form.querySelector("[type=submit]"));
    }
  }

  draft.addEventListener("submit", sendMarks);
  section.addEventListener("submit", submit);
  section.addEventListener("click", click);
  section.addEventListener("keydown", press);
  section.addEventListener("toggle", () => requestAnimationFrame(threads.show), { capture: true });
  new ResizeObserver(threads.show).observe(view.dom); // the window gets narrower, paragraphs below are laid out
  document.addEventListener("visibilitychange", update);
  section.querySelector("[data-cancel]").hidden = false;
  const marks = commentMarks({
    quotations: threads.quotations,
    onLoad: () => (threads.isAmong() && !newComment.contains(document.activeElement) ? threads.openForm() : threads.show()),
    onUpdate: threads.show,
  });
  view.updateState(view.state.reconfigure({ plugins: [...view.state.plugins, marks] }));
  if (keepTyped(section, draft, threads)) {
    say(section.dataset.unsent);
    view.dispatch(refreshMarks(view.state));
  }
  if (newComment.open && document.activeElement === newComment.querySelector("summary")) form.elements.text.focus(); // it was opened before this was loaded
  return { comment };
}
