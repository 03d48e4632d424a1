"""The difference of two texts and the merge of two hands: exact, readable, and bounded whatever the input."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.diff import (
    DiffBlock,
    DiffOperation,
    blocks_of_html,
    blocks_of_text,
    compare,
    compare_texts,
    merge_texts,
)
from publications.diff.blocks import tokens_of
from publications.diff.compare import MAX_STEPS
from publications.diff.matching import Budget, match
from publications.markup import render_markdown
from tests.prose_pages import MARKDOWN

WORDS = st.sampled_from(
    ["Москва", "Kyiv", "北京访问", "القاهرة", "the", "a", "5,000", "it's", ",", ".", "", "\u0301x"]
)
PARAGRAPHS = st.lists(WORDS, max_size=12).map(" ".join)
TEXTS = st.lists(PARAGRAPHS, max_size=8).map("\n\n".join) | st.text(alphabet="ab \n\r\tж،。", max_size=60)
BASE = "One stays.\n\nTwo speaks of Minsk.\n\nThree stays too."


def shown(difference) -> str:
    """A difference in one line: [-deleted-] {+inserted+}, blocks divided by a bar."""
    marks = {DiffOperation.KEPT: "{}", DiffOperation.DELETED: "[-{}-]", DiffOperation.INSERTED: "{{+{}+}}"}
    return " | ".join(
        "".join(
            run.space.replace("\n", "") + marks[run.change].format(run.stripped_text) for run in passage.runs
        ).strip()
        for passage in difference.passages
    )


@given(TEXTS)
def test_the_words_of_a_text_joined_are_the_text(text):
    assert "".join(token.text for token in tokens_of(text)) == text


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_a_difference_gives_the_later_text_to_the_character(before, after):
    assert compare_texts(before, after).after == after


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_a_difference_holds_every_word_of_the_earlier_text(before, after):
    difference = compare_texts(before, after)

    left = [
        run.text
        for passage in difference.passages
        for run in passage.runs
        if run.change is not DiffOperation.INSERTED
    ]
    assert sorted("".join("".join(left).split())) == sorted("".join(before.split()))


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert compare_texts(text, text).is_empty


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_what_matches_is_the_same_in_order_and_as_much_as_can_be(before, after):
    pairs = match(before, after, Budget(MAX_STEPS))

    assert all(before[one] == after[other] for one, other in pairs)
    assert all(one < two and other < next_other for (one, other), (two, next_other) in pairwise(pairs))
    assert len(pairs) == longest_common(before, after)


def longest_common(one: list[str], other: list[str]) -> int:
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(other) + 1)
    for item in one:
        last = row[:]
        for place, its in enumerate(other, start=1):
            row[place] = last[place - 1] + 1 if item == its else max(last[place], row[place - 1])
    return row[-1]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("The visit ended on Monday.", "The visit ended on Tuesday.", "The visit ended on [-Monday-]{+Tuesday+}."),
        ("He went home", "He went straight home, alone", "He went {+straight+} home{+, alone+}"),
        ("Визит завершился во вторник.", "Визит завершился в среду.", "Визит завершился [-во вторник-] {+в среду+}."),
        ("زار الوزير بكين يوم الاثنين", "زار الوزير موسكو يوم الاثنين", "زار الوزير [-بكين-] {+موسكو+} يوم الاثنين"),
        ("外长访问北京。", "外长访问上海。", "外长访问[-北京-]{+上海+}。"),
        ("It was 5,000 of 7,000.", "It was 6,000 of 8,000.", "It was [-5,000 of 7,000-] {+6,000 of 8,000+}."),
    ],
    ids=["English", "inserted", "Cyrillic", "Arabic", "Chinese", "stray"],
)  # fmt: skip
def test_a_change_is_shown_by_the_word(before, after, expected):
    assert shown(compare_texts(before, after)).replace("-]{", "-] {") == expected.replace("-]{", "-] {")


def test_letters_with_marks_stay_whole():
    assert [token.text for token in tokens_of("हिन्दी भाषा")] == ["हिन्दी", " भाषा"]


def test_a_paragraph_rewritten_from_scratch_is_shown_as_one_gone_and_one_new():
    difference = compare_texts("Old words entirely.", "Nothing shared here at all.")

    assert shown(difference) == "[-Old words entirely.-] | {+Nothing shared here at all.+}"


def test_a_heading_is_not_compared_with_a_paragraph():
    words = tokens_of(" The same words")

    difference = compare([DiffBlock("heading", words)], [DiffBlock("paragraph", words)])

    assert [passage.change for passage in difference.passages] == [
        DiffOperation.DELETED,
        DiffOperation.INSERTED,
    ]


def test_a_paragraph_that_moved_is_neither_new_nor_gone():
    difference = compare_texts(
        "Alpha one.\n\nBeta two.\n\nGamma three.", "Gamma three.\n\nAlpha one.\n\nBeta two."
    )

    assert difference.moved == 1
    assert (
        difference.count(DiffOperation.INSERTED) == difference.words_inserted == difference.words_deleted == 0
    )
    assert not difference.is_empty


def test_what_changed_is_counted_in_blocks_and_words():
    difference = compare_texts(BASE, BASE.replace("of Minsk", "of Kyiv and Riga") + "\n\nFour is new.")

    assert (difference.count(DiffOperation.CHANGED), difference.count(DiffOperation.INSERTED)) == (1, 1)
    assert (difference.words_inserted, difference.words_deleted) == (6, 1)


def test_space_is_not_a_change():
    assert compare_texts("One  two\n\n\nthree", "One two\n\nthree\n").is_empty


def html_change(before: str, after: str):
    return compare(blocks_of_html(render_markdown(before).html), blocks_of_html(render_markdown(after).html))


def test_the_blocks_of_a_page_are_what_readers_see():
    markdown = (
        "## Head\n\nText.[^1]\n\n> Said.\n\n- item\n\n    more\n\n|a|b|\n|-|-|\n|c|d|\n\n![alt](image:abcdefghij 'Cap')\n\n"
        "---\n\n    code\n\n[^1]: A note."
    )

    blocks = blocks_of_html(render_markdown(markdown).html)

    assert [(block.kind, block.text.strip()) for block in blocks] == [
        ("heading", "Head"), ("paragraph", "Text.1"), ("quotation", "Said."), ("item", "item"), ("item", "more"),
        ("row", "a | b"), ("row", "c | d"), ("picture", "alt"), ("caption", "Cap"), ("line", ""), ("code", "code"), ("note", "A note."),
    ]  # fmt: skip


def test_a_link_that_leads_elsewhere_is_shown_with_both_addresses():
    difference = html_change("See [the law](https://a.example/1).", "See [the law](https://a.example/2).")

    assert shown(difference) == "See the law [-(https://a.example/1)-] {+(https://a.example/2)+}."


def test_a_note_put_in_changes_no_other_number():
    difference = html_change("A.[^x]\n\nB.\n\n[^x]: X.", "A.[^x]\n\nB.[^n]\n\n[^n]: New.\n\n[^x]: X.")
    before = html_change("A.\n\nB.[^x]\n\n[^x]: X.", "A.[^n]\n\nB.[^x]\n\n[^n]: New.\n\n[^x]: X.")

    assert shown(difference) == "A.1 | B.{+2+} | X. | {+New.+}"
    assert shown(before) == "A.{+1+} | B.2 | {+New.+} | X."


def test_a_picture_that_was_replaced_is_a_change():
    difference = html_change("![field](image:abcdefghij)", "![field](image:abcdefghik)")

    assert not difference.is_empty


@settings(max_examples=60, deadline=None)
@given(MARKDOWN, MARKDOWN)
def test_any_two_pages_can_be_compared(before, after):
    difference = html_change(before, after)

    assert difference.after == "".join(block.text for block in blocks_of_html(render_markdown(after).html))
    assert html_change(after, after).is_empty


def long_text(words: int, changed: str = "") -> str:
    """A text of so many words in paragraphs of a hundred, each unlike the others."""
    numbered = [
        f"word{place * 7 % 997} of{place}{changed if place % 50 == 0 else ''}" for place in range(words // 2)
    ]
    return "\n\n".join(" ".join(numbered[start : start + 50]) for start in range(0, len(numbered), 50))


HARD = {
    "one letter, over and over": ("a " * 100_000, "b a " * 50_000),
    "the same in another order": (" ".join("abcdefghij" * 10_000), " ".join("jihgfedcba" * 10_000)),
    "many short paragraphs": ("\n\n".join("ab" * 33_000), "\n\n".join("ba" * 33_000)),
    "many different paragraphs": (
        "\n\n".join(f"x{n} same" for n in range(18_000)),
        "\n\n".join(f"same y{n}" for n in range(18_000)),
    ),
    "no space at all": ("ж" * 200_000, "ж" * 199_999),
    "ideographs": ("访问北京" * 16_000, "北京访问" * 16_000),
    "only space": (" \n\n" * 66_000, "\n" * 200_000),
}


@pytest.mark.parametrize("case", HARD)
def test_no_text_takes_more_steps_than_it_may(case):
    before, after = HARD[case]

    difference = compare_texts(before, after)

    assert difference.steps <= MAX_STEPS + len(before)  # the step that finds the budget spent is taken
    assert difference.after == after


class Counted:
    """An item that counts how often it is compared."""

    comparisons = 0

    def __init__(self, value: str) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other) -> bool:
        Counted.comparisons += 1
        return self.value == other.value


@pytest.mark.parametrize(
    ("before", "after"), [("a" * 4000, "ba" * 2000), ("abcdefghij" * 400, "jihgfedcba" * 400)]
)
def test_the_budget_counts_what_is_really_done(before, after):
    budget = Budget(20_000)
    Counted.comparisons = 0

    match([Counted(sign) for sign in before], [Counted(sign) for sign in after], budget)

    assert Counted.comparisons < 3 * budget.steps + 10 * len(before)


def test_a_long_text_with_a_word_changed_in_every_paragraph_stays_far_below_the_limit():
    difference = compare_texts(long_text(10_000), long_text(10_000, changed="x"))

    assert difference.count(DiffOperation.CHANGED) == 100
    assert difference.words_inserted == 100
    assert difference.steps < MAX_STEPS / 2


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS)
def test_a_merge_follows_the_only_side_that_changed(base, text):
    assert merge_texts(base, text, base).text == text
    assert merge_texts(base, base, text).text == text
    assert merge_texts(base, text, text).text == text


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_loses_no_paragraph_that_either_side_put_in(base, ours, theirs):
    merged = merge_texts(base, ours, theirs)

    kept = "".join(
        part if isinstance(part, str) else part.base + part.ours + part.theirs for part in merged.parts
    )
    new = [block.text.strip() for side in (ours, theirs) for block in blocks_of_text(side)]
    assert all(text in base or text in kept for text in new)


@settings(max_examples=100, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_a_merge_does_not_depend_on_whose_text_comes_first(base, ours, theirs):
    one, other = merge_texts(base, ours, theirs), merge_texts(base, theirs, ours)

    assert one.text == other.text
    assert len(one.conflicts) == len(other.conflicts)


def test_changes_of_neighbouring_paragraphs_are_joined():
    merged = merge_texts(BASE, BASE.replace("One stays", "One stays put"), BASE.replace("Minsk", "Kyiv"))

    assert merged.text == "One stays put.\n\nTwo speaks of Kyiv.\n\nThree stays too."


def test_two_changes_of_one_paragraph_are_a_conflict_in_its_place():
    merged = merge_texts(BASE, BASE.replace("Minsk", "Kyiv"), BASE.replace("Minsk", "Riga"))

    (conflict,) = merged.conflicts
    assert merged.text is None
    assert (conflict.base, conflict.ours, conflict.theirs) == (
        "Two speaks of Minsk.", "Two speaks of Kyiv.", "Two speaks of Riga.",
    )  # fmt: skip
    assert merged.parts.index(conflict) == 1


def test_a_paragraph_that_one_took_out_and_one_changed_is_a_conflict():
    merged = merge_texts(BASE, BASE.replace("Two speaks of Minsk.\n\n", ""), BASE.replace("Minsk", "Riga"))

    assert [conflict.ours for conflict in merged.conflicts] == [""]
