"""The API: publications, authors and topics have what their pages show, and no more."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from publications import actions
from publications.models import Attachment, BylineRole, Publication, store_original
from tests.factories import make_author, make_image, make_live, make_many, make_publication, make_tag, saved
from tests.queries import count_queries_of_each

pytestmark = pytest.mark.django_db

HERE = "http://127.0.0.1:8000"
API = "/api/v1"
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def get_json(client, path: str, **query: str) -> dict:
    response = client.get(f"{API}/{path}", query)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/json"
    return response.json()


def get_publication(client, publication: Publication) -> dict:
    return get_json(client, f"publications/{publication.uid}")


def titles(client, **query: str) -> list[str]:
    return [item["title"] for item in get_json(client, "publications", **query)["items"]]


def status(client, publication: Publication) -> int:
    return client.get(f"{API}/publications/{publication.uid}").status_code


@pytest.fixture
def report(clock):
    """A corrected report with everything a publication can have."""
    ann = make_author(
        "Ann Berg",
        affiliation_en="Centre",
        title_en="Fellow",
        orcid="0000-0002-1825-0097",
        fediverse_address="@ann@example.social",
    )
    publication = make_publication(
        title="On Minsk", slug="on-minsk", kind="report", authors=[ann, make_author("Pen Name", is_pseudonymous=True, title_en="Spy"), make_author("Bo Ek")],
        tags=(make_tag("Belarus", kind="country", name_sv="Vitryssland"), make_tag("Aid")), doi="10.1234/x", isbn="978-3-16-148410-0",
        cover=make_image(size=(1600, 900), credit="Bo Ek"), key_points="One.\nTwo.", body="See [us](/en/).",
    )  # fmt: skip
    publication.bylines.filter(author__name="Bo Ek").update(role=BylineRole.EDITOR)
    pdf = store_original(b"%PDF-1.4", "pdf")
    Attachment.objects.create(
        publication=publication, original=pdf, filename="r.pdf", label="The report", size=8
    )
    actions.publish(saved(publication), by=None)
    clock.shift(timedelta(days=2))
    actions.publish(
        saved(publication, body="Mended: [us](/en/)."), by=None, change="correction", note="It was Brest."
    )
    return publication


# A publication


def test_a_publication_has_what_its_page_shows(client, report):
    result = get_publication(client, report)

    assert (result["id"], result["href"]) == (str(report.uid), f"{HERE}{API}/publications/{report.uid}")
    assert result["url"] == f"{HERE}/en/publications/on-minsk/"
    assert result["kind"] == {"id": "report", "name": "Report"}
    assert (result["label"], result["number"]) == ("SCEEUS Report No 1, 2026", "1/2026")
    assert (result["doi"], result["isbn"], result["edition"]) == ("10.1234/x", "978-3-16-148410-0", 2)
    assert (result["published_at"], result["updated_at"]) == ("2026-05-03T10:00:00Z", "2026-05-05T10:00:30Z")
    assert result["key_points"] == ["One.", "Two."]
    assert f'<a href="{HERE}/en/">us</a>' in result["html"] and result["text"] == "Mended: us."
    assert result["corrections"] == [{"at": "2026-05-05T10:00:30Z", "note": "It was Brest."}]
    assert [(file["media_type"], file["size"]) for file in result["files"]] == [("application/pdf", 8)]
    assert result["cover"]["alt"] == "A blue field" and result["cover"]["credit"] == "Bo Ek"


def test_bylines_are_as_published_and_a_pseudonym_is_a_name_alone(client, report):
    ann, pen, bo = get_publication(client, report)["authors"]

    assert ann == {
        "name": "Ann Berg", "organisation": False, "role": "author", "title": "Fellow", "affiliation": "Centre", "orcid": "0000-0002-1825-0097", "fediverse": "@ann@example.social",
        "id": "ann-berg", "href": f"{HERE}{API}/authors/ann-berg",
    }  # fmt: skip
    assert {name for name, value in pen.items() if value} == {"name", "role"}
    assert (bo["name"], bo["role"]) == ("Bo Ek", "editor")


def test_every_address_can_be_fetched(client, report):
    result = get_publication(client, report)
    addresses = [
        result["url"], result["href"], result["cover"]["url"], *result["formats"].values(), *(file["url"] for file in result["files"]),
        *(topic["href"] for topic in result["topics"]), result["authors"][0]["href"],
    ]  # fmt: skip

    assert {client.get(address.removeprefix(HERE)).status_code for address in addresses} == {200}


def test_a_list_has_the_same_fields_without_the_text(client, report):
    summary, detail = get_json(client, "publications")["items"][0], get_publication(client, report)

    assert summary == {name: detail[name] for name in summary}
    assert set(detail) - set(summary) == {
        "key_points", "html", "text", "disclaimer", "corrections", "files", "related"
    }  # fmt: skip


def test_translations_and_related_publications_are_named(client):
    english, other = make_live(title="English").publication, make_live(title="Other").publication
    swedish = make_publication(title="Svenska", language="sv", translation_of=english)
    actions.publish(swedish, by=None)
    actions.set_related_links(english, [other, make_publication()], by=None)

    result = get_publication(client, english)

    assert [(text["id"], text["language"], text["title"]) for text in result["translations"]] == [
        (str(swedish.uid), "sv", "Svenska")
    ]
    assert [related["id"] for related in result["related"]] == [str(other.uid)]
    assert client.get(f"{API}/publications/{swedish.uid}")["Content-Language"] == "sv"


def test_a_redaction_applies_at_once(client, report, clock):
    clock.shift(timedelta(days=1))
    actions.redact(report, "Mended", by=None)

    result = get_publication(client, report)

    assert "Mended" not in str(result) and result["modified_at"] == "2026-05-06T10:00:30Z"


# Windows


def test_a_scheduled_publication_is_public_exactly_from_its_start(client, clock):
    publication, at = make_publication(title="Later"), START + timedelta(hours=1)
    actions.publish(publication, by=None, at=at)

    clock.move_to(at - timedelta(microseconds=1))
    before = status(client, publication), titles(client)
    clock.move_to(at)

    assert before == (404, [])
    assert (status(client, publication), titles(client)) == (200, ["Later"])


def test_an_expiring_publication_is_gone_exactly_from_its_end(client, clock):
    publication, at = make_publication(title="Brief"), START + timedelta(hours=1)
    actions.publish(publication, by=None, until=at)

    clock.move_to(at - timedelta(microseconds=1))
    before = status(client, publication), titles(client)
    clock.move_to(at)

    assert before == (200, ["Brief"])
    assert (status(client, publication), titles(client)) == (410, [])
    assert "expired" in client.get(f"{API}/publications/{publication.uid}").json()["detail"]


def test_a_withdrawn_publication_is_gone_and_gives_the_reason(client, clock):
    publication = make_live(title="Gone", author=make_author("Ann Berg"), tags=(make_tag("Aid"),)).publication
    clock.shift(timedelta(hours=1))
    actions.withdraw(publication, by=None, note="The source took it back.")

    response = client.get(f"{API}/publications/{publication.uid}")

    assert (response.status_code, response["Content-Type"]) == (410, "application/problem+json")
    assert response.json() == {
        "type": "about:blank", "title": "Gone", "status": 410, "detail": "This publication was withdrawn.",
        "withdrawn": True, "ended_at": "2026-05-03T11:00:30Z", "reason": "The source took it back.",
    }  # fmt: skip
    for path in ("publications", "authors", "topics"):
        assert get_json(client, path)["items"] == []
    for path in ("authors/ann-berg", "topics/aid"):
        assert client.get(f"{API}/{path}").status_code == 404


def test_a_draft_of_a_live_publication_is_nowhere(client):
    publication = make_live(title="Public").publication
    saved(publication, title="Draft")
    actions.publish(saved(publication, title="Waiting"), by=None, at=START + timedelta(days=9000))

    assert titles(client) == ["Public"] and get_publication(client, publication)["title"] == "Public"


def test_a_draft_has_no_address(client):
    assert status(client, make_publication()) == 404


def test_a_signed_in_editor_gets_the_same(client, editor):
    draft = make_publication()
    make_live()
    stranger = get_json(client, "publications")

    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")

    assert get_json(client, "publications") == stranger and status(client, draft) == 404
    assert not client.get(f"{API}/publications").cookies


# Authors and topics


def test_an_author_leads_to_their_publications(client):
    portrait = make_image(size=(400, 400))
    ann = make_author(
        "Ann Berg", title_en="Fellow", biography_sv="Forskare.", portrait=portrait, aliases="Anna"
    )
    make_live(title="Hers", author=ann)
    make_author("Without a publication")

    summary, detail = get_json(client, "authors")["items"], get_json(client, "authors/ann-berg")

    assert [author["name"] for author in summary] == ["Ann Berg"]
    assert (detail["title"], detail["biography"], detail["pieces"]) == (
        {"en": "Fellow"},
        {"sv": "Forskare."},
        1,
    )
    assert "Anna" not in str(detail)
    assert client.get(detail["publications"].removeprefix(HERE)).json()["items"][0]["title"] == "Hers"
    for address in (*detail["urls"].values(), detail["portrait"]):
        assert client.get(address.removeprefix(HERE)).status_code == 200


def test_a_pseudonym_is_in_no_list_and_has_no_address(client):
    make_live(title="Secret", author=make_author("Pen Name", is_pseudonymous=True))

    assert get_json(client, "authors")["items"] == []
    assert client.get(f"{API}/authors/pen-name").status_code == 404
    assert titles(client, author="pen-name") == []


@pytest.mark.parametrize(("kind", "name"), [("theme", "topic"), ("country", "country"), ("series", "series")])
def test_a_topic_of_each_kind_leads_to_its_publications(client, kind, name):
    tag = make_tag("Aid", kind=kind, name_sv="Bistånd", introduction_en="What helps.")
    make_live(title="On it", tags=(tag,))
    make_live(title="Another")

    detail = get_json(client, "topics/aid")

    assert detail["name"] == {"en": "Aid", "sv": "Bistånd"} and detail["introduction"] == {
        "en": "What helps."
    }
    assert detail["publications"] == f"{HERE}{API}/publications?{name}=aid"
    assert [item["title"] for item in client.get(detail["publications"]).json()["items"]] == ["On it"]
    assert len(get_json(client, "topics", kind=kind)["items"]) == 1
    assert (
        sum(len(get_json(client, "topics", kind=other)["items"]) for other in ("theme", "country", "series"))
        == 1
    )


# Queries


def test_the_queries_of_lists_do_not_depend_on_the_number_of_publications(client):
    lists = ("publications", "publications?topic=aid&author=ann&year=2026", "authors", "topics")
    paths = [f"{API}/{path}" for path in lists]
    author, tag = make_author("Ann"), make_tag("Aid")
    make_many(5, author=author, tag=tag)
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 13


def test_the_queries_of_a_publication_do_not_depend_on_its_rows(client, report):
    plain = make_live().publication
    with CaptureQueriesContext(connection) as few:
        get_publication(client, plain)
    with CaptureQueriesContext(connection) as many:
        get_publication(client, report)

    assert abs(len(many) - len(few)) <= 2 and len(many) <= 16
