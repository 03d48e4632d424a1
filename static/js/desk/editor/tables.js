// Tables as Markdown can have them: a row of headings, every row of one length, a cell of one line.

import { styleOf, unwrap } from "./elements.js";

export function rebuildTables(body) {
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    if (table.parentNode.closest("table") || (table.rows.length < 2 && (table.rows[0]?.cells.length ?? 0) < 2)) unwrapTable(table);
    else rebuildTable(table);
  }
}

// A table within a table, or of one cell, was there for its looks.
function unwrapTable(table) {
  for (const caption of table.querySelectorAll("caption")) caption.remove();
  for (const row of [...table.rows]) for (const cell of [...row.cells]) table.before(...cell.childNodes);
  table.remove();
}

function rebuildTable(table) {
  const page = table.ownerDocument, rows = grid(table);
  const wide = Math.max(...rows.map((row) => row.length));
  const aligns = Array.from({ length: wide }, (_each, column) => alignOf(rows, column));
  if (table.caption?.textContent.trim()) table.before(...paragraph(page, table.caption.childNodes));
  const made = page.createElement("table");
  for (const cells of rows) {
    const row = made.insertRow();
    for (let column = 0; column < wide; column++) {
      const cell = page.createElement(row.rowIndex ? "td" : "th");
      if (aligns[column]) cell.setAttribute("align", aligns[column]);
      if (cells[column]) cell.append(...line(cells[column]));
      row.append(cell);
    }
  }
  table.replaceWith(made);
}

// The cells by row and column; where one reaches over others there is nothing.
function grid(table) {
  const rows = [...table.rows].map(() => []);
  [...table.rows].forEach((row, y) => {
    let x = 0;
    for (const cell of row.cells) {
      while (x in rows[y]) x++;
      for (let down = 0; down < Math.min(cell.rowSpan, rows.length - y); down++) {
        for (let right = 0; right < Math.min(cell.colSpan, 50); right++) rows[y + down][x + right] = down || right ? null : cell;
      }
      x += cell.colSpan;
    }
  });
  return rows.filter((row) => row.some((cell) => cell?.textContent.trim()));
}

// Figures stand at the right: what most cells below the heading say counts for the column.
function alignOf(rows, column) {
  const aligns = rows.slice(1).map((row) => row[column]).filter((cell) => cell?.textContent.trim()).map((cell) => {
    const found = cell.getAttribute("align") ?? styleOf(cell).match(/text-align\s*:\s*(\w+)/i)?.[1]
      ?? cell.querySelector("[align]")?.getAttribute("align") ?? styleOf(cell.querySelector("[data-style*=text-align]") ?? cell).match(/text-align\s*:\s*(\w+)/i)?.[1];
    return { right: "right", end: "right", center: "center" }[found?.toLowerCase()] ?? "";
  });
  return ["right", "center"].find((each) => aligns.filter((one) => one === each).length > aligns.length / 2) ?? "";
}

// What stands in a cell, on one line: blocks and items are parted by breaks.
function line(cell) {
  const page = cell.ownerDocument;
  for (const each of [...cell.querySelectorAll("p, div, li, h1, h2, h3, h4, h5, h6, blockquote, pre, ul, ol, dl, dt, dd")]) {
    if (each.textContent.trim() && each.matches("p, div, li, dt, dd, h1, h2, h3, h4, h5, h6, pre")) each.append(page.createElement("br"));
    unwrap(each);
  }
  const isIdle = (node) => node && (node.nodeName === "BR" || (node.nodeType === 3 && !node.data.trim()));
  while (isIdle(cell.lastChild)) cell.lastChild.remove();
  while (isIdle(cell.firstChild)) cell.firstChild.remove();
  return cell.childNodes;
}

function paragraph(page, nodes) {
  const made = page.createElement("p");
  made.append(...nodes);
  return [made];
}
