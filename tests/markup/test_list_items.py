"""Blocks in a list item, in every order: written as Markdown they are rendered as the same."""

import re
from itertools import count, product
from urllib.parse import unquote

import pytest

from publications import markup
from publications.markup.editor_blocks import EditorBlock, split_blocks, write_blocks
from tests.markup.test_editor_blocks import normalized

BLOCKS = {
    "text": "<p>w</p>",
    "bullets": "<ul><li><p>w</p></li><li><p>w</p></li></ul>",
    "numbers": "<ol><li><p>w</p></li><li><p>w</p></li></ol>",
    "quotation": "<blockquote><p>w</p></blockquote>",
    "quotation with bullets": "<blockquote><p>w</p><ul><li><p>w</p></li><li><p>w</p></li></ul></blockquote>",
    "quotation with nested bullets": "<blockquote><p>w</p><ul><li><p>w</p><ul><li><p>w</p></li></ul></li></ul></blockquote>",
    "quotation of numbers": "<blockquote><ol><li><p>w</p></li><li><p>w</p></li></ol></blockquote>",
    "bullets with a quotation": "<ul><li><p>w</p><blockquote><p>w</p></blockquote></li></ul>",
    "code": "<pre><code>w</code></pre>",
}
COMBINATIONS = [*product(BLOCKS, repeat=1), *product(BLOCKS, repeat=2)]


def tight_items(levels: int, tag: str) -> list[str]:
    """Return the items that a list of so many levels can have: words, a list, or both."""
    if levels == 1:
        return ["w"]
    below = tight_items(levels - 1, tag)
    lists = [
        f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"
        for items in [*product(below), *product(below, ["w"]), *product(["w"], below)]
    ]
    return [f"{words}{nested}" for words in ("w", "") for nested in ("", *lists) if words or nested]


def words_and_structure(page: str) -> str:
    """Return a page without paragraphs and the spaces between elements."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", normalized(re.sub("</?p[^>]*>", " ", normalized(page)))).strip()


@pytest.mark.parametrize("starts_with_text", [True, False])
@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_blocks_of_a_list_item_stay_what_they_are(tag, starts_with_text):
    for names in COMBINATIONS:
        numbers = count()
        blocks = ("<p>w</p>" if starts_with_text else "") + "".join(BLOCKS[name] for name in names)
        html = re.sub(
            r"\bw\b", lambda _word: f"w{next(numbers)}", f"<{tag}><li>{blocks}</li><li><p>w</p></li></{tag}>"
        )

        markdown = write_blocks([EditorBlock("", html)])

        assert words_and_structure(markup.render_markdown(markdown).html) == words_and_structure(html), names


@pytest.mark.parametrize(("outer", "inner"), [("ul", "ul"), ("ol", "ul"), ("ul", "ol")])
def test_lists_in_lists_stay_what_they_are(outer, inner):
    for item in tight_items(4, inner):
        html = f"<{outer}><li>{item}</li><li>w</li></{outer}>"

        markdown = write_blocks([EditorBlock("", html)])

        assert words_and_structure(markup.render_markdown(markdown).html) == words_and_structure(html), (
            markdown
        )


@pytest.mark.parametrize("blank_lines", [0, 1, 2, 3, 4])
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "<ul><li><p>q</p>{}</li></ul>",
        "<blockquote><p>q</p>{}</blockquote>",
        '<p>q<sup><a href="#fn-1" class="footnote-ref">1</a></sup></p><section class="footnotes"><ol><li id="fn-1"><p>n</p>{}</li></ol></section>',
    ],
)
def test_blank_lines_in_code_do_not_end_what_it_stands_in(around, blank_lines):
    code = "one" + "\n" * (blank_lines + 1) + "two"
    html = around.format(f"<pre><code>{code}</code></pre><p>below</p>")

    markdown = write_blocks([EditorBlock("", html), EditorBlock("Last.", None)])

    page = markup.render_markdown(markdown).html
    assert "<code>one" in page and page.count("<code>") == 1
    assert re.search(r"<code>(.*?)</code>", page, re.DOTALL)[1].split() == ["one", "two"]
    assert [block.html is not None for block in split_blocks(markdown)].count(False) == 0


@pytest.mark.parametrize("around", ["{}", "<ul><li>q{}</li></ul>", "<blockquote><p>q</p>{}</blockquote>"])
@pytest.mark.parametrize(
    "signs", ["[^1]", "a*b*c", "_x_", "[a](/b)", "`c`", "a\\*b", "![x](/y)", "[1]", "&amp;amp;", "&lt;b&gt;"]
)
def test_signs_in_a_table_that_is_written_as_html_are_no_markdown(signs, around):
    cells = f'<tr><td>x</td></tr><tr><th>{signs} <a href="/a_b_c*d*/">link</a></th></tr>'
    html = around.format(f"<table><tbody>{cells}</tbody></table>")

    markdown = write_blocks([EditorBlock("", html), EditorBlock("[^1]: Note.\n\n[1]: /address", None)])

    cell = re.search(r"<th[^>]*>(.*?)</th>", markup.render_markdown(markdown).html)[1]
    assert cell.partition(" <a")[0] == signs
    assert unquote(cell).count('href="/a_b_c*d*/"') == 1


def test_the_lists_of_one_item_are_edited_as_rich_text_again():
    html = "<ul><li>one<ul><li>a</li></ul><ol><li>b</li></ol></li><li>two</li></ul>"

    blocks = split_blocks(write_blocks([EditorBlock("", html)]))

    assert [block.html is None for block in blocks] == [False]
