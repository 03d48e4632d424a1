"""OAI-PMH asked by a harvester of others: all records, then what has changed, deletions honoured, whatever happens."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from publications import actions
from publications.models import Edition
from publications.oai import repository
from tests.factories import make_live, make_publication, saved
from tests.oai.test_oai import at, identifier

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def harvester(client, monkeypatch):
    """A harvester of others, whose wire ends in this process."""

    def send(_adapter, request, **_options) -> requests.Response:
        answer = client.generic(
            request.method, request.path_url, request.body or b"", headers=dict(request.headers)
        )
        response = requests.Response()
        response.status_code, response.url, response._content = (
            answer.status_code,
            request.url,
            answer.content,
        )
        response.headers.update(dict(answer.items()))
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return Sickle("http://127.0.0.1:8000/oai", headers={"Accept-Encoding": "identity"})


def test_a_harvester_takes_all_incrementally_and_honours_deletions(harvester, clock, monkeypatch):
    monkeypatch.setattr(repository, "PAGE_ITEMS", 4)
    made = [make_live(title=f"Piece {n} – ö").publication for n in range(10)]
    clock.shift(timedelta(seconds=1))
    actions.publish(make_publication(title="Scheduled"), by=None, at=START + timedelta(hours=1))

    first = list(harvester.ListRecords(metadataPrefix="oai_dc"))
    since = at(START + timedelta(seconds=1))
    clock.shift(timedelta(hours=2))
    actions.withdraw(made[3], by=None)
    second = list(harvester.ListRecords(metadataPrefix="oai_dc", **{"from": since}))

    assert [record.metadata["title"] for record in first] == [[f"Piece {n} – ö"] for n in range(10)]
    assert [(record.deleted, getattr(record, "metadata", {}).get("title")) for record in second] == [
        (False, ["Scheduled"]), (True, None)
    ]  # fmt: skip
    assert second[1].header.identifier == identifier(made[3])
    kept = list(harvester.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
    assert len(kept) == Edition.objects.live().count() == 10


def test_a_harvester_misses_nothing_that_changes_while_it_harvests(harvester, clock, monkeypatch):
    monkeypatch.setattr(repository, "PAGE_ITEMS", 2)
    made = []
    for number in range(8):
        clock.shift(timedelta(seconds=1))
        made.append(make_live(title=f"Piece {number}").publication)
    doing = {
        1: lambda: actions.withdraw(made[0], by=None),
        2: lambda: actions.publish(saved(made[7], title="Changed"), by=None),
        5: lambda: actions.withdraw(made[6], by=None),
    }

    kept: dict[str, str] = {}
    for place, record in enumerate(harvester.ListRecords(metadataPrefix="oai_dc")):
        clock.shift(timedelta(seconds=1))
        doing.get(place, lambda: None)()
        kept[record.header.identifier] = "" if record.deleted else record.metadata["title"][0]

    live = Edition.objects.live().select_related("publication")
    result = {uid: title for uid, title in kept.items() if title}
    assert result == {identifier(edition.publication): edition.title for edition in live}
    assert kept[identifier(made[0])] == kept[identifier(made[6])] == ""


def test_a_harvester_reads_all_else(harvester):
    edition = make_live(kind="report")

    assert harvester.Identify().deletedRecord == "persistent"
    assert [each.metadataPrefix for each in harvester.ListMetadataFormats()] == ["oai_dc"]
    assert [each.setSpec for each in harvester.ListSets()] == ["kind-report", "language-en"]
    assert [each.identifier for each in harvester.ListIdentifiers(metadataPrefix="oai_dc")] == [
        identifier(edition.publication)
    ]
    record = harvester.GetRecord(identifier=identifier(edition.publication), metadataPrefix="oai_dc")
    assert record.metadata["title"] == [edition.title]
    with pytest.raises(NoRecordsMatch):
        harvester.ListRecords(metadataPrefix="oai_dc", set="kind-poem")
    with pytest.raises(BadResumptionToken):
        harvester.ListRecords(resumptionToken="x")
