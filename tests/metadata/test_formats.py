"""The formats of a record: each is parsed back to the same title, authors, date and address."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
import yaml
from hypothesis import given
from hypothesis import strategies as st

from publications import actions
from publications.metadata import RECORD_FORMATS, REFERENCE_FORMATS, Record, citations, parse_name
from publications.metadata.record import Contributor, Correction, RecordFile, TranslationLink
from publications.models import (
    BylineRole,
    Edition,
    EditionWithRows,
    Kind,
    SiteSettings,
    read_site_state,
    site_settings,
    site_state_scope,
)
from tests.conftest import ROOT
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.reference_readers import PARSERS, ParsedReference

CENTRE = "Stockholm Centre for Eastern European Studies"
RECORD = Record(
    title="Moldova votes for the EU",
    language="en",
    locale="en",
    url="https://example.org/en/publications/moldova/",
    kind="Quick Comment",
    label="Quick Comment",
    published_on=date(2026, 5, 3),
    first_published_at=datetime(2026, 5, 3, tzinfo=UTC),
    publisher=CENTRE,
    publisher_short="SCEEUS",
    publisher_url="https://example.org/en/",
    authors=(Contributor(parse_name("Ann-Charlotte Berg")), Contributor(parse_name("Bo Ek"))),
    key="berg2026-en-moldova",
)
REPORT = replace(RECORD, kind="Report", label="SCEEUS Report No 1, 2026", number="1/2026", is_report=True)


WHOLE_RECORD = replace(
    REPORT,
    title="Moldova & its neighbours: what “more for more” means for the EU",
    number="1/2026",
    authors=(
        Contributor(
            parse_name("Ann-Charlotte Berg"),
            url="https://example.org/en/authors/ann-charlotte-berg/",
            orcid="0000-0002-1825-0097",
            profile_urls=("https://orcid.org/0000-0002-1825-0097", "https://example.social/@ann"),
            title="Analyst",
            affiliation="SCEEUS",
        ),
        Contributor(parse_name("Bo Ek")),
    ),
    editors=(Contributor(parse_name("Cilla Dahl")),),
    contributors=(Contributor(parse_name("Research Unit", is_organisation=True), is_organisation=True),),
    summary="What happened, and what to make of it.",
    doi="10.1000/xyz123",
    isbn="978-91-987654-3-2",
    external_url="https://elsewhere.example/text/",
    keywords=("Energy", "Moldova"),
    translations=(
        TranslationLink(
            "sv", "Moldavien", "https://example.org/sv/publikationer/moldavien/", is_original=False
        ),
    ),
    corrections=(Correction("The year was wrong.", datetime(2026, 5, 4, tzinfo=UTC)),),
    modified_at=datetime(2026, 5, 4, tzinfo=UTC),
    license_url="https://creativecommons.org/licenses/by/4.0/",
    files=(RecordFile("https://example.org/files/report.pdf", "application/pdf", 1000, "Report"),),
    word_count=5,
    edition_with_rows=EditionWithRows(
        edition=Edition(
            kind=Kind(),
            language="en",
            summary="What happened, and what to make of it.",
            key_points="First.\nSecond.",
            html="<h2>Votes</h2><p>The <em>first</em> paragraph.</p>",
        )
    ),
)
"""A record with everything that a record may have."""


def contributors(*names: str) -> tuple[Contributor, ...]:
    return tuple(Contributor(parse_name(name)) for name in names)


def plain_text(html: str) -> str:
    return (
        html.replace("<i>", "")
        .replace("</i>", "")
        .replace("<span>", "")
        .replace("</span>", "")
        .replace("&amp;", "&")
    )


def reference(style: str, record: Record) -> str:
    return next(plain_text(citation.html) for citation in citations(record) if citation.style == style)


# Names


@pytest.mark.parametrize(
    ("full", "inverted"),
    [
        ("Ann Berg", "Berg, Ann"),
        ("Ann-Charlotte B. Åkesson", "Åkesson, Ann-Charlotte B."),
        ("Lukas van der Berg", "van der Berg, Lukas"),
        ("Ursula von der Leyen", "von der Leyen, Ursula"),
        ("Олександр Іваненко", "Іваненко, Олександр"),
        ("Martin Luther King Jr.", "King, Martin Luther, Jr."),
        ("Ann Berg, PhD", "Berg, Ann, PhD"),
        ("Cher", "Cher"),
        ("  Ann \n Berg ", "Berg, Ann"),
    ],
)
def test_a_name_is_inverted(full, inverted):
    assert parse_name(full).inverted == inverted


@pytest.mark.parametrize(
    ("full", "family", "inverted"),
    [
        ("María García López", "García López", "García López, María"),
        ("Kim Jong-un", "Kim", "Kim, Jong-un"),
        ("SCEEUS Editorial Team", "SCEEUS Editorial Team", "SCEEUS Editorial Team"),
        ("Ann Ek", "Berg", "Ek, Ann"),
    ],
)
def test_a_stored_family_name_is_used_if_the_byline_has_it(full, family, inverted):
    assert parse_name(full, family).inverted == inverted


def test_double_names_have_double_initials():
    assert parse_name("Ann-Charlotte Britt Berg").initials == "A.-C. B."


# Formats

DIFFICULT_RECORDS = {
    "plain": RECORD,
    "report": REPORT,
    "quotes": replace(RECORD, title="“Friends”, says 'Beijing' and \"Moscow\" – ''again'' `so`"),
    "braces": replace(RECORD, title="Of {braces} and } one that { is alone \\"),
    "specials": replace(RECORD, title="5 % & 10 $ #1 under_score ~ ^ <b> | a--b---c ?` !` ,, x"),
    "capitals": replace(RECORD, title="iPhones, the EU and NATO's eFP in Україна"),
    "cyrillic": replace(RECORD, title="Чому Європа мовчить", authors=contributors("Олександр Іваненко", "Жанна д’Арк")),
    "arabic": replace(RECORD, title="لماذا تصمت أوروبا", language="ar"),
    "lines": replace(RECORD, title="Two\nlines\r\n AB  - not a field", summary="One.\n\nTI  - Two."),
    "no author": replace(RECORD, authors=()),
    "an organisation": replace(RECORD, authors=(Contributor(parse_name("Research and Development Inc", "Research and Development Inc")),)),
    "and in a name": replace(RECORD, authors=contributors("Ann And Berg", "Bo Sand", "Lukas van der Berg", "Ann Berg, PhD")),
    "specials in names": replace(RECORD, authors=contributors("Ann B&B", "Bo {Ek}", "C_D E%F", "Q \"X\" Y")),
    "many": replace(RECORD, authors=contributors(*(f"Ann{n} Berg{n}" for n in range(60)))),
    "an odd address": replace(RECORD, url="https://example.org/sv/publikationer/%D1%87%D0%BE_%25-a~b/"),
    "doi": replace(RECORD, doi="10.1002/(SICI)1097-0258(19980815)17:15_a;b#c%d"),
}  # fmt: skip


def expected(record: Record) -> ParsedReference:
    return ParsedReference(
        " ".join(record.title.split()),
        [name.inverted for name in record.creators],
        record.published_on,
        record.url,
        record.doi,
    )


@pytest.mark.parametrize("extension", PARSERS)
@pytest.mark.parametrize("record", DIFFICULT_RECORDS.values(), ids=DIFFICULT_RECORDS)
def test_every_format_can_be_parsed(record, extension):
    read = PARSERS[extension](RECORD_FORMATS[extension].render(record))

    assert replace(read, title=" ".join(read.title.split())) == expected(record)


@given(
    title=st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=["C", "Z"]) | st.just(" "), min_size=1
    )
)
def test_any_printable_title_can_be_parsed(title):
    record = replace(RECORD, title=f"x {title}")

    for extension, read in PARSERS.items():
        rendered = RECORD_FORMATS[extension].render(record)
        assert " ".join(read(rendered).title.split()) == expected(record).title, extension


@pytest.mark.parametrize("extension", RECORD_FORMATS)
def test_every_format_of_the_record_equals_its_golden_file(extension):
    """To see what a format makes of the record, write `render(...)` to the file and read it."""
    golden = ROOT / f"tests/samples/records/report.{extension}"

    assert RECORD_FORMATS[extension].render(WHOLE_RECORD) == golden.read_bytes().decode()


# Citations


def test_apa():
    assert reference("APA 7", RECORD) == (
        f"Berg, A.-C., & Ek, B. (2026, May 3). Moldova votes for the EU [Quick Comment]. {CENTRE}. {RECORD.url}"
    )
    assert reference("APA 7", REPORT) == (
        f"Berg, A.-C., & Ek, B. (2026). Moldova votes for the EU (SCEEUS Report No 1, 2026). {CENTRE}. {RECORD.url}"
    )


def test_chicago():
    assert reference("Chicago 17", RECORD) == (
        "Berg, Ann-Charlotte, and Bo Ek. 2026. “Moldova votes for the EU.” Quick Comment. "
        f"{CENTRE}, May 3, 2026. {RECORD.url}"
    )
    assert reference("Chicago 17", REPORT) == (
        "Berg, Ann-Charlotte, and Bo Ek. 2026. Moldova votes for the EU. SCEEUS Report No 1, 2026. "
        f"{CENTRE}. {RECORD.url}"
    )


def test_harvard():
    assert reference("Harvard", RECORD) == (
        "Berg, A.-C. and Ek, B. (2026) Moldova votes for the EU. Quick Comment, 3 May. "
        f"{CENTRE}. Available at: {RECORD.url}"
    )


@pytest.mark.parametrize(
    ("style", "start"), [("APA 7", f"{CENTRE}. (2026"), ("Chicago 17", f"{CENTRE}. 2026."), ("Harvard", f"{CENTRE} (2026)")]
)  # fmt: skip
def test_without_an_author_the_publisher_is_one(style, start):
    assert reference(style, replace(RECORD, authors=())).startswith(start)


def test_apa_names_a_publisher_that_is_the_author_once():
    assert reference("APA 7", replace(RECORD, authors=())).count(CENTRE) == 1


def test_many_authors_are_shortened_by_each_style():
    record = replace(RECORD, authors=contributors(*(f"Ann Berg{n}" for n in range(1, 26))))

    assert "Berg19, A., . . . Berg25, A. (2026" in reference("APA 7", record)
    assert "Ann Berg7, et al. 2026." in reference("Chicago 17", record)
    assert reference("Harvard", record).startswith("Berg1, A. et al. (2026)")


@pytest.mark.parametrize("title", ["Why?", "Now!", "So…", "“Why?”"])
def test_a_title_that_ends_in_an_end_mark_gets_no_full_stop(title):
    record = replace(REPORT, title=title)

    assert f"{title} SCEEUS Report" in reference("Harvard", record)


def test_quotation_marks_within_a_title_become_single_in_chicago():
    assert "“A ‘friend’ of ours.” Quick" in reference(
        "Chicago 17", replace(RECORD, title="A “friend” of ours")
    )


@pytest.mark.parametrize("style", ["APA 7", "Chicago 17", "Harvard"])
def test_the_address_of_a_citation_is_decoded(style):
    record = replace(RECORD, url="https://example.org/sv/publikationer/%C3%A4mne-50%25/")

    assert reference(style, record).endswith("https://example.org/sv/publikationer/ämne-50%25/")


def test_a_doi_replaces_the_address():
    assert reference("APA 7", replace(RECORD, doi="10.1234/x")).endswith(
        f"{CENTRE}. https://doi.org/10.1234/x"
    )


def test_titles_are_escaped():
    html = citations(replace(RECORD, title="<script>"))[0].html

    assert "<script>" not in html and "&lt;script&gt;" in html


# Responses


@pytest.mark.django_db
@pytest.mark.parametrize("extension", PARSERS)
def test_a_live_publication_has_every_format(client, extension):
    edition = make_live(title="On Minsk & “more”", author=make_author("Ann Berg"), published_at=datetime(2026, 5, 3, 22, 30, tzinfo=UTC))  # fmt: skip

    response = client.get(f"/en/publications/on-minsk-more.{extension}")

    assert response["Content-Type"] == f"{REFERENCE_FORMATS[extension].media_type}; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="on-minsk-more.{extension}"'
    assert PARSERS[extension](response.content.decode()) == ParsedReference(
        "On Minsk & “more”",
        ["Berg, Ann"],
        date(2026, 5, 4),
        f"http://127.0.0.1:8000{edition.get_absolute_url()}",
    )


@pytest.mark.django_db
@pytest.mark.parametrize("extension", RECORD_FORMATS)
def test_a_format_is_answered_like_its_page(client, extension):
    edition = make_live(slug="first")
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=1)):
        actions.publish(saved(edition.publication, slug="second"), by=None)
        redirect = client.get(f"/en/publications/first.{extension}")
        actions.withdraw(edition.publication, by=None)
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        gone = client.get(f"/en/publications/second.{extension}")

    assert (redirect.status_code, redirect["Location"]) == (301, f"/en/publications/second.{extension}")
    assert gone.status_code == 410
    assert client.get(f"/en/publications/nowhere.{extension}").status_code == 404


@pytest.mark.django_db
def test_a_superseded_edition_is_cited_at_its_own_address(client):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        edition = make_live(title="Before", slug="piece")
        clock.shift(timedelta(hours=1))
        actions.publish(saved(edition.publication, title="After"), by=None)

        first, second = (
            client.get(f"/en/publications/piece/editions/{n}.ris").content.decode() for n in (1, 2)
        )

    assert (
        "TI  - Before\r\n" in first
        and "UR  - http://127.0.0.1:8000/en/publications/piece/editions/1/\r\n" in first
    )
    assert "TI  - After\r\n" in second and "UR  - http://127.0.0.1:8000/en/publications/piece/\r\n" in second


@pytest.mark.django_db
def test_an_unchanged_format_is_answered_with_304(client):
    address = make_live().get_absolute_url().rstrip("/") + ".bib"
    response = client.get(address)

    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 304


@pytest.mark.django_db
def test_roles_names_and_topics_are_those_of_the_page(client):
    ann, pen, bo = (
        make_author("Ann Berg", family_name="Ann Berg"),
        make_author("Pen Name", is_pseudonymous=True),
        make_author("Bo Ek"),
    )
    publication = make_publication(authors=[pen, ann, bo], tags=(make_tag("Belarus"), make_tag("Aid")), slug="p", doi="10.1234/x", isbn="978-3-16-148410-0")  # fmt: skip
    publication.bylines.filter(author=bo).update(role=BylineRole.EDITOR)
    actions.publish(publication, by=None)

    ris = client.get("/en/publications/p.ris").content.decode()

    assert "AU  - Name, Pen\r\nAU  - Ann Berg\r\nED  - Ek, Bo\r\n" in ris
    assert "DO  - 10.1234/x\r\nSN  - 978-3-16-148410-0\r\n" in ris and "KW  - Aid\r\nKW  - Belarus\r\n" in ris


@pytest.mark.django_db
def test_markdown_has_the_record_as_front_matter(client):
    image = make_image(size=(1000, 500), alt_en="A port")
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        edition = make_live(
            title="On *Minsk*: more", slug="p", kind="guest-commentary", author=make_author("Ann Berg"), tags=(make_tag("Aid"),),
            key_points="One.\nTwo.", summary="So.", body=f"First [us](/en/).[^1]<!-- hidden -->\n\n![](image:{image.key})\n\n[^1]: Note.",
        )  # fmt: skip
        clock.shift(timedelta(days=1))
        publication = saved(edition.publication, body=edition.body + "\n\n    More.")
        actions.publish(publication, by=None, change="correction", note="It was <Brest>.")

        response = client.get("/en/publications/p.md")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response["Link"] == '<http://127.0.0.1:8000/en/publications/p/>; rel="canonical"'
    _, front, text = response.content.decode().split("---\n", 2)
    assert yaml.safe_load(front) == {
        "title": "On *Minsk*: more", "type": "Guest Commentary", "authors": ["Ann Berg"], "date": date(2026, 5, 3), "language": "en",
        "publisher": CENTRE, "url": "http://127.0.0.1:8000/en/publications/p/", "topics": ["Aid"], "edition": 2,
    }  # fmt: skip
    assert text.startswith(
        "\n# On \\*Minsk\\*: more\n\nSo.\n\n**Key points**\n\n- One.\n- Two.\n\nFirst [us](http://127.0.0.1:8000/en/).[^1]"
    )
    assert f"](http://127.0.0.1:8000/media/{image.key}/1000.jpg)" in text and "hidden" not in text
    assert "[^1]: Note." in text and "endorsement.*" in text
    assert text.endswith("## Corrections\n\n- 4 May 2026: It was &lt;Brest&gt;.\n")


@pytest.mark.django_db
def test_a_response_from_cached_settings_has_the_etag_of_their_version(client, editor):
    edition = make_live()
    address = edition.get_absolute_url().rstrip("/") + ".csl.json"
    with site_state_scope(read_site_state()):
        site_settings()  # as another page remembers it
        site = SiteSettings.objects.get()
        site.name_en = "New Centre"
        actions.save_instance(site, by=editor)
        old = client.get(address)

    with site_state_scope(read_site_state()):
        new = client.get(address, headers={"If-None-Match": old["ETag"]})

    assert "New Centre" not in old.text and new.status_code == 200 and "New Centre" in new.text
