"""OAI-PMH with the harvester Sickle: all records, then changes and deletions, whatever happens between."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
import time_machine
from sickle import Sickle
from sickle.oaiexceptions import BadResumptionToken, NoRecordsMatch

from publications import actions
from publications.models import Edition
from publications.oai import items
from tests.factories import make_live, make_publication, saved
from tests.oai.test_oai import identifier, stamp

pytestmark = pytest.mark.django_db

START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def harvester(client, monkeypatch):
    """Sickle, connected to the test client."""

    def send(_adapter, request, **_options) -> requests.Response:
        django_response = client.generic(
            request.method, request.path_url, request.body or b"", headers=dict(request.headers)
        )
        response = requests.Response()
        response.status_code, response.url, response._content = (
            django_response.status_code,
            request.url,
            django_response.content,
        )
        response.headers.update(dict(django_response.items()))
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        return response

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    return Sickle("http://127.0.0.1:8000/oai", headers={"Accept-Encoding": "identity"})


def test_a_harvester_gets_all_then_changes_and_deletions(harvester, clock, monkeypatch):
    monkeypatch.setattr(items, "PAGE_ITEMS", 4)
    publications = [make_live(title=f"Text {n} – ö").publication for n in range(10)]
    clock.shift(timedelta(seconds=1))
    actions.publish(make_publication(title="Scheduled"), by=None, at=START + timedelta(hours=1))

    first = list(harvester.ListRecords(metadataPrefix="oai_dc"))
    since = stamp(START + timedelta(seconds=1))
    clock.shift(timedelta(hours=2))
    actions.withdraw(publications[3], by=None)
    second = list(harvester.ListRecords(metadataPrefix="oai_dc", **{"from": since}))

    assert [record.metadata["title"] for record in first] == [[f"Text {n} – ö"] for n in range(10)]
    assert [(record.deleted, getattr(record, "metadata", {}).get("title")) for record in second] == [
        (False, ["Scheduled"]), (True, None)
    ]  # fmt: skip
    assert second[1].header.identifier == identifier(publications[3])
    harvested = list(harvester.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))
    assert len(harvested) == Edition.objects.live().count() == 10


def test_a_harvester_misses_no_change_during_a_harvest(harvester, clock, monkeypatch):
    monkeypatch.setattr(items, "PAGE_ITEMS", 2)
    publications = []
    for number in range(8):
        clock.shift(timedelta(seconds=1))
        publications.append(make_live(title=f"Text {number}").publication)
    actions_by_position = {
        1: lambda: actions.withdraw(publications[0], by=None),
        2: lambda: actions.publish(saved(publications[7], title="Changed"), by=None),
        5: lambda: actions.withdraw(publications[6], by=None),
    }

    harvested: dict[str, str] = {}
    for position, record in enumerate(harvester.ListRecords(metadataPrefix="oai_dc")):
        clock.shift(timedelta(seconds=1))
        actions_by_position.get(position, lambda: None)()
        harvested[record.header.identifier] = "" if record.deleted else record.metadata["title"][0]

    live = Edition.objects.live().select_related("publication")
    harvested_titles = {uid: title for uid, title in harvested.items() if title}
    assert harvested_titles == {identifier(edition.publication): edition.title for edition in live}
    assert harvested[identifier(publications[0])] == harvested[identifier(publications[6])] == ""


def test_a_harvester_reads_the_other_verbs(harvester):
    edition = make_live(kind="report")

    assert harvester.Identify().deletedRecord == "persistent"
    assert [format.metadataPrefix for format in harvester.ListMetadataFormats()] == ["oai_dc"]
    assert [harvest_set.setSpec for harvest_set in harvester.ListSets()] == ["kind-report", "language-en"]
    assert [header.identifier for header in harvester.ListIdentifiers(metadataPrefix="oai_dc")] == [
        identifier(edition.publication)
    ]
    record = harvester.GetRecord(identifier=identifier(edition.publication), metadataPrefix="oai_dc")
    assert record.metadata["title"] == [edition.title]
    with pytest.raises(NoRecordsMatch):
        harvester.ListRecords(metadataPrefix="oai_dc", set="kind-poem")
    with pytest.raises(BadResumptionToken):
        harvester.ListRecords(resumptionToken="x")
