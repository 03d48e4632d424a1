// What the rich text editor uses of ProseMirror.

export { DOMParser, DOMSerializer, Fragment, Schema, Slice } from "prosemirror-model";
export { EditorState, NodeSelection, Plugin, PluginKey, TextSelection } from "prosemirror-state";
export { Decoration, DecorationSet, EditorView } from "prosemirror-view";
export { keymap } from "prosemirror-keymap";
export { baseKeymap, chainCommands, exitCode, lift, setBlockType, toggleMark, wrapIn } from "prosemirror-commands";
export { closeHistory, history, redo, undo } from "prosemirror-history";
export { inputRules, textblockTypeInputRule, undoInputRule, wrappingInputRule } from "prosemirror-inputrules";
export { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
export {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable, goToNextCell,
  isInTable, tableEditing,
} from "prosemirror-tables";
export { dropCursor } from "prosemirror-dropcursor";
export { gapCursor } from "prosemirror-gapcursor";
