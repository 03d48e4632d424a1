// Where one is in the form and where that is in the preview: the preview follows the place that is edited, and a click in
// it leads to its source. A block is found by its letters, which source and page have in common.

import { selectLine } from "./goto_line.js";

const BLOCKS = "p, h1, h2, h3, h4, h5, h6, li, td, th, pre, figcaption", NO_TEXT = "sup, .note-mark, .note-back, button, textarea, ul, ol";
const MAX_LETTERS = 40, EDGE = 0.15;
/** Parts of the page and the fields that they come from. */
const FIELDS = [
  ["h1", "title"], [".standfirst", "summary"], [".key-points", "key_points"], [".byline", "bylines-find"], [".topics", "tags"],
  [".related", "related-find"],
];

const lettersOf = (text) => text.replace(/[^\p{L}\p{N}]/gu, "").toLowerCase();

function keyOf(element) {
  const copy = element.cloneNode(true);
  for (const other of copy.querySelectorAll(NO_TEXT)) other.remove();
  return lettersOf(copy.textContent).slice(0, MAX_LETTERS);
}

const blocksIn = (root) => (root ? [...root.querySelectorAll(BLOCKS)].map((element) => ({ element, key: keyOf(element) })).filter(({ key }) => key) : []);

// Of several blocks with the same letters, the one with as many of them before it.
function counterpart(element, sources, targets) {
  const index = sources.findIndex((source) => source.element === element);
  if (index < 0) return null;
  const isSame = ({ key }) => key === sources[index].key;
  const number = sources.slice(0, index).filter(isSame).length;
  return targets.filter(isSame)[number] ?? targets.find(isSame) ?? null;
}

// The paragraphs of Markdown, with the number of their first line.
function paragraphsOf(text) {
  const lines = text.split("\n");
  return lines.flatMap((line, index) => {
    const key = lettersOf(line.replace(/\[\^[^\]]*\]|\]\([^)]*\)/g, "")).slice(0, MAX_LETTERS);
    return key ? [{ element: index + 1, key }] : [];
  });
}

/** Connects the page in a frame with the form: returns `follow()`, which scrolls the frame to what is edited. */
export function previewPlaces(frame, form) {
  const richText = () => document.querySelector(".rich-text:not([hidden])");
  const textarea = form.elements.body;
  const page = () => frame.contentDocument;

  function follow() {
    const target = placeOfFocus();
    if (!target) return;
    const { top, height } = target.getBoundingClientRect(), room = frame.clientHeight;
    if (top < room * EDGE || top + Math.min(height, room / 2) > room * (1 - EDGE)) frame.contentWindow.scrollBy({ top: top - room / 3 });
  }

  function placeOfFocus() {
    const active = document.activeElement, editor = richText();
    const field = FIELDS.find(([, name]) => active?.name === name);
    if (field) return page()?.querySelector(field[0]);
    const targets = blocksIn(page()?.querySelector(".prose"));
    if (editor?.contains(active)) {
      const block = getSelection().anchorNode?.parentElement?.closest(BLOCKS);
      return block && counterpart(block, blocksIn(editor), targets)?.element;
    }
    if (active !== textarea) return null;
    const line = textarea.value.slice(0, textarea.selectionStart).split("\n").length;
    const source = paragraphsOf(textarea.value).findLast(({ element }) => element <= line);
    return source && targets.find(({ key }) => key.startsWith(source.key) || source.key.startsWith(key))?.element;
  }

  function lead({ target }) {
    if (target.closest("a")) return;
    const field = FIELDS.find(([selector]) => target.closest(selector));
    const block = target.closest(`.prose :is(${BLOCKS})`);
    if (field) show(form.elements[field[1]]);
    else if (block) showSource(block);
  }

  function show(field) {
    const panel = field.closest("[popover]");
    if (panel && !field.checkVisibility()) panel.showPopover();
    const fold = field.closest("details");
    if (fold) fold.open = true;
    field.focus();
    field.scrollIntoView({ block: "nearest" });
  }

  function showSource(block) {
    const editor = richText(), blocks = blocksIn(page().querySelector(".prose"));
    const source = counterpart(block, blocks, editor ? blocksIn(editor) : paragraphsOf(textarea.value));
    if (!source) return;
    if (!editor) return selectLine(textarea, source.element);
    editor.focus({ preventScroll: true });
    getSelection().collapse(source.element, 0);
    source.element.scrollIntoView({ block: "center" });
  }

  frame.addEventListener("load", () => page().addEventListener("click", lead));
  form.addEventListener("focusin", follow);
  document.addEventListener("selectionchange", follow);
  return follow;
}
