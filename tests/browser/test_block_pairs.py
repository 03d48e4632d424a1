"""Every two kinds of blocks beside each other in the editor: what keys and selections do between them."""

import pytest

from tests.bench.random_edits import EVERY_BLOCK, TRAP
from tests.browser.text_editor import ADD, rich_text, set_markdown

pytestmark = pytest.mark.browser
QUOTED_TABLE = "\n>\n".join(["> Quoted", "> | Q |\n> | --- |\n> | 1 |", "> after it."])
TEXT = f"{EVERY_BLOCK.read_text('utf-8').replace('{% image %}', '![A](image:abcdefgh)')}\n{QUOTED_TABLE}\n"
PAIRS = """(keys) => {
  const { state } = window.editorView, { schema, plugins } = state, failures = new Map();
  const Selection = Object.getPrototypeOf(state.selection.constructor);
  const blocks = state.doc.content.content.filter(({ type, content }, index) => type !== schema.nodes.notes && content.size);
  const notes = state.doc.content.content.filter(({ type }) => type === schema.nodes.notes);
  const letters = (doc) => doc.textContent.replace(/\\s/g, "");

  function placesIn(doc) {
    const places = [];
    doc.descendants((node, pos) => { if (node.isTextblock) places.push(pos + 1, pos + 1 + node.content.size); });
    return [...new Set(places)];
  }

  function at(doc, anchor, head = anchor) {
    const before = state.constructor.create({ doc, plugins });
    return before.apply(before.tr.setSelection(Selection.fromJSON(doc, { type: "text", anchor, head })));
  }

  function attempt(name, before, edit) {
    try {
      const after = edit(before);
      after.doc.check();
      return after;
    } catch (error) {
      const { $from, $to } = before.selection, path = ($pos) => Array.from({ length: $pos.depth }, (_value, depth) => $pos.node(depth + 1).type.name).join(" ");
      failures.set(`${name}: ${error.message}`, `from ${path($from)} to ${path($to)}`);
      return null;
    }
  }

  function press(key, before) {
    const view = Object.create(window.editorView, {
      state: { value: before, writable: true },
      dispatch: { value: (tr) => { view.state = view.state.apply(tr); } },
      endOfTextblock: { value: (direction, { selection: { $from } }) => $from.parentOffset === (direction === "backward" ? 0 : $from.parent.content.size) },
    });
    const [, shift, name] = /^(Shift-)?(.*)$/.exec(key), event = new KeyboardEvent("keydown", { key: name, shiftKey: Boolean(shift) });
    for (const plugin of plugins) if (plugin.props.handleKeyDown?.call(plugin, view, event)) break;
    return view.state;
  }

  const replacements = {
    "delete": ({ tr }) => tr.deleteSelection(),
    "type over": ({ tr }) => tr.deleteSelection().insertText("x"),
    "break": ({ tr }) => tr.replaceSelectionWith(schema.nodes.hard_break.create()),
    "paste over": ({ tr, doc, selection: { from, to } }) => tr.replaceSelection(doc.slice(from, to)),
    "wrap": ({ tr, selection: { $from, $to } }) => tr.replaceSelectionWith(schema.nodes.blockquote.create(null, schema.nodes.paragraph.create())),
  };

  for (const first of blocks) for (const second of blocks) {
    const doc = schema.node("doc", null, [first, second, schema.node("paragraph"), ...notes]), places = placesIn(doc);
    const end = first.nodeSize + second.nodeSize;
    for (const place of places) for (const key of keys) {
      const before = at(doc, place), after = attempt(key, before, (editorState) => press(key, editorState));
      const isJoining = key === "Backspace" ? before.selection.$from.parentOffset === 0 : key !== "Delete" || before.selection.$from.parentOffset === before.selection.$from.parent.content.size;
      if (after && isJoining && letters(after.doc) !== letters(doc)) failures.set(`${key} loses letters`, `${letters(doc)} ${letters(after.doc)}`);
    }
    const [own, others] = [places.filter((pos) => pos < first.nodeSize), places.filter((pos) => pos > first.nodeSize && pos < end)];
    for (const [index, from] of own.entries()) for (const to of new Set([own[index + 1] ?? from, own.at(-1)])) for (const place of others) {
      let slice = doc.slice(from, to, true);
      window.editorView.someProp("transformPasted", (transform) => { slice = transform(slice, window.editorView); });
      attempt("paste a part", at(doc, place), (editorState) => editorState.apply(editorState.tr.replaceSelection(slice)));
    }
    for (const from of own) for (const to of others) {
      const forwards = at(doc, from, to), backwards = at(doc, to, from);
      for (const [name, replace] of Object.entries(replacements)) attempt(name, forwards, (editorState) => editorState.apply(replace(editorState)));
      attempt("delete backwards", backwards, (editorState) => editorState.apply(editorState.tr.deleteSelection()));
    }
  }
  return [blocks.length, Object.fromEntries(failures)];
}"""
TABLES = "\n\n".join(
    [
        "Text between.",
        *(f"<table><caption>{name}</caption><tr><td>1</td><td>2</td></tr></table>" for name in "AB"),
    ]
)
WHOLE_TABLES = """() => {
  const { state } = window.editorView, { schema, plugins } = state, failures = new Set();
  const Selection = Object.getPrototypeOf(state.selection.constructor), { captioned_table: captioned } = schema.nodes;
  const [text, a, b] = state.doc.content.content, end = schema.node("paragraph", null, [schema.text("End.")]);
  const tableAt = ($pos) => [...Array($pos.depth + 1).keys()].map((depth) => $pos.node(depth)).find(({ type }) => type === captioned);
  let count = 0;
  for (const blocks of [[text, a, b, end], [a, b, text], [text, a, b], [a, text, b], [a, b, end]]) {
    const doc = schema.node("doc", null, blocks), names = blocks.map((block) => block.textContent).join("|"), places = [];
    doc.descendants((node, pos) => { if (node.isTextblock) places.push(pos + 1, pos + 1 + node.content.size); });
    for (const anchor of places) for (const head of places) {
      const before = state.constructor.create({ doc, plugins }), selected = Selection.fromJSON(doc, { type: "text", anchor, head });
      if (selected.empty || tableAt(selected.$anchor) === tableAt(selected.$head)) continue;
      const after = before.apply(before.tr.setSelection(selected)), { $from, $to } = after.selection;
      count += 1;
      if (tableAt($from) || tableAt($to)) failures.add(`${names}: ${anchor}–${head} ends in a table`);
      for (const table of after.apply(after.tr.deleteSelection()).doc.content.content.filter(({ type }) => type === captioned)) {
        if (table !== a && table !== b) failures.add(`${names}: ${anchor}–${head} leaves a part of a table`);
      }
    }
  }
  return [count, [...failures]];
}"""
KEYS = ["Backspace", "Delete", "Enter", "Shift-Enter", "Tab", "Shift-Tab", "Escape"]


@pytest.fixture
def form(open_desk, site):
    page = open_desk()
    page.add_init_script(TRAP)
    page.goto(site.url + ADD)
    rich_text(page)
    set_markdown(page, TEXT)
    return page


def test_keys_and_selections_between_any_two_blocks_lose_and_break_nothing(form):
    count, failures = form.evaluate(PAIRS, KEYS)

    assert count > 15
    assert failures == {}, failures


def test_a_selection_of_text_and_a_table_takes_the_table_whole_and_no_part_of_another_one(form):
    set_markdown(form, TABLES)

    count, failures = form.evaluate(WHOLE_TABLES)

    assert count > 100
    assert failures == []
