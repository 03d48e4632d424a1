// Rebuilds pasted tables as Markdown can express them: one header row, rows of equal length, cells of one line.

import { styleOf, unwrap } from "./elements.js";

const MAX_COLUMN_SPAN = 50;

export function rebuildTables(body) {
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    const isSingleCell = table.rows.length < 2 && (table.rows[0]?.cells.length ?? 0) < 2;
    if (table.parentNode.closest("table") || isSingleCell) unwrapTable(table);
    else rebuildTable(table);
  }
}

// A table within a table, or of one cell, is layout.
function unwrapTable(table) {
  for (const caption of table.querySelectorAll("caption")) caption.remove();
  for (const row of [...table.rows]) for (const cell of [...row.cells]) table.before(...cell.childNodes);
  table.remove();
}

function rebuildTable(table) {
  const page = table.ownerDocument, rows = readCells(table);
  const columnCount = Math.max(...rows.map((row) => row.length));
  const alignments = Array.from({ length: columnCount }, (_value, column) => columnAlignment(rows, column));
  if (table.caption?.textContent.trim()) table.before(createParagraph(page, table.caption.childNodes));
  const newTable = page.createElement("table");
  for (const cells of rows) {
    const row = newTable.insertRow();
    for (let column = 0; column < columnCount; column++) {
      const cell = page.createElement(row.rowIndex ? "td" : "th");
      if (alignments[column]) cell.setAttribute("align", alignments[column]);
      if (cells[column]) cell.append(...inlineNodes(cells[column]));
      row.append(cell);
    }
  }
  table.replaceWith(newTable);
}

// Returns the cells by row and column; null where a cell spans several.
function readCells(table) {
  const rows = [...table.rows].map(() => []);
  [...table.rows].forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      while (x in rows[y]) x++;
      for (let down = 0; down < Math.min(cell.rowSpan, rows.length - y); down++) {
        for (let right = 0; right < Math.min(cell.colSpan, MAX_COLUMN_SPAN); right++) rows[y + down][x + right] = down || right ? null : cell;
      }
      x += cell.colSpan;
    }
  });
  return rows.filter((row) => row.some((cell) => cell?.textContent.trim()));
}

// A column is aligned like most of its cells below the header.
function columnAlignment(rows, column) {
  const cells = rows.slice(1).map((row) => row[column]).filter((cell) => cell?.textContent.trim());
  const alignments = cells.map(cellAlignment);
  return ["right", "center"].find((value) => alignments.filter((alignment) => alignment === value).length > cells.length / 2) ?? "";
}

function cellAlignment(cell) {
  const styleAlignment = (element) => styleOf(element).match(/text-align\s*:\s*(\w+)/i)?.[1];
  const alignment = cell.getAttribute("align") ?? styleAlignment(cell) ?? cell.querySelector("[align]")?.getAttribute("align")
    ?? styleAlignment(cell.querySelector("[data-style*=text-align]") ?? cell);
  return { right: "right", end: "right", center: "center" }[alignment?.toLowerCase()] ?? "";
}

// Returns the content of a cell without blocks, which become lines.
function inlineNodes(cell) {
  const page = cell.ownerDocument;
  for (const element of [...cell.querySelectorAll("p, div, li, h1, h2, h3, h4, h5, h6, blockquote, pre, ul, ol, dl, dt, dd")]) {
    const isLine = element.textContent.trim() && element.matches("p, div, li, dt, dd, h1, h2, h3, h4, h5, h6, pre");
    if (isLine) element.append(page.createElement("br"));
    unwrap(element);
  }
  const isBlank = (node) => node && (node.nodeName === "BR" || (node.nodeType === 3 && !node.data.trim()));
  while (isBlank(cell.lastChild)) cell.lastChild.remove();
  while (isBlank(cell.firstChild)) cell.firstChild.remove();
  return cell.childNodes;
}

function createParagraph(page, nodes) {
  const paragraph = page.createElement("p");
  paragraph.append(...nodes);
  return paragraph;
}
