"""What the head of every type of page says to messengers and search engines: an image, one description, linked data."""

import io
import json
import re
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pixels

from publications import actions
from publications.models import Author, SitePage, SiteSettings, Tag
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db
HERE = "http://127.0.0.1:8000"


@pytest.fixture
def paths() -> dict[str, str]:
    """The path of a page of each type that readers and search engines keep, in both languages of the site."""
    author = make_author("Ann Berg")
    tags = make_tag("Belarus", kind="country"), make_tag("Energy"), make_tag("Papers", kind="series")
    edition = make_live(title="On Minsk", slug="on-minsk", author=author, tags=tags)
    actions.publish(
        saved(edition.publication, body="Corrected."), by=None, change="correction", note="It was Brest."
    )
    actions.publish(make_publication(title="Om Minsk", language="sv", authors=[author], tags=tags), by=None)
    SitePage.objects.create(
        title_en="Method", slug_en="method", body_en="So.", title_sv="Metod", slug_sv="metod", body_sv="Så."
    )
    return {
        "home": "/en/", "hem": "/sv/", "list": "/en/publications/", "lista": "/sv/publikationer/",
        "topics": "/en/topics/", "ämnen": "/sv/amnen/", "authors": "/en/authors/", "författare": "/sv/forfattare/",
        "country": "/en/topics/belarus/", "topic": "/en/topics/energy/", "series": "/sv/amnen/papers/",
        "author": "/en/authors/ann-berg/", "page": "/en/method/", "sida": "/sv/metod/",
    }  # fmt: skip


def metas(page: str, name: str) -> list[str]:
    return re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', page)


def graph(page: str) -> list[dict]:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])["@graph"]


def test_every_page_has_a_social_image_that_is_there(client, paths):
    for path in paths.values():
        page = client.get(path).text

        assert metas(page, "og:image") == [f"{HERE}{path}card.png"]
        assert metas(page, "og:image:width") + metas(page, "og:image:height") == ["1200", "630"]
        assert all(metas(page, "og:image:alt"))
        assert metas(page, "twitter:card") == ["summary_large_image"]


@pytest.mark.parametrize("path", ["editions/", "editions/1/", "editions/2/", "editions/2/changes/"])
def test_editions_and_comparisons_have_the_social_image_of_the_publication(client, paths, path):
    page = client.get(f"/en/publications/on-minsk/{path}").text

    assert metas(page, "og:image") == [f"{HERE}/en/publications/on-minsk/card.png"]
    assert metas(page, "og:image:width") + metas(page, "og:image:height") == ["1200", "630"]
    assert metas(page, "twitter:card") == ["summary_large_image"]


@pytest.mark.parametrize("name", ["home", "list", "topics", "authors", "country", "series", "author", "sida"])
def test_a_social_image_is_small_and_of_the_size_it_is_said_to_have(client, paths, name):
    response = client.get(f"{paths[name]}card.png")

    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert Pixels.open(io.BytesIO(b"".join(response))).size == (1200, 630)
    assert int(response["Content-Length"]) < 100_000
    again = client.get(f"{paths[name]}card.png", headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["home", "list", "topics", "authors", "country", "author", "page", "piece"])
def test_a_social_image_loads_nothing_twice(client, paths, name):
    address = f"{paths.get(name, '/en/publications/on-minsk/')}card.png"
    client.get(address)  # made now

    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200

    params = Counter(query["sql"] for query in captured)
    assert [sql for sql, times in params.items() if times > 1] == []


def test_a_social_image_says_what_its_page_says_now(client, paths):
    first = client.get("/en/topics/belarus/card.png")["ETag"]
    Tag.objects.filter(slug="belarus").update(introduction_en="Between two empires.")

    assert client.get("/en/topics/belarus/card.png")["ETag"] != first


def test_what_is_no_page_has_no_social_image(client, paths):
    make_tag("Nothing on it"), make_author("Silent")

    for path in ("/en/topics/nothing-on-it/", "/en/authors/silent/", "/en/nowhere/", "/sv/method/"):
        assert client.get(f"{path}card.png").status_code == client.get(path).status_code == 404


def test_no_image_shows_the_portrait_of_a_pen_name(client, paths):
    Author.objects.filter(slug="ann-berg").update(portrait=make_image(colour="red", size=(600, 800)))
    shown = client.get("/en/authors/ann-berg/card.png")
    Author.objects.filter(slug="ann-berg").update(is_pseudonymous=True)

    assert shown.status_code == 200
    assert (
        client.get("/en/authors/ann-berg/card.png").status_code
        == client.get("/en/authors/ann-berg/").status_code
    )


def test_a_list_that_was_narrowed_can_be_shared_with_its_image(client, paths):
    page = client.get("/en/publications/?kind=quick-comment").text

    assert metas(page, "og:image") == [f"{HERE}/en/publications/card.png"]
    assert metas(page, "og:url") == [f"{HERE}/en/publications/?kind=quick-comment"]


def test_every_page_has_one_description_of_its_own(client, paths):
    more = {
        "publication": "/en/publications/on-minsk/",
        "editions": "/en/publications/on-minsk/editions/",
        "changes": "/en/publications/on-minsk/editions/2/changes/",
        "narrowed": "/en/publications/?kind=quick-comment",
        "share": "/en/publications/on-minsk/share/mastodon/",
        "nothing": "/en/nowhere/at/all/",
    }

    found = {name: metas(client.get(path).text, "description") for name, path in {**paths, **more}.items()}

    assert all(len(each) == 1 and each[0].strip() for each in found.values()), found
    kept = [each[0] for name, each in found.items() if name not in ("narrowed", "share", "nothing")]
    assert len(set(kept)) == len(kept), found
    assert all(len(each) <= 320 for each in kept)


def test_a_site_without_a_description_still_describes_its_pages(client, paths):
    SiteSettings.objects.update(description_en="", description_sv="")

    assert all(len(metas(client.get(path).text, "description")) == 1 for path in paths.values())


def test_linked_data_has_the_made_image_where_there_is_no_cover(client):
    make_live(title="Bare", slug="bare")
    actions.publish(
        make_publication(title="Covered", slug="covered", cover=make_image(size=(1600, 900))), by=None
    )

    bare, covered = (
        graph(client.get(f"/en/publications/{slug}/").text)[0]["image"] for slug in ("bare", "covered")
    )

    assert bare == {"@type": "ImageObject", "url": f"{HERE}/en/publications/bare/card.png", "width": 1200, "height": 630, "caption": "Quick Comment: Bare"}  # fmt: skip
    assert covered["url"].startswith(f"{HERE}/media/")


def test_the_publisher_has_a_logo_wherever_it_is_named(client, paths):
    logo = {"@type": "ImageObject", "url": f"{HERE}/static/logo.png", "width": 512, "height": 512}

    home, publication = (client.get(path).text for path in ("/en/", "/en/publications/on-minsk/"))

    assert graph(home)[0]["logo"] == logo
    assert graph(publication)[0]["publisher"]["logo"] == logo


def test_the_date_of_the_last_change_is_given_for_a_silent_change(client):
    with time_machine.travel("2026-05-03T10:00:00Z", tick=False) as clock:
        publication = make_live(slug="quiet").publication
        first = graph(client.get("/en/publications/quiet/").text)[0]
        clock.shift(timedelta(hours=3))
        actions.publish(saved(publication, body="Without the slip."), by=None)
        page = client.get("/en/publications/quiet/").text

    assert first["dateModified"] == first["datePublished"] == "2026-05-03T12:00:00+02:00"
    assert graph(page)[0]["dateModified"] == "2026-05-03T15:00:00+02:00"
    assert metas(page, "article:modified_time") == ["2026-05-03T15:00:00+02:00"]


def test_what_is_published_late_has_not_changed_since_its_old_date(client):
    old = timezone.now() - timedelta(days=3000)
    make_live(slug="old", published_at=old)

    node = graph(client.get("/en/publications/old/").text)[0]

    assert node["dateModified"] == node["datePublished"]


def test_dublin_core_has_the_description(client):
    make_live(slug="told", summary="What is in it.")

    assert metas(client.get("/en/publications/told/").text, "DC.description") == ["What is in it."]


@pytest.mark.parametrize(
    ("language", "attributes"), [("uk", ' lang="uk" dir="ltr"'), ("ar", ' lang="ar" dir="rtl"'), ("en", "")]
)
def test_the_reason_for_a_withdrawal_says_its_language(client, language, attributes):
    edition = make_live(language=language, slug="gone")
    actions.withdraw(edition.publication, by=None, note="The reason.")

    page = client.get(edition.get_absolute_url()).text

    assert f"<p{attributes}>The reason.</p>" in page
