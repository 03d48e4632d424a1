"""Placeholders that were left in a text have to be confirmed before it is published; nothing else has."""

import pytest
from django.urls import reverse

from publications import preflight
from publications.markup import render_markdown
from publications.models import Edition, Publication
from tests.factories import make_publication


@pytest.mark.parametrize(
    "text",
    [
        "The bill is TK.",
        "[TK]",
        "by XXX per cent",
        "Date: TBD",
        "(TBC)",
        "rose by ??? per cent",
        "Lorem ipsum dolor sit amet",
        "(source?)",
        "[figure to be checked]",
        "the rate (to be confirmed)",
        "[Here: the budget, with a table. Ask the ministry.]",
        "[Add the map]",
        "TODO",
        "[källa?]",
        "[ska kontrolleras]",
        "[kolla siffran]",
        "[уточнити]",
    ],
)
def test_a_note_to_oneself_is_found(text):
    assert list(preflight.find_placeholders(f"Before. {text}"))


@pytest.mark.parametrize(
    "text",
    [
        "He called it [the ministry] and [sic] “wrong”.",
        "There is much to be done, and more to be checked.",
        "Is it true??",
        "A TODO list, and lorem ipsum as a matter of typography.",
        "The date is TBD, they said.",
        "[Hereafter: the Union]",
        "What source? (Is it?)",
        "a method (something to be completed within a day)",
    ],
)
def test_ordinary_words_are_no_placeholder(text):
    assert list(preflight.find_placeholders(text)) == []


def draft(**texts) -> preflight.PreflightDraft:
    body = texts.get("body", "Text.")
    return preflight.PreflightDraft(**{**texts, "html": render_markdown(body).html})


@pytest.mark.parametrize("field", ["title", "summary", "key_points", "body"])
def test_every_text_that_readers_see_is_searched(field):
    issues = preflight.run_preflight(draft(**{field: "One.\n\nIt rose by [figure to be checked]."})).confirm

    assert [(each.field, each.line) for each in issues] == [(field, 3 if field == "body" else 0)]


def test_a_long_placeholder_is_quoted_up_to_a_word():
    note = f"[Add here: {'words of mine ' * 20}]"

    (issue,) = preflight.run_preflight(draft(body=note)).confirm

    quoted = issue.text.partition("“")[2].partition("”")[0]
    assert len(quoted) <= 80 and quoted.endswith(("words…", "of…", "mine…"))


def test_an_issue_of_a_line_says_how_the_line_begins_unless_its_text_does():
    body = f"One.\n\n{'It rose by a half, they said, ' * 3}by [figure to be checked].\n\n[källa?]"

    issues = preflight.run_preflight(draft(body=body)).confirm

    starts = ["It rose by a half, they said, It rose…", ""]
    assert [(issue.line, issue.line_start) for issue in issues] == [(3, starts[0]), (5, starts[1])]


def test_links_notes_and_code_are_not_placeholders():
    body = "[here](https://example.org/) and `XXX`[^1]\n\n    TODO\n\n[^1]: [Check the map](https://example.org/)"

    assert preflight.run_preflight(draft(body=body)).confirm == []


def path(publication) -> str:
    return reverse("desk:publish", args=[publication.pk])


@pytest.mark.django_db
def test_texts_that_link_to_each_other_are_published_with_a_tick(desk):
    """Or together, without one (tests/admin/test_bulk_authors.py)."""
    first = make_publication(title="First", body="[b](/en/publications/second/)")
    second = make_publication(title="Second", body="[a](/en/publications/first/)")
    form = {"seen": first.digest, "after": "0"}

    refused = desk.post(path(first), form)
    desk.post(path(first), {**form, "links_pending": "on"})
    desk.post(path(second), {"seen": second.digest, "after": "0"})

    assert "Publish those first, or tick" in refused.text and "placeholders_meant" not in refused.text
    assert first.editions.live().exists() and second.editions.live().exists()


@pytest.mark.django_db
def test_a_placeholder_has_to_be_confirmed_before_publishing(desk):
    publication = make_publication(body="It rose by [figure to be checked].")
    form = {"seen": publication.digest, "after": "0"}

    shown = desk.get(path(publication)).text
    refused = desk.post(path(publication), form)
    is_public = publication.editions.exists()
    desk.post(path(publication), {**form, "placeholders_meant": "on"})

    assert "“[figure to be checked]” looks like a note to yourself." in shown
    assert "say that they are meant" in refused.text and not is_public
    assert publication.editions.live().exists()


@pytest.mark.django_db
def test_nothing_needs_confirmation_without_a_placeholder(desk):
    publication = make_publication()

    page = desk.get(path(publication))
    desk.post(path(publication), {"seen": publication.digest, "after": "0"})

    assert "placeholders_meant" not in page.context["form"].fields
    assert publication.editions.live().exists()


def texts_of(row: Publication | Edition, html: str) -> str:
    return "\n".join((row.title, row.summary, row.key_points, preflight.PreflightDraft(html=html).text))
