"""Python-Markdown with the patterns that a text may need: the same result as with all of them."""

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from markdown.treeprocessors import InlineProcessor

from publications.html_tree import serialize
from publications.markup import dialect, parsed_blocks, split_blocks
from tests.browser.test_large_text import large_text

FRAGMENTS = [
    "word", " ", "  \n", "\n\n", "\\", "`", "*", "_", "[", "]", "(/a)", "![", "[^1]", "\n\n[^1]: note", "\n\n[word]: /a",
    "<b>", "<https://example.org>", "<a@example.org>", "&amp;", "&", "\n\n- ", "\n\n| a | b |\n| --- | --- |\n| ", "!",
]  # fmt: skip
marked_texts = some.lists(some.sampled_from(FRAGMENTS), max_size=30).map("".join)


def parsed_html(text: str) -> list[str]:
    body, notes = dialect.parse_markdown(text)
    return [serialize(body), *notes, *map(serialize, notes.values())]


@given(marked_texts)
@settings(max_examples=400, deadline=None)
def test_an_inline_pattern_is_left_out_only_where_it_matches_nothing(text):
    with mock.patch.object(dialect.UsedInlinePatterns, "run", InlineProcessor.run):
        expected = parsed_html(text)

    assert parsed_html(text) == expected


@pytest.mark.parametrize(
    ("text", "most"),
    [(large_text(400), 3), ("One *word*.\n\n* a\n* b\n\n| A |\n| --- |\n| x |\n", 3), ("A.\n\nB.", 2)],
)
def test_an_ordinary_text_is_parsed_at_most_three_times_to_be_edited(text, most):
    """Whole, block by block, and as it is written from the editor; a text that is written as it is, twice."""
    with mock.patch.object(parsed_blocks, "parse_markdown", wraps=dialect.parse_markdown) as parse:
        blocks = split_blocks(text)

    assert all(block.html for block in blocks)
    assert parse.call_count == most
