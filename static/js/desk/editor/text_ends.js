// Where the cursor and the keys that delete stop: at tables, notes, code and Markdown, which are parts of the text of their own.

import { baseKeymap, NodeSelection, Plugin, TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { depthOf } from "./commands.js";
import { schema } from "./schema.js";

const { nodes } = schema;
const WITHOUT_LINE_BELOW = [nodes.table, nodes.captioned_table, nodes.raw_block, nodes.code_block, nodes.horizontal_rule];

/** Returns whether a line to write on is missing after a block that is the last one of the text, above the notes. */
export const needsLineBelow = (block) => !block || WITHOUT_LINE_BELOW.includes(block.type);

/** Returns the end of the text, which its notes follow, and its last block. */
function endOfText(doc) {
  let pos = doc.content.size, index = doc.childCount;
  while (index > 0 && doc.child(index - 1).type === nodes.notes) pos -= doc.child(--index).nodeSize;
  return { pos, block: index ? doc.child(index - 1) : null };
}

/** The plugin that keeps a line to write on at the end of the text, above the notes. Empty lines are not saved. */
export function lineAtEnd() {
  return new Plugin({
    appendTransaction(_transactions, _before, { doc, tr, selection: { $from, empty } }) {
      const { pos, block } = endOfText(doc);
      if (needsLineBelow(block)) return tr.insert(pos, nodes.paragraph.create());
      return empty && !$from.depth && $from.pos > pos ? tr.setSelection(TextSelection.near(doc.resolve(pos), -1)) : null;
    },
  });
}

// Returns the block beside the text of the cursor, at the start (-1) or the end (1) of which the cursor is.
function blockBeside({ selection: { $from, empty } }, direction) {
  const isAtEdge = empty && $from.parent.isTextblock && $from.parentOffset === (direction < 0 ? 0 : $from.parent.content.size);
  for (let depth = $from.depth; isAtEdge && depth > 0 && !$from.node(depth).type.spec.isolating; depth--) {
    const index = $from.index(depth - 1) + direction;
    if (index >= 0 && index < $from.node(depth - 1).childCount) return $from.node(depth - 1).child(index);
  }
  return null;
}

// Deletes nothing beside the cursor that is a part of its own, or code, which holds no notes. An empty line may go.
const stopAt = (direction) => (state) => {
  const block = blockBeside(state, direction), { parent } = state.selection.$from;
  const isApart = block && (block.type.spec.isolating || Boolean(block.type.spec.code) !== Boolean(parent.type.spec.code));
  return isApart && (block.type === nodes.notes || parent.content.size > 0);
};

function deleteEmptyRawBlock(state, dispatch) {
  const { $from } = state.selection;
  if ($from.parent.type !== nodes.raw_block || $from.parent.content.size) return false;
  dispatch?.(state.tr.setNodeMarkup($from.before(), nodes.paragraph, {}));
  return true;
}

/** Deletes nothing, or an empty block of Markdown. */
export const stopBefore = (state, dispatch) => deleteEmptyRawBlock(state, dispatch) || stopAt(-1)(state);
export const stopAfter = (state, dispatch) => deleteEmptyRawBlock(state, dispatch) || stopAt(1)(state);

/**
 * The plugin that selects a table with a caption as a whole, as soon as a selection reaches from it to the text beside it:
 * what would be left of it cannot be joined with a quotation.
 */
export function wholeTables() {
  return new Plugin({
    appendTransaction(_transactions, _before, { selection, doc, tr }) {
      if (!(selection instanceof TextSelection) || selection.empty) return null;
      const { $anchor, $head } = selection, direction = $anchor.pos < $head.pos ? 1 : -1;
      const anchor = outsideTable($anchor, $head, -direction), head = outsideTable($head, $anchor, direction);
      return anchor === $anchor && head === $head ? null : tr.setSelection(TextSelection.between(anchor, head));
    },
  });
}

// Returns the place beyond the captioned table around one end of a selection, or in front of it if there is no text beyond.
function outsideTable($end, $other, direction) {
  const depth = depthOf({ $from: $end }, nodes.captioned_table);
  if (depth < 0 || depth <= $end.sharedDepth($other.pos)) return $end;
  return findOutside($end, direction) ?? findOutside($end, -direction) ?? $end;
}

// Returns the next place outside of captioned tables, several of which may follow one another, or undefined.
function findOutside($pos, direction) {
  const depth = $pos ? depthOf({ $from: $pos }, nodes.captioned_table) : -1;
  if (depth < 0) return $pos;
  const edge = $pos.doc.resolve(direction > 0 ? $pos.after(depth) : $pos.before(depth));
  return findOutside(TextSelection.findFrom(edge, direction, true)?.$head, direction);
}

/** Goes to the end of the text, or selects up to there. */
export const goToEnd = (isSelecting) => (state, dispatch) => {
  const end = TextSelection.near(state.doc.resolve(endOfText(state.doc).pos), -1).$head;
  const $anchor = isSelecting ? state.selection.$anchor : end;
  dispatch?.(state.tr.setSelection(TextSelection.between($anchor, end)).scrollIntoView());
  return true;
};

/** Selects the note, the cell or the Markdown that the cursor is in, then the whole text. */
export function selectAll(state, dispatch) {
  const { $from, from, to } = state.selection;
  let depth = $from.sharedDepth(to);
  while (depth > 0 && !$from.node(depth).type.spec.isolating) depth--;
  const isPart = depth > 0 && ![nodes.notes, nodes.table, nodes.captioned_table].includes($from.node(depth).type);
  const part = isPart && TextSelection.between(state.doc.resolve($from.start(depth)), state.doc.resolve($from.end(depth)));
  const isWhole = !part || (part.from >= from && part.to <= to);
  if (isWhole) return baseKeymap["Mod-a"](state, dispatch);
  dispatch?.(state.tr.setSelection(part));
  return true;
}

/** On a selected picture or mark, the cursor behind it: what is typed does not replace it. */
export function behindSelected({ selection, doc, tr }) {
  return selection instanceof NodeSelection && selection.node.isInline ? tr.setSelection(TextSelection.create(doc, selection.to)) : null;
}
