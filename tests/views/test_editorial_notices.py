"""Retracted and doubted publications are marked wherever readers and programs find them, and others are not.

OUTPUTS lists the places; those of `FORMATS` come from that table, so that a format added there is tested as well.
"""

import io
import json
import re
from html import unescape
from urllib.parse import quote

import pypdf
import pytest

from publications import actions
from publications.metadata import FORMATS, build_record
from publications.models import (
    Attachment,
    Edition,
    EditionWithRows,
    EditorialStatus,
    Publication,
    SiteSettings,
    store_original,
)
from publications.presentation import social_image_of
from tests.factories import make_author, make_live, make_publication, make_tag, saved

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_renditions")]

PREFIXES = {
    (EditorialStatus.RETRACTED, "en"): "RETRACTED",
    (EditorialStatus.RETRACTED, "sv"): "ÅTERKALLAD",
    (EditorialStatus.CONCERN, "en"): "EXPRESSION OF CONCERN",
    (EditorialStatus.CONCERN, "sv"): "FÖRBEHÅLL",
}
STATUS_ACTIONS = {
    EditorialStatus.RETRACTED: actions.retract,
    EditorialStatus.CONCERN: actions.express_concern,
}
REASON = "Zymurgy figures"
ATTACHED = b"%PDF-1.4 as it was printed"
WITH_FILES = {
    "page",
    "earlier edition",
    "API, publication",
    "format md",
    "format jsonld",
    "feed atom",
    "feed json",
}
"""Outputs that name attached files."""
LONG_TEXT = "\n\n".join(f"Paragraph {n} about grain. {'Rye and oats. ' * 30}" for n in range(40))


def make_marked(status: EditorialStatus | None, language: str) -> Edition:
    """Return the live edition, of two, of a publication to which another one is related."""
    author, tag = make_author("Ann Ek"), make_tag("Grain")
    publication = make_publication(
        title="Grainstorm", body=LONG_TEXT, language=language, authors=[author], tags=(tag,), kind="report"
    )
    Attachment.objects.create(
        publication=publication,
        original=store_original(ATTACHED, "pdf"),
        filename="designed.pdf",
        label="The print",
        size=len(ATTACHED),
    )
    saved(publication)
    actions.publish(publication, by=None)
    actions.publish(saved(publication, body=f"{LONG_TEXT} More."), by=None)
    if status:
        STATUS_ACTIONS[status](publication, by=None, note=f"{REASON}.")
    other = make_live(title="Other", language=language).publication
    actions.set_related_links(other, [publication], by=None)
    return Publication.objects.get(pk=publication.pk).editions.live().get()


def fetch(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return b"".join(response) if response.streaming else response.content


def plain(content: bytes) -> str:
    """Return the text of a response without the escapes and braces of its format."""
    text = content.decode()
    if text.lstrip().startswith(("{", "[")):
        text = json.dumps(json.loads(text), ensure_ascii=False)
    text = unescape(unescape(text))
    return re.sub(r"[{}\\]", "", re.sub(r"\s+", " ", text))


def base_of(edition: Edition) -> str:
    return edition.get_absolute_url().rstrip("/")


def record_path(extension: str, number: int | None = None):
    def path(edition: Edition) -> str:
        return (
            f"{base_of(edition)}/editions/{number}.{extension}"
            if number
            else f"{base_of(edition)}.{extension}"
        )

    return path


def section(edition: Edition) -> str:
    return edition.get_absolute_url().rsplit("/", 2)[0]


OUTPUTS = {
    "page": lambda edition: edition.get_absolute_url(),
    "earlier edition": lambda edition: (
        f"{edition.get_absolute_url()}{'editions' if edition.locale == 'en' else 'utgavor'}/1/"
    ),
    "list of editions": lambda edition: (
        f"{edition.get_absolute_url()}{'editions' if edition.locale == 'en' else 'utgavor'}/"
    ),
    "home": lambda edition: f"/{edition.locale}/",
    "list": lambda edition: f"{section(edition)}/",
    "search": lambda edition: f"{section(edition)}/?q=grainstorm",
    "topic": lambda edition: f"/{edition.locale}/{'topics' if edition.locale == 'en' else 'amnen'}/grain/",
    "author": lambda edition: (
        f"/{edition.locale}/{'authors' if edition.locale == 'en' else 'forfattare'}/ann-ek/"
    ),
    "related publications": lambda edition: f"{section(edition)}/other/",
    "sharing": lambda edition: f"{edition.get_absolute_url()}share/mastodon/",
    "llms.txt": lambda _edition: "/llms.txt",
    "API, list": lambda _edition: "/api/v1/publications",
    "API, search": lambda _edition: "/api/v1/publications?q=grainstorm",
    "API, publication": lambda edition: f"/api/v1/publications/{edition.publication.uid}",
    "OAI-PMH": lambda _edition: "/oai?verb=ListRecords&metadataPrefix=oai_dc",
    **{
        f"format {extension}": record_path(extension)
        for extension, format in FORMATS.items()
        if format.applies_to == "publication" and extension not in ("pdf", "png")
    },
    **{
        f"feed {extension}": lambda edition, extension=extension: (
            f"/{edition.locale}/feeds/publications.{extension}"
        )
        for extension, format in FORMATS.items()
        if format.applies_to == "feed"
    },
}
"""By name, the address of each output of an edition. PDF and PNG are read by tests of their own."""

WITH_REASON = {
    "page", "earlier edition", "list of editions", "API, list", "API, publication", "OAI-PMH",
    *(name for name in OUTPUTS if name.startswith(("format", "feed"))),
}  # fmt: skip
"""Outputs that say why; the others have room for a title."""


@pytest.mark.parametrize(("status", "language"), PREFIXES)
def test_every_output_has_the_mark(client, status, language):
    edition, prefix = make_marked(status, language), PREFIXES[status, language]

    texts = {name: plain(fetch(client, path(edition))) for name, path in OUTPUTS.items()}

    assert [name for name, text in texts.items() if f"{prefix}: Grainstorm" not in _unmarked_up(text)] == []
    assert [name for name in WITH_REASON if REASON not in texts[name]] == []
    assert {name for name, text in texts.items() if "The print" in text} == WITH_FILES
    assert [
        name
        for name in WITH_FILES
        if texts[name].count("The print") > texts[name].count(f"{prefix}: The print")
    ] == []


def _unmarked_up(text: str) -> str:
    """Return a text without the tags around the words that a search has found."""
    return re.sub("</?mark>", "", text)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize("ended", ["never marked", "undone", "lifted"])
def test_no_output_has_the_mark_of_what_is_not_marked(client, language, ended):
    status = {"never marked": None, "undone": EditorialStatus.RETRACTED, "lifted": EditorialStatus.CONCERN}[
        ended
    ]
    edition = make_marked(status, language)
    if ended == "undone":
        actions.undo(edition.publication, by=None)
    if ended == "lifted":
        actions.lift_concern(edition.publication, by=None, note="Settled.")

    texts = {name: plain(fetch(client, path(edition))) for name, path in OUTPUTS.items()}

    prefixes = [prefix for (_status, other), prefix in PREFIXES.items() if other == language]
    assert [name for name, text in texts.items() if any(prefix in text for prefix in prefixes)] == []


@pytest.mark.parametrize(("status", "language"), PREFIXES)
def test_every_page_of_the_pdf_has_the_mark_and_the_first_the_reason(client, status, language):
    edition, prefix = make_marked(status, language), PREFIXES[status, language]

    for path in (record_path("pdf")(edition), OUTPUTS["list of editions"](edition) + "1.pdf"):
        pages = [
            " ".join(page.extract_text().split())
            for page in pypdf.PdfReader(io.BytesIO(fetch(client, path))).pages
        ]
        assert len(pages) > 2
        assert [prefix in page for page in pages] == [True] * len(pages)
        assert REASON in pages[0]


def test_the_pdf_of_what_is_not_marked_has_no_mark(client):
    edition = make_marked(None, "en")

    pdf = pypdf.PdfReader(io.BytesIO(fetch(client, record_path("pdf")(edition))))

    assert not any("RETRACTED" in page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize(("status", "language"), PREFIXES)
def test_the_social_image_and_its_alternative_text_have_the_mark(client, status, language):
    edition, prefix = make_marked(status, language), PREFIXES[status, language]

    page = fetch(client, edition.get_absolute_url()).decode()

    assert social_image_of(edition).title == f"{prefix}: Grainstorm"
    assert re.search(rf'og:image:alt" content="[^"]*{prefix}: Grainstorm"', page)


def test_every_format_is_read_by_a_test():
    covered = {name.partition(" ")[2] for name in OUTPUTS if name.startswith(("format ", "feed "))}

    assert covered | {"pdf", "png"} == set(FORMATS)


def test_programs_read_the_status_in_the_field_of_their_vocabulary(client):
    edition = make_marked(EditorialStatus.RETRACTED, "en")
    page = fetch(client, edition.get_absolute_url()).decode()

    graph = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])["@graph"]
    csl = json.loads(fetch(client, record_path("csl.json")(edition)))[0]
    api = json.loads(fetch(client, OUTPUTS["API, publication"](edition)))

    assert graph[0]["creativeWorkStatus"] == "Retracted"
    assert REASON in graph[0]["correction"][0]["text"]
    assert csl["status"] == "Retracted"
    assert (api["notice"]["status"], api["notice"]["note"]) == ("retracted", f"{REASON}.")
    assert quote("RETRACTED: Grainstorm") in page


def test_a_retracted_page_stays_readable_and_says_what_to_do_with_it(client):
    edition = make_marked(EditorialStatus.RETRACTED, "en")

    page = fetch(client, edition.get_absolute_url()).decode()

    assert "Paragraph 39 about grain." in page
    assert 'id="notice"' in page and "Do not rely on this text." in page
    assert "Retracted by Stockholm Centre for Eastern European Studies" in page


def test_the_record_leads_to_the_pdf_that_carries_the_mark():
    edition = make_marked(EditorialStatus.RETRACTED, "en")

    record = build_record(EditionWithRows.get(edition), site=SiteSettings.current())

    assert record.pdf.endswith("grainstorm.pdf")


@pytest.mark.parametrize("status", [None, EditorialStatus.RETRACTED, EditorialStatus.CONCERN])
def test_an_attached_file_is_sent_as_it_was_uploaded_under_a_name_with_the_mark(client, status):
    edition = make_marked(status, "en")
    page = fetch(client, edition.get_absolute_url()).decode()

    response = client.get(re.search(r'href="([^"]*/designed\.pdf)"', page)[1])

    name = f"{PREFIXES[status, 'en']} designed.pdf" if status else "designed.pdf"
    assert b"".join(response) == ATTACHED
    assert response.headers["Content-Disposition"] == f'inline; filename="{name}"'
    url = f"<http://127.0.0.1:8000{edition.get_absolute_url()}>"
    assert response.headers["Link"] == f'{url}; rel="describedby", {url}; rel="collection"; type="text/html"'
