// HTML of a clipboard to Markdown of ours. Loaded at the first paste that needs it, and turndown with it.

import TurndownService from "../../../vendor/turndown/turndown.browser.es.js";
import { clean, read } from "./clean_html.js";
import { takeNotes } from "./clipboard_notes.js";

// Signs of the private area, which no text has, stand where a reference was.
const place = (number) => `\uE000${number}\uE001`;
const PLACES = /\uE000(\d+)\uE001/g;
const MEANT = "a[href], strong, em, h1, h2, h3, h4, h5, h6, li, table, blockquote, p ~ p, p br";

/**
 * {text, notes, lostNotes, lostPictures}: the passage, its footnotes as they stand at the end of a text, and how many
 * of either could not come. Null where the clipboard's HTML says no more than its plain text. `first` is the number
 * that the first note gets.
 */
export function convert(html, first) {
  const body = read(html);
  if (isCode(body)) return null;
  const { notes, lost } = takeNotes(body, place);
  const lostPictures = clean(body);
  if (!notes.length && !lost && !lostPictures && !body.querySelector(MEANT)) return null;
  const named = (text) => text.replace(PLACES, (_whole, number) => `[^${first + Number(number)}]`);
  const texts = notes.map((note, number) => {
    clean(note);
    return `[^${first + number}]: ${named(markdown(note)).replace(/\n(?=[^\n])/g, "\n    ")}`;
  });
  return { text: named(markdown(body)), notes: texts.join("\n"), lostNotes: lost, lostPictures };
}

// Editors of programs put coloured source on the clipboard: what was copied is the plain text.
function isCode(body) {
  const only = body.children.length === 1 && body.firstElementChild;
  return Boolean(only && (only.matches("pre") || /white-space\s*:\s*pre(?!-line)/i.test(only.getAttribute("data-style") ?? "")) && !only.querySelector("p, li, h1, h2, h3"));
}

function markdown(node) {
  return service.turndown(node).replace(/[ \t\u00a0]+$/gm, (spaces) => (spaces === "  " ? spaces : "")).replace(/\n{3,}/g, "\n\n").trim();
}

const service = new TurndownService({ headingStyle: "atx", hr: "---", bulletListMarker: "-", emDelimiter: "*", codeBlockStyle: "indented" });

// Only what would be read as a mark is escaped: a text is to be readable where it is written.
service.escape = (text) => text
  .replace(/\\/g, "\\\\")
  .replace(/\*/g, "\\*")
  .replace(/`/g, "\\`")
  .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
  .replace(/\[(?=\^|[^\]\n]*\][([:])/g, "\\[")
  .replace(/&(?=#?\w+;)/g, "&amp;")
  .replace(/<(?=[a-z/!?])/gi, "&lt;");

const begun = (text) => text
  .replace(/^([-+]|#{1,6})(?=\s)/, "\\$1")
  .replace(/^>/, "\\>")
  .replace(/^(\d{1,9})\.(?=\s)/, "$1\\.")
  .replace(/^(=+|-{3,})$/, "\\$1");

service.addRule("paragraph", { filter: "p", replacement: (text) => `\n\n${begun(text.trim())}\n\n` });
service.addRule("listItem", {
  filter: "li",
  replacement: (text, node) => {
    const list = node.parentNode, number = Number(list.getAttribute?.("start")) || 1;
    const mark = list.nodeName === "OL" ? `${number + [...list.children].indexOf(node)}. ` : "- ";
    return `${mark}${text.trim().replace(/\n\n(?=\s*(?:[-]|\d+\.) )/g, "\n").replace(/\n(?=[^\n])/g, "\n    ")}\n`;
  },
});
service.addRule("cell", {
  filter: ["td", "th"],
  replacement: (text, node) => `${node.previousSibling ? "" : "|"} ${text.trim().replace(/ *\n+ */g, "<br>").replace(/\|/g, "\\|") || " "} |`,
});
service.addRule("row", {
  filter: "tr",
  replacement: (text, node) => {
    const marks = { right: "---:", center: ":---:" };
    const rule = [...node.cells].map((cell) => ` ${marks[cell.getAttribute("align")] ?? "---"} |`).join("");
    return `${text}\n${node.previousSibling ? "" : `|${rule}\n`}`;
  },
});
service.addRule("table", { filter: ["table", "tbody", "thead"], replacement: (text, node) => (node.nodeName === "TABLE" ? `\n\n${text.trim()}\n\n` : text) });
