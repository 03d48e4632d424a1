"""Redaction of one text: what stands beside the passage stays as it was written."""

import pytest

from publications.markup import Redaction

SITE = "https://example.org"


def redacted(source: str, passage: str = "Vera Holm", mark: str = "[redacted]") -> str:
    return Redaction(passage, mark).redact_markdown(source)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("So said Vera Holm: yes.", "So said [redacted]: yes."),
        ("Vera Holm, then Vera Holm: yes.", "[redacted], then [redacted]: yes."),
        ("**Vera Holm** said", "**[redacted]** said"),
        ("Of *Vera* Holm.", "Of [redacted]."),
        ("Of Vera *Holm*.", "Of [redacted]."),
        (
            f'See [the talk][t].\n\n[t]: {SITE}/a_(b) "Vera Holm"',
            f'See [the talk](<{SITE}/a_(b)> "[redacted]").\n\n',
        ),
        (f'See [the talk][t].\n\n[t]: {SITE}/a "Vera Holm"', f'See [the talk]({SITE}/a "[redacted]").\n\n'),
        (f"See {SITE}/vera-holm [1] there.", r"See \[redacted\] [1] there."),
        (f"See {SITE}/vera-holm, there.", "See [redacted], there."),
        (f'<blockquote cite="{SITE}/vera-holm">So.</blockquote>', "<blockquote>So.</blockquote>"),
        (
            "So.[^1] And.[^Vera Holm]\n\n[^1]: A.\n\n[^Vera Holm]: B.",
            "So.[^1] And.[^2]\n\n[^1]: A.\n\n[^2]: B.",
        ),
        (f"Vera Holm, see {SITE}/grain.", f"[redacted], see {SITE}/grain."),
        ("Vera Holm: a life.", r"\[redacted\]: a life."),
        ("No passage.", "No passage."),
    ],
)
def test_the_mark_stands_where_the_passage_stood(source, expected):
    assert redacted(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Of Ann: <https://example.org/anns> there.", "Of [redacted]: <https://example.org/anns> there."),
        ("In a report in a word.", "[redacted] report [redacted] word."),
        ("Anna in any annual report.", "[redacted]a in any annual report."),
    ],
)
def test_a_short_passage_is_no_part_of_other_words(source, expected):
    passage = "in a" if source.startswith("In a") else "Ann"

    assert redacted(source, passage) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("So said Vera Holm.", "So said ."),
        ("So said **Vera Holm**.", "So said ."),
        (f"See {SITE}/vera-holm there.", "See  there."),
    ],
)
def test_an_empty_mark_leaves_nothing_in_its_place(source, expected):
    assert redacted(source, mark="") == expected


def test_a_mark_cannot_end_the_title_it_stands_in():
    source = f'See [the talk]({SITE}/a "By Vera Holm").'

    assert redacted(source, mark='"N" (N)') == f'See [the talk]({SITE}/a "By &quot;N&quot; &#40;N&#41;").'


def test_links_that_named_the_passage_are_noted_to_the_letter():
    redaction = Redaction("Vera Holm", "[redacted]")

    redaction.redact_markdown(
        f'<a href="{SITE}/vera-holm/X">a</a>, [b]({SITE}/Vera_Holm), <{SITE}/veraholm>.'
    )

    assert redaction.links == {f"{SITE}/vera-holm/X", f"{SITE}/Vera_Holm", f"{SITE}/veraholm"}


@pytest.mark.parametrize(
    ("passage", "text", "left"),
    [
        ("the Holm affair", "Another Holm, and other affairs of theirs.", {"Holm"}),
        ("the affair", "Other affairs.", set()),
        ("Bo Ek", "Bo and Ek, ekologi, boat.", set()),
        ("Ann Berg", "Annas berg, Bergs and Anna, iceberg.", {"Annas", "Bergs", "Anna", "berg"}),
    ],
)
def test_words_left_are_those_of_names_in_the_passage(passage, text, left):
    assert Redaction(passage, "").remaining_words(text) == left


@pytest.mark.parametrize(
    ("passage", "address", "is_part"),
    [
        ("Vera Holm", "/holms-house", True),
        ("Vera Holm", "/holmgren", False),
        ("Karelin Ek", "/some-karelinsky", True),
        ("the affair", "/affair", False),
    ],
)
def test_an_address_holds_a_name_of_the_passage(passage, address, is_part):
    assert Redaction(passage, "").has_any_name_in(address) is is_part
