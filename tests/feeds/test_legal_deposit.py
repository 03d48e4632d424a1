"""The feed for legal deposit at the National Library of Sweden."""

from datetime import timedelta

import feedparser
import pytest
import time_machine
from lxml import etree

from publications import actions
from publications.feeds import legal_deposit as deposit
from publications.models import Attachment, store_original
from tests.factories import make_author, make_live, make_many, make_publication, make_tag, saved, tomorrow
from tests.queries import count_queries

pytestmark = pytest.mark.django_db

PATH = "/eplikt.rss"
HERE = "http://127.0.0.1:8000"
PUBLISHER = "http://id.kb.se/organisations/SE0000000000"
NAMES = {"dcterms": "http://purl.org/dc/terms/", "media": "http://search.yahoo.com/mrss/"}


@pytest.fixture(autouse=True)
def _on(settings) -> None:
    settings.LEGAL_DEPOSIT_PUBLISHER = PUBLISHER


def items_of(client) -> list[etree._Element]:
    response = client.get(PATH)
    assert (response.status_code, response["Content-Type"]) == (200, "application/rss+xml; charset=utf-8")
    return etree.fromstring(response.content).findall("channel/item")


def texts(item: etree._Element, name: str) -> list[str]:
    return [element.text for element in item.findall(name, NAMES)]


def test_the_feed_is_off_without_an_identifier(client, settings):
    settings.LEGAL_DEPOSIT_PUBLISHER = ""
    make_live()

    assert client.get(PATH).status_code == 404


def test_an_item_has_what_the_library_asks_for(client, settings):
    settings.TEXT_LICENSE = "https://creativecommons.org/licenses/by/4.0/"
    publication = make_publication(
        title="On Minsk & more",
        slug="minsk",
        doi="10.1234/x",
        authors=[make_author("Ann Berg"), make_author("Bo Ek")],
    )
    original = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=original, filename="r.pdf", label="It", size=8
    )
    with time_machine.travel("2026-05-03 10:00Z", tick=False):
        actions.publish(saved(publication), by=None)

        [item] = items_of(client)

    page = f"{HERE}/en/publications/minsk/"
    assert {name: texts(item, name) for name in ("title", "link", "guid", "pubDate")} == {
        "title": ["On Minsk & more"],
        "link": [page],
        "guid": [publication.uid.urn],
        "pubDate": ["Sun, 03 May 2026 10:00:00 GMT"],
    }
    assert texts(item, "dcterms:publisher") == [PUBLISHER]
    assert texts(item, "dcterms:creator") == ["Ann Berg", "Bo Ek"]
    assert texts(item, "dcterms:accessRights") == ["gratis"]
    assert (texts(item, "dcterms:format"), texts(item, "dcterms:language")) == (["text/html"], ["en"])
    assert texts(item, "dcterms:license") == [settings.TEXT_LICENSE]
    assert texts(item, "dcterms:identifier") == ["https://doi.org/10.1234/x"]
    files = [dict(file.attrib) for file in item.findall("media:group/media:content", NAMES)]
    assert files[0] == {"url": f"{page.rstrip('/')}.pdf", "type": "application/pdf"}
    assert files[1]["url"].endswith("/r.pdf") and files[1]["fileSize"] == "8"
    assert client.get(files[1]["url"].removeprefix(HERE)).status_code == 200


def test_the_feed_is_read_by_a_feed_reader(client):
    make_live(title="On Minsk")

    read = feedparser.parse(client.get(PATH).content)

    assert not read.bozo and [entry.title for entry in read.entries] == ["On Minsk"]


def test_both_locales_are_in_one_feed_and_only_what_is_live(client, editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        make_live(title="Live")
        clock.shift(timedelta(hours=1))
        make_live(title="På svenska", language="sv")
        make_publication(title="Draft")
        actions.publish(make_publication(title="Scheduled"), by=editor, at=tomorrow())
        actions.withdraw(make_live(title="Withdrawn").publication, by=editor)
        make_live(title="Elsewhere", body="", external_url="https://a.example/")
        clock.shift(timedelta(hours=1))

        assert [texts(item, "title") for item in items_of(client)] == [["På svenska"], ["Live"]]


def test_a_guid_stays_the_same_and_what_changed_comes_first(client, editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        edition = make_live(title="Corrected", slug="minsk")
        clock.shift(timedelta(hours=1))
        make_live(title="Other")
        before = {texts(item, "title")[0]: texts(item, "guid") for item in items_of(client)}
        clock.shift(timedelta(hours=1))
        changed = saved(edition.publication, body="Mended.", slug="kyiv")
        actions.publish(changed, by=editor, change="correction", note="Mended.")

        after = {texts(item, "title")[0]: texts(item, "guid") for item in items_of(client)}

    assert before == after and list(after) == ["Corrected", "Other"]


def test_a_retracted_text_is_marked(client, editor):
    actions.retract(make_live(title="On Minsk").publication, by=editor, note="Wrong.")

    assert [texts(item, "title") for item in items_of(client)] == [["RETRACTED: On Minsk"]]


def test_a_pen_name_is_named_as_it_signs(client):
    make_live(author=make_author("Pen Name", is_pseudonymous=True))

    assert texts(items_of(client)[0], "dcterms:creator") == ["Pen Name"]


def test_the_feed_is_bounded_and_has_a_constant_number_of_queries(client, monkeypatch):
    author, tag = make_author(), make_tag()
    make_many(3, author=author, tag=tag)
    count_queries(client, PATH)
    few = count_queries(client, PATH)
    make_many(60, author=author, tag=tag)
    monkeypatch.setattr(deposit, "MAX_ITEMS", 50)

    assert count_queries(client, PATH) == few
    assert len(items_of(client)) == 50


def test_a_client_that_has_the_current_feed_gets_304(client):
    make_live()
    response = client.get(PATH)

    assert client.get(PATH, headers={"If-None-Match": response["ETag"]}).status_code == 304
