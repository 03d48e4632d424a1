"""The search of the dialog for links: pages by their titles, and what an address leads to."""

import pytest
from django.urls import reverse

from publications import actions
from publications.models import SitePage
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved
from tests.queries import count_queries

pytestmark = pytest.mark.django_db
SEARCH = reverse("desk:link-search")


def find(client, query: str, language: str = "en") -> dict:
    return client.get(SEARCH, {"q": query, "language": language}).json()


def labels(client, query: str, language: str = "en") -> list[str]:
    return [result["label"] for result in find(client, query, language)["results"]]


def target(client, address: str, language: str = "en") -> dict | None:
    return find(client, address, language)["target"]


# Words


def test_pages_in_the_language_of_the_text_come_first(desk):
    make_live(title="Gas for Moldova", language="en")
    make_live(title="Gas till Moldavien", language="sv")

    assert labels(desk, "gas", "en") == ["Gas for Moldova", "Gas till Moldavien"]
    assert labels(desk, "gas", "sv") == ["Gas till Moldavien", "Gas for Moldova"]


def test_a_draft_comes_after_what_is_live_and_is_said_not_to_be_public(desk):
    draft = make_publication(title="Gas to come")
    edition = make_live(title="Gas of today")

    live, not_public = find(desk, "gas")["results"]

    assert (live["label"], live["value"], live["is_public"]) == (
        "Gas of today",
        edition.get_absolute_url(),
        True,
    )
    assert (not_public["label"], not_public["is_public"]) == ("Gas to come", False)
    assert not_public["value"] == f"/en/publications/{draft.proposed_slug()}/"
    assert "not yet public" in not_public["note"]


def test_authors_topics_and_site_pages_that_readers_can_open_are_found(desk):
    author, tag = make_author("Gasparyan Anna"), make_tag("Gas", name_sv="Gas")
    make_author("Gasper Without Texts")
    make_live(title="Prices", author=author, tags=[tag])
    actions.save_instance(SitePage(title_en="About gas", body_en="Text."), by=make_person("Administrators"))

    results = find(desk, "gas")["results"]

    assert [(result["label"], result["note"]) for result in results] == [
        ("Gasparyan Anna", "Author"),
        ("Gas", "Topic"),
        ("About gas", "Site page"),
    ]
    assert results[2]["value"] == "/en/about-gas/"


def test_capitals_beyond_ascii_do_not_matter(desk):
    make_live(title="Översikt över läget")

    assert labels(desk, "översikt") == labels(desk, "Översikt") == ["Översikt över läget"]


def test_without_words_the_newest_publications_are_offered(desk):
    make_live(title="Of today")
    make_publication(title="A draft")

    assert labels(desk, "") == ["Of today"]


# Addresses


@pytest.mark.parametrize(
    "spelling",
    [
        "{path}",
        "http://testserver{path}",
        "{site}{path}",
        "{path_upper}",
        "/publications/gas/",
        "/publikationer/gas",
    ],
)
def test_an_address_of_the_site_is_recognized_in_any_spelling(desk, settings, spelling):
    edition = make_live(title="Gas", slug="gas")
    path = edition.get_absolute_url()
    address = spelling.format(path=path, site=settings.SITE_URL, path_upper="/EN/Publications/Gas")

    found = target(desk, address)

    assert (found["value"], found["label"], found["is_public"]) == (path, "Gas", True)


def test_a_place_in_a_text_and_a_query_stay_in_the_address(desk):
    path = make_live(title="Gas", slug="gas").get_absolute_url()

    assert target(desk, f"http://testserver{path}#p-3")["value"] == f"{path}#p-3"
    assert target(desk, "/en/publications/?q=gas")["value"] == "/en/publications/?q=gas"


def test_the_address_of_a_file_or_an_edition_stays_and_is_named(desk):
    path = make_live(title="Gas", slug="gas").get_absolute_url()

    for address in (f"{path.removesuffix('/')}.pdf", f"{path}editions/1/"):
        assert (target(desk, address)["value"], target(desk, address)["label"]) == (address, "Gas")


def test_a_former_address_becomes_the_current_one(desk, editor):
    publication = make_live(title="Gas", slug="gas").publication
    actions.publish(saved(publication, slug="gas-prices"), by=editor)

    assert target(desk, "/en/publications/gas/")["value"] == "/en/publications/gas-prices/"


def test_a_stored_redirect_leads_to_what_is_there_now(desk):
    publication = make_live(title="Gas", slug="gas").publication
    publication.redirects.create(path="/analysis/2019/gas")

    assert target(desk, "https://testserver/Analysis/2019/gas.html")["value"] == "/en/publications/gas/"


def test_an_address_of_the_desk_becomes_that_of_readers(desk):
    live, draft = make_live(title="Gas").publication, make_publication(title="To come")
    url = reverse("desk:publications_publication_change", args=[live.pk])
    draft_url = reverse("desk:publications_publication_change", args=[draft.pk])

    assert target(desk, f"http://testserver{url}")["value"] == live.editions.get().get_absolute_url()
    assert target(desk, draft_url)["is_public"] is False
    assert target(desk, "/desk/publications/author/") is None


def test_a_withdrawn_publication_is_said_to_be_no_longer_public(desk, editor):
    edition = make_live(title="Gas")
    actions.withdraw(edition.publication, by=editor, note="A mistake.")

    found = target(desk, edition.get_absolute_url())

    assert found["is_public"] is False and "no longer public" in found["note"]


def test_another_site_and_a_missing_page_have_messages_of_their_own(desk):
    assert find(desk, "https://example.org/a")["message"] == "Leads to another site: example.org"
    assert find(desk, "/en/publications/nothing-here/")["message"] == "There is no such page on this site."
    for address in ("http://[::1", "//", "http://", "/en/publications/%FF/"):
        assert not find(desk, address)["target"], address


def test_a_pen_name_is_not_recognized(desk):
    author = make_author("Pen Name", is_pseudonymous=True)
    make_live(author=author)

    assert target(desk, f"/en/authors/{author.slug}/") is None
    assert labels(desk, "pen name") == []


def test_linkers_who_may_not_read_drafts_are_refused(client):
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")

    assert client.get(SEARCH, {"q": "gas"}).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "{page}editions/0/", "{page}editions/2/", "{page}editions/2.pdf", "/en/feeds/topics/nothing.atom",
        "/en/feeds/authors/nobody.atom", "/en/feeds/kinds/nothing.atom", "/en/feeds/languages/uk.atom",
    ],
)  # fmt: skip
def test_an_address_below_a_page_that_leads_nowhere_is_no_target(desk, path):
    edition = make_live()

    found = find(desk, path.format(page=edition.get_absolute_url()))

    assert found["target"] is None and found["message"]


def test_the_queries_do_not_depend_on_the_number_of_results(desk):
    def add_results() -> None:
        make_live(
            title="Gas",
            author=make_author(f"Gas {make_author().pk}"),
            tags=[make_tag(f"Gas {make_tag().pk}")],
        )

    def count() -> int:
        return count_queries(desk, f"{SEARCH}?q=gas")

    add_results()
    count()  # which fills caches
    few = count()
    add_results(), add_results()

    assert count() == few and len(labels(desk, "gas")) == 9
