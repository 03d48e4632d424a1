"""Notes on the paragraphs of a superseded edition: which stand, which have changed, which are gone."""

import re

import pytest
from django.utils.html import strip_tags

from publications import actions
from publications.models import Edition, Publication
from publications.presentation import ParagraphChange, paragraph_changes
from tests.factories import make_image, make_publication, saved
from tests.views.test_mementos import count_page_queries

pytestmark = pytest.mark.django_db

PAGE = "/en/publications/minsk/"
TEXT = "Grain prices rose by a third in May.\n\nNobody else came to the talks.\n\n> Borders stay closed.\n\n[Here](https://a.example/) it is.[^1]\n\n[^1]: A note."
NOTE = re.compile(r'<p class="paragraph-note label" data-change="(\w+)"[^>]*>(.*?)</p>', re.DOTALL)
KEPT, CHANGED, REMOVED, NOTES_CHANGED = ParagraphChange
URL = re.compile(r'href="([^"]*)"')


def make_history(*bodies: str, language: str = "en", **fields) -> Publication:
    publication = make_publication(
        title="On Minsk", slug="minsk", body=bodies[0], language=language, **fields
    )
    actions.publish(publication, by=None)
    for body in bodies[1:]:
        actions.publish(saved(publication, body=body), by=None)
    return publication


def changes_of(publication: Publication, number: int = 1) -> list[ParagraphChange]:
    edition = publication.editions.get(number=number)
    return list(paragraph_changes(edition, publication.editions.live().get()).values())


def notes_of(client, path: str = f"{PAGE}editions/1/") -> list[tuple[str, str]]:
    """Return the notes of the page, each with its change and its words."""
    return [
        (change, " ".join(strip_tags(words).split())) for change, words in NOTE.findall(client.get(path).text)
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("[^1]: A", "[^1]: One", [KEPT, KEPT, KEPT, NOTES_CHANGED]),
        ("a third", "a quarter", [CHANGED, KEPT, KEPT, KEPT]),
        ("Nobody else came to the talks.\n\n", "", [KEPT, REMOVED, KEPT, KEPT]),
        ("Borders stay closed", "Borders stay open", [KEPT, KEPT, CHANGED, KEPT]),
        ("a.example", "b.example", [KEPT, KEPT, KEPT, CHANGED]),
        ("> Borders stay closed.", "Borders stay closed.", [KEPT, KEPT, CHANGED, KEPT]),
        ("Grain prices", "First of all.\n\nGrain prices", [KEPT, KEPT, KEPT, KEPT]),
        ("May.", "May.[^2]", [CHANGED, KEPT, KEPT, KEPT]),
        ("came to", "*came* to", [KEPT, KEPT, KEPT, KEPT]),
    ],
    ids=["the words of a note", "a word", "a paragraph", "a quotation", "a link", "a quotation no more", "one more", "a note", "emphasis"],
)  # fmt: skip
def test_what_has_become_of_each_paragraph(old, new, expected):
    body = TEXT.replace(old, new) + ("\n\n[^2]: Another note." if "[^2]" in new else "")

    assert changes_of(make_history(TEXT, body)) == expected


def test_a_note_that_others_precede_does_not_change_its_paragraph():
    body = TEXT.replace("May.", "May.[^2]") + "\n\n[^2]: Another note."

    assert changes_of(make_history(TEXT, body))[3] is KEPT


def test_a_paragraph_that_comes_back_stands():
    publication = make_history(TEXT, TEXT.replace("Nobody else came to the talks.\n\n", ""), TEXT)

    assert changes_of(publication, 1) == [KEPT] * 4


def test_paragraphs_that_change_places_stand():
    first, second, rest = TEXT.split("\n\n", 2)

    assert changes_of(make_history(TEXT, "\n\n".join((second, first, rest)))) == [KEPT] * 4


def test_a_reader_sees_what_has_become_of_each_paragraph(client):
    make_history(TEXT, TEXT.replace("a third", "a quarter").replace("> Borders stay closed.\n\n", ""))

    assert notes_of(client) == [
        ("changed", "Changed since: see how"),
        ("kept", "This paragraph stands as it was."),
        ("removed", "This paragraph is no longer there: see what changed"),
        ("kept", "This paragraph stands as it was."),
    ]
    said = strip_tags(client.get(f"{PAGE}editions/1/").text)
    assert "Paragraphs that stand as they were: 2. Changed since: 1. No longer there: 1. New: 0." in said


def test_a_note_leads_to_its_paragraph_on_the_page_of_changes(client):
    make_history(TEXT, TEXT.replace("a third", "a quarter").replace("Nobody else came to the talks.\n\n", ""))
    urls = [
        url
        for _change, words in NOTE.findall(client.get(f"{PAGE}editions/1/").text)
        for url in URL.findall(words)
    ]

    assert [url.partition("#")[0] for url in urls] == [f"{PAGE}editions/2/changes/?from=1"] * 2
    page = client.get(urls[0].partition("#")[0]).text
    blocks = [
        re.search(rf'<div class="diff-block"\s+id="{url.partition("#")[2]}".*?</div>', page, re.DOTALL)[0]
        for url in urls
    ]
    assert ['data-change="changed"' in blocks[0], 'data-change="deleted"' in blocks[1]] == [True, True]
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_each_note_follows_its_paragraph(client):
    publication = make_history(TEXT, TEXT.replace("a third", "a quarter"))
    anchors = [anchor for anchor, _text in publication.editions.get(number=1).paragraphs]

    page = client.get(f"{PAGE}editions/1/").text

    assert (
        re.findall(r'<p id="(p-[^"]+)"[^<>]*>(?:(?!</p>).)*</p><p class="paragraph-note', page, re.DOTALL)
        == anchors
    )


def test_a_swedish_page_says_it_in_swedish(client):
    make_history(
        "Priset steg med en tredjedel.\n\nIngen kom.",
        "Priset steg med en fjärdedel.\n\nIngen kom.",
        language="sv",
    )

    assert notes_of(client, "/sv/publikationer/minsk/utgavor/1/") == [
        ("changed", "Ändrat sedan dess: se hur"),
        ("kept", "Stycket står kvar som det var."),
    ]


def test_a_text_in_another_language_has_notes_in_that_of_the_page(client):
    make_history("Ціни зросли.\n\nНіхто.", "Ціни зросли.\n\nУсі.", language="uk")

    assert (
        '<p class="paragraph-note label" data-change="kept" lang="en" dir="ltr">'
        in client.get(f"{PAGE}editions/1/").text
    )


def test_only_superseded_editions_have_notes(client):
    make_history(TEXT, TEXT.replace("a third", "a quarter"))

    assert "paragraph-note" not in client.get(PAGE).text
    assert notes_of(client, f"{PAGE}editions/2/") == []


def test_a_retracted_text_is_not_said_to_stand(client):
    publication = make_history(TEXT, TEXT.replace("a third", "a quarter"))
    actions.retract(publication, by=None, note="Wrong.")

    assert notes_of(client) == [] and "stand as they were" not in client.get(f"{PAGE}editions/1/").text


def test_a_redacted_paragraph_that_nothing_else_changed_stands(client):
    publication = make_history(TEXT, f"{TEXT}\n\n- One more.")
    actions.redact(publication, "Grain prices", by=None, reason="Secret.")

    assert {change for change, _words in notes_of(client)} == {"kept"}
    assert "Grain prices" not in client.get(f"{PAGE}editions/1/").text


SHAPES = """Some words.

## Figures

- First.
- Second.

| Year | Sum |
|---|---|
| 2024 | 254 |
| 2025 | 300 |

![A field](image:{key} "Fields")

More words.[^1]

[^1]: Of [^2].

[^2]: Nested."""


@pytest.mark.parametrize(
    ("old", "new", "others", "notes"),
    [
        ("Figures", "Sums", "1 heading", ["other"]),
        ("First.", "Foremost.", "1 list item", ["other"]),
        ("- Second.\n", "", "1 list item", ["other"]),
        ("- Second.\n", "- Second.\n- Third.\n", "1 list item", []),
        ("254", "524", "1 table row", ["other"]),
        ("| 2025", "| 2026", "1 table row", ["other"]),
        ('"Fields"', '"Rye"', "1 caption", ["other"]),
        ("Of [^2]", "See [^2]", "1 footnote", ["notes", "other"]),
        ("Nested", "Within", "1 footnote", ["notes", "other"]),
        ("300 |\n\n", "300 |\n\n- Third.\n\n", "1 list item", []),
    ],
    ids=["a heading", "an item", "an item less", "one more", "a cell", "another cell", "a caption", "a note", "a note of a note", "a list"],
)  # fmt: skip
def test_whatever_has_changed_is_named(client, old, new, others, notes):
    text = SHAPES.replace("{key}", make_image().key)
    make_history(text, text.replace(old, new))

    assert f"Other changes: {others}." in strip_tags(client.get(f"{PAGE}editions/1/").text)
    assert [change for change, _words in notes_of(client) if change != "kept"] == notes


def test_a_summary_that_has_changed_is_named(client):
    publication = make_history(TEXT, summary="In May.")
    actions.publish(saved(publication, summary="In June."), by=None)

    assert "New: 0. Other changes: summary." in strip_tags(client.get(f"{PAGE}editions/1/").text)


def test_a_note_on_a_table_leads_to_its_row_on_the_page_of_changes(client):
    make_history(SHAPES, SHAPES.replace("2025 | 300", "2025 | 600"))
    page = client.get(f"{PAGE}editions/1/").text
    [url] = URL.findall("".join(words for change, words in NOTE.findall(page) if change == "other"))
    address, _mark, anchor = url.partition("#")

    row = re.search(
        rf'<div class="diff-block"\s+id="{anchor}".*?</div>', client.get(address).text, re.DOTALL
    )[0]
    assert 'data-change="changed"' in row and 'data-kind="row"' in row
    assert '</table></div><p class="paragraph-note' in page


def test_paragraphs_that_are_new_are_counted(client):
    make_history(TEXT, f"First of all.\n\n{TEXT}")

    assert "No longer there: 0. New: 1." in strip_tags(client.get(f"{PAGE}editions/1/").text)


def test_a_text_without_paragraphs_has_notes_on_its_lists(client):
    make_history("- One.\n- Two.", "- One.\n- Three.")

    assert notes_of(client) == [("other", "Changed or no longer there: see what changed")]
    said = strip_tags(client.get(f"{PAGE}editions/1/").text)
    assert "Other changes: 1 list item." in said and "stand as they were" not in said


def removed_passages(client) -> dict[str, str]:
    """Return the URLs that the live page has for links to passages that it does not have, by their ids."""
    return dict(
        re.findall(
            r'class="removed-passage notice" id="([^"]+)">[^<]*<a\s+href="([^"]+)"', client.get(PAGE).text
        )
    )


def test_a_link_to_a_passage_that_is_gone_leads_to_the_last_edition_with_it(client):
    gone = "## Talks\n\nNobody else came to the talks.\n\n"
    text = TEXT.replace("Nobody else came to the talks.\n\n", gone)
    publication = make_history(text, text.replace("a third", "a quarter"), text.replace(gone, ""))
    paragraph = dict(map(reversed, publication.editions.get(number=1).paragraphs))[
        "Nobody else came to the talks."
    ]

    passages = removed_passages(client)

    assert passages == {anchor: f"{PAGE}editions/2/#{anchor}" for anchor in (paragraph, "s-talks")}
    assert f'id="{paragraph}"' in client.get(f"{PAGE}editions/2/").text
    assert "removed-passage" not in client.get(f"{PAGE}editions/1/").text


def test_a_passage_of_an_edition_that_was_taken_back_is_not_named(client):
    publication = make_history(TEXT, f"{TEXT}\n\nA slip.")
    actions.undo(publication, by=None)

    assert removed_passages(client) == {} and "A slip" not in client.get(PAGE).text


def test_removed_passages_cost_one_query(client):
    publication = make_history(TEXT)
    none = count_page_queries(client, PAGE)
    for body in (f"{TEXT}\n\nMore.", TEXT, f"{TEXT}\n\nAnother.", TEXT):
        actions.publish(saved(publication, body=body), by=None)

    assert count_page_queries(client, PAGE) == none + 1 and len(removed_passages(client)) == 2


def test_the_number_of_queries_does_not_depend_on_the_number_of_paragraphs(client):
    publication = make_history(TEXT, TEXT.replace("a third", "a quarter"))
    few = count_page_queries(client, f"{PAGE}editions/1/")
    long_text = "\n\n".join(f"Paragraph {number} of many." for number in range(200))
    for body in (long_text, long_text.replace("of many", "of all"), long_text):
        actions.publish(saved(publication, body=body), by=None)

    assert count_page_queries(client, f"{PAGE}editions/3/") == few
    assert Edition.objects.get(publication=publication, number=3).paragraphs
