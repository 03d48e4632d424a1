// Converts HTML from the clipboard to Markdown. Loaded, with turndown, at the first paste that needs it.

import TurndownService from "../../../vendor/turndown/turndown.browser.es.js";
import { cleanHtml, parseHtml } from "./clean_html.js";
import { extractNotes } from "./clipboard_notes.js";

// Private-use characters, which no text has, stand for references to footnotes until the text is Markdown.
const placeholder = (index) => `\uE000${index}\uE001`;
const PLACEHOLDERS = /\uE000(\d+)\uE001/g;
const FORMATTED = "a[href], strong, em, h1, h2, h3, h4, h5, h6, li, table, blockquote, p ~ p, p br";

/**
 * Returns {text, notes, lostNotes, lostImages}: the Markdown, its footnotes, and how many footnotes and images were not
 * converted. Returns null if the HTML has nothing that plain text lacks. `firstNote` is the number of the first footnote.
 */
export function convert(html, firstNote) {
  const body = parseHtml(html);
  if (isCode(body)) return null;
  const { notes, lost } = extractNotes(body, placeholder);
  const lostImages = cleanHtml(body);
  if (!notes.length && !lost && !lostImages && !body.querySelector(FORMATTED)) return null;
  const replacePlaceholders = (text) => text.replace(PLACEHOLDERS, (_match, index) => `[^${firstNote + Number(index)}]`);
  const noteTexts = notes.map((note, index) => {
    cleanHtml(note);
    return `[^${firstNote + index}]: ${replacePlaceholders(toMarkdown(note)).replace(/\n(?=[^\n])/g, "\n    ")}`;
  });
  return { text: replacePlaceholders(toMarkdown(body)), notes: noteTexts.join("\n"), lostNotes: lost, lostImages };
}

// Code editors put highlighted HTML on the clipboard: the plain text is pasted.
function isCode(body) {
  const element = body.children.length === 1 && body.firstElementChild;
  if (!element || element.querySelector("p, li, h1, h2, h3")) return false;
  return element.matches("pre") || /white-space\s*:\s*pre(?!-line)/i.test(element.getAttribute("data-style") ?? "");
}

function toMarkdown(node) {
  const markdown = service.turndown(node);
  return markdown.replace(/[ \t\u00a0]+$/gm, (spaces) => (spaces === "  " ? spaces : "")).replace(/\n{3,}/g, "\n\n").trim();
}

const service = new TurndownService({ headingStyle: "atx", hr: "---", bulletListMarker: "-", emDelimiter: "*", codeBlockStyle: "indented" });

// Only characters that Markdown would interpret are escaped, so that the text stays readable in the editor.
service.escape = (text) => text
  .replace(/\\/g, "\\\\")
  .replace(/\*/g, "\\*")
  .replace(/`/g, "\\`")
  .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\_")
  .replace(/\[(?=\^|[^\]\n]*\][([:])/g, "\\[")
  .replace(/&(?=#?\w+;)/g, "&amp;")
  .replace(/<(?=[a-z/!?])/gi, "&lt;");

const escapeLineStart = (text) => text
  .replace(/^([-+]|#{1,6})(?=\s)/, "\\$1")
  .replace(/^>/, "\\>")
  .replace(/^(\d{1,9})\.(?=\s)/, "$1\\.")
  .replace(/^(=+|-{3,})$/, "\\$1");

service.addRule("paragraph", { filter: "p", replacement: (text) => `\n\n${escapeLineStart(text.trim())}\n\n` });
service.addRule("listItem", {
  filter: "li",
  replacement: (text, node) => {
    const list = node.parentNode, start = Number(list.getAttribute?.("start")) || 1;
    const marker = list.nodeName === "OL" ? `${start + [...list.children].indexOf(node)}. ` : "- ";
    return `${marker}${text.trim().replace(/\n\n(?=\s*(?:[-]|\d+\.) )/g, "\n").replace(/\n(?=[^\n])/g, "\n    ")}\n`;
  },
});
service.addRule("cell", {
  filter: ["td", "th"],
  replacement: (text, node) => `${node.previousSibling ? "" : "|"} ${text.trim().replace(/ *\n+ */g, "<br>").replace(/\|/g, "\\|") || " "} |`,
});
service.addRule("row", {
  filter: "tr",
  replacement: (text, node) => {
    const delimiters = { right: "---:", center: ":---:" };
    const delimiterRow = [...node.cells].map((cell) => ` ${delimiters[cell.getAttribute("align")] ?? "---"} |`).join("");
    return `${text}\n${node.previousSibling ? "" : `|${delimiterRow}\n`}`;
  },
});
service.addRule("table", { filter: ["table", "tbody", "thead"], replacement: (text, node) => (node.nodeName === "TABLE" ? `\n\n${text.trim()}\n\n` : text) });
