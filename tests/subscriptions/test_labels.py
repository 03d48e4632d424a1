"""What conditions are called: in each language, after a change of an address, and once their rows are not public."""

import pytest
from django.utils.translation import override

from publications.actions import publish, undo, withdraw
from publications.models import EditionWithRows
from subscriptions.conditions import Choice, find_values, has_filters
from subscriptions.labels import describe_choice, describe_condition, join_details
from tests.factories import make_author, make_live, make_tag, saved

pytestmark = pytest.mark.django_db


def describe(locale: str = "en", **choice) -> str:
    with override(locale):
        return describe_condition(Choice(**choice).store())


def test_a_condition_without_filters_is_of_all_publications():
    assert describe() == "All publications"
    assert describe("sv") == "Alla publikationer"


def test_a_condition_names_its_facets_in_their_order_and_its_search():
    make_tag("Energy", name_sv="Energi", slug="energy")
    make_author("Ann Berg", slug="ann-berg")

    choice = {"filters": {"author": "ann-berg", "topic": "energy"}, "query": "power grid"}

    assert describe(**choice) == "Topic: Energy · Author: Ann Berg · Search: power grid"
    assert describe("sv", **choice) == "Ämne: Energi · Författare: Ann Berg · Sökning: power grid"


def test_the_newsletter_is_a_choice_of_its_own_name():
    make_tag("Energy", name_sv="Energi", slug="energy")

    assert describe(filters={"kind": "newsletter"}) == "The newsletter"
    assert describe("sv", filters={"kind": "newsletter"}) == "Nyhetsbrevet"
    assert describe(filters={"kind": "newsletter", "topic": "energy"}) == "The newsletter · Topic: Energy"
    assert describe(filters={"kind": "report"}) == "Type: Report"
    assert describe_choice("kind", "newsletter") == "The newsletter"
    assert describe_choice("topic", "energy") == "Topic: Energy"


def test_a_former_address_still_finds_its_topic_and_author():
    tag, author = make_tag("Energy", slug="energy"), make_author("Ann Berg", slug="ann-berg")
    make_live(author=author, tags=[tag])
    tag.redirects.create(path="/sv/amnen/power")
    author.redirects.create(path="/en/authors/ann-lind")

    assert describe(filters={"topic": "power"}) == "Topic: Energy"
    assert describe(filters={"author": "ann-lind"}) == "Author: Ann Berg"
    assert describe(filters={"country": "power"}) == "Country: no longer public"


def test_a_value_without_a_row_is_not_named():
    make_author("Ann Berg", slug="ann-berg", is_pseudonymous=True)

    assert describe(filters={"author": "ann-berg"}) == "Author: no longer public"


def test_a_facet_that_no_longer_exists_is_named_so_and_matches_nothing():
    filters = {"kind": "quick-comment", "region": "north"}
    values = find_values(EditionWithRows.get(make_live()))

    assert describe(filters=filters) == "Type: Quick Comment · A filter that is no longer available"
    assert has_filters(values, {"kind": "quick-comment"}) and not has_filters(values, filters)


def test_a_publication_has_the_title_that_was_public_last():
    edition = make_live(title="The grid")
    choice = {"publication": edition.publication_id}
    assert describe(**choice) == "Changes to “The grid”"

    withdraw(edition.publication, by=None, note="Not ours.")

    assert describe(**choice) == "Changes to “The grid”"
    assert describe("sv", **choice) == "Ändringar i ”The grid”"


def test_a_title_that_was_published_by_mistake_is_not_said_again():
    edition, mistake = make_live(title="The grid"), make_live(title="Not yet").publication
    withdraw(edition.publication, by=None, note="Not ours.")
    publish(saved(edition.publication, title="Not yet"), by=None)
    for publication in (edition.publication, mistake):
        undo(publication, by=None)

    assert describe(publication=edition.publication_id) == "Changes to “The grid”"
    assert describe(publication=mistake.pk) == "Changes to “no longer public”"


def test_no_line_of_a_mail_on_a_phone_breaks_in_a_day():
    details = join_details("Quick Comment", "Ann Berg", "9 June 2026", "")

    assert details.split(" ") == ["Quick", "Comment\u00a0·", "Ann", "Berg\u00a0·", "9\u00a0June\u00a02026"]
