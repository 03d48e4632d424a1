"""The report of an import: of a few files whole, of many by topic, so that it can be read; nothing is told nowhere."""

import re

import pytest

from publications import importing
from publications.importers import Line, Sort
from publications.importing import Account, Entry, Outcome
from publications.importing.folding import A_PAGE, EXAMPLES, NAMES
from tests.blogs import bring_in, put
from tests.conftest import ROOT


def account(files: int, *lines: Line) -> Account:
    return Account([Entry(f"{number:03}.md", Outcome.NEW, list(lines)) for number in range(files)])


def shown(account: Account, **how) -> str:
    return "\n".join(importing.told(account, width=100, **how))


LED = Line(Sort.CHANGED, "link", "/old/ leads to /new/ now.")
HELD = Line(Sort.DROPPED, "held", "Not published: it has no date.")


def test_a_few_files_are_told_one_by_one():
    text = shown(account(20, LED, HELD))

    assert text.count("leads to") == text.count("Not published") == 20 and "019.md" in text


def test_many_files_are_told_by_topic_with_the_first_of_each():
    text = shown(account(21, LED, HELD))

    assert "links led to new addresses: 21, in 21 files" in text and text.count("leads to") == EXAMPLES
    assert "… and 18 more" in text and "003.md: /old/" not in text


def test_what_somebody_has_to_look_at_is_told_whole_up_to_a_page():
    page, more = shown(account(A_PAGE, HELD)), shown(account(A_PAGE + 1, HELD))

    assert page.count("Not published") == more.count("Not published") == A_PAGE
    assert "more" not in page and "… and 1 more" in more


def test_what_matters_most_comes_first_and_what_is_refused_before_all():
    refused = Line(Sort.DROPPED, "refused", "No front matter.")

    text = shown(account(21, LED, HELD, refused))

    assert text.index("refused: 21") < text.index("held back") < text.index("links led")


def test_every_line_is_told_where_that_is_asked_and_none_with_the_totals_alone():
    whole, totals = shown(account(400, LED), detail=2), shown(account(400, LED), detail=0)

    assert whole.count("leads to") == 400 and whole.count("taken in") == 401
    assert "leads to" not in totals and "400  files" in totals


def test_where_all_of_it_is_told_is_said_only_where_it_is_folded():
    assert "-v 2" in shown(account(21, LED))
    assert "-v 2" not in shown(account(20, LED)) + shown(account(21, LED), detail=2)


@pytest.mark.parametrize("width", [40, 80, 160])
def test_a_folded_report_fits_the_screen(width):
    long = Line(Sort.DROPPED, "field", "A field that nothing here is for: " + "words " * 200)

    lines = list(importing.told(account(21, long, LED), width=width))

    assert max(map(len, lines)) <= width and len(lines) < 40


def test_ten_years_of_posts_are_told_on_a_few_pages():
    lines = [Line(Sort.DROPPED, topic, f"{topic}.") for topic in NAMES]

    assert len(shown(account(509, *lines)).split("\n")) < 800


def test_every_topic_that_is_told_has_a_name_and_a_total():
    texts = [
        path.read_text(encoding="utf-8")
        for room in ("importers", "importing")
        for path in (ROOT / "publications" / room).glob("*.py")
    ]
    told = {
        topic
        for text in texts
        for topic in re.findall(r"""(?:\.(?:changed|dropped|guessed)\(|Sort\.[A-Z]+,)\s*"([\w-]+)\"""", text)
    }

    assert told == set(NAMES)
    assert {topic.replace("-", "_") for topic in told} <= set(account(1).totals())


@pytest.mark.django_db
def test_lines_that_are_alike_in_one_file_are_told_once(tmp_path):
    found = bring_in(put(tmp_path / "blog", "b.md", title="B", body="[a](b.md) [b](b.md)"))

    assert [line.text for line in found.entries[0].lines if line.topic == "link"] == [
        "b.md leads to /en/publications/b/ now."
    ]
