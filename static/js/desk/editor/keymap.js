// The keys of the editor, and the signs at the beginning of a paragraph that make it a list, a heading or a quotation.

import {
  addRowAfter, baseKeymap, chainCommands, goToNextCell, inputRules, isInTable, keymap, liftListItem, Plugin, sinkListItem, splitListItem,
  textblockTypeInputRule, TextSelection, undoInputRule, wrappingInputRule,
} from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";
import { goToEnd, selectAll, stopAfter, stopBefore } from "./text_ends.js";

const { nodes } = schema;

/** `actions` are the commands by name. After Escape the Tab key leaves the editor, in lists and tables too. */
export function editorKeymaps(actions) {
  let isLeaving = false;
  const unlessLeaving = (command) => (state, dispatch, view) => !isLeaving && command(state, dispatch, view);

  return [
    new Plugin({
      props: {
        handleKeyDown(_view, { key }) {
          if (!["Tab", "Shift"].includes(key)) isLeaving = key === "Escape";
          return false;
        },
      },
    }),
    keymap({
      "Mod-b": actions.bold,
      "Mod-i": actions.italic,
      "Mod-k": actions.link,
      "Mod-Alt-0": actions.text,
      "Mod-Alt-1": actions.h2,
      "Mod-Alt-2": actions.h3,
      "Mod-Alt-3": actions.h4,
      "Mod-Alt-f": actions.footnote,
      "Mod-Alt-m": actions.comment,
      "Mod-Shift-7": actions.numbers,
      "Mod-Shift-8": actions.bullets,
      "Mod-Shift-9": actions.quote,
      "Mod-a": selectAll,
      "Mod-End": goToEnd(false),
      "Mod-Shift-End": goToEnd(true),
      "Mod-z": actions.undo,
      "Mod-Shift-z": actions.redo,
      "Mod-y": actions.redo,
      "Shift-Enter": actions.hardBreak,
      Enter: chainCommands(actions.openNote, actions.lineBreakInCell, splitListItem(nodes.list_item)),
      Escape: actions.closeNote,
      ...onEach(["Backspace", "Mod-Backspace", "Shift-Backspace", "Alt-Backspace"], chainCommands(undoInputRule, actions.deleteEmptyNote, unlistFirst, stopBefore)),
      ...onEach(["Delete", "Mod-Delete", "Alt-Delete"], stopAfter),
      ArrowLeft: leaveSelection("$from"),
      ArrowRight: leaveSelection("$to"),
      Tab: unlessLeaving(chainCommands(sinkListItem(nodes.list_item), goToNextCell(1), addRowAtEnd)),
      "Shift-Tab": unlessLeaving(chainCommands(liftListItem(nodes.list_item), goToNextCell(-1))),
    }),
    keymap(baseKeymap),
  ];
}

// In a table too the arrow keys lead from selected words to their edges, not to the next cell.
const leaveSelection = (edge) => ({ selection, tr }, dispatch) => {
  if (!(selection instanceof TextSelection) || selection.empty) return false;
  dispatch?.(tr.setSelection(TextSelection.near(selection[edge])).scrollIntoView());
  return true;
};

const onEach = (keys, command) => Object.fromEntries(keys.map((key) => [key, command]));

// In the last cell of a table: adds a row and goes there.
function addRowAtEnd(state, dispatch, view) {
  if (!isInTable(state) || goToNextCell(1)(state)) return false;
  if (dispatch) {
    addRowAfter(state, dispatch);
    goToNextCell(1)(view.state, dispatch);
  }
  return true;
}

// At the start of a list item, the Backspace key takes the paragraph out of the list, as in Word.
function unlistFirst(state, dispatch) {
  const { $from, empty } = state.selection;
  const isStart = empty && $from.parentOffset === 0 && $from.depth > 1 && $from.index(-1) === 0;
  return isStart && $from.node(-1).type === nodes.list_item && liftListItem(nodes.list_item)(state, dispatch);
}

export const signs = inputRules({
  rules: [
    wrappingInputRule(/^[-*•] $/, nodes.bullet_list),
    wrappingInputRule(/^1[.)] $/, nodes.ordered_list),
    wrappingInputRule(/^> $/, nodes.blockquote),
    textblockTypeInputRule(/^(#{2,4}) $/, nodes.heading, (match) => ({ level: match[1].length })),
  ],
});
