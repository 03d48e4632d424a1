"""Related Publications on the page of a publication: linked ones, then similar ones with a reason."""

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
    """Return the titles of related publications, each with its reason."""
    page = client.get(edition.get_absolute_url()).content.decode()
    section = page.partition('<section class="related"')[2].partition("</section>")[0]
    teasers = section.split("</article>")[:-1]
    title = re.compile(r"teaser__title.*?<a[^>]*>(.*?)</a>")
    reason = re.compile(r"teaser__why.*?<bdi>(.*?)</bdi>")
    return [
        (title.search(teaser)[1], match[1] if (match := reason.search(teaser)) else "") for teaser in teasers
    ]


def test_linked_publications_come_first_without_a_reason(client, editor):
    tag = make_tag("Belarus")
    edition, chosen = live("Barges", tags=(tag,)), live("Schism", body="Patriarch and synod quarrel.")
    live("Winter", body="Pipelines and storage.", tags=(tag,))
    actions.set_related_links(edition.publication, [chosen.publication], by=editor)

    assert related(client, edition) == [("Schism", ""), ("Winter", "Both on Belarus")]


def test_readers_are_shown_shared_topics_and_not_the_words_that_were_compared(client):
    tag = make_tag("Belarus")
    edition = live("Barges", tags=(tag,))
    live("Elevators", tags=(tag,))
    live("Wagons")

    assert related(client, edition) == [("Elevators", "Both on Belarus"), ("Wagons", "")]


def test_four_stand_below_a_publication_and_none_twice(client, editor):
    tag = make_tag("Belarus")
    edition, *others = (live(f"Grain {number}", tags=(tag,)) for number in range(7))
    actions.set_related_links(edition.publication, [others[0].publication], by=editor)

    titles = [title for title, _why in related(client, edition)]

    assert len(titles) == len(set(titles)) == 4 and titles[0] == "Grain 1"


def test_what_is_not_public_is_never_related(client, editor):
    edition, withdrawn = live("Barges"), live("Withdrawn")
    actions.withdraw(withdrawn.publication, by=editor)
    actions.publish(make_publication(title="Scheduled", body=GRAIN), by=editor, at=tomorrow())
    make_publication(title="Draft", body=GRAIN)

    assert related(client, edition) == []


def test_an_excluded_suggestion_leaves_both_pages_at_once(client, editor):
    edition, other = live("Barges"), live("Elevators")
    assert related(client, edition) and related(client, other)

    actions.exclude_suggestion(edition.publication, other.publication, by=editor)

    assert related(client, edition) == related(client, other) == []


def test_reasons_are_escaped(client):
    tag = make_tag("<b>Grain</b> & more")
    edition = live("Barges", tags=(tag,))
    live("Winter", body="Pipelines and storage.", tags=(tag,))

    assert related(client, edition) == [("Winter", "Both on &lt;b&gt;Grain&lt;/b&gt; &amp; more")]


def test_the_number_of_queries_does_not_depend_on_similar_publications(client):
    def count_queries(edition) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(edition.get_absolute_url())
        return len(captured)

    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    published = live("Barges", author=author, tags=(tag,), cover=make_image())
    live("Elevators", author=author, tags=(tag,))
    few = count_queries(published)

    for number in range(20):
        live(f"Grain {number}", author=author, tags=(tag, make_tag()))

    assert count_queries(published) == few
