// The document of the rich text editor: the nodes and marks of the HTML that the server reads and writes.
//
// Two things differ from this HTML (see html.js): a list item has its text in a paragraph, also in a list without space
// between its items (`tight`), and a table with a caption is wrapped together with it.

import { Schema } from "../../../vendor/prosemirror/prosemirror.js";

const LANGUAGE = { lang: { default: null }, dir: { default: null } };
const TEXT_MARKS = [
  "strong", "em", "u", "s", "del", "ins", "mark", "q", "small", "sub", "sup", "abbr", "bdi", "bdo", "samp", "kbd", "code",
];

// Attributes that are not set are left out of the HTML.
const present = (attrs) => Object.fromEntries(Object.entries(attrs).filter(([, value]) => value !== null));
const read = (names) => (dom) => Object.fromEntries(names.map((name) => [name, dom.getAttribute(name)]));
const attributes = (names) => Object.fromEntries(names.map((name) => [name, { default: null }]));

// A node or mark that is one element with the same name in HTML.
function element(tag, names = [], spec = {}) {
  const all = [...Object.keys(LANGUAGE), ...names];
  return {
    attrs: attributes(all),
    parseDOM: [{ tag, getAttrs: read(all) }],
    toDOM: ({ attrs }) => (spec.atom ? [tag, present(attrs)] : [tag, present(attrs), 0]),
    ...spec,
  };
}

const isTight = (dom) => dom.hasAttribute("data-tight") || !dom.querySelector(":scope > p, :scope > li > p");

// A list or a note whose text stands in the element itself is tight.
function spaced(tag, names, spec) {
  const all = [...Object.keys(LANGUAGE), ...names];
  return {
    attrs: { ...attributes(all), tight: { default: true } },
    parseDOM: [{ tag, getAttrs: (dom) => ({ ...read(all)(dom), tight: isTight(dom) }) }],
    toDOM: ({ attrs: { tight, ...attrs } }) => [tag, { ...present(attrs), ...(tight && { "data-tight": "" }) }, 0],
    ...spec,
  };
}

function cell(tag, tableRole) {
  return {
    content: "paragraph",
    tableRole,
    isolating: true,
    attrs: { ...attributes(["align", "lang", "dir"]), colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } },
    parseDOM: [{
      tag,
      getAttrs: (dom) => ({ ...read(["align", "lang", "dir"])(dom), colspan: dom.colSpan, rowspan: dom.rowSpan }),
    }],
    toDOM({ attrs: { colspan, rowspan, colwidth, ...attrs } }) {
      const spans = { colspan: colspan > 1 ? colspan : null, rowspan: rowspan > 1 ? rowspan : null };
      return [tag, present({ ...attrs, ...spans }), 0];
    },
  };
}

const heading = {
  group: "block",
  content: "inline*",
  defining: true,
  attrs: { ...LANGUAGE, level: { default: 2 } },
  parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, getAttrs: (dom) => ({ ...read(["lang", "dir"])(dom), level }) })),
  toDOM: ({ attrs: { level, ...attrs } }) => [`h${level}`, present(attrs), 0],
};

const nodes = {
  doc: { content: "(block | top)+" },
  paragraph: element("p", [], { group: "block", content: "inline*" }),
  heading,
  blockquote: element("blockquote", [], { group: "block", content: "block+", defining: true }),
  bullet_list: spaced("ul", [], { group: "block", content: "list_item+" }),
  ordered_list: spaced("ol", ["start"], { group: "block", content: "list_item+" }),
  list_item: element("li", ["value"], { content: "block+", defining: true }),
  code_block: {
    ...element("pre", [], { group: "block", content: "text*", marks: "", code: true, defining: true }),
    parseDOM: [{ tag: "pre", preserveWhitespace: "full", getAttrs: read(["lang", "dir"]) }],
    toDOM: ({ attrs }) => ["pre", present(attrs), ["code", 0]],
  },
  horizontal_rule: { ...element("hr", [], { group: "block", atom: true }) },
  captioned_table: {
    group: "block",
    content: "caption table",
    isolating: true,
    parseDOM: [{ tag: "figure.captioned" }],
    toDOM: () => ["figure", { class: "captioned" }, 0],
  },
  caption: element("figcaption", [], { content: "inline*", isolating: true }),
  table: { ...element("table", [], { group: "block", content: "table_row+", tableRole: "table", isolating: true }),
    toDOM: ({ attrs }) => ["table", present(attrs), ["tbody", 0]] },
  table_row: element("tr", [], { content: "(table_cell | table_header)+", tableRole: "row" }),
  table_cell: cell("td", "cell"),
  table_header: cell("th", "header_cell"),
  notes: { group: "top", content: "note+", isolating: true, parseDOM: [{ tag: "section.footnotes", contentElement: "ol" }],
    toDOM: () => ["section", { class: "footnotes" }, ["ol", 0]] },
  note: {
    ...spaced("li", ["id"], { content: "block+", isolating: true, defining: true }),
    parseDOM: [{ tag: "section.footnotes > ol > li", priority: 60, getAttrs: (dom) => ({ ...read(["id", "lang", "dir"])(dom), tight: isTight(dom) }) }],
  },
  raw_block: {
    group: "top",
    content: "text*",
    marks: "",
    code: true,
    isolating: true,
    defining: true,
    attrs: { gap: { default: "\n\n" } },
    parseDOM: [{ tag: "pre.raw-block", priority: 60, preserveWhitespace: "full" }],
    toDOM: () => ["pre", { class: "raw-block" }, ["code", 0]],
  },
  text: { group: "inline" },
  image: element("img", ["src", "alt", "title"], { group: "inline", inline: true, atom: true, draggable: true }),
  footnote_ref: {
    group: "inline",
    inline: true,
    atom: true,
    attrs: { label: {}, content: { default: null } },
    parseDOM: [{ tag: "sup:has(> a.footnote-ref)", priority: 60, getAttrs: readReference }],
    toDOM: ({ attrs: { label } }) => ["sup", ["a", { href: `#fn-${label}`, class: "footnote-ref" }, label]],
  },
  anchor: { ...element("span", ["id"], { group: "inline", inline: true, atom: true }),
    parseDOM: [{ tag: "span[id]", priority: 60, getAttrs: read(["id"]) }] },
  hard_break: { ...element("br", [], { group: "inline", inline: true, atom: true, selectable: false, linebreakReplacement: true }), leafText: () => "\n" },
  word_break: element("wbr", [], { group: "inline", inline: true, atom: true, selectable: false }),
};

// `content` is the HTML of the note that a pasted reference brings along; footnotes.js puts it among the notes. A label that
// begins with an asterisk is replaced by a number.
function readReference(dom) {
  const link = dom.querySelector("a");
  return { label: link.getAttribute("href").slice("#fn-".length), content: link.dataset.note ?? null };
}

const marks = {
  link: element("a", ["href", "title"], { inclusive: false }),
  ...Object.fromEntries(TEXT_MARKS.map((tag) => [tag, element(tag, tag === "abbr" ? ["title"] : [])])),
};
marks.code.code = true;

export const schema = new Schema({ nodes, marks });
