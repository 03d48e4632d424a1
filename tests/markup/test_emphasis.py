"""Emphasis around a removed passage: whatever it cut stays balanced, and the other words keep theirs."""

import re
import time
from itertools import combinations, product

import pytest

from publications.markup import Redaction, render_markdown

WORDS = ("So", "said", "Vera", "Holm", "there", "again")
PASSAGE = {"Vera", "Holm"}
RANGES = list(combinations(range(len(WORDS) + 1), 2))
DELIMITERS = {"*": "em", "_": "em", "**": "strong", "__": "strong", "***": "em strong", "**_": "em strong"}
MARKS = ("[redacted]", "N. N.", "")
SPACES = (" ", "\n")


def mark_up(*ranges: tuple[tuple[int, int], str], space: str = " ") -> str:
    """Return the words, each range of them between delimiters."""
    words = list(WORDS)
    for (start, end), delimiter in ranges:
        words[start] = delimiter + words[start]
        words[end - 1] += delimiter[::-1]
    return space.join(words)


def formats(html: str) -> dict[str, str]:
    """Return the formats of each word of a page."""
    found, is_open = {}, set()
    for tag, word in re.findall(r"(</?[a-z]+)[^<>]*>|([\w*]+)", html):
        if tag.startswith("</"):
            is_open.discard(tag[2:])
        elif tag:
            is_open.add(tag[1:])
        elif word:
            found[word] = " ".join(sorted(is_open & {"em", "strong", "a", "code"}))
    return found


def assert_balanced(source: str, mark: str) -> None:
    redacted = Redaction("Vera Holm", mark).redact_markdown(source)

    page = render_markdown(redacted)

    assert page.text.split() == " ".join(WORDS).replace("Vera Holm", mark).split(), redacted
    before, after = formats(render_markdown(source).html), formats(page.html)
    for word in set(WORDS) - PASSAGE:
        assert after[word] == before[word], redacted


@pytest.mark.parametrize(("delimiter", "mark", "space"), list(product(DELIMITERS, MARKS, SPACES)))
def test_emphasis_that_a_passage_cuts_stays_balanced(delimiter, mark, space):
    for words in RANGES:
        assert_balanced(mark_up((words, delimiter), space=space), mark)


@pytest.mark.parametrize(("first", "second", "mark"), list(product(DELIMITERS, DELIMITERS, MARKS)))
def test_two_emphasized_parts_stay_balanced(first, second, mark):
    for one, other in product(RANGES, RANGES):
        if one[1] <= other[0]:
            assert_balanced(mark_up((one, first), (other, second)), mark)


@pytest.mark.parametrize(("outer", "inner", "mark"), list(product(("*", "_"), ("**", "__"), MARKS)))
def test_emphasis_within_emphasis_stays_balanced(outer, inner, mark):
    for around, within in product(RANGES, RANGES):
        if around[0] < within[0] and within[1] < around[1]:
            assert_balanced(mark_up((within, inner), (around, outer)), mark)


@pytest.mark.parametrize(("source", "left"), [
    ("*Of Vera* Holm", "*Of* [x]"),
    ("Vera *Holm said*", "[x] *said*"),
    ("*“Vera* Holm", "*“[x]*"),
    ("Vera *Holm.*", "*[x].*"),
    ("**Vera**Holm", "[x]"),
    ("_Of Vera_Holm there_", "_Of [x] there_"),
    ("Vera**Holm**", "[x]"),
    (r"Vera\* Holm", "[x]"),
    ("Vera * Holm", "[x]"),
    ("* Vera* Holm", "* [x]"),
    ("> *Of\n> Vera* Holm", "> *Of*\n> [x]"),
    ("> Of Vera\n> Holm there", "> Of [x] there"),
    ("> > *Vera\n> > Holm*", "> > *[x]*"),
])  # fmt: skip
def test_delimiters_stand_where_parsers_read_them(source, left):
    assert Redaction("Vera Holm", "[x]").redact_markdown(source) == left


@pytest.mark.parametrize("passage", ["five*", "*five", "five*six*", "user_name", "_user_name", "5 * 6"])
def test_delimiters_of_a_passage_itself_are_part_of_it(passage):
    assert Redaction(passage, "[x]").redact_markdown(f"Of {passage} there.") == "Of [x] there."


@pytest.mark.parametrize("source", [r"Of 5 \* 6 there.", "Of *5* * 6 there.", "Of 5\n* _6_ there."])
def test_a_passage_with_a_word_of_delimiters_is_found_in_any_markup(source):
    assert "[x]" in Redaction("5 * 6", "[x]").redact_markdown(source)


@pytest.mark.parametrize("sign", ["_", "*", "____"])
def test_a_passage_with_many_delimiters_is_found_in_linear_time(sign):
    redaction = Redaction(f"{sign} " * 8 + "Signed", "[x]")
    text = f"{sign} " * 60

    started_at = time.process_time()
    missed, found = redaction.redact_markdown(f"{text}End"), redaction.redact_markdown(f"Of {text}Signed.")

    assert time.process_time() - started_at < 1
    assert missed == f"{text}End" and found == f"Of {f'{sign} ' * 52}[x]."


@pytest.mark.parametrize(
    "source",
    [
        "[Of Vera](https://example.org/1) Holm",
        "`Of Vera` Holm",
        "Vera <b>Holm</b>",
        "Vera [Holm][1]\n\n[1]: /x",
    ],
)
def test_a_passage_that_other_markup_divides_stays_whole(source):
    """Redacting it is refused, since readers could still read it."""
    redaction = Redaction("Vera Holm", "[x]")

    assert redaction.redact_markdown(source) == source
    assert redaction.is_in(render_markdown(source).text)
