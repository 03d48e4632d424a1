"""Atom feeds: valid, complete, one entry for each publication, ordered by announced changes."""

import json
import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from publications import actions, markup
from publications.feeds.feed import (
    Feed,
    FeedCategory,
    FeedEntry,
    FeedFile,
    FeedImage,
    FeedPerson,
    LanguageVersion,
)
from publications.feeds.renderers import RENDERERS, render_atom, render_json_feed, render_rss
from publications.metadata import FEED_FORMATS
from publications.models import Attachment, Kind, store_original
from publications.presentation import absolutize_urls, feeds_for
from publications.xml_writer import FORBIDDEN
from tests.factories import make_author, make_image, make_live, make_many, make_publication, make_tag, saved
from tests.queries import count_queries_of_each

pytestmark = pytest.mark.django_db

SITE = "/en/feeds/publications.atom"
ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def feed(client, path: str = SITE) -> ElementTree.Element:
    response = client.get(path)
    assert response.status_code == 200, path
    return ElementTree.fromstring(response.content)


def entries(client, path: str = SITE) -> list[ElementTree.Element]:
    return feed(client, path).findall(f"{ATOM}entry")


def text_of(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"{ATOM}{name}", "")


def titles(client, path: str = SITE) -> list[str]:
    return [text_of(entry, "title") for entry in entries(client, path)]


def links(element: ElementTree.Element, rel: str) -> dict[str, str]:
    attributes = [link.attrib for link in element.findall(f"{ATOM}link") if link.get("rel") == rel]
    return {link.get("hreflang", ""): link["href"] for link in attributes}


def test_a_feed_has_what_rfc_4287_requires(client):
    make_live(title="On Minsk")

    root = feed(client)

    assert root.tag == f"{ATOM}feed"
    assert root.get(LANGUAGE) == "en"
    assert text_of(root, "id").startswith("tag:")
    assert text_of(root, "title") == "Publications – SCEEUS"
    assert DATETIME.fullmatch(text_of(root, "updated"))
    assert links(root, "self") == {"": f"http://127.0.0.1:8000{SITE}"}
    assert links(root, "alternate") == {"en": "http://127.0.0.1:8000/en/publications/"}


def test_an_entry_has_what_rfc_4287_requires(client):
    edition = make_live(
        title="On Minsk & “more”", author=make_author("Ann Berg"), tags=(make_tag("Belarus"),)
    )

    entry = entries(client)[0]

    assert text_of(entry, "id") == f"urn:uuid:{edition.publication.uid}"
    assert text_of(entry, "title") == "On Minsk & “more”"
    assert entry.get(LANGUAGE) == "en"
    assert DATETIME.fullmatch(text_of(entry, "published")) and DATETIME.fullmatch(text_of(entry, "updated"))
    assert text_of(entry, "summary") == edition.summary
    assert links(entry, "alternate") == {"en": f"http://127.0.0.1:8000{edition.get_absolute_url()}"}
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert text_of(entry.find(f"{ATOM}author"), "uri") == "http://127.0.0.1:8000/en/authors/ann-berg/"
    assert [category.get("label") for category in entry.findall(f"{ATOM}category")] == [
        "Quick Comment",
        "Belarus",
    ]


def test_a_feed_has_its_media_type_and_charset(client):
    assert client.get(SITE)["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_the_whole_text_has_absolute_addresses(client):
    image = make_image(size=(1000, 500))
    make_live(body=f"See [us](/en/).[^1]\n\n![](image:{image.key})\n\n[^1]: The note.", cover=image)

    content = text_of(entries(client)[0], "content")

    assert "The note." in content and image.key in content
    addresses = re.findall(r'(?:href|src|srcset)="([^"]*)"', content)
    assert len(addresses) == 7
    assert all(part.startswith("http") for address in addresses for part in address.split(", "))


def test_a_correction_stands_first_and_moves_the_entry_up(client, clock):
    first, _second = make_live(title="First"), make_live(title="Second")
    clock.shift(timedelta(days=9))
    actions.publish(
        saved(first.publication, body="It was Minsk."), by=None, change="correction", note="Not <Kyiv>."
    )

    entry = entries(client)[0]

    assert titles(client) == ["First", "Second"]
    assert text_of(entry, "content").startswith(
        "<p><strong>Corrected 12 May 2026:</strong> Not &lt;Kyiv&gt;.</p>"
    )
    assert text_of(entry, "updated") == "2026-05-12T10:00:30Z"
    assert text_of(entry, "published") == "2026-05-03T10:00:00Z"


def test_a_silent_fix_changes_the_text_and_not_the_date(client, clock):
    edition = make_live()
    before = text_of(entries(client)[0], "updated")
    clock.shift(timedelta(days=1))
    actions.publish(saved(edition.publication, body="Mended."), by=None)

    entry = entries(client)[0]

    assert text_of(entry, "updated") == before
    assert "Mended." in text_of(entry, "content")


def test_an_update_moves_the_entry_and_keeps_when_it_was_first_published(client, clock):
    edition = make_live()
    clock.shift(timedelta(days=1))
    actions.publish(saved(edition.publication, body="More."), by=None, change="update")

    entry = entries(client)[0]

    assert text_of(entry, "updated").startswith("2026-05-04")
    assert text_of(entry, "published").startswith("2026-05-03")


def test_an_update_counts_from_its_start_whatever_its_date(client, clock):
    edition = make_live()
    clock.shift(timedelta(days=9))
    publication = saved(edition.publication, body="More.", published_at=START + timedelta(days=1))
    actions.publish(publication, by=None, change="update")

    assert text_of(entries(client)[0], "updated") == "2026-05-12T10:00:30Z"


def test_an_undone_correction_is_a_change_of_its_own(client, clock):
    edition = make_live(body="As it was.")
    clock.shift(timedelta(days=1))
    actions.publish(saved(edition.publication, body="Wrong."), by=None, change="correction", note="Mistaken.")
    clock.shift(timedelta(days=1))
    actions.undo(edition.publication, by=None)

    entry = entries(client)[0]

    assert text_of(entry, "updated").startswith("2026-05-05")
    assert "As it was." in text_of(entry, "content")
    assert "Mistaken." not in text_of(entry, "content")


def test_an_older_publication_stands_at_its_own_date(client, clock):
    make_live(title="New")
    make_live(title="Old", published_at=datetime(2014, 3, 1, tzinfo=UTC))

    assert titles(client) == ["New", "Old"]
    assert text_of(entries(client)[1], "updated") == "2014-03-01T00:00:00Z"


def test_the_newest_thirty_include_an_old_one_that_was_corrected(client, clock):
    old = make_live(title="Old", published_at=datetime(2014, 3, 1, tzinfo=UTC))
    make_many(31, author=make_author(), tag=make_tag())
    clock.shift(timedelta(seconds=1))
    actions.publish(saved(old.publication, body="Mended."), by=None, change="correction", note="Mended.")

    newest = titles(client)

    assert len(newest) == 30
    assert newest[0] == "Old"


def test_the_newest_thirty_include_an_old_one_whose_correction_was_undone(client, clock):
    old = make_live(title="Old", published_at=datetime(2014, 3, 1, tzinfo=UTC))
    actions.publish(saved(old.publication, body="Wrong."), by=None, change="correction", note="Wrong.")
    clock.shift(timedelta(seconds=1))
    make_many(31, author=make_author(), tag=make_tag())
    clock.shift(timedelta(seconds=1))
    actions.undo(old.publication, by=None)

    assert titles(client)[0] == "Old"


def test_a_full_feed_of_a_topic_includes_none_of_another_that_was_corrected(client, clock):
    other = make_live(title="Other")
    make_many(31, author=make_author(), tag=make_tag("Belarus"))
    clock.shift(timedelta(seconds=1))
    actions.publish(saved(other.publication, body="Mended."), by=None, change="correction", note="Mended.")

    assert "Other" not in titles(client, "/en/feeds/topics/belarus.atom")


def test_one_text_of_a_translation_group_is_listed_that_of_the_locale_first(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)
    actions.publish(make_publication(title="Українська", language="uk", translation_of=english), by=None)

    assert titles(client) == ["English"]
    assert titles(client, "/sv/feeds/publications.atom") == ["Svenska"]
    assert titles(client, "/en/feeds/languages/uk.atom") == ["Українська"]


def test_translations_are_related_links(client):
    english = make_live(title="English").publication
    actions.publish(make_publication(title="Svenska", language="sv", translation_of=english), by=None)

    related = links(entries(client)[0], "related")

    assert list(links(entries(client)[0], "alternate")) == ["en"]
    assert related["sv"].endswith("/sv/publikationer/svenska/")


def test_a_text_written_from_right_to_left_says_so(client):
    actions.publish(make_publication(language="ar"), by=None)

    entry = entries(client)[0]

    assert entry.get(LANGUAGE) == "ar"
    assert text_of(entry, "content").startswith('<div dir="rtl">')


def test_a_pseudonym_has_no_address_and_no_feed(client):
    make_live(author=make_author("Pen Name", is_pseudonymous=True))

    author = entries(client)[0].find(f"{ATOM}author")

    assert text_of(author, "name") == "Pen Name"
    assert author.find(f"{ATOM}uri") is None
    assert client.get("/en/feeds/authors/pen-name.atom").status_code == 404


def test_editors_are_contributors(client):
    publication = make_publication(authors=[make_author("Ann"), make_author("Bo")])
    publication.bylines.filter(author__name="Bo").update(role="editor")
    actions.publish(publication, by=None)

    entry = entries(client)[0]

    assert [text_of(person, "name") for person in entry.findall(f"{ATOM}author")] == ["Ann"]
    assert [text_of(person, "name") for person in entry.findall(f"{ATOM}contributor")] == ["Bo"]


def test_a_file_is_an_enclosure_that_can_be_fetched(client):
    publication = make_publication()
    original = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label="The report", size=8
    )
    actions.publish(saved(publication), by=None)

    link = next(link for link in entries(client)[0].findall(f"{ATOM}link") if link.get("rel") == "enclosure")

    assert (link.get("type"), link.get("length"), link.get("title")) == ("application/pdf", "8", "The report")
    assert client.get(link.get("href").removeprefix("http://127.0.0.1:8000")).status_code == 200


@pytest.mark.parametrize("locale", ["en", "sv"])
def test_every_kind_topic_author_and_language_has_a_feed_of_its_own(client, locale):
    author, tag = make_author("Ann Berg"), make_tag("Жыве Belarus", kind="country")
    make_live(title="Hers", author=author, tags=(tag,), kind="report")
    make_live(title="Another")

    for subject in ({"author": author}, {"tag": tag}, {"kind": Kind.objects.get(slug="report")}):
        own, site = feeds_for(locale, **subject)
        assert titles(client, own["url"]) == ["Hers"]
        assert titles(client, site["url"]) == ["Another", "Hers"]
    assert titles(client, feeds_for(locale, language="en")[0]["url"]) == ["Another", "Hers"]


def test_feeds_have_titles_in_the_locale():
    tag = make_tag("Belarus", name_sv="Vitryssland")

    assert [feed["title"] for feed in feeds_for("sv", tag=tag)] == ["Vitryssland", "Publikationer"]


@pytest.mark.parametrize(
    "path",
    [
        "topics/nowhere",
        "topics/secret",
        "authors/nobody",
        "kinds/report",
        "kinds/none",
        "languages/sv",
        "languages/xx",
    ],
)
def test_a_subject_without_a_live_edition_has_no_feed_known_or_unknown(client, path):
    make_publication(tags=(make_tag("Secret"),), kind="report", language="sv")

    assert client.get(f"/en/feeds/{path}.atom").status_code == 404


def test_a_withdrawn_publication_leaves_the_feed(client):
    edition = make_live()
    actions.withdraw(edition.publication, by=None)

    assert titles(client) == []


def test_a_feed_without_entries_is_a_feed(client):
    assert DATETIME.fullmatch(text_of(feed(client), "updated"))


def status_if_none_match(client, response, path: str = SITE) -> int:
    return client.get(path, headers={"If-None-Match": response["ETag"]}).status_code


def test_an_unchanged_feed_is_answered_with_304_in_four_queries(client):
    make_live()
    response = client.get(SITE)

    with CaptureQueriesContext(connection) as captured:
        status = status_if_none_match(client, response)

    assert status == 304
    assert len(captured) <= 4


def test_an_action_at_the_same_instant_changes_the_feed(client, clock):
    make_live()
    response = client.get(SITE)
    make_live()

    assert status_if_none_match(client, response) == 200


def test_the_start_of_a_window_changes_the_feed(client, clock):
    actions.publish(make_publication(), by=None, at=START + timedelta(hours=1))
    response = client.get(SITE)
    clock.shift(timedelta(minutes=30))
    before_start = status_if_none_match(client, response)
    clock.shift(timedelta(minutes=30))

    assert (before_start, status_if_none_match(client, response)) == (304, 200)


def test_the_end_of_a_window_changes_the_feed(client, clock):
    actions.publish(make_publication(), by=None, until=START + timedelta(hours=1))
    response = client.get(SITE)
    clock.shift(timedelta(hours=1))

    assert status_if_none_match(client, response) == 200


def status_if_modified_since(client, since: str, **sent: str) -> int:
    return client.get(SITE, headers={"If-Modified-Since": since, **sent}).status_code


def test_last_modified_is_sent_once_no_action_can_have_the_same_second(client, clock):
    make_live()
    at_once = client.get(SITE)
    clock.shift(timedelta(seconds=61))
    later = client.get(SITE)

    assert "Last-Modified" not in at_once
    assert later["Last-Modified"] == "Sun, 03 May 2026 10:00:30 GMT"
    assert status_if_modified_since(client, later["Last-Modified"]) == 304


def test_a_date_never_leads_to_a_stale_response(client, clock):
    make_live()
    clock.shift(timedelta(minutes=5))
    text = client.get(SITE)["Last-Modified"]
    others = ("Tue, 01 Jan 2030 00:00:00 GMT", "Sun, 03 May 2026 10:02:00 GMT", "yesterday", "")
    statuses = [status_if_modified_since(client, since) for since in others]
    make_live()
    at_once = status_if_modified_since(client, text)
    clock.shift(timedelta(minutes=5))

    assert (statuses, at_once, status_if_modified_since(client, text)) == ([200] * 4, 200, 200)


def test_an_etag_takes_precedence_over_a_date(client, clock):
    make_live()
    clock.shift(timedelta(minutes=5))
    response = client.get(SITE)

    assert (
        status_if_modified_since(client, response["Last-Modified"], **{"If-None-Match": 'W/"another"'}) == 200
    )
    assert status_if_modified_since(client, "yesterday", **{"If-None-Match": response["ETag"]}) == 304


def test_an_etag_is_weak_since_a_proxy_may_compress(client):
    tag = client.get(SITE)["ETag"]

    assert tag.startswith('W/"')
    assert client.get(SITE, headers={"If-None-Match": tag.removeprefix("W/")}).status_code == 304
    assert (
        client.get(SITE, headers={"If-Match": tag}).status_code == 412
    )  # that asks for the very bytes (RFC 9110)


def test_each_feed_has_an_etag_of_its_own(client):
    make_live()

    assert client.get(SITE)["ETag"] != client.get("/sv/feeds/publications.atom")["ETag"]


def test_an_unknown_feed_answers_404_to_any_condition(client):
    make_live()

    response = client.get("/en/feeds/topics/nowhere.atom", headers={"If-None-Match": "*"})

    assert response.status_code == 404


def test_the_queries_of_feeds_do_not_depend_on_the_number_of_publications(client):
    paths = (
        SITE,
        "/en/feeds/topics/belarus.atom",
        "/en/feeds/authors/ann-berg.atom",
        "/sv/feeds/kinds/quick-comment.atom",
    )
    author, tag = make_author("Ann Berg"), make_tag("Belarus")
    make_many(30, author=author, tag=tag)
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 17


@given(text=st.text(alphabet=st.characters(codec="utf-8")))
def test_any_text_makes_a_valid_document(text):
    now, person = timezone.now(), FeedPerson(text, text)
    entry = FeedEntry(
        "urn:x", text, "en", now, now, [LanguageVersion(text, "en", text)], text, text, [person], [person], [FeedCategory(text, text, text)],
        [FeedFile(text, "application/pdf", text, 1)], FeedImage(text, "image/jpeg", text),
    )  # fmt: skip
    feed = Feed("x", text, text, text, text, "en", now, person, [entry])

    allowed_text = FORBIDDEN.sub("", text)
    normalized = allowed_text.replace("\r\n", "\n").replace("\r", "\n")
    assert text_of(ElementTree.fromstring(render_atom(feed)), "title") == normalized
    assert ElementTree.fromstring(render_rss(feed)).findtext("channel/item/title") == normalized
    item = json.loads(render_json_feed(feed))["items"][0]
    assert (item.get("title", ""), item["content_html"]) == (allowed_text, allowed_text)


@given(
    text=st.text(alphabet="ab \n[]()<>\"'#/?;:&=.*_!", max_size=60)
    | st.from_regex(r"\[a\]\([^\s()]{0,30}\)", fullmatch=True)
)
def test_any_text_can_be_given_absolute_addresses(text):
    try:
        html = markup.render_markdown(text).html
    except markup.Unrenderable:
        return

    whole = absolutize_urls(html, "https://example.org/en/publications/a/")

    assert not re.search(r'<a [^>]*href="(?![a-z][a-z0-9+.-]*:)', whole)
    assert re.sub(r'"[^"]*"', "", whole) == re.sub(r'"[^"]*"', "", html)


def test_every_format_of_feeds_has_a_renderer():
    assert RENDERERS.keys() == FEED_FORMATS.keys()
