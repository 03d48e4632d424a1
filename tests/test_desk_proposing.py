"""What a change is to readers is proposed from the difference; a correction is for a person to choose."""

import pytest
import time_machine
from django.urls import reverse

from publications.desk.proposing import FEW, proposed
from publications.difference import Block, blocks_of_text, compare
from publications.models import Change
from tests.factories import make_live, make_publication, saved

BEFORE = "The goverment met on Monday and said nothing of the river."


def proposal(after: str, *, kind: str = "paragraph", before: str = BEFORE):
    sides = ([Block(kind, each.tokens) for each in blocks_of_text(text)] for text in (before, after))
    return proposed(compare(*sides))


@pytest.mark.parametrize(
    "after", [BEFORE, BEFORE.replace("goverment", "government"), f"{BEFORE} Nor did we."]
)
def test_a_few_letters_are_proposed_as_a_silent_fix(after):
    assert proposal(after).change is Change.SILENT


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (f"{BEFORE} {'More of it. ' * FEW}", "more than a few letters"),
        (BEFORE.replace("Monday", "11 May"), "a figure changes"),
        (BEFORE.replace("met", "did not meet"), "a “not” comes or goes"),
        (BEFORE.replace("nothing", "much, and never a word"), "a “not” comes or goes"),
    ],
)
def test_more_than_that_or_a_figure_is_left_to_the_editor(after, why):
    assert proposal(after).change is None and why in proposal(after).why


def test_authors_who_change_are_left_to_the_editor():
    found = proposal("Ann Berg", kind="byline", before="Ann Borg")

    assert found.change is None and "authors" in found.why


def test_what_is_not_public_now_is_left_to_the_editor():
    assert proposed(None).change is None


def path(piece) -> str:
    return reverse("desk:publish", args=[piece.pk])


@pytest.mark.django_db
def test_the_page_says_why_and_what_was_not_chosen_is_asked_for(desk):
    piece = make_live(body=BEFORE, title="On Minsk").publication
    saved(piece, body=f"{BEFORE}\n\n{'Much more of it. ' * 9}")

    page = desk.get(path(piece)).text
    answer = desk.post(path(piece), {"seen": piece.digest, "after": "1"}).text

    assert "as more than a few letters change" in page and "checked>" not in page
    assert "Say what changes for readers: one of these." in answer
    assert "as more than a few letters change" in answer
    assert piece.editions.count() == 1


@pytest.mark.django_db
def test_a_small_fix_needs_no_choice(desk):
    piece = make_live(body=BEFORE).publication
    saved(piece, body=BEFORE.replace("goverment", "government"))

    form = desk.get(path(piece)).context["form"]

    assert form["change"].value() == Change.SILENT
    assert "few letters" in form["change"].help_text


@pytest.mark.django_db
def test_a_moment_years_away_is_asked_about_once(desk):
    with time_machine.travel("2026-06-01 10:00Z"):
        piece = make_publication()
        form = {"seen": piece.digest, "after": "0", "at": "2030-06-09T07:00", "zone": "Europe/Stockholm"}

        page = desk.post(path(piece), form)
        again = {**form, "sure": page.context["form"]["sure"].value()}
        other = desk.post(path(piece), {**again, "at": "2031-06-09T07:00"})
        asked_only = piece.editions.count()
        desk.post(path(piece), again)

    assert "That is more than a year away: 9 June 2030 07:00 CEST." in page.text
    assert "9 June 2031" in other.text and asked_only == 0
    assert piece.editions.waiting().get().visible_from.year == 2030
