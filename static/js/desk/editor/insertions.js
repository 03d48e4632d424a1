// What the buttons insert into the text: pictures, of the library or of files, and tables. Loaded when somebody begins to write.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { chooseImage } from "./image_library.js";
import { imageUpload } from "./image_upload.js";
import { tableCommands } from "./table_commands.js";

/**
 * Connects the buttons with the text. Returns {choosePicture, insertImages}: the first opens the library, or the file picker where
 * there is none, the second uploads image files. `isRich()` says which of the editor and the textarea is shown, `tables`
 * has functions of commands.js.
 */
export function connectInsertions({ editor, textarea, isRich, language, tables }) {
  const library = document.querySelector("dialog[data-image-library]");
  const upload = imageUpload(document.querySelector("dialog[data-image-dialog]"), { language });
  let caret = 0;

  const inText = {
    insert({ src, alt, title = null }) {
      const { view } = editor, { nodes } = view.state.schema;
      if (!isRich()) return insertMarkdown(markdownOfImage({ src, alt, title }));
      view.dispatch(insertBlock(view.state, nodes.paragraph.create(null, nodes.image.create({ src, alt, title })), 2));
    },
    finish() {
      if (isRich()) editor.view.dispatch(leaveImage(editor.view.state));
      (isRich() ? editor.view : textarea).focus();
    },
  };

  // A dialog that closes gives the focus back with the caret at the beginning.
  function keepCaret() {
    caret = textarea.selectionEnd;
  }

  function insertMarkdown(markdown) {
    const before = textarea.value.slice(0, caret);
    textarea.setRangeText(`${before.replace(/\n*$/, "") && "\n\n"}${markdown}\n\n`, before.trimEnd().length, caret, "end");
    keepCaret();
    textarea.form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  editor.addCommands(tableCommands(editor.view.state.schema.nodes, { ...tables, insertBlock }));
  editor.view.dispatch(editor.view.state.tr); // the buttons show what is available
  return {
    async choosePicture(place = inText) {
      keepCaret();
      const choice = library ? await chooseImage(library, { isForText: !place.isCover, language: language() }) : "upload";
      if (choice === "upload") return upload.chooseImages(place);
      if (choice) place.insert(choice);
      place.finish();
    },
    insertImages(files) {
      keepCaret();
      return upload.insertImages(files, inText);
    },
  };
}

function markdownOfImage({ src, alt, title }) {
  const escape = (text, marks) => text.replace(marks, "\\$&");
  const caption = title && ` "${escape(title, /[\\"]/g)}"`;
  return `![${escape(alt, /[\\[\]]/g)}](${src}${caption ?? ""})`;
}

// Inserts a block below the paragraph of the selection, or in place of an empty one. `selectAt` is counted from its start.
function insertBlock(state, node, selectAt = null) {
  const { selection: { $from }, schema: { nodes } } = state;
  const depth = insertionDepth($from, node.type);
  const isEmpty = $from.parent.isTextblock && !$from.parent.content.size && depth === $from.depth - 1;
  const start = isEmpty ? $from.before() : depth === $from.depth ? $from.pos : $from.after(depth + 1);
  const tr = state.tr.replaceWith(start, isEmpty ? $from.after() : start, node);
  const end = start + node.nodeSize;
  if (![nodes.paragraph, nodes.heading].includes(tr.doc.resolve(end).nodeAfter?.type)) tr.insert(end, nodes.paragraph.create());
  return tr.setSelection(TextSelection.near(tr.doc.resolve(selectAt === null ? end : start + selectAt))).scrollIntoView();
}

// Puts the cursor into the paragraph below an image that was inserted.
function leaveImage({ tr, schema, selection: { $from } }) {
  const isAtImage = $from.nodeBefore?.type === schema.nodes.image && !$from.nodeAfter;
  return isAtImage ? tr.setSelection(TextSelection.near(tr.doc.resolve($from.after()))) : tr;
}

function insertionDepth($from, type) {
  let depth = $from.depth;
  while (depth > 0 && !$from.node(depth).canReplaceWith($from.indexAfter(depth), $from.indexAfter(depth), type)) depth--;
  return depth;
}
