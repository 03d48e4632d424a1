"""OAI-PMH: what a harvester asks is answered as the protocol says, completely, and exactly to the second."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from lxml import etree

from publications import actions
from publications.models import BylineRole, Kind, Publication
from publications.oai import repository
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
    with time_machine.travel(START, tick=False) as moved:
        yield moved


@pytest.fixture
def ask(client, schema, schema_of_records):
    """Ask, and hold every answer to the published schema."""

    def params(**arguments: str) -> etree._Element:
        response = client.get("/oai", {name.rstrip("_"): value for name, value in arguments.items()})
        assert (response.status_code, response["Content-Type"]) == (200, "text/xml; charset=utf-8")
        root = etree.fromstring(response.content)
        schema.assertValid(root)
        for record in root.iter("{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"):
            schema_of_records.assertValid(record)
        return root

    return params


def error(root: etree._Element) -> str:
    return root.find(f"{OAI}error").get("code")


def said(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{OAI}{name}")]


def texts_of(root: etree._Element, name: str) -> list[str]:
    return [element.text or "" for element in root.iter(f"{DC}{name}")]


def identifier(publication: Publication) -> str:
    return f"oai:127.0.0.1:{publication.uid}"


# The verbs


def test_identify(ask, clock):
    make_live(published_at=datetime(2014, 3, 1, tzinfo=UTC))

    root = ask(verb="Identify")

    assert said(root, "repositoryName") == ["Stockholm Centre for Eastern European Studies"]
    assert said(root, "baseURL") == ["http://127.0.0.1:8000/oai"]
    assert (said(root, "deletedRecord"), said(root, "granularity")) == (
        ["persistent"],
        ["YYYY-MM-DDThh:mm:ssZ"],
    )
    assert said(root, "earliestDatestamp") == ["2026-05-03T10:00:30Z"]


def test_a_repository_with_a_name_of_its_own_says_how_its_identifiers_are_made(ask, settings):
    settings.SITE_URL = "https://pub.example.org"

    root = ask(verb="Identify")

    assert root.findtext(".//{*}repositoryIdentifier") == "pub.example.org"


def test_there_is_one_format(ask):
    edition = make_live()

    for arguments in ({}, {"identifier": identifier(edition.publication)}):
        assert said(ask(verb="ListMetadataFormats", **arguments), "metadataPrefix") == ["oai_dc"]


def test_sets_are_the_kinds_and_languages_of_what_was_public(ask):
    make_live(kind="report")
    make_publication(kind="commentary", language="uk")
    actions.withdraw(make_live(language="pl").publication, by=None)

    assert said(ask(verb="ListSets"), "setSpec") == [
        "kind-quick-comment", "kind-report", "language-en", "language-pl"
    ]  # fmt: skip


def test_a_record_tells_what_the_page_does(ask, clock):
    ann, bo = make_author("Ann Berg"), make_author("Bo Ek")
    publication = make_publication(
        title="On Minsk & <more>", slug="m", summary="So.", by=[ann, bo], kind="report", tags=(make_tag("Aid"),), doi="10.1234/x"
    )  # fmt: skip
    publication.bylines.filter(author=bo).update(role=BylineRole.EDITOR)
    actions.publish(publication, by=None)

    root = ask(verb="GetRecord", identifier=identifier(publication), metadataPrefix="oai_dc")

    assert said(root, "datestamp") == ["2026-05-03T10:00:30Z"] and said(root, "setSpec") == [
        "kind-report",
        "language-en",
    ]
    assert [(each.tag.removeprefix(DC), each.text) for each in root.find(".//{*}dc")] == [
        ("title", "On Minsk & <more>"), ("creator", "Berg, Ann"), ("contributor", "Ek, Bo"), ("subject", "Aid"),
        ("description", "So."), ("publisher", "Stockholm Centre for Eastern European Studies"), ("date", "2026-05-03"),
        ("type", "Report"), ("type", "Text"), ("format", "text/html"),
        ("identifier", "http://127.0.0.1:8000/en/publications/m/"), ("identifier", "https://doi.org/10.1234/x"),
        ("language", "en"),
    ]  # fmt: skip


def test_identifiers_are_listed_without_records(ask):
    edition = make_live()

    root = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")

    assert said(root, "identifier") == [identifier(edition.publication)]
    assert not texts_of(root, "title")


def test_questions_may_be_posted(client, schema):
    make_live(title="Posted")

    response = client.post("/oai", LIST)

    root = etree.fromstring(response.content)
    schema.assertValid(root)
    assert texts_of(root, "title") == ["Posted"]


# What is wrong


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
def test_each_fault_has_its_code(client, schema, code, query):
    uid = make_live().publication.uid

    response = client.get("/oai?" + query.format(known=f"oai:127.0.0.1:{uid}", uid=uid, bare=uid.hex))

    root = etree.fromstring(response.content)
    schema.assertValid(root)
    assert (response.status_code, error(root)) == (200, code)


def test_an_empty_repository_says_so(ask):
    assert error(ask(verb="ListSets")) == "noSetHierarchy"
    assert error(ask(**LIST)) == "noRecordsMatch"


def test_the_request_is_repeated_with_its_arguments_unless_they_were_wrong(ask):
    make_live()

    fine, wrong = ask(**LIST).find(f"{OAI}request"), ask(verb="Identify", set="x").find(f"{OAI}request")

    assert (dict(fine.attrib), fine.text) == (LIST, "http://127.0.0.1:8000/oai")
    assert not wrong.attrib


@pytest.mark.parametrize(
    "token", ["", "AAAA", "e30", "bnVsbA", "WzEsMiwzLDQsNV0", "x" * 10_000, "ééé", "\x00"]
)
def test_no_token_of_others_is_taken(token):
    assert _read_token(token) is None


# Exactly to the second


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_what_waits_is_there_at_its_second_with_that_datestamp(ask, clock):
    moment = START + timedelta(hours=1)
    publication = make_publication(title="Later")
    actions.publish(publication, by=None, at=moment)

    clock.move_to(moment - timedelta(microseconds=1))
    before = ask(**LIST), ask(verb="GetRecord", identifier=identifier(publication), metadataPrefix="oai_dc")
    clock.move_to(moment)
    after = ask(**LIST)

    assert [error(each) for each in before] == ["noRecordsMatch", "idDoesNotExist"]
    assert (texts_of(after, "title"), said(after, "datestamp")) == (["Later"], [at(moment)])


def test_what_ends_by_itself_is_deleted_at_its_second(ask, clock):
    moment = START + timedelta(hours=1)
    publication = make_publication(title="Short-lived")
    actions.publish(publication, by=None, until=moment)

    clock.move_to(moment)
    root = ask(**LIST)

    header = root.find(f".//{OAI}header")
    assert header.get("status") == "deleted" and said(root, "datestamp") == [at(moment)]
    assert "Short-lived" not in etree.tostring(root, encoding="unicode")


def test_what_is_withdrawn_is_deleted_for_ever_and_tells_nothing(ask, clock):
    publication = make_live(title="Gone").publication
    clock.shift(timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(days=9000))

    for arguments in (
        LIST,
        {"verb": "GetRecord", "identifier": identifier(publication), "metadataPrefix": "oai_dc"},
    ):
        root = ask(**arguments)
        assert root.find(f".//{OAI}header").get("status") == "deleted"
        assert said(root, "datestamp") == ["2026-05-03T11:00:30Z"]
        assert root.find(f".//{OAI}metadata") is None


def test_what_comes_back_is_a_record_again(ask, clock):
    publication = make_live(title="Gone").publication
    clock.shift(timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(hours=1))
    actions.publish(saved(publication, title="Back"), by=None)

    root = ask(**LIST)

    assert (texts_of(root, "title"), said(root, "datestamp")) == (["Back"], ["2026-05-03T12:00:30Z"])


def test_an_item_is_the_live_edition_whatever_came_before_or_waits(ask, clock):
    publication = make_live(title="First").publication
    clock.shift(timedelta(hours=1))
    actions.publish(saved(publication, title="Second"), by=None)
    actions.publish(saved(publication, title="Third"), by=None, at=START + timedelta(days=1))
    clock.shift(timedelta(hours=1))

    root = ask(**LIST)

    assert (texts_of(root, "title"), said(root, "datestamp")) == (["Second"], ["2026-05-03T11:00:30Z"])


def test_a_cancelled_piece_never_was(ask, clock):
    publication = make_publication()
    actions.publish(publication, by=None, at=START + timedelta(hours=1))
    actions.withdraw(publication, by=None)
    clock.shift(timedelta(days=1))

    assert error(ask(**LIST)) == "noRecordsMatch"


def test_bounds_are_whole_seconds_and_belong_to_the_list(ask, clock):
    clock.move_to(START + timedelta(microseconds=900_000))
    make_live()

    found = {
        (since, until): ask(**LIST, from_=at(START + timedelta(seconds=since)), until=at(START + timedelta(seconds=until)))
        for since, until in ((0, 0), (-1, 0), (0, 1), (1, 2), (-2, -1))
    }  # fmt: skip

    assert {key for key, root in found.items() if root.find(f"{OAI}error") is None} == {
        (0, 0),
        (-1, 0),
        (0, 1),
    }


def test_a_day_is_a_bound_too(ask, clock):
    make_live()

    assert len(said(ask(**LIST, from_="2026-05-03", until="2026-05-03"), "datestamp")) == 1
    assert error(ask(**LIST, from_="2026-05-04")) == "noRecordsMatch"
    assert error(ask(**LIST, until="2026-05-02")) == "noRecordsMatch"


def test_sets_narrow_the_list(ask):
    make_live(title="Report", kind="report")
    make_live(title="Українська", language="uk")

    assert texts_of(ask(**LIST, set="kind-report"), "title") == ["Report"]
    assert texts_of(ask(**LIST, set="language-uk"), "title") == ["Українська"]


def test_a_redaction_is_a_change(ask, clock):
    publication = make_live(title="On Smithson", body="Smithson said so.").publication
    clock.shift(timedelta(hours=1))
    actions.redact(publication, "Smithson", by=None)

    root = ask(**LIST, from_=at(START + timedelta(minutes=1)))

    assert (texts_of(root, "title"), said(root, "datestamp")) == (["On [redacted]"], ["2026-05-03T11:00:30Z"])


@pytest.mark.parametrize("changed", [{"family_name": "Ann"}, {"name": "A. B.", "is_pseudonymous": True}])
def test_another_name_of_an_author_is_a_change(ask, clock, changed):
    author = make_author("Berg Ann")
    make_live(title="Signed", by_whom=author)
    make_live(title="Other")
    clock.shift(timedelta(hours=1))
    for name, value in changed.items():
        setattr(author, name, value)
    actions.save_instance(author, by=None)

    root = ask(**LIST, from_=at(START + timedelta(minutes=1)))

    assert texts_of(root, "title") == ["Signed"]
    assert "Berg Ann" not in texts_of(root, "creator")


def test_the_address_of_the_keeper_is_told_without_a_name(ask, settings):
    settings.DEFAULT_FROM_EMAIL = "The desk <desk@site.example>"

    assert said(ask(verb="Identify"), "adminEmail") == ["desk@site.example"]


def test_an_empty_identifier_is_one_that_names_nothing(ask):
    assert error(ask(verb="ListMetadataFormats", identifier="")) == "idDoesNotExist"


@pytest.mark.parametrize("renamed", ["tag", "kind"])
def test_a_new_name_of_what_the_record_tells_is_a_change(ask, clock, renamed):
    tag = make_tag("Aid")
    make_live(title="Named", tags=(tag,), kind="commentary")
    make_live(title="Other")
    clock.shift(timedelta(hours=1))
    thing = {"tag": tag, "kind": Kind.objects.get(slug="commentary")}[renamed]
    setattr(thing, "name" if renamed == "tag" else "name_en", "Renamed")
    actions.save_instance(thing, by=None)

    root = ask(**LIST, from_=at(START + timedelta(minutes=1)))

    assert texts_of(root, "title") == ["Named"]
    assert "Renamed" in [*texts_of(root, "subject"), *texts_of(root, "type")]


# Page by page


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(repository, "PAGE_ITEMS", 3)


def pages(ask, between=None, **arguments: str):
    """All pages of a list, with something done between the first two."""
    root = ask(**{**LIST, **arguments})
    yield root
    while token := root.findtext(f".//{OAI}resumptionToken"):
        if between:
            between()
            between = None
        root = ask(verb="ListRecords", resumptionToken=token)
        yield root


def test_all_come_once_and_the_last_page_says_so(ask, small_pages):
    made = [make_live().publication for _n in range(7)]

    found = list(pages(ask))

    assert [len(said(root, "header")) for root in found] == [3, 3, 1]
    assert [identifier(publication) for publication in made] == [
        each for root in found for each in said(root, "identifier")
    ]
    assert found[-1].find(f".//{OAI}resumptionToken") is not None


def test_a_list_of_one_page_has_no_token(ask, small_pages):
    for _n in range(3):
        make_live()

    assert [root.find(f".//{OAI}resumptionToken") for root in pages(ask)] == [None]


def test_many_of_one_instant_come_once(ask, small_pages, clock):
    make_many(10, author=make_author(), tag=make_tag())

    found = [each for root in pages(ask) for each in said(root, "identifier")]

    assert len(found) == len(set(found)) == 11


def test_a_token_survives_what_happens_meanwhile(ask, small_pages, clock):
    made = []
    for _n in range(7):
        made.append(make_live().publication)
        clock.shift(timedelta(seconds=1))

    def between() -> None:
        clock.shift(timedelta(hours=1))
        actions.withdraw(made[0], by=None)
        actions.publish(saved(made[4], title="Changed"), by=None)
        made.append(make_live(title="New").publication)

    found = list(pages(ask, between))

    order = [each for root in found for each in said(root, "identifier")]
    seen = [made[n] for n in (0, 1, 2, 3, 5, 6, 0, 4, 7)]
    assert order == [identifier(publication) for publication in seen]
    assert [title for root in found for title in texts_of(root, "title")][-2:] == ["Changed", "New"]


def test_a_token_keeps_what_was_asked_for(ask, small_pages):
    for _n in range(4):
        make_live(kind="report")
        make_live()

    assert sum(len(said(root, "header")) for root in pages(ask, set="kind-report")) == 4


def test_pages_ask_the_same_at_a_thousand_pieces(client):
    identifiers = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": "language-en"}
    paths = [f"/oai?{urlencode(query)}" for query in (LIST, identifiers)]
    author, tag = make_author(), make_tag()
    make_many(5, author=author, tag=tag)
    few = count_queries_of_each(client, paths)

    make_many(1000, author=author, tag=tag)

    assert count_queries_of_each(client, paths) == few
    assert max(few.values()) <= 12
