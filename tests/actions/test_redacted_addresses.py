"""An address that a redaction gave up answers 404, is never used again, and is stored as a keyed hash alone."""

import pytest
from django.core.exceptions import ValidationError

from publications import actions
from publications.models import RedactedAddress, Redirect, SitePage
from publications.name_search import NameMatcher, search_database
from tests.factories import make_author, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

NAME = "Vera Holm"
PATH = "/en/publications/on-vera-holm"


@pytest.fixture
def publication(editor):
    """A publication whose title, address and old path hold a name, after its removal."""
    publication = make_live(title="On Vera Holm", body="She said it.").publication
    actions.add_redirects(publication, ["/2014/vera-holm.html", "/2014/a-talk"], by=editor)
    actions.redact(publication, NAME, by=editor)
    return publication


def test_what_is_given_up_answers_404_and_is_in_no_table(client, publication):
    for path in (
        f"{PATH}/",
        "/2014/vera-holm.html",
        "/sv/publications/on-vera-holm/",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/2014/a-talk").status_code == 301
    assert RedactedAddress.objects.count() == 2
    assert list(search_database(NameMatcher([NAME]))) == []


def test_no_other_publication_gets_it(publication, editor):
    chosen = make_publication(title="Other", slug="on-vera-holm")
    with pytest.raises(actions.NotReady, match="given up by a redaction"):
        actions.publish(chosen, by=editor)

    assert actions.publish(make_publication(title="On Vera Holm"), by=editor).slug == "on-vera-holm-2"
    assert actions.publish(saved(chosen, slug="on-others"), by=editor).slug == "on-others"


def test_a_number_makes_no_address_that_was_given_up(publication, editor):
    make_live(title="Rye", slug="rye")
    RedactedAddress.objects.store(["/en/publications/rye-2"])

    assert actions.publish(make_publication(title="Rye"), by=editor).slug == "rye-3"


@pytest.mark.parametrize("make", [make_author, make_tag])
def test_new_authors_and_tags_get_other_addresses(make):
    page = "authors" if make is make_author else "topics"
    RedactedAddress.objects.store([f"/en/{page}/vera-holm", f"/en/{page}/vera-holm-2"])

    assert make(NAME).slug == "vera-holm-3"


def test_an_imported_author_gets_another_address():
    RedactedAddress.objects.store(["/en/authors/vera-holm"])

    assert make_author("Ann Berg", slug="vera-holm").slug == "ann-berg"


@pytest.mark.parametrize(("make", "page"), [(make_author, "authors"), (make_tag, "topics"), (None, "")])
def test_no_address_that_was_given_up_can_be_chosen(editor, make, page):
    row = make("Ann Berg") if make else SitePage(title_en="Page", body_en="Text.", slug_en="a-page")
    field = "slug" if make else "slug_en"
    RedactedAddress.objects.store([f"/en/{page}/vera-holm".replace("//", "/")])
    setattr(row, field, "vera-holm")

    with pytest.raises(ValidationError) as refusal:
        actions.save_instance(row, by=editor)

    assert "given up by a redaction" in refusal.value.message_dict[field][0]


def test_the_other_locale_may_use_it(publication, editor):
    swedish = make_publication(title="On Vera Holm", language="sv")
    assert actions.publish(swedish, by=editor).slug == "on-vera-holm"


def test_it_redirects_nowhere(publication, editor):
    other = make_live().publication

    left = actions.add_redirects(other, [f"{PATH}/", "/2014/Vera-Holm.html", "/2014/b-talk"], by=editor)

    assert left == ["/2014/vera-holm", PATH] or left == ["/2014/vera-holm.html", PATH]
    assert [redirect.path for redirect in other.redirects.all()] == ["/2014/b-talk"]


def test_addresses_of_authors_tags_and_pages_are_given_up_too(client, editor):
    author, tag = make_author(NAME), make_tag(NAME)
    make_live(author=author, tags=(tag,))
    page = SitePage.objects.create(title_en="Vera Holm", body_en="Text.", slug_en="vera-holm")
    actions.add_redirects(author, ["/people/vera-holm"], by=editor)
    paths = ["/en/authors/vera-holm/", "/en/topics/vera-holm/", "/en/vera-holm/"]
    assert [client.get(path).status_code for path in (*paths, "/people/vera-holm")] == [200, 200, 200, 301]

    actions.remove_name_from_rows(actions.NameRemoval(spellings=(NAME,), author=author), by=editor)

    assert [client.get(path).status_code for path in (*paths, "/people/vera-holm")] == [404, 404, 404, 404]
    page.refresh_from_db()
    assert client.get(f"/en/{page.slug_en}/").status_code == 200 and not Redirect.objects.exists()
    given_up = RedactedAddress.objects.given_up(
        [path.rstrip("/") for path in (*paths, "/people/vera-holm", "/x/y")]
    )
    assert given_up == {path.rstrip("/") for path in (*paths, "/people/vera-holm")}


def test_a_renamed_author_does_not_redirect_from_it(client, editor):
    author = make_author("Ann Berg", slug="vera-holm")
    RedactedAddress.objects.store(["/en/authors/vera-holm"])
    make_live(author=author)
    author.slug = "ann-berg"

    actions.save_instance(author, by=editor)

    assert [redirect.path for redirect in author.redirects.all()] == ["/sv/forfattare/vera-holm"]


def test_the_hash_needs_the_key_and_a_former_key_still_counts(settings):
    settings.SECRET_KEY = "one"
    RedactedAddress.objects.store(["/a", "/a"])
    assert RedactedAddress.objects.count() == 1 and RedactedAddress.objects.given_up(["/a", "/b"]) == {"/a"}

    settings.SECRET_KEY = "two"
    assert RedactedAddress.objects.given_up(["/a"]) == set()
    settings.SECRET_KEY_FALLBACKS = ["one"]
    assert RedactedAddress.objects.given_up(["/a"]) == {"/a"}
