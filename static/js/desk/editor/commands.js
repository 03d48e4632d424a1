// The commands of the editor: what its buttons and keys do. Each is a ProseMirror command: it returns whether it applies to
// the state, and performs itself if it is given `dispatch`.

import {
  chainCommands, exitCode, isInTable, lift, liftListItem, setBlockType, TextSelection, toggleMark, wrapIn, wrapInList,
} from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { nodes, marks } = schema;
const STYLES = { text: null, h2: 2, h3: 3, h4: 4 };

/** Returns the depth of the innermost node around the selection that is of one of these types, or -1. */
export function depthOf({ $from }, ...types) {
  for (let depth = $from.depth; depth > 0; depth--) if (types.includes($from.node(depth).type)) return depth;
  return -1;
}

const isWithin = (state, ...types) => depthOf(state.selection, ...types) > 0;

/** Returns the name of the style of the selected paragraphs. */
export function styleOfSelection(state) {
  const { parent } = state.selection.$from;
  if (parent.type === nodes.heading) return `h${Math.min(4, Math.max(2, parent.attrs.level))}`;
  return isWithin(state, nodes.blockquote) ? "quote" : "text";
}

const setStyle = (name) => (STYLES[name] ? setBlockType(nodes.heading, { level: STYLES[name] }) : setText);

const setText = chainCommands(setBlockType(nodes.paragraph), unquote);

function unquote(state, dispatch) {
  return isWithin(state, nodes.blockquote) && lift(state, dispatch);
}

function toggleQuote(state, dispatch) {
  return isWithin(state, nodes.blockquote) ? lift(state, dispatch) : wrapIn(nodes.blockquote)(state, dispatch);
}

// Makes a list, ends it, or changes one kind of list to the other.
const toggleList = (type) => (state, dispatch) => {
  const depth = depthOf(state.selection, nodes.bullet_list, nodes.ordered_list);
  if (depth < 0) return wrapInList(type)(state, dispatch);
  const list = state.selection.$from.node(depth);
  if (list.type === type) return liftListItem(nodes.list_item)(state, dispatch);
  const { lang, dir, tight } = list.attrs;
  dispatch?.(state.tr.setNodeMarkup(state.selection.$from.before(depth), type, { lang, dir, tight }));
  return true;
};

/** Returns whether a mark is on the selection, or on what is typed next. */
export function isMarked({ selection: { empty, $from, from, to }, storedMarks, doc }, type) {
  return empty ? Boolean(type.isInSet(storedMarks ?? $from.marks())) : doc.rangeHasMark(from, to, type);
}

const hardBreak = chainCommands(exitCode, (state, dispatch) => {
  dispatch?.(state.tr.replaceSelectionWith(nodes.hard_break.create()).scrollIntoView());
  return true;
});

function lineBreakInCell(state, dispatch) {
  return isInTable(state) && isWithin(state, nodes.table_cell, nodes.table_header) && hardBreak(state, dispatch);
}

export const commands = {
  bold: toggleMark(marks.strong),
  italic: toggleMark(marks.em),
  text: setStyle("text"),
  h2: setStyle("h2"),
  h3: setStyle("h3"),
  h4: setStyle("h4"),
  quote: toggleQuote,
  bullets: toggleList(nodes.bullet_list),
  numbers: toggleList(nodes.ordered_list),
  hardBreak,
  lineBreakInCell,
};

/** Returns whether words within one paragraph are selected, which can be a link. */
export function canLink({ selection: { $from, $to } }) {
  return $from.parent.inlineContent && !$from.parent.type.spec.code && $from.sameParent($to);
}

/** Whether the button of a command is shown as pressed. */
export const pressed = {
  bold: (state) => isMarked(state, marks.strong),
  italic: (state) => isMarked(state, marks.em),
  link: (state) => isMarked(state, marks.link),
  quote: (state) => isWithin(state, nodes.blockquote),
  bullets: (state) => innermostList(state) === nodes.bullet_list,
  numbers: (state) => innermostList(state) === nodes.ordered_list,
  headerRow: hasHeaderRow,
  caption: (state) => isWithin(state, nodes.captioned_table),
};

export const isTableSelected = (state) => isWithin(state, nodes.table, nodes.captioned_table);

export function hasHeaderRow(state) {
  const depth = depthOf(state.selection, nodes.table);
  return depth > 0 && state.selection.$from.node(depth).firstChild.firstChild.type === nodes.table_header;
}

function innermostList(state) {
  const depth = depthOf(state.selection, nodes.bullet_list, nodes.ordered_list);
  return depth > 0 ? state.selection.$from.node(depth).type : null;
}
