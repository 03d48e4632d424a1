"""The kind of change that the publish form proposes from the difference; a correction is never proposed."""

import re

import pytest
import time_machine
from django.urls import reverse

from publications.admin.publish.change_proposal import propose_change
from publications.diff import DiffBlock, blocks_of_html, blocks_of_text, compare
from publications.models import Change
from tests.factories import make_live, make_publication, saved

CHECKED_CHANGE = re.compile(r'name="change"[^>]*checked>')
BEFORE = "The goverment met on Monday, and said nothing of the river. The goverment was silent."


def proposal(after: str, *, kind: str = "paragraph", before: str = BEFORE, field_names=()):
    sides = ([DiffBlock(kind, each.tokens) for each in blocks_of_text(text)] for text in (before, after))
    return propose_change(compare(*sides), field_names)


def proposal_for_html(before: str, after: str):
    return propose_change(compare(blocks_of_html(before), blocks_of_html(after)))


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        BEFORE.replace("goverment", "government"),
        BEFORE.replace("Monday,", "Monday"),
        BEFORE.replace("Monday,", "Monday;").replace("river.", "river!"),
        BEFORE.replace("river", "River"),
        BEFORE.replace("said", "siad"),
    ],
)
def test_punctuation_and_the_spelling_of_one_word_are_proposed_as_a_silent_fix(after):
    assert proposal(after).change is Change.SILENT


@pytest.mark.parametrize(
    "after",
    [
        f"{BEFORE} So were we.",
        f"{BEFORE} Nor did we.",
        f"{BEFORE} Yes.",
        f"{BEFORE}\n\nYes.",
        BEFORE.replace("The goverment was silent.", ""),
        BEFORE.replace("goverment", "government").replace("Monday", "Munday"),
        BEFORE.replace("Monday", "Friday"),
        BEFORE.replace("met", "sat"),
        BEFORE.replace("goverment", "parliament"),
    ],
)
def test_any_other_change_of_words_is_left_to_the_editor(after):
    assert proposal(after).change is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("legal", "illegal"),
        ("imports", "exports"),
        ("likely", "unlikely"),
        ("Iran", "Iraq"),
        ("Austria", "Australia"),
        ("Slovakia", "Slovenia"),
        ("million", "billion"),
        ("five million", "five millions"),
        ("increased", "decreased"),
        ("it rose", "it may have risen"),
    ],
)
def test_two_similar_words_are_no_spelling(before, after):
    assert proposal(f"It was {after} then.", before=f"It was {before} then.").change is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>A river.</p>", '<p>A <a href="https://example.org/2026/5">river</a>.</p>'),
        ('<p>A <a href="/a">river</a>.</p>', '<p>A <a href="/b-12">river</a>.</p>'),
    ],
)
def test_links_are_proposed_as_a_silent_fix(before, after):
    assert proposal_for_html(before, after).change is Change.SILENT


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>A river.</p>", '<p>A river.<a class="footnote-ref" href="#fn-1">1</a></p>'),
        ("<p>A river.</p>", '<p>A river.</p><figure><img alt="A map" data-image="abc"></figure>'),
        ("<p>One.</p><p>Two.</p>", "<p>Two.</p><p>One.</p>"),
    ],
)
def test_notes_pictures_and_moved_paragraphs_are_left_to_the_editor(before, after):
    assert proposal_for_html(before, after).change is None


@pytest.mark.parametrize(
    ("field_names", "change"),
    [(["tags"], Change.SILENT), (["kind"], None), (["published_at"], None), (["tags", "roles"], None)],
)
def test_what_changes_beside_the_text_is_left_to_the_editor_unless_it_is_a_topic(field_names, change):
    assert proposal(BEFORE, field_names=field_names).change is change


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (f"{BEFORE} {'More of it. ' * 9}", "More than spelling or punctuation"),
        (BEFORE.replace("Monday", "11 May"), "a figure changes"),
        (BEFORE.replace("met", "did not meet"), "a “not” comes or goes"),
        (BEFORE.replace("nothing", "much, and never a word"), "a “not” comes or goes"),
    ],
)
def test_the_editor_reads_why_nothing_is_proposed(after, why):
    assert proposal(after).change is None and why in proposal(after).reason


def test_authors_who_change_are_left_to_the_editor():
    found = proposal("Ann Berg", kind="byline", before="Ann Borg")

    assert found.change is None and "authors" in found.reason


def test_what_is_not_public_now_is_left_to_the_editor():
    assert propose_change(None).change is None


def path(publication) -> str:
    return reverse("desk:publish", args=[publication.pk])


@pytest.mark.django_db
def test_the_page_says_why_and_a_change_must_be_chosen(desk):
    publication = make_live(body=BEFORE, title="On Minsk").publication
    saved(publication, body=f"{BEFORE}\n\n{'Much more of it. ' * 9}")

    page = desk.get(path(publication)).text
    answer = desk.post(path(publication), {"seen": publication.digest, "after": "1"}).text

    assert "More than spelling or punctuation changes" in page and not CHECKED_CHANGE.search(page)
    assert "Say what changes for readers: one of these." in answer
    assert "More than spelling or punctuation changes" in answer
    assert publication.editions.count() == 1


@pytest.mark.django_db
def test_a_small_fix_needs_no_choice(desk):
    publication = make_live(body=BEFORE).publication
    saved(publication, body=BEFORE.replace("goverment", "government"))

    form = desk.get(path(publication)).context["form"]

    assert form["change"].value() == Change.SILENT
    assert "the spelling of one word" in form["change"].help_text


@pytest.mark.django_db
def test_a_moment_years_away_is_confirmed_once(desk):
    with time_machine.travel("2026-06-01 10:00Z"):
        publication = make_publication()
        form = {
            "seen": publication.digest,
            "after": "0",
            "at": "2030-06-09T07:00",
            "zone": "Europe/Stockholm",
        }

        page = desk.post(path(publication), form)
        again = {**form, "sure": page.context["form"]["sure"].value()}
        other = desk.post(path(publication), {**again, "at": "2031-06-09T07:00"})
        requested_only = publication.editions.count()
        desk.post(path(publication), again)

    assert "That is more than a year away: 9 June 2030 07:00 CEST." in page.text
    assert "9 June 2031" in other.text and requested_only == 0
    assert publication.editions.scheduled().get().visible_from.year == 2030
