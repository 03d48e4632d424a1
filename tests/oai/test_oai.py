"""OAI-PMH: valid and complete responses, exact to the second."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from lxml import etree

from publications import actions
from publications.models import BylineRole, Kind, Publication
from publications.oai import items
from publications.oai.request import _read_token
from tests.conftest import ROOT
from tests.factories import make_author, make_live, make_many, make_publication, make_tag, saved
from tests.queries import count_queries_of_each

pytestmark = pytest.mark.django_db

SCHEMAS = ROOT / "tests/samples/oai"
OAI = "{http://www.openarchives.org/OAI/2.0/}"
DC = "{http://purl.org/dc/elements/1.1/}"
START = datetime(2026, 5, 3, 10, 0, 30, tzinfo=UTC)
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "OAI-PMH.xsd"))


@pytest.fixture(scope="module")
def schema_of_records() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMAS / "oai_dc.xsd"))


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def request_oai(client, schema, schema_of_records):
    """Return a function that sends a request and validates its response by the published schemas."""

    def send(**arguments: str) -> etree._Element:
        response = client.get("/oai", {name.rstrip("_"): value for name, value in arguments.items()})
        assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
        root = etree.fromstring(response.content)
        schema.assertValid(root)
        for record in root.iter("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"):
            schema_of_records.assertValid(record)
        return root

    return send


def error(root: etree._Element) -> str:
    return root.find(f"{OAI}error").get("code")


def oai_texts(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{OAI}{name}")]


def dc_texts(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{DC}{name}")]


def identifier(publication: Publication) -> str:
    return f"oai:127.0.0.1:{publication.uid}"


# The verbs


def test_identify(request_oai, clock):
    make_live(published_at=datetime(2014, 3, 1, tzinfo=UTC))

    root = request_oai(verb="Identify")

    assert oai_texts(root, "repositoryName") == ["Stockholm Centre for Eastern European Studies"]
    assert oai_texts(root, "baseURL") == ["http://127.0.0.1:8000/oai"]
    assert (oai_texts(root, "deletedRecord"), oai_texts(root, "granularity")) == (
        ["persistent"],
        ["YYYY-MM-DDThh:mm:ssZ"],
    )
    assert oai_texts(root, "earliestDatestamp") == ["2026-05-03T10:00:30Z"]


def test_a_repository_with_a_domain_describes_its_identifiers(request_oai, settings):
    settings.SITE_URL = "https://pub.example.org"

    root = request_oai(verb="Identify")

    assert root.findtext(".//{*}repositoryIdentifier") == "pub.example.org"


def test_there_is_one_format(request_oai):
    edition = make_live()

    for arguments in ({}, {"identifier": identifier(edition.publication)}):
        assert oai_texts(request_oai(verb="ListMetadataFormats", **arguments), "metadataPrefix") == ["oai_dc"]


def test_sets_are_the_kinds_and_languages_of_public_editions(request_oai):
    make_live(kind="report")
    make_publication(kind="commentary", language="uk")
    actions.withdraw(make_live(language="pl").publication, by=None)

    assert oai_texts(request_oai(verb="ListSets"), "setSpec") == [
        "kind-quick-comment", "kind-report", "language-en", "language-pl"
    ]  # fmt: skip


def test_a_record_has_what_the_page_shows(request_oai, clock):
    ann, bo = make_author("Ann Berg"), make_author("Bo Ek")
    publication = make_publication(
        title="On Minsk & <more>", slug="m", summary="So.", authors=[ann, bo], kind="report", tags=(make_tag("Aid"),), doi="10.1234/x"
    )  # fmt: skip
    publication.bylines.filter(author=bo).update(role=BylineRole.EDITOR)
    actions.publish(publication, by=None)

    root = request_oai(verb="GetRecord", identifier=identifier(publication), metadataPrefix="oai_dc")

    assert oai_texts(root, "datestamp") == ["2026-05-03T10:00:30Z"] and oai_texts(root, "setSpec") == [
        "kind-report",
        "language-en",
    ]
    assert [(element.tag.removeprefix(DC), element.text) for element in root.find(".//{*}dc")] == [
        ("title", "On Minsk & <more>"), ("creator", "Berg, Ann"), ("contributor", "Ek, Bo"), ("subject", "Aid"),
        ("description", "So."), ("publisher", "Stockholm Centre for Eastern European Studies"), ("date", "2026-05-03"),
        ("type", "Report"), ("type", "Text"), ("format", "text/html"),
        ("identifier", "http://127.0.0.1:8000/en/publications/m/"), ("identifier", "https://doi.org/10.1234/x"),
        ("language", "en"),
    ]  # fmt: skip


def test_identifiers_are_listed_without_records(request_oai):
    edition = make_live()

    root = request_oai(verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert oai_texts(root, "identifier") == [identifier(edition.publication)]
    assert not dc_texts(root, "title")


def test_requests_may_be_posted(client, schema):
    make_live(title="Posted")

    response = client.post("/oai", LIST)

    root = etree.fromstring(response.content)
    schema.assertValid(root)
    assert dc_texts(root, "title") == ["Posted"]


# Errors


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("badVerb", ""),
        ("badVerb", "verb=Sing"),
        ("badVerb", "verb=Identify&verb=Identify"),
        ("badVerb", "verb=identify"),
        ("badArgument", "verb=Identify&set=x"),
        ("badArgument", "verb=ListRecords"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-05-03T10:00Z"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-05-03T10:00:00%2B02:00"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-05-04&until=2026-05-03"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-05-01&until=2026-05-03T10:00:00Z"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&set=%FF"),
        ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=x"),
        ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc"),
        ("badArgument", "verb=GetRecord&identifier=oai:x:y"),
        ("cannotDisseminateFormat", "verb=ListRecords&metadataPrefix=marc21"),
        ("cannotDisseminateFormat", "verb=GetRecord&metadataPrefix=marc21&identifier={known}"),
        ("idDoesNotExist", "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:x"),
        ("idDoesNotExist", "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:elsewhere.example:{uid}"),
        ("idDoesNotExist", "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:{bare}"),
        ("idDoesNotExist", "verb=ListMetadataFormats&identifier=oai:127.0.0.1:6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&set=kind-poem"),
        ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc&set=planet"),
        ("noRecordsMatch", "verb=ListIdentifiers&metadataPrefix=oai_dc&until=2001-01-01"),
        ("noRecordsMatch", "verb=ListIdentifiers&metadataPrefix=oai_dc&from=9999-12-31T23:59:59Z"),
        ("badResumptionToken", "verb=ListRecords&resumptionToken=x"),
        ("badResumptionToken", "verb=ListRecords&resumptionToken=W10"),
        ("badResumptionToken", "verb=ListSets&resumptionToken=x"),
    ],
)  # fmt: skip
def test_each_error_has_its_code(client, schema, code, query):
    uid = make_live().publication.uid

    response = client.get("/oai?" + query.format(known=f"oai:127.0.0.1:{uid}", uid=uid, bare=uid.hex))

    root = etree.fromstring(response.content)
    schema.assertValid(root)
    assert (response.status_code, error(root)) == (200, code)


def test_an_empty_repository_says_so(request_oai):
    assert error(request_oai(verb="ListSets")) == "noSetHierarchy"
    assert error(request_oai(**LIST)) == "noRecordsMatch"


def test_the_request_is_repeated_without_wrong_arguments(request_oai):
    make_live()

    fine, wrong = (
        request_oai(**LIST).find(f"{OAI}request"),
        request_oai(verb="Identify", set="x").find(f"{OAI}request"),
    )

    assert (dict(fine.attrib), fine.text) == (LIST, "http://127.0.0.1:8000/oai")
    assert not wrong.attrib


@pytest.mark.parametrize(
    "token", ["", "AAAA", "e30", "bnVsbA", "WzEsMiwzLDQsNV0", "x" * 10_000, "ééé", "\x00"]
)
def test_a_foreign_token_is_refused(token):
    assert _read_token(token) is None


# Datestamps


def stamp(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"


def test_a_scheduled_publication_is_listed_from_its_start_with_that_datestamp(request_oai, clock):
    start = START + timedelta(hours=1)
    publication = make_publication(title="Later")
    actions.publish(publication, by=None, at=start)

    clock.move_to(start - timedelta(microseconds=1))
    before = (
        request_oai(**LIST),
        request_oai(verb="GetRecord", identifier=identifier(publication), metadataPrefix="oai_dc"),
    )
    clock.move_to(start)
    after = request_oai(**LIST)

    assert [error(root) for root in before] == ["noRecordsMatch", "idDoesNotExist"]
    assert (dc_texts(after, "title"), oai_texts(after, "datestamp")) == (["Later"], [stamp(start)])


def test_an_expired_publication_is_deleted_from_its_end(request_oai, clock):
    start = START + timedelta(hours=1)
    publication = make_publication(title="Short-lived")
    actions.publish(publication, by=None, until=start)

    clock.move_to(start)
    root = request_oai(**LIST)

    header = root.find(f".//{OAI}header")
    assert header.get("status") == "deleted" and oai_texts(root, "datestamp") == [stamp(start)]
    assert "Short-lived" not in etree.tostring(root, encoding="unicode")


def test_a_withdrawn_publication_is_deleted_for_ever_without_a_record(request_oai, clock):
    publication = make_live(title="Gone").publication
    clock.shift(timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(days=9000))

    for arguments in (
        LIST,
        {"verb": "GetRecord", "identifier": identifier(publication), "metadataPrefix": "oai_dc"},
    ):
        root = request_oai(**arguments)
        assert root.find(f".//{OAI}header").get("status") == "deleted"
        assert oai_texts(root, "datestamp") == ["2026-05-03T11:00:30Z"]
        assert root.find(f".//{OAI}metadata") is None


def test_a_republished_publication_has_a_record_again(request_oai, clock):
    publication = make_live(title="Gone").publication
    clock.shift(timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(hours=1))
    actions.publish(saved(publication, title="Back"), by=None)

    root = request_oai(**LIST)

    assert (dc_texts(root, "title"), oai_texts(root, "datestamp")) == (["Back"], ["2026-05-03T12:00:30Z"])


def test_an_item_is_the_live_edition_not_a_former_or_scheduled_one(request_oai, clock):
    publication = make_live(title="First").publication
    clock.shift(timedelta(hours=1))
    actions.publish(saved(publication, title="Second"), by=None)
    actions.publish(saved(publication, title="Third"), by=None, at=START + timedelta(days=1))
    clock.shift(timedelta(hours=1))

    root = request_oai(**LIST)

    assert (dc_texts(root, "title"), oai_texts(root, "datestamp")) == (["Second"], ["2026-05-03T11:00:30Z"])


def test_a_cancelled_publication_has_no_item(request_oai, clock):
    publication = make_publication()
    actions.publish(publication, by=None, at=START + timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(days=1))

    assert error(request_oai(**LIST)) == "noRecordsMatch"


def test_bounds_are_whole_seconds_and_inclusive(request_oai, clock):
    clock.move_to(START + timedelta(microseconds=900_000))
    make_live()

    responses = {
        (since, until): request_oai(**LIST, from_=stamp(START + timedelta(seconds=since)), until=stamp(START + timedelta(seconds=until)))
        for since, until in ((0, 0), (-1, 0), (0, 1), (1, 2), (-2, -1))
    }  # fmt: skip

    assert {key for key, root in responses.items() if root.find(f"{OAI}error") is None} == {
        (0, 0),
        (-1, 0),
        (0, 1),
    }


def test_a_bound_may_be_a_day(request_oai, clock):
    make_live()

    assert len(oai_texts(request_oai(**LIST, from_="2026-05-03", until="2026-05-03"), "datestamp")) == 1
    assert error(request_oai(**LIST, from_="2026-05-04")) == "noRecordsMatch"
    assert error(request_oai(**LIST, until="2026-05-02")) == "noRecordsMatch"


def test_sets_limit_the_list(request_oai):
    make_live(title="Report", kind="report")
    make_live(title="Українська", language="uk")

    assert dc_texts(request_oai(**LIST, set="kind-report"), "title") == ["Report"]
    assert dc_texts(request_oai(**LIST, set="language-uk"), "title") == ["Українська"]


def test_a_redaction_is_a_change(request_oai, clock):
    publication = make_live(title="On Smithson", body="Smithson said so.").publication
    clock.shift(timedelta(hours=1))
    actions.redact(publication, "Smithson", by=None)

    root = request_oai(**LIST, from_=stamp(START + timedelta(minutes=1)))

    assert (dc_texts(root, "title"), oai_texts(root, "datestamp")) == (
        ["On [redacted]"],
        ["2026-05-03T11:00:30Z"],
    )


@pytest.mark.parametrize("changed", [{"family_name": "Ann"}, {"name": "A. B.", "is_pseudonymous": True}])
def test_a_new_name_of_an_author_is_a_change(request_oai, clock, changed):
    author = make_author("Berg Ann")
    make_live(title="Signed", author=author)
    make_live(title="Other")
    clock.shift(timedelta(hours=1))
    for name, value in changed.items():
        setattr(author, name, value)
    actions.save_instance(author, by=None)

    root = request_oai(**LIST, from_=stamp(START + timedelta(minutes=1)))

    assert dc_texts(root, "title") == ["Signed"]
    assert "Berg Ann" not in dc_texts(root, "creator")


def test_the_admin_email_has_no_name(request_oai, settings):
    settings.DEFAULT_FROM_EMAIL = "The desk <desk@site.example>"

    assert oai_texts(request_oai(verb="Identify"), "adminEmail") == ["desk@site.example"]


def test_an_empty_identifier_is_unknown(request_oai):
    assert error(request_oai(verb="ListMetadataFormats", identifier="")) == "idDoesNotExist"


@pytest.mark.parametrize("renamed", ["tag", "kind"])
def test_a_new_name_of_a_tag_or_kind_is_a_change(request_oai, clock, renamed):
    tag = make_tag("Aid")
    make_live(title="Named", tags=(tag,), kind="commentary")
    make_live(title="Other")
    clock.shift(timedelta(hours=1))
    row = {"tag": tag, "kind": Kind.objects.get(slug="commentary")}[renamed]
    setattr(row, "name" if renamed == "tag" else "name_en", "Renamed")
    actions.save_instance(row, by=None)

    root = request_oai(**LIST, from_=stamp(START + timedelta(minutes=1)))

    assert dc_texts(root, "title") == ["Named"]
    assert "Renamed" in [*dc_texts(root, "subject"), *dc_texts(root, "type")]


# Pages


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(items, "PAGE_ITEMS", 3)


def pages(request_oai, between=None, **arguments: str):
    """Yield all pages of a list and call a function between the first two."""
    root = request_oai(**{**LIST, **arguments})
    yield root
    while token := root.findtext(f".//{OAI}resumptionToken"):
        if between:
            between()
            between = None
        root = request_oai(verb="ListRecords", resumptionToken=token)
        yield root


def test_every_item_comes_once_and_the_last_page_has_an_empty_token(request_oai, small_pages):
    publications = [make_live().publication for _n in range(7)]

    page_list = list(pages(request_oai))

    assert [len(oai_texts(root, "header")) for root in page_list] == [3, 3, 1]
    assert [identifier(publication) for publication in publications] == [
        uid for root in page_list for uid in oai_texts(root, "identifier")
    ]
    assert page_list[-1].find(f".//{OAI}resumptionToken") is not None


def test_a_list_of_one_page_has_no_token(request_oai, small_pages):
    for _n in range(3):
        make_live()

    assert [root.find(f".//{OAI}resumptionToken") for root in pages(request_oai)] == [None]


def test_many_of_the_same_time_come_once(request_oai, small_pages, clock):
    make_many(10, author=make_author(), tag=make_tag())

    identifiers = [uid for root in pages(request_oai) for uid in oai_texts(root, "identifier")]

    assert len(identifiers) == len(set(identifiers)) == 11


def test_a_token_survives_changes_between_pages(request_oai, small_pages, clock):
    publications = []
    for _n in range(7):
        publications.append(make_live().publication)
        clock.shift(timedelta(seconds=1))

    def between() -> None:
        clock.shift(timedelta(hours=1))
        actions.withdraw(publications[0], by=None)
        actions.publish(saved(publications[4], title="Changed"), by=None)
        publications.append(make_live(title="New").publication)

    page_list = list(pages(request_oai, between))

    order = [uid for root in page_list for uid in oai_texts(root, "identifier")]
    expected = [publications[n] for n in (0, 1, 2, 3, 5, 6, 0, 4, 7)]
    assert order == [identifier(publication) for publication in expected]
    assert [title for root in page_list for title in dc_texts(root, "title")][-2:] == ["Changed", "New"]


def test_a_token_contains_the_set(request_oai, small_pages):
    for _n in range(4):
        make_live(kind="report")
        make_live()

    assert sum(len(oai_texts(root, "header")) for root in pages(request_oai, set="kind-report")) == 4


def test_the_queries_of_lists_do_not_depend_on_the_number_of_publications(client):
    identifiers = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "language-en"}
    paths = [f"/oai?{urlencode(query)}" for query in (LIST, identifiers)]
    author, tag = make_author(), make_tag()
    make_many(5, author=author, tag=tag)
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 12
