"""Whatever somebody does in the editor: what is saved is what they see, and blocks that they did not touch stay as they were."""

import os
import random

import pytest

from tests.browser.text_editor import ADD, markdown_of, rich_text, set_markdown

pytestmark = pytest.mark.browser

SEEDS, EDITS = int(os.environ.get("EDITOR_SEEDS", 4)), int(os.environ.get("EDITOR_EDITS", 40))
TEXT = """# First

Plain paragraph with *some* **marks**, `code` and a [link](https://example.org/a).[^1]

* odd bullet
* another

Between lists.

1. one
2. two
    - nested
3. three

> A quotation
> of two lines.

| A | B |
|---|--:|
| 1 | 2 |
| 3 | 4 |

Second_paragraph with signs * _ # & < [x] and a note[^long].

__Strong__ end.

[^1]: A source.
[^long]: Another, with *marks*.
"""
ODD_SOURCES = {
    "* odd bullet\n* another": [["/ul/li", "odd bullet"], ["/ul/li", "another"]],
    "__Strong__ end.": [["", "S{strong}t{strong}r{strong}o{strong}n{strong}g{strong} end."]],
}
"""Blocks whose Markdown is not as the site would write it, with the lines that the editor shows."""
CHARACTERS = "aåя 1.,-*_#[]()<>&!\\`~:|"
KEYS = [
    "Enter", "Enter", "Backspace", "Backspace", "Delete", "Delete", "Tab", "Shift+Tab", "Shift+Enter", "Control+B", "Control+I",
    "Control+Alt+0", "Control+Alt+1", "Control+Alt+2", "Control+Shift+7", "Control+Shift+8", "Control+Shift+9",
    "Control+Z", "Control+Z", "Control+Shift+Z", "Control+X", "Control+V", "Escape", "Home", "End",
]  # fmt: skip
BUTTONS = [
    "Footnote",
    "Table",
    "Row below",
    "Column after",
    "Delete row",
    "Heading row",
    "Table caption",
    "List",
    "Quotation",
]
SELECT = """(editor, [at, length]) => {
  const walker = document.createTreeWalker(editor, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) if (!walker.currentNode.parentNode.closest("[contenteditable=false]")) texts.push(walker.currentNode);
  const point = (share) => {
    const text = texts[Math.min(texts.length - 1, Math.floor(share * texts.length))];
    return [text, Math.floor((share * texts.length % 1) * (text.length + 1))];
  };
  if (!texts.length) return;
  editor.focus();
  getSelection().setBaseAndExtent(...point(at), ...point(Math.min(0.999, at + length)));
}"""
SHOWN = """async () => {
  const INLINE = "strong, b, em, i, code, a, span, sup, sub, mark, u, s, del, ins, small, q, cite, kbd, samp, var, dfn, abbr, bdi, bdo";
  const BLOCK = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, blockquote, pre, hr, table, thead, tbody, tr, td, th, section, figure, figcaption, caption, dl, dt, dd, div";
  const names = { b: "strong", i: "em", figcaption: "caption" };
  // Text as blocks of characters with their marks; references by their number; nothing that nobody sees.
  function read(root) {
    const lines = [], labels = [];
    let line = [];
    const flush = (path) => {
      const merged = line.some(({ text }) => text.trim()) ? merge(line) : "";
      if (merged) lines.push([path, merged]);
      line = [];
    };
    function merge(parts) {
      const characters = parts.flatMap(({ text, marks }) => text.startsWith("\\u0001") ? [[text, marks]] : [...text].map((c) => [c === "\\n" ? " " : c, marks]));
      const kept = characters.filter(([c], index) => c !== " " || (index && characters[index - 1][0] !== " "));
      while (kept.length && kept[0][0] === " " || kept[0]?.[0] === "\\u0001br") kept.shift();
      while (kept.length && (kept.at(-1)[0] === " " || kept.at(-1)[0] === "\\u0001br")) kept.pop();
      return kept.filter(([c], index) => c !== " " || (kept[index - 1]?.[0] !== "\\u0001br" && kept[index + 1]?.[0] !== "\\u0001br"))
        .map(([c, marks]) => (c === " " ? " " : `${c}${marks.length ? `{${marks.join()}}` : ""}`)).join("");
    }
    function walk(node, path, marks) {
      for (const child of node.childNodes) {
        if (child.nodeType === 3) { line.push({ text: child.data, marks }); continue; }
        if (child.nodeType !== 1 || child.matches(".ProseMirror-trailingBreak, .ProseMirror-separator, button, .ProseMirror-gapcursor")) continue;
        if (child.matches(".note-mark, sup:has(> a.footnote-ref)")) line.push({ text: `\\u0001${number(child, labels)}`, marks: [] });
        else if (child.matches("br")) line.push({ text: "\\u0001br", marks: [] });
        else if (child.matches("pre > code")) walk(child, path, []);
        else if (child.matches(INLINE)) walk(child, path, [...new Set([...marks, mark(child)])].sort());
        else {
          const name = names[child.localName] ?? child.localName;
          const isTransparent = child.matches("p, div, tbody, thead, tr, section, figure, table") || (child.matches("ol") && child.closest("section"));
          flush(path);
          walk(child, isTransparent ? path : `${path}/${name}`, []);
          flush(isTransparent ? path : `${path}/${name}`);
          if (child.matches(".footnotes > ol > li") && !child.textContent.replace("↩", "").trim()) lines.push([`${path}/li`, "–"]); // as it is saved
          if (child.matches("hr")) lines.push([`${path}/hr`, ""]);
        }
      }
    }
    const mark = (element) => (element.localName === "a" ? `a ${element.getAttribute("href")}` : names[element.localName] ?? element.localName);
    function number(element, known) {
      if (element.matches(".note-mark")) return element.textContent;
      const label = element.textContent;
      if (!known.includes(label)) known.push(label);
      return `${known.indexOf(label) + 1}`;
    }
    walk(root, "", []);
    flush("");
    return lines;
  }
  const form = document.querySelector("#publication_form"), data = new FormData(form), csrf = data.get("csrfmiddlewaretoken");
  const post = async (url, values) => (await fetch(url, { method: "POST", body: new URLSearchParams({ csrfmiddlewaretoken: csrf, ...values }) })).json();
  const posted = data.get("body-blocks"), shown = read(document.querySelector(".rich-text"));
  const { text } = posted ? await post("/desk/editor/markdown/", { blocks: posted }) : { text: data.get("body") };
  const { blocks } = await post("/desk/editor/blocks/", { text });
  const html = blocks.map((block) => block.html ?? `<pre class="raw-block"></pre>`).join("");
  const saved = new DOMParser().parseFromString(html, "text/html").body;
  for (const source of blocks.filter((block) => block.html === null)) {
    const pre = saved.querySelector("pre.raw-block:empty");
    if (pre) pre.textContent = source.source.trimEnd();
  }
  return { shown, saved: read(saved), text, posted };
}"""


def perform(page, chance: random.Random) -> str:
    """Do something to the text, and return what."""
    if chance.random() < 0.5:
        at, length = chance.random() * 0.98, chance.choice([0, 0, 0, 0.02, 0.1])
        rich_text(page).evaluate(SELECT, [at, length])
        page.wait_for_timeout(40)
    kind = chance.random()
    if kind < 0.35:
        text = "".join(chance.choice(CHARACTERS) for _ in range(chance.randrange(1, 8)))
        page.keyboard.type(text)
        return f"type {text!r}"
    if kind < 0.85:
        key = chance.choice(KEYS)
        page.keyboard.press(key)
        return key
    name = chance.choice(BUTTONS)
    button = page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)
    if button.count() == 1 and button.is_visible():
        button.dispatch_event("click")
    return f"button {name}"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_is_saved_is_what_is_seen(open_desk, seed):
    chance = random.Random(seed)
    page = open_desk(ADD)
    set_markdown(page, TEXT)
    assert markdown_of(page) == TEXT.rstrip("\n")
    rich_text(page).evaluate(SELECT, [0.1, 0.05])
    page.keyboard.press("Control+C")  # not what another test has copied

    done = []
    for _number in range(EDITS):
        done.append(perform(page, chance))
        page.wait_for_timeout(40)  # the editor reads what was typed a moment later
        state = page.evaluate(SHOWN)
        assert state["saved"] == state["shown"], f"after {done}\n{state['text']}\n{state['posted']}"
        for source, lines in ODD_SOURCES.items():
            if any(state["shown"][at : at + len(lines)] == lines for at in range(len(state["shown"]))):
                assert source in state["text"], done
