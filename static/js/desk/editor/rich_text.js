// The rich text editor over the blocks of a text: the view of ProseMirror, its plugins, and what it tells the form.

import {
  closeHistory, dropCursor, EditorState, EditorView, gapCursor, history, redo, tableEditing, TextSelection, undo,
} from "../../../vendor/prosemirror/prosemirror.js";
import { readBlocks, savedPosition, writeBlocks } from "./block_document.js";
import { commands } from "./commands.js";
import { closeNote, deleteEmptyNote, footnotes, insertFootnote, openNote } from "./footnotes.js";
import { imageView } from "./image_view.js";
import { editorKeymaps, signs } from "./keymap.js";
import { behindSelected, lineAtEnd, wholeTables } from "./text_ends.js";

/**
 * Returns the editor in `place`. `actions` are commands of the page: link, comment. `onChange(isEdited)` is called
 * after each change of the selection or the text.
 */
export function richText(place, { attributes, actions, images, texts, paste, onChange }) {
  const commandsByName = { ...actions, undo, redo, openNote, closeNote };
  addCommands({ ...commands, footnote: insertFootnote, deleteEmptyNote });
  const plugins = [
    paste, signs, ...editorKeymaps(commandsByName), footnotes(texts), lineAtEnd(), wholeTables(), tableEditing(), history(), dropCursor({ class: "drop-cursor", color: false }), gapCursor(),
  ];
  let origins = [], unchanged = null;

  const view = new EditorView({ mount: place }, {
    state: EditorState.create({ doc: readBlocks([]).doc, plugins }),
    attributes,
    get scrollThreshold() { return windowEdges(); },
    get scrollMargin() { return windowEdges(); },
    nodeViews: { image: imageView(images), table: tableView },
    dispatchTransaction(tr) {
      view.updateState(view.state.apply(tr));
      onChange(tr.docChanged);
    },
    handleDOMEvents: { beforeinput: replaceSelection, compositionstart: deleteBlocks },
  });

  function load(blocks) {
    const read = readBlocks(blocks);
    ({ origins } = read);
    view.updateState(EditorState.create({ doc: read.doc, plugins: view.state.plugins })); // others may have been added
    unchanged = view.state.doc;
    onChange(false);
  }

  // The positions that the selection has once the text is saved and read again.
  function selection() {
    const { doc, selection: { anchor, head } } = view.state;
    return [anchor, head].map((pos) => savedPosition(doc, pos));
  }

  function select(positions) {
    const { doc, tr } = view.state;
    const [anchor, head] = positions.map((pos) => TextSelection.near(doc.resolve(Math.min(pos, doc.content.size)), -1).$head);
    view.focus();
    view.dispatch(tr.setSelection(TextSelection.between(anchor, head)));
  }

  function addCommands(edits) {
    for (const [name, command] of Object.entries(edits)) commandsByName[name] = withOwnUndo(command);
  }

  // The commands of tables are loaded together, when somebody begins to write: then all names are known.
  function isLoaded(name) {
    return "table" in commandsByName || name in commandsByName;
  }

  return {
    view,
    addCommands,
    load,
    selection,
    select,
    origins: () => origins,
    blocks: () => writeBlocks(view.state.doc, origins),
    isUnchanged: () => view.state.doc === unchanged,
    isLoaded,
    isAvailable: (name) => (isLoaded(name) ? commandsByName[name](view.state) : name === "table"),
    perform(name) {
      view.focus();
      commandsByName[name](view.state, view.dispatch, view);
    },
  };
}

// The caret stays clear of the bars at the edges of the window, as where the browser itself scrolls.
function windowEdges() {
  const { scrollPaddingBlockStart, scrollPaddingBlockEnd } = getComputedStyle(document.documentElement);
  return { top: parseFloat(scrollPaddingBlockStart) || 5, bottom: parseFloat(scrollPaddingBlockEnd) || 5, left: 0, right: 0 };
}

// Shows a table in an element that scrolls, as on the page.
function tableView() {
  const dom = document.createElement("div"), table = document.createElement("table"), contentDOM = document.createElement("tbody");
  dom.className = "table-scroll";
  table.append(contentDOM);
  dom.append(table);
  return { dom, contentDOM };
}

// A command is undone alone, not together with what was typed just before.
function withOwnUndo(command) {
  return (state, dispatch, view) => command(state, dispatch && ((tr) => dispatch(closeHistory(tr))), view);
}

const isOverBlocks = ({ selection: { $from, $to } }) => !$from.sameParent($to);

// Input over a selection is not left to the browser, which would style what it joins.
function replaceSelection(view, event) {
  if (event.inputType !== "insertText" || event.data === null || view.state.selection.empty) return false;
  view.dispatch((behindSelected(view.state) ?? view.state.tr.deleteSelection()).insertText(event.data).scrollIntoView());
  event.preventDefault();
  return true;
}

function deleteBlocks(view) {
  const tr = isOverBlocks(view.state) ? view.state.tr.deleteSelection() : behindSelected(view.state);
  if (tr) view.dispatch(tr);
  return false;
}
