// The marks of comments in the editor: decorations over the words of threads, which follow their words as somebody types.

import { Decoration, DecorationSet, Plugin, PluginKey } from "../../../vendor/prosemirror/prosemirror.js";
import { findQuote, plainText, positionsOf } from "./comment_text.js";

/** The id of the mark of a comment that is being written. */
export const NEW = "new";
const key = new PluginKey("comments");

/**
 * Returns the plugin of the marks. `quotations()` returns [id, {quote, start, prefix, suffix}] of each open thread.
 * `onLoad` is called after another text is loaded, `onUpdate` after each change of the selection or the text.
 */
export function commentMarks({ quotations, onLoad, onUpdate }) {
  function marksOf(doc, markById = () => null) {
    const text = plainText(doc);
    return DecorationSet.create(doc, quotations().flatMap(([id, quotation]) => {
      const found = markById(id) ?? findPositions(text, quotation);
      return found ? [mark(id, found)] : [];
    }));
  }

  function apply(tr, marks) {
    const mapped = marks.map(tr.mapping, tr.doc), { added, refresh, idOfNew } = tr.getMeta(key) ?? {};
    if (refresh) return marksOf(tr.doc, (id) => find(mapped, id) ?? (id === idOfNew ? find(mapped, NEW) : null));
    if (added === undefined) return mapped;
    const rest = mapped.remove([find(mapped, NEW)].filter(Boolean));
    return added ? rest.add(tr.doc, [mark(NEW, added)]) : rest;
  }

  function init(_config, { doc }) {
    requestAnimationFrame(onLoad);
    return marksOf(doc);
  }

  return new Plugin({
    key,
    state: { init, apply },
    props: { decorations: (state) => key.getState(state) },
    view: () => ({ update: () => requestAnimationFrame(onUpdate) }),
  });
}

/** Returns the mark of a thread: {from, to}. */
export const markOf = (state, id) => find(key.getState(state), id);
/** Returns the marks in a part of the text, or in all of it: {from, to, spec: {id}}. */
export const marksIn = (state, from, to) => key.getState(state).find(from, to);
/** Returns the transaction that marks the words of a comment that is being written; without them it has no mark any more. */
export const markNew = (state, range = null) => state.tr.setMeta(key, { added: range });
/** Returns the transaction after which other threads have their marks; the mark of a new comment becomes that of `idOfNew`. */
export const refreshMarks = (state, idOfNew) => state.tr.setMeta(key, { refresh: true, idOfNew });

const find = (marks, id) => marks.find(undefined, undefined, (spec) => spec.id === id)[0];

const mark = (id, { from, to }) => Decoration.inline(
  from, to, id === NEW ? { class: "comment-mark" } : { class: "comment-mark", role: "mark", "aria-details": `comment-${id}` }, { id },
);

function findPositions(text, quotation) {
  const range = findQuote(text, quotation);
  return range && positionsOf(text, range);
}
