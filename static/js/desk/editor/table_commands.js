// The commands of tables: inserting one, its rows and columns, its heading row and its caption.

import {
  addColumnAfter, addColumnBefore, addRowAfter, addRowBefore, deleteColumn, deleteRow, deleteTable, TextSelection,
} from "../../../vendor/prosemirror/prosemirror.js";

const ROWS = 3, COLUMNS = 3;

/** Returns the commands by name, of these nodes. The functions are those of commands.js and insertions.js. */
export function tableCommands(nodes, { depthOf, hasHeaderRow, insertBlock }) {
  const row = (type) => nodes.table_row.create(null, Array.from({ length: COLUMNS }, () => type.createAndFill()));

  function insertTable(state, dispatch) {
    if (depthOf(state.selection, nodes.table, nodes.notes, nodes.captioned_table) > 0) return false;
    const rows = Array.from({ length: ROWS }, (_value, index) => row(index ? nodes.table_cell : nodes.table_header));
    dispatch?.(insertBlock(state, nodes.table.create(null, rows), 4));
    return true;
  }

  function addRowAbove(state, dispatch) {
    return !isInHeaderRow(state) && addRowBefore(state, dispatch);
  }

  function isInHeaderRow(state) {
    const depth = depthOf(state.selection, nodes.table);
    return hasHeaderRow(state) && state.selection.$from.index(depth) === 0;
  }

  // The first row alone can be one of headings.
  function toggleHeaderRow(state, dispatch) {
    const depth = depthOf(state.selection, nodes.table);
    if (depth < 0) return false;
    const { tr } = state, type = hasHeaderRow(state) ? nodes.table_cell : nodes.table_header;
    const start = state.selection.$from.start(depth) + 1;
    state.selection.$from.node(depth).firstChild.forEach((cell, offset) => tr.setNodeMarkup(start + offset, type, cell.attrs));
    dispatch?.(tr);
    return true;
  }

  // Adds a caption and goes there, or removes it.
  function toggleCaption(state, dispatch) {
    const depth = depthOf(state.selection, nodes.captioned_table, nodes.table);
    if (depth < 0) return false;
    const { $from } = state.selection, start = $from.before(depth), node = $from.node(depth);
    const captioned = depthOf(state.selection, nodes.captioned_table);
    if (captioned > 0) {
      const wrapper = $from.node(captioned), from = $from.before(captioned);
      dispatch?.(state.tr.replaceWith(from, from + wrapper.nodeSize, wrapper.lastChild).scrollIntoView());
      return true;
    }
    if (!dispatch) return true;
    const tr = state.tr.replaceWith(start, start + node.nodeSize, nodes.captioned_table.create(null, [nodes.caption.create(), node]));
    dispatch(tr.setSelection(TextSelection.create(tr.doc, start + 2)).scrollIntoView());
    return true;
  }

  function removeTable(state, dispatch) {
    const depth = depthOf(state.selection, nodes.captioned_table);
    if (depth < 0) return deleteTable(state, dispatch);
    dispatch?.(state.tr.delete(state.selection.$from.before(depth), state.selection.$from.after(depth)).scrollIntoView());
    return true;
  }

  return {
    table: insertTable,
    rowAbove: addRowAbove,
    rowBelow: addRowAfter,
    deleteRow,
    columnBefore: addColumnBefore,
    columnAfter: addColumnAfter,
    deleteColumn,
    headerRow: toggleHeaderRow,
    caption: toggleCaption,
    deleteTable: removeTable,
  };
}
