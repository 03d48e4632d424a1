"""Where the words of a comment are: the plain text, quotations in it, and ranges that follow the text."""

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publications.markup import (
    TextRange,
    anchor_text,
    anchor_text_of_html,
    find_quote,
    is_remnant,
    move_ranges,
    render_markdown,
)
from tests.conftest import ROOT


def read_samples(name: str) -> list[dict]:
    return json.loads((ROOT / "tests/samples/comments" / f"{name}.json").read_text())


def range_of(text: str, words: str) -> TextRange:
    return TextRange(text.index(words), text.index(words) + len(words))


def moved(before: str, after: str, words: str) -> str | None:
    [place] = move_ranges(before, after, [range_of(before, words)])
    return place and after[place.start : place.end]


@pytest.mark.parametrize("sample", read_samples("plain_texts"), ids=lambda sample: sample["markdown"][:20])
def test_the_plain_text_has_a_line_for_each_block(sample):
    """The editor has the same: `tests/browser/test_comment_text.py`."""
    assert anchor_text(sample["markdown"]) == sample["text"]


@pytest.mark.parametrize("sample", read_samples("quotations"), ids=lambda sample: sample["text"][:20])
def test_of_several_occurrences_the_context_decides_then_the_distance(sample):
    context = {name: sample.get(name, "") for name in ("prefix", "suffix")}

    found = find_quote(sample["text"], sample["quote"], near=sample["start"], **context)

    assert found == (sample["range"] and tuple(sample["range"]))


def test_an_empty_text_has_no_lines():
    assert anchor_text("") == ""


def test_the_plain_text_of_a_page_has_the_same_lines():
    markdown = "## Head\n\nOne.[^a] Two.\n\n- a\n- b\n\n[^a]: A note."

    assert anchor_text_of_html(render_markdown(markdown).html).startswith("Head\nOne. Two.\na\nb\n")


def test_a_text_that_cannot_be_rendered_is_its_own_plain_text():
    assert anchor_text("> " * 2000 + "x\n\ny").endswith("x y")


@pytest.mark.parametrize(
    ("before", "after", "words", "expected"),
    [
        ("One two three.", "Zero. One two three.", "two", "two"),
        ("One two three.", "Two. One, two three.", "two", "two"),
        ("a b a b a", "a b a b b a", "a b a", "a b a"),
        ("The old town hall.", "The new town hall.", "old town hall", "town hall"),
        ("One two three.", "One three.", "two", None),
        ("First one.\nThe second.\nThird.", "The second.\nThird.\nFirst one.", "First one", "First one"),
        ("The EU met. The EU left.", "The Union met. The EU left.", "The EU met", "The Union met"),
        ("Something here.", "Nobody there.", "thing", None),
        ("Something here.", "Now something. Something here.", "thing here", "thing here"),
        ("One. Two.", "", "Two", None),
        ("So the trade with China grew a lot.", "So the coal.", "the trade with China grew a lot", None),
    ],
)
def test_a_range_follows_its_words(before, after, words, expected):
    assert moved(before, after, words) == expected


def test_a_range_stays_at_its_occurrence_of_the_words():
    before = "the EU said.\nthe EU did."
    after = f"the EU began.\n{before}"

    assert move_ranges(before, after, [TextRange(13, 19)]) == [TextRange(27, 33)]


@given(
    st.lists(st.sampled_from("abcdefgh"), max_size=12),
    st.lists(st.sampled_from("abcdefgh"), max_size=12),
    st.data(),
)
def test_a_range_keeps_half_of_its_words_or_is_gone(before, after, data):
    start = data.draw(st.integers(0, len(before)))
    quoted = before[start : data.draw(st.integers(start, len(before)))]

    words = moved(" ".join(before), " ".join(after), " ".join(quoted)) if quoted else None

    assert words is None or 2 * (Counter(words.split()) & Counter(quoted)).total() >= len(quoted)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("the", True),
        ("China a", True),
        ("the trade with China", False),
        ("Beijing", False),
        ("the coal", False),
        ("", True),
    ],
)
def test_what_is_left_of_a_quotation_is_a_remnant(words, expected):
    assert is_remnant(words, "the trade with China grew a lot") is expected


@given(st.text("ab .\n", max_size=40), st.text("ab .\n", max_size=40), st.data())
def test_any_range_stays_within_the_text(before, after, data):
    start = data.draw(st.integers(0, len(before)))
    end = data.draw(st.integers(start, len(before)))

    [place] = move_ranges(before, after, [TextRange(start, end)])

    assert place is None or 0 <= place.start <= place.end <= len(after)
