"""Related Publications on the page of a piece: what staff linked to, then what is like it, each saying why."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, tomorrow

pytestmark = pytest.mark.django_db

GRAIN = "Grain from Kherson is moved by barge, since the railway and the elevator were shelled."


def live(title: str, **fields):
    return make_live(**{"title": title, "summary": f"On {title}.", "body": GRAIN, **fields})


def related(client, edition) -> list[tuple[str, str]]:
    """The titles below the piece, each with why it stands there."""
    page = client.get(edition.get_absolute_url()).content.decode()
    section = page.partition('<section class="related"')[2].partition("</section>")[0]
    cards = section.split("</article>")[:-1]
    title, why = (
        re.compile(r"teaser__title.*?<a[^>]*>(.*?)</a>"),
        re.compile(r"teaser__why.*?<bdi>(.*?)</bdi>"),
    )
    return [(title.search(card)[1], found[1] if (found := why.search(card)) else "") for card in cards]


def test_what_staff_linked_to_comes_first_and_says_nothing(client, editor):
    tag = make_tag("Belarus")
    edition, chosen = live("Barges", tags=(tag,)), live("Schism", body="Patriarch and synod quarrel.")
    live("Winter", body="Pipelines and storage.", tags=(tag,))
    actions.set_related_links(edition.publication, [chosen.publication], by=editor)

    assert related(client, edition) == [("Schism", ""), ("Winter", "Both on Belarus")]


def test_four_stand_below_a_piece_and_none_twice(client, editor):
    tag = make_tag("Belarus")
    edition, *others = (live(f"Grain {number}", tags=(tag,)) for number in range(7))
    actions.set_related_links(edition.publication, [others[0].publication], by=editor)

    titles = [title for title, _why in related(client, edition)]

    assert len(titles) == len(set(titles)) == 4 and titles[0] == "Grain 1"


def test_what_is_not_public_is_never_below_a_piece(client, editor):
    edition, withdrawn = live("Barges"), live("Withdrawn")
    actions.withdraw(withdrawn.publication, by=editor)
    actions.publish(make_publication(title="Scheduled", body=GRAIN), by=editor, at=tomorrow())
    make_publication(title="Draft", body=GRAIN)

    assert related(client, edition) == []


def test_what_is_ruled_out_goes_from_both_pages_at_once(client, editor):
    edition, other = live("Barges"), live("Elevators")
    assert related(client, edition) and related(client, other)

    actions.exclude_suggestion(edition.publication, other.publication, by=editor)

    assert related(client, edition) == related(client, other) == []


def test_grounds_are_escaped(client):
    tag = make_tag("<b>Grain</b> & more")
    edition = live("Barges", tags=(tag,))
    live("Winter", body="Pipelines and storage.", tags=(tag,))

    assert related(client, edition) == [("Winter", "Both on &lt;b&gt;Grain&lt;/b&gt; &amp; more")]


def test_a_page_asks_the_same_however_many_are_like_it(client):
    def params(edition) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(edition.get_absolute_url())
        return len(captured)

    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    published = live("Barges", by_whom=author, tags=(tag,), cover=make_image())
    live("Elevators", by_whom=author, tags=(tag,))
    few = params(published)

    for number in range(20):
        live(f"Grain {number}", by_whom=author, tags=(tag, make_tag()))

    assert params(published) == few
