// What is pasted or dropped into the editor: HTML from Word, Google Docs or a web page, Markdown, addresses, and image files.

import { Fragment, Plugin, PluginKey, Slice, TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { depthOf } from "./commands.js";
import { isOwnCopy } from "./copy_mark.js";
import { readSlice, writeHtml } from "./html.js";
import { schema } from "./schema.js";

const MARKDOWN = /^#{1,6} \S|\]\((?:https?:|mailto:|image:|\/|#)|^ {0,3}\[\^[^\]\n]+\]:|\*\*[^\s*][^*\n]*\*\*|^\|[-: |]+\|$/m;
const ADDRESS = /^(https?:\/\/|mailto:)\S+$/;
const { nodes, marks } = schema;
const key = new PluginKey("paste");

/** Returns the image files of what is pasted or dropped. */
export function imageFiles({ files }) {
  return [...files].filter(({ type }) => type.startsWith("image/"));
}

/**
 * Returns {plugin, whenRead}: `whenRead()` is a promise that all is in the text that was pasted, or null.
 * `reportLosses({lostNotes, lostImages, error})` tells what was not converted, `insertImages(files)` uploads image files,
 * `readMarkdown(text)` returns a promise of the document of Markdown.
 */
export function pasting({ reportLosses, insertImages, readMarkdown }) {
  let isPlain = false; // Ctrl+Shift+V
  let reading = null;

  // What is read takes the place of the selection at its paste, wherever the cursor is then.
  async function insert(view, html, plain) {
    await reading;
    const { from, to } = view.state.selection;
    view.dispatch(view.state.tr.setMeta(key, { from, to }));
    const insertSlice = await read(html, plain).catch(reportError); // then the plain text is pasted
    const { state } = view, place = key.getState(state), { selection } = state;
    const hasMoved = selection.from !== place.from || selection.to !== place.to;
    if (hasMoved) select(view, place.from, place.to, { ...place, anchor: selection.anchor, head: selection.head });
    if (insertSlice) insertSlice(view);
    else view.pasteText(plain);
    const { anchor, head } = key.getState(view.state);
    if (hasMoved) select(view, anchor, head);
  }

  function reportError(error) {
    console.warn(error);
    reportLosses({ error });
  }

  function select(view, anchor, head, place = null) {
    const { doc, tr } = view.state;
    view.dispatch(tr.setSelection(TextSelection.between(doc.resolve(anchor), doc.resolve(head))).setMeta(key, place));
  }

  // Returns a function that inserts what was read, or null where the plain text has all of it.
  async function read(html, plain) {
    const { fitSlice, readClipboard, sliceOfDocument } = await import("./clipboard.js");
    const isMarkdown = MARKDOWN.test(plain), result = !isMarkdown && html && readClipboard(html);
    if (result) reportLosses(result);
    const slice = isMarkdown ? sliceOfDocument(await readMarkdown(plain), writeHtml) : result && readSlice(result.body);
    return slice && ((view) => insertSlice(view, fitSlice(withoutNotes(slice), (...types) => depthOf(view.state.selection, ...types) > 0)));
  }

  function paste(view, event) {
    const data = event.clipboardData ?? event.dataTransfer;
    const html = data.getData("text/html"), plain = data.getData("text/plain");
    const files = imageFiles(data);
    reportLosses({});
    if (files.length && !plain.trim()) insertImages(files);
    else if (isPlain || isRaw(view.state) || isOwnCopy(html) || !(html || MARKDOWN.test(plain) || ADDRESS.test(plain))) return false;
    else if (ADDRESS.test(plain.trim())) insertAddress(view, plain.trim());
    else {
      const current = insert(view, html, plain).catch((error) => console.error(error)).finally(() => { if (reading === current) reading = null; });
      reading = current;
    }
    event.preventDefault();
    return true;
  }

  function drop(view, event) {
    if (view.dragging) return false;
    const position = view.posAtCoords({ left: event.clientX, top: event.clientY });
    if (position) view.dispatch(view.state.tr.setSelection(view.state.selection.constructor.near(view.state.doc.resolve(position.pos))));
    return paste(view, event);
  }

  const plugin = new Plugin({
    key,
    // The place of the last paste that is being read, and the selection that it does not change.
    state: {
      init: () => ({}),
      apply(tr, { from = 0, to = 0, anchor = 0, head = 0 }) {
        const map = (pos, side) => tr.mapping.map(pos, side);
        return tr.getMeta(key) ?? { from: map(from, -1), to: map(to, -1), anchor: map(anchor), head: map(head) };
      },
    },
    props: { transformPasted: withoutNotes, handlePaste: pasteBesidePicture, handleDOMEvents: {
      keydown(_view, event) {
        if (event.key.toLowerCase() === "v") isPlain = event.shiftKey;
        return false;
      },
      keyup() {
        isPlain = false;
        return false;
      },
      paste,
      drop,
    } },
  });
  return { plugin, whenRead: () => reading };
}

const isRaw = ({ selection: { $from } }) => Boolean($from.parent.type.spec.code);

// References bring their notes along. What was copied within notes is text. A table stays together with its caption: the two could
// not be joined with a quotation.
function withoutNotes(slice) {
  const { content: { content }, openStart, openEnd } = slice;
  if (content.length === 1 && content[0].type === nodes.notes) return withoutNotes(textOfNotes(slice));
  const rest = Fragment.from(content.filter((node) => node.type !== nodes.notes));
  return new Slice(rest, openDepth(rest, "firstChild", openStart), openDepth(rest, "lastChild", openEnd));
}

function openDepth(content, side, limit) {
  let depth = 0;
  const isOpen = (node) => node && !node.isLeaf && (node.type !== nodes.captioned_table || node.childCount < 2);
  for (let node = content[side]; depth < limit && isOpen(node); node = node[side]) depth++;
  return depth;
}

function textOfNotes({ content, openStart, openEnd }) {
  const blocks = content.firstChild.content.content.flatMap((note) => note.content.content);
  return new Slice(Fragment.from(blocks), Math.max(0, openStart - 2), Math.max(0, openEnd - 2));
}

function insertAddress(view, address) {
  const { from, to, empty, $from } = view.state.selection, mark = marks.link.create({ href: address });
  if (empty) view.dispatch(view.state.tr.replaceSelectionWith(schema.text(address, mark.addToSet($from.marks())), false).removeStoredMark(mark));
  else view.dispatch(view.state.tr.addMark(from, to, mark));
}

function insertSlice(view, slice) {
  if (view.someProp("handlePaste", (handle) => handle(view, null, slice))) return;
  view.dispatch(view.state.tr.replaceSelection(slice).scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
}

// What is pasted beside a picture gets a paragraph of its own: it does not become a part of that of the picture.
function pasteBesidePicture(view, _event, { content }) {
  const { selection: { $from, empty }, tr } = view.state, { parent } = $from;
  const isPicture = parent.childCount && parent.content.content.every(({ type }) => type === nodes.image);
  if (!empty || !isPicture || !content.childCount || !$from.node(-1).canReplaceWith($from.index(-1), $from.index(-1), nodes.paragraph)) return false;
  const pos = $from.parentOffset ? $from.after() : $from.before();
  const blocks = content.firstChild.isInline ? Fragment.from(nodes.paragraph.create(null, content)) : content;
  tr.replaceRange(pos, pos, new Slice(blocks, 0, 0));
  tr.setSelection(TextSelection.near(tr.doc.resolve(tr.mapping.map(pos)), -1));
  view.dispatch(tr.scrollIntoView().setMeta("paste", true).setMeta("uiEvent", "paste"));
  return true;
}
