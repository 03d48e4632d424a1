// Footnotes in the editor: their numbers, a note for each reference, and the note that is open at its reference.

import {
  Decoration, DecorationSet, DOMSerializer, Fragment, NodeSelection, Plugin, PluginKey, TextSelection,
} from "../../../vendor/prosemirror/prosemirror.js";
import { depthOf } from "./commands.js";
import { COPY_ATTRIBUTE, copyMark } from "./copy_mark.js";
import { findFootnotes, labelOf, labelsOf, numberLabels } from "./footnote_places.js";
import { readHtml, writeHtml } from "./html.js";
import { schema } from "./schema.js";
import { behindSelected } from "./text_ends.js";

const { nodes } = schema;
const NOTE_GAP = 6; // pixels between a reference and its open note
const key = new PluginKey("footnotes");

function decorate(doc, found) {
  const numbers = numberLabels(found);
  const references = found.references.map(({ label, pos }) => Decoration.node(pos, pos + 1, {}, { number: numbers.get(label) ?? "?" }));
  const notes = found.notes.filter(({ label }) => numbers.has(label)).map(({ label, node, pos }) => (
    Decoration.node(pos, pos + node.nodeSize, { value: `${numbers.get(label)}` }, { number: numbers.get(label) })
  ));
  return DecorationSet.create(doc, [...references, ...notes]);
}

/** The plugin: numbers, and notes that come and go with their references. `open` is {label, pos}: the note that is open, and where. */
export function footnotes(texts) {
  let doc = null;
  return new Plugin({
    key,
    state: {
      // `removed` are the notes whose reference was deleted, by label: it may be pasted again.
      init: (_config, { doc }) => ({ open: null, removed: new Map(), decorations: decorate(doc, findFootnotes(doc)) }),
      apply(tr, value, _before, state) {
        const open = tr.getMeta(key) ?? (value.open && { ...value.open, pos: tr.mapping.map(value.open.pos) });
        const decorations = tr.docChanged ? decorate(tr.doc, findFootnotes(tr.doc)) : value.decorations;
        return { ...value, open: open && selectedLabel(state.selection) === open.label ? open : null, decorations };
      },
    },
    appendTransaction(transactions, before, state) {
      if (!transactions.some(({ docChanged }) => docChanged)) return null;
      const { tr } = state, old = findFootnotes(before.doc), { removed } = key.getState(state);
      removeNotes(tr, old, removed);
      completeNotes(tr, old, removed);
      return tr.docChanged ? tr : null;
    },
    view(view) {
      ({ doc } = view.state);
      const observer = new ResizeObserver(() => placeOpenNote(view)); // pictures arrive, the window gets narrower
      observer.observe(view.dom);
      return {
        destroy: () => observer.disconnect(),
        update() {
          ({ doc } = view.state);
          placeOpenNote(view);
        },
      };
    },
    props: {
      clipboardSerializer: { serializeFragment: (fragment, options) => serializeWithNotes(fragment, options, doc) },
      decorations: (state) => key.getState(state).decorations,
      handleTextInput: typeBehind,
      handleClickOn(view, _pos, node, nodePos, _event, isDirect) {
        if (!isDirect || node.type !== nodes.footnote_ref) return false;
        view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, nodePos)));
        return openNote(view.state, view.dispatch);
      },
      nodeViews: { footnote_ref: referenceView(texts), note: noteView(texts) },
    },
  });
}

// The arrow keys select a reference.
function typeBehind(view, _from, to, text) {
  const tr = behindSelected(view.state);
  if (tr) view.dispatch(tr.insertText(text).scrollIntoView());
  return Boolean(tr);
}

// A copied reference takes its note along, so that it can be pasted into another text. The mark says that it is from here.
function serializeWithNotes(fragment, options, doc) {
  const content = DOMSerializer.fromSchema(schema).serializeFragment(fragment, options);
  const notes = new Map(findFootnotes(doc).notes.map(({ label, node }) => [`#fn-${label}`, node]));
  for (const link of content.querySelectorAll("a.footnote-ref")) {
    const note = notes.get(link.getAttribute("href"));
    if (note) link.dataset.note = writeHtml(note.content.content);
  }
  content.firstElementChild?.setAttribute(COPY_ATTRIBUTE, copyMark());
  return content;
}

function selectedLabel(selection) {
  const depth = depthOf(selection, nodes.note);
  return depth > 0 ? labelOf(selection.$from.node(depth)) : null;
}

// A reference that is new brings its note along, finds it among those that were removed, or gets an empty one.
function completeNotes(tr, old, removed) {
  const found = findFootnotes(tr.doc), oldLabels = labelsOf(old.references), map = mapperFrom(tr);
  const notes = new Map(found.notes.map(({ label, node }) => [label, node])), renamed = new Map();
  const isIncomplete = ({ label, content }) => content !== null || (!oldLabels.has(label) && !notes.has(label) && !found.rawNotes.has(label));
  let { highest } = found;
  for (const { label, content, pos } of found.references.filter(isIncomplete)) {
    const name = `${label}\0${content}`;
    const isOwn = notes.has(label) && (content === null || writeHtml([...notes.get(label).content.content]) === content);
    if (!renamed.has(name) && isOwn) renamed.set(name, label);
    if (!renamed.has(name)) {
      const newLabel = notes.has(label) || label.startsWith("*") ? `${++highest}` : label;
      const note = content === null && removed.get(label);
      const children = note ? note.content : Fragment.from(content === null ? nodes.paragraph.create() : readHtml(content) ?? nodes.paragraph.create());
      insertNote(tr, newLabel, children, map(pos));
      notes.set(newLabel, nodes.note.create({ id: `fn-${newLabel}` }, children));
      renamed.set(name, newLabel);
    }
    tr.setNodeMarkup(map(pos), null, { label: renamed.get(name), content: null });
  }
}

// Returns a function that maps positions through what a transaction does from now on.
function mapperFrom(tr) {
  const start = tr.mapping.maps.length;
  return (pos) => tr.mapping.slice(start).map(pos);
}

// Puts a note after that of the reference before it, or at the end of the text.
function insertNote(tr, label, children, referencePos) {
  const note = nodes.note.create({ id: `fn-${label}`, tight: false }, children);
  const { references, notes } = findFootnotes(tr.doc);
  const positions = new Map(notes.map(({ label: other, node, pos }) => [other, pos + node.nodeSize]));
  const previous = references.filter(({ pos, label: other }) => pos < referencePos && positions.has(other)).at(-1);
  const next = references.find(({ pos, label: other }) => pos > referencePos && positions.has(other));
  if (previous) tr.insert(positions.get(previous.label), note);
  else if (next) tr.insert(notes.find(({ label: other }) => other === next.label).pos, note);
  else tr.insert(tr.doc.content.size, nodes.notes.create(null, [note]));
}

// The last reference that is deleted takes its note along, and a note that is deleted its references.
function removeNotes(tr, old, removed) {
  const found = findFootnotes(tr.doc), map = mapperFrom(tr);
  const labels = found.order, noteLabels = labelsOf(found.notes);
  const lost = labelsOf(old.references.filter(({ label }) => !labels.has(label)));
  const lostNotes = labelsOf(old.notes.filter(({ label }) => !noteLabels.has(label)));
  for (const { label, node } of old.notes) if (!labels.has(label)) removed.set(label, node);
  for (const { label, node, pos } of found.notes) if (lost.has(label)) deleteNote(tr, map(pos), node);
  for (const { label, pos } of found.references) if (lostNotes.has(label) && !found.rawNotes.has(label)) tr.delete(map(pos), map(pos) + 1);
}

function deleteNote(tr, pos, node) {
  const $pos = tr.doc.resolve(pos);
  if ($pos.parent.childCount === 1) tr.delete($pos.before(), $pos.after());
  else tr.delete(pos, pos + node.nodeSize);
  if (!tr.doc.childCount) tr.insert(0, nodes.paragraph.create());
}

/** Inserts a reference after the selection, and opens its note. */
export function insertFootnote(state, dispatch) {
  const { $to } = state.selection;
  if (!$to.parent.inlineContent || $to.parent.type.spec.code || depthOf(state.selection, nodes.notes) > 0) return false;
  if (!dispatch) return true;
  const found = findFootnotes(state.doc), label = `${found.highest + 1}`;
  const tr = state.tr.insert($to.pos, nodes.footnote_ref.create({ label }));
  insertNote(tr, label, Fragment.from(nodes.paragraph.create()), $to.pos);
  dispatch(selectNote(tr, label, $to.pos));
  return true;
}

// Puts the cursor at the end of a note, which opens at its reference.
function selectNote(tr, label, pos) {
  const note = findFootnotes(tr.doc).notes.find((candidate) => candidate.label === label);
  const end = TextSelection.near(tr.doc.resolve(note.pos + note.node.nodeSize - 1), -1);
  return tr.setSelection(end).setMeta(key, { label, pos });
}

/** On a reference: opens its note. */
export function openNote(state, dispatch) {
  const { node, from } = state.selection;
  const hasNote = node?.type === nodes.footnote_ref && findFootnotes(state.doc).notes.some(({ label }) => label === node.attrs.label);
  if (hasNote) dispatch?.(selectNote(state.tr, node.attrs.label, from));
  return hasNote;
}

/** In a note: goes back to its reference. */
export function closeNote(state, dispatch) {
  const label = selectedLabel(state.selection);
  const reference = key.getState(state).open ?? findFootnotes(state.doc).references.find((candidate) => candidate.label === label);
  if (!reference || !label) return false;
  dispatch?.(state.tr.setSelection(TextSelection.create(state.doc, reference.pos + 1)).scrollIntoView());
  return true;
}

function placeOpenNote(view) {
  const { open } = key.getState(view.state);
  const note = open && findFootnotes(view.state.doc).notes.find(({ label }) => label === open.label);
  const dom = note && view.nodeDOM(note.pos), mark = open && view.nodeDOM(open.pos);
  for (const other of view.dom.querySelectorAll(".is-open")) if (other !== dom) other.classList.remove("is-open");
  if (!dom || !mark?.getBoundingClientRect) return;
  const isNew = !dom.classList.contains("is-open");
  dom.classList.add("is-open");
  dom.style.setProperty("--note-top", `${topOfNote(view.dom, mark, dom.offsetHeight)}px`);
  if (isNew) dom.scrollIntoView({ block: "nearest" });
}

// Below the reference, or above it where the text ends too soon for that.
function topOfNote(text, mark, height) {
  const start = text.getBoundingClientRect().top - text.scrollTop, { top, bottom } = mark.getBoundingClientRect();
  const below = bottom - start + NOTE_GAP, above = top - start - NOTE_GAP - height;
  return below + height > text.clientHeight && above > 0 ? above : below;
}

/** In an empty note: deletes it with its references. */
export function deleteEmptyNote(state, dispatch) {
  const depth = depthOf(state.selection, nodes.note);
  if (depth < 0 || state.selection.$from.node(depth).textContent || state.selection.$from.node(depth).childCount > 1) return false;
  const label = selectedLabel(state.selection);
  const { tr } = state, positions = findFootnotes(state.doc).references.filter((reference) => reference.label === label).map(({ pos }) => pos);
  for (const pos of positions.toReversed()) tr.delete(pos, pos + 1);
  if (positions.length) tr.setSelection(TextSelection.near(tr.doc.resolve(positions[0])));
  dispatch?.(tr);
  return positions.length > 0;
}

const referenceView = ({ note }) => (_node, _view, _getPos, decorations) => {
  const dom = document.createElement("sup"), link = document.createElement("span");
  dom.className = "note-mark";
  link.setAttribute("role", "link");
  dom.append(link);
  function show(shown) {
    link.textContent = shown.find(({ spec }) => spec.number)?.spec.number ?? "?";
    link.setAttribute("aria-label", `${note} ${link.textContent}`);
  }
  show(decorations);
  return {
    dom,
    ignoreMutation: () => true,
    update(node, newDecorations) {
      if (node.type === nodes.footnote_ref) show(newDecorations);
      return node.type === nodes.footnote_ref;
    },
  };
};

const noteView = (texts) => (node, view) => {
  const dom = document.createElement("li"), contentDOM = document.createElement("div"), back = document.createElement("button");
  Object.assign(back, { type: "button", tabIndex: -1, className: "note-back", textContent: "↩", contentEditable: "false" });
  back.setAttribute("aria-label", texts.back);
  back.title = texts.back;
  back.addEventListener("click", () => {
    view.focus();
    closeNote(view.state, view.dispatch);
  });
  dom.append(contentDOM, back);
  return {
    dom,
    contentDOM,
    ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
    stopEvent: (event) => back.contains(event.target),
    update: (other) => other.type === node.type && other.attrs.id === node.attrs.id,
  };
};
