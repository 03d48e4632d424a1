"""Memento (RFC 7089): the TimeGate, the TimeMap and the headers of a publication and its editions."""

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import http_date
from httplink import parse_link_header
from memento_client import MementoClient

from publications import actions, demonstration
from publications.models import Edition, Publication
from tests.factories import make_live, make_person, make_publication, saved, tomorrow
from tests.page_caches import CachedClient
from tests.site_session import SITE, site_session

pytestmark = pytest.mark.django_db

PAGE = "/en/publications/minsk/"
FORM = "%a, %d %b %Y %H:%M:%S GMT"


def links_of(value: str) -> dict[str, tuple[str, str]]:
    """Return target and datetime by relation type."""
    links = parse_link_header(value).links
    return {
        relation: (link.target, dict(link.attributes).get("datetime", ""))
        for link in links
        for relation in link.rel
    }


def mementos_of(client, page: str = PAGE) -> dict[str, str]:
    """Return the mementos of the TimeMap with their dates."""
    response = client.get(f"{page}timemap/")
    assert (response.status_code, response["Content-Type"]) == (200, "application/link-format")
    return {
        link.target: dict(link.attributes)["datetime"]
        for link in parse_link_header(response.text).links
        if "memento" in link.rel
    }


def ask(client, moment: str, page: str = PAGE):
    return client.get(f"{page}timegate/", headers={"Accept-Datetime": moment} if moment else {})


@pytest.fixture
def history(editor) -> Publication:
    """Editions of 1 January, 1 March (undone on 2 March, so that edition 3 has the first text again) and 1 June."""
    with time_machine.travel("2026-01-01 10:00:00.25Z", tick=False) as clock:
        publication = make_publication(title="On Minsk", slug="minsk", body="Text one.")
        actions.publish(publication, by=editor)
        clock.move_to("2026-03-01 10:00Z")
        actions.publish(saved(publication, body="Text two."), by=editor)
        clock.move_to("2026-03-02 10:00Z")
        actions.undo(publication, by=editor)
        clock.move_to("2026-06-01 10:00Z")
        actions.publish(saved(publication, body="Text four."), by=editor, change="update")
    return publication


def test_each_edition_that_can_be_read_is_a_memento(client, history):
    assert mementos_of(client) == {
        f"{SITE}{PAGE}editions/1/": "Thu, 01 Jan 2026 10:00:00 GMT",
        f"{SITE}{PAGE}editions/3/": "Mon, 02 Mar 2026 10:00:00 GMT",
        f"{SITE}{PAGE}editions/4/": "Mon, 01 Jun 2026 10:00:00 GMT",
    }


def test_a_time_map_is_written_as_link_format(client, history):
    text = client.get(f"{PAGE}timemap/").text

    lines = text.removesuffix("\n").split(",\n")
    assert lines[0] == f'<{SITE}{PAGE}>; rel="original"'
    assert lines[1] == (
        f'<{SITE}{PAGE}timemap/>; rel="self"; type="application/link-format"; '
        'from="Thu, 01 Jan 2026 10:00:00 GMT"; until="Mon, 01 Jun 2026 10:00:00 GMT"'
    )
    assert lines[2] == f'<{SITE}{PAGE}timegate/>; rel="timegate"'
    assert [re.search('rel="([^"]*)"', line)[1] for line in lines[3:]] == [
        "first memento",
        "memento",
        "last memento",
    ]


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("Fri, 01 Jan 1999 10:00:00 GMT", 1),
        ("Thu, 01 Jan 2026 09:59:59 GMT", 1),
        ("Thu, 01 Jan 2026 10:00:00 GMT", 1),
        ("Sun, 01 Mar 2026 18:00:00 GMT", 1),
        ("Mon, 02 Mar 2026 10:00:00 GMT", 3),
        ("Mon, 01 Jun 2026 09:59:59 GMT", 3),
        ("Mon, 01 Jun 2026 10:00:00 GMT", 4),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 4),
        ("", 4),
    ],
)
def test_the_time_gate_leads_to_the_edition_of_the_moment(client, history, moment, number):
    response = ask(client, moment)

    assert (response.status_code, response["Location"]) == (302, f"{PAGE}editions/{number}/")


@pytest.mark.parametrize(
    "moment",
    [
        "yesterday", "2026-03-01T10:00:00Z", "Sunday, 01-Mar-26 10:00:00 GMT", "Sun Mar  1 10:00:00 2026",
        "Sun, 1 Mar 2026 10:00:00 GMT", "Sun, 01 Mar 2026 10:00:00 CET", "sun, 01 mar 2026 10:00:00 gmt",
        "Sun, 31 Feb 2026 10:00:00 GMT", "Sun, 01 Mar 2026 24:00:00 GMT", "Sat, 01 Jan 0000 00:00:00 GMT", "\xff", "١",
        "Sun, 01 Mar 2026 10:00:00 GMT, Mon, 02 Mar 2026 10:00:00 GMT", "Sun, 01 Mar 2026 10:00:00 GMT" * 400,
    ],
)  # fmt: skip
def test_a_malformed_date_is_refused_with_its_form(client, history, moment):
    response = ask(client, moment)

    assert response.status_code == 400
    assert "Sun, 03 May 2026 10:00:00 GMT" in response.text
    assert "Accept-Datetime" in response["Vary"] and response["Cache-Control"] == "no-store"


def test_the_headers_are_those_of_rfc_7089(client, history):
    original, gate, time_map = f"{SITE}{PAGE}", f"{SITE}{PAGE}timegate/", f"{SITE}{PAGE}timemap/"
    page, answer = client.get(PAGE), ask(client, "Mon, 02 Mar 2026 10:00:00 GMT")
    memento = client.get(answer["Location"])

    # section 4.5.1 and figure 5: the original resource names its TimeGate, and negotiates nothing itself
    assert links_of(page["Link"])["timegate"][0] == gate and links_of(page["Link"])["timemap"][0] == time_map
    assert "Memento-Datetime" not in page and "Accept-Datetime" not in page.get("Vary", "")
    # section 4.1.1: the TimeGate varies, has no Memento-Datetime, and names the original resource
    assert "Accept-Datetime" in answer["Vary"] and "Memento-Datetime" not in answer
    assert (
        links_of(answer["Link"])["original"][0] == original
        and links_of(answer["Link"])["timemap"][0] == time_map
    )
    assert "timegate" not in links_of(answer["Link"])
    # section 4.2: the memento has its date and names the original resource, and does not vary
    assert memento["Memento-Datetime"] == "Mon, 02 Mar 2026 10:00:00 GMT"
    assert "Accept-Datetime" not in memento.get("Vary", "")
    for links in (links_of(memento["Link"]), links_of(answer["Link"])):
        assert links["original"][0] == original
        assert {name: links[name] for name in ("first", "prev", "next", "last")} == {
            "first": (f"{SITE}{PAGE}editions/1/", "Thu, 01 Jan 2026 10:00:00 GMT"),
            "prev": (f"{SITE}{PAGE}editions/1/", "Thu, 01 Jan 2026 10:00:00 GMT"),
            "next": (f"{SITE}{PAGE}editions/4/", "Mon, 01 Jun 2026 10:00:00 GMT"),
            "last": (f"{SITE}{PAGE}editions/4/", "Mon, 01 Jun 2026 10:00:00 GMT"),
        }
    assert 'rel="first prev memento"; datetime=' in memento["Link"]


def test_every_memento_is_what_its_own_date_leads_to(client, history):
    for url, moment in mementos_of(client).items():
        path = url.removeprefix(SITE)
        assert client.get(path)["Memento-Datetime"] == moment
        assert ask(client, moment)["Location"] == path


def test_a_publication_with_one_edition_has_one_memento(client):
    make_live(slug="minsk")

    links = links_of(client.get(f"{PAGE}editions/1/")["Link"])

    assert {links[name][0] for name in ("first", "last", "memento")} == {f"{SITE}{PAGE}editions/1/"}
    assert not {"prev", "next"} & links.keys()


def test_a_memento_taken_back_and_one_that_waits_are_in_nothing(client, history, editor):
    actions.publish(saved(history, body="Text five."), by=editor, at=tomorrow())

    texts = [
        client.get(f"{PAGE}timemap/").text, ask(client, "")["Link"], client.get(f"{PAGE}editions/3/")["Link"],
        ask(client, http_date(tomorrow().timestamp() + 60))["Link"],
    ]  # fmt: skip

    assert not any(f"editions/{number}/" in text for number in (2, 5) for text in texts)


def test_a_schedule_that_is_kept_becomes_public_in_its_turn(client, editor):
    with time_machine.travel("2026-01-01 10:00Z", tick=False) as clock:
        publication = make_publication(slug="minsk", body="One.")
        actions.publish(publication, by=editor)
        actions.publish(saved(publication, body="Two."), by=editor, at=datetime(2026, 3, 1, tzinfo=UTC))
        clock.move_to("2026-02-01 10:00Z")
        actions.publish(saved(publication, body="Three."), by=editor, keep_scheduled=True)
        clock.move_to("2026-04-01 10:00Z")

        urls = [url.removeprefix(f"{SITE}{PAGE}editions/") for url in mementos_of(client)]
        last = ask(client, "")["Location"]

    assert (urls, last) == (["1/", "3/", "4/"], f"{PAGE}editions/4/")


@pytest.mark.parametrize("ending", ["timegate/", "timemap/", "linkset.json", "linkset"])
def test_the_address_answers_as_the_publication_does(client, editor, ending):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(slug="minsk")
        answers = [client.get(f"{PAGE}{ending}")]
        actions.publish(publication, by=editor, at=tomorrow())
        answers.append(client.get(f"{PAGE}{ending}"))
        clock.shift(timedelta(days=2))
        live = client.get(f"{PAGE}{ending}")
        actions.publish(saved(publication, slug="kyiv"), by=editor, until=tomorrow())
        moved = client.get(f"{PAGE}{ending}")
        clock.shift(timedelta(days=2))
        expired = client.get(f"/en/publications/kyiv/{ending}")
        actions.publish(saved(publication, body="Again."), by=editor)
        again = client.get(f"/en/publications/kyiv/{ending}")
        clock.shift(timedelta(hours=1))
        actions.withdraw(publication, by=editor)
        withdrawn = client.get(f"/en/publications/kyiv/{ending}")

    assert [answer.status_code for answer in (*answers, expired, withdrawn)] == [404, 404, 410, 410]
    assert live.status_code == again.status_code == (302 if ending == "timegate/" else 200)
    assert (moved.status_code, moved["Location"]) == (301, f"/en/publications/kyiv/{ending}")
    assert client.get(f"/en/publications/nowhere/{ending}").status_code == 404


def test_a_redacted_memento_is_shown_as_redacted(client, history, editor):
    actions.redact(history, "Text one", by=editor, reason="Secret.")

    page = client.get(ask(client, "Thu, 01 Jan 2026 10:00:00 GMT")["Location"])

    assert page["Memento-Datetime"] == "Thu, 01 Jan 2026 10:00:00 GMT"
    assert "Text one" not in page.text


def test_a_retraction_is_a_memento_and_marks_the_earlier_ones(client, history, editor):
    actions.retract(history, by=editor, note="The figures were wrong.")

    earlier = client.get(ask(client, "Thu, 01 Jan 2026 10:00:00 GMT")["Location"])

    assert len(mementos_of(client)) == 4
    assert "RETRACTED: On Minsk" in earlier.text


def test_each_translation_has_mementos_of_its_own(client, history, editor):
    swedish = make_publication(slug="minsk", language="sv", translation_of=history)
    actions.publish(swedish, by=editor)

    assert list(mementos_of(client, "/sv/publikationer/minsk/")) == [
        f"{SITE}/sv/publikationer/minsk/utgavor/1/"
    ]
    assert not any("/sv/" in url for url in mementos_of(client))


def test_the_cache_stores_time_maps_and_mementos_and_never_the_time_gate(history):
    cached, moment = CachedClient(), "Thu, 01 Jan 2026 10:00:00 GMT"
    paths = [f"{PAGE}timemap/", f"{PAGE}editions/1/", PAGE]
    for path in paths:
        cached.get(path)
    first, last = (
        cached.get(f"{PAGE}timegate/", accept_datetime=each)
        for each in (moment, "Mon, 01 Jun 2026 10:00:00 GMT")
    )
    request_count = cached.site.request_count

    again = [
        cached.get(path, accept_datetime=moment, method=method)
        for path in paths
        for method in ("GET", "HEAD")
    ]

    assert (
        all("hit" in response.cache_status for response in again)
        and cached.site.request_count == request_count
    )
    assert {response.headers["Memento-Datetime"] for response in again[2:4]} == {moment}
    assert (first.headers["Location"], last.headers["Location"]) == (
        f"{PAGE}editions/1/",
        f"{PAGE}editions/4/",
    )
    assert cached.get(f"{PAGE}timegate/", accept_datetime="x").status == 400
    assert (
        cached.get(f"{PAGE}timegate/", accept_datetime=moment, method="HEAD").headers["Location"]
        == f"{PAGE}editions/1/"
    )


def test_the_time_map_follows_every_action_at_once(history, editor):
    cached = CachedClient()
    before = cached.get(f"{PAGE}timemap/").text

    actions.publish(saved(history, body="Text five."), by=editor)
    cached.watcher.refresh()

    assert "editions/5/" not in before and "editions/5/" in cached.get(f"{PAGE}timemap/").text


@pytest.mark.parametrize("ending", ["timegate/", "timemap/", "editions/1/"])
def test_the_number_of_queries_does_not_depend_on_the_number_of_editions(client, history, editor, ending):
    few = count_page_queries(client, f"{PAGE}{ending}")
    for number in range(12):
        actions.publish(saved(history, body=f"Text {number}."), by=editor)

    assert count_page_queries(client, f"{PAGE}{ending}") == few


def count_page_queries(client, path: str) -> int:
    """Return the number of queries of a second request, when what pages share has been read."""
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code in (200, 302)
    return len(queries)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_other_methods_are_refused(client, history, method):
    assert getattr(client, method)(f"{PAGE}timegate/").status_code == 405


@pytest.mark.usefixtures("shared_renditions")
def test_a_client_finds_the_edition_of_any_moment(editor):
    """A library of others finds, for 200 random moments, the edition that was live then, from the page and mementos."""
    numbers = random.Random(7089)
    demonstration.load(by=make_person("Administrators"), write=lambda _line: None)
    publications = [
        edition.publication
        for edition in Edition.objects.live().filter(editorial_status="").order_by("pk")[:6]
    ]
    start = Edition.objects.order_by("-visible_from").first().visible_from.replace(microsecond=0)
    can_be_undone = set()
    with time_machine.travel(start + timedelta(days=1), tick=False) as clock:
        for _step in range(40):
            clock.shift(timedelta(seconds=numbers.randint(1, 10**6)))
            publication = numbers.choice(publications)
            if publication in can_be_undone and numbers.random() < 0.4:
                actions.undo(publication, by=editor)
                can_be_undone.remove(publication)
            else:
                can_be_undone.add(publication)
                changed = Publication.objects.get(pk=publication.pk)
                actions.publish(saved(changed, body=f"{changed.body}\n\n{clock}"), by=editor)
        clock.shift(timedelta(days=1))
        end, session = datetime.now(UTC), site_session()
        client = MementoClient(check_native_timegate=True, session=session)
        for _moment in range(200):
            publication = numbers.choice(publications)
            at = start + timedelta(seconds=numbers.randint(-(10**6), int((end - start).total_seconds())))
            expected = live_edition_at(publication, at)
            live = publication.editions.live().get()
            page = f"{SITE}{live.get_absolute_url()}"
            memento_page = f"{SITE}{live.permanent_url}"

            found = client.get_memento_info(numbers.choice([page, memento_page]), at.replace(tzinfo=None))

            closest = found["mementos"]["closest"]
            assert found["original_uri"] == page
            assert (
                closest["uri"] == [f"{SITE}{expected.permanent_url}"] and closest["http_status_code"] == 200
            )
            assert closest["datetime"] == expected.visible_from.replace(microsecond=0, tzinfo=None)


def live_edition_at(publication: Publication, at: datetime) -> Edition:
    """Return the edition that readers saw at a moment, or the one before it that can still be read, or the first."""
    readable = publication.editions.exclude(end_reason__in=("undone", "withdrawn", "cancelled"))
    by_start = list(readable.order_by("visible_from"))
    started = [edition for edition in by_start if edition.visible_from.replace(microsecond=0) <= at]
    return (started or by_start[:1])[-1]
