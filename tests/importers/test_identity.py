"""What an import file says about identity changes no publication that the import did not make, and loses no field."""

from pathlib import Path

import pytest

from publications import actions
from publications.demonstration.load import CONTENT
from publications.importers.manuscripts import import_manuscript
from publications.importers.report import FileOutcome
from publications.manuscript import dumps, read
from publications.models import Publication, manuscript_of
from tests.blogs import import_blog, texts_of
from tests.factories import make_author, make_image, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

CLAIMS = {
    "uid": "uid: {uid}",
    "uid in capitals": "uid: {UID}",
    "slug": "slug: {slug}",
    "permalink": "permalink: /blog/{slug}.html",
    "url": "url: {address}",
    "redirect_from": "redirect_from: [{address}, /old/report/]",
    "aliases": "aliases:\n- {address}\n- /old/report/",
    "redirects": "former_paths: ['{address}', /old/report/]",
    "translation_of": "translation_of: {uid}",
    "related": "related: [{uid}]",
    "doi": "doi: 10.1234/report",
    "number": "number: 7",
}
FORMATS = {
    "foreign": "",
    "foreign, of another format": "format: standard\n",
    "ours": "format: 1\n",
    "ours, with a fault": "format: 1\nsummary: [\n",
    "ours, with a wrong field": "format: 1\nbylines: Ann\n",
    "ours, newer": "format: 99\n",
}
FILE = "---\ntitle: Another text\nkind: report\ndate: 2024-04-09\nsummary: Short.\nauthor: ann\n{claim}\n{format}---\nOther words.\n"


def make_report(*, is_live: bool) -> Publication:
    """A publication made at the desk with a value in every field and row."""
    report = make_publication(
        authors=[make_author("Ann Berg")], tags=(make_tag("EU"),), title="The report", slug="the-report",
        cover=make_image(), doi="10.1234/report", key_points="One.\nTwo.", internal_note="For colleagues.",
    )  # fmt: skip
    if is_live:
        actions.publish(report, by=None)
        report.refresh_from_db()
    actions.add_redirects(report, ["/old/report/"], by=None)
    actions.set_related_links(report, [make_publication()], by=None)
    return Publication.objects.get(pk=report.pk)


def everything_of(publication: Publication) -> dict[str, list[dict]]:
    """The row of a publication with all rows that belong to it."""
    rows = {"self": list(Publication.objects.filter(pk=publication.pk).values())}
    for name in (
        "bylines",
        "tagged",
        "attachments",
        "revisions",
        "editions",
        "redirects",
        "addresses",
        "related_links",
    ):
        rows[name] = list(getattr(publication, name).order_by("pk").values())
    return rows


def claim_of(names, publication: Publication) -> str:
    facts = {
        "uid": publication.uid, "UID": str(publication.uid).upper(), "slug": publication.slug,
        "address": f"/en/publications/{publication.slug}/",
    }  # fmt: skip
    return "\n".join(CLAIMS[name].format(**facts) for name in names)


def write_file(folder: Path, publication: Publication, *names: str, format: str) -> Path:
    folder.mkdir(exist_ok=True)
    text = FILE.format(claim=claim_of(names, publication), format=FORMATS[format])
    (folder / "a.md").write_text(text, encoding="utf-8")
    return folder


ALL_CLAIMS = [name for name in CLAIMS if name != "uid in capitals"]


CLAIMED = [*((name,) for name in CLAIMS), ALL_CLAIMS]
PAIRS = [
    pytest.param(names, format, (row + column) % 2 == 0, id=f"{'+'.join(names)}-{format}")
    for row, names in enumerate(CLAIMED)
    for column, format in enumerate(FORMATS)
]
"""Each claim in each format, about a live publication and a draft in turn."""


@pytest.mark.parametrize(("names", "format", "is_live"), PAIRS)
def test_no_claim_changes_a_publication_that_the_import_did_not_make(
    tmp_path, client, names, format, is_live
):
    report = make_report(is_live=is_live)
    before, response = everything_of(report), client.get("/en/publications/the-report/")

    for _run in range(2):
        import_blog(write_file(tmp_path / "blog", report, *names, format=format))

    assert everything_of(report) == before
    now = client.get("/en/publications/the-report/")
    assert (now.status_code, b"The report" in now.content) == (response.status_code, is_live)


@pytest.mark.parametrize("format", [name for name in FORMATS if name != "ours"])
def test_a_file_that_is_no_sound_manuscript_never_loses_a_field_of_what_an_import_made(tmp_path, format):
    folder = write_file(
        tmp_path / "blog", Publication(uid="6b1f6f0e-6d5c-5c0b-9a58-5f4d2d0c3a71"), "uid", format="ours"
    )
    import_blog(folder)
    made = Publication.objects.get()
    saved(made, cover=make_image(), doi="10.1234/report")
    before = everything_of(made)

    import_blog(write_file(tmp_path / "other", made, "uid", "slug", format=format))

    assert everything_of(made) == before


def test_the_withdrawn_page_of_a_publication_is_not_led_elsewhere(tmp_path, client):
    report = make_report(is_live=True)
    actions.withdraw(report, by=None)

    import_blog(write_file(tmp_path / "blog", report, "redirect_from", "slug", format="foreign"))

    assert client.get("/en/publications/the-report/").status_code == 410


def test_a_uid_in_a_foreign_file_is_left_out_and_reported(tmp_path):
    report = make_report(is_live=True)

    import_report = import_blog(write_file(tmp_path / "blog", report, "uid", format="foreign"))

    assert "format: 1" in texts_of(import_report, "manuscript")[0]
    assert (
        import_report.files[0].outcome is FileOutcome.NEW
        and Publication.objects.filter(title="Another text").exists()
    )


@pytest.mark.parametrize("format", ["ours, with a fault", "ours, with a wrong field", "ours, newer"])
def test_a_manuscript_of_ours_with_a_fault_is_refused_with_the_place_of_the_fault(tmp_path, format):
    import_report = import_blog(
        write_file(tmp_path / "blog", make_report(is_live=True), "uid", format=format)
    )

    (entry,) = import_report.files
    assert (
        entry.outcome is FileOutcome.REFUSED
        and "line " in entry.notes[0].text
        and "format" in entry.notes[0].text
    )


def test_a_manuscript_of_a_publication_made_at_the_desk_says_that_it_was_left_alone(tmp_path):
    report = make_report(is_live=True)

    import_report = import_blog(write_file(tmp_path / "blog", report, "uid", format="ours"))

    assert (
        import_report.files[0].outcome is FileOutcome.KEPT
        and "made at the desk" in texts_of(import_report, "kept")[0]
    )


def test_an_archive_of_what_the_desk_made_brings_no_news(tmp_path):
    report = make_report(is_live=False)
    (tmp_path / "a.md").write_text(dumps(manuscript_of(report)))

    import_report = import_blog(tmp_path)

    assert import_report.files[0].outcome is FileOutcome.UNCHANGED


def test_an_address_that_another_publication_has_is_not_taken_by_a_manuscript_either(tmp_path):
    report = make_report(is_live=True)

    import_report = import_blog(write_file(tmp_path / "blog", report, "slug", format="ours"))

    assert Publication.objects.get(title="Another text").slug == "the-report-2"
    assert texts_of(import_report, "address")


@pytest.mark.parametrize("path", sorted(CONTENT.glob("*/index.md")), ids=lambda path: path.parent.name)
def test_each_manuscript_of_the_demonstration_says_that_it_is_one(path):
    assert "\nformat: 1\n" in path.read_text(encoding="utf-8")


def test_the_demonstration_imported_over_itself_changes_nothing():
    path = CONTENT / "2026-10-08-svenskt-stod" / "index.md"
    text, files = read(path)
    publication = import_manuscript(
        text, {name: at.read_bytes() for name, at in files.items()}, by=None
    ).publication
    actions.publish(publication, by=None)
    before = everything_of(publication)

    import_blog(path.parent)

    assert everything_of(publication) == before


POST = "---\ntitle: {title}\ndate: 2024-04-09\nsummary: Short.\nauthor: ann\n---\n{body}\n"
GRAIN = "The harvest of grain in Moldova fell by half, as the drought in the south went on."


@pytest.mark.parametrize("is_published", [True, False])
def test_another_text_in_a_file_of_the_same_name_replaces_nothing(tmp_path, is_published):
    for folder, text in (
        ("first", POST.format(title="Grain", body=GRAIN)),
        ("second", POST.format(title="Rails", body="Kiruna loses its railway for years.")),
    ):
        path = tmp_path / folder / "texts" / "comment.md"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    import_blog(tmp_path / "first" / "texts", publish=is_published)

    report = import_blog(tmp_path / "second" / "texts", publish=is_published)

    publication = Publication.objects.get()
    assert (publication.title, publication.editions.count()) == ("Grain", int(is_published))
    assert report.files[0].outcome is FileOutcome.KEPT
    assert "“Grain” was imported from this file" in str(report.files[0].notes)


@pytest.mark.parametrize(
    ("title", "body"), [("Grain", "Kiruna loses its railway for years."), ("Rye", f"{GRAIN} More.")]
)
def test_a_later_version_of_a_text_keeps_its_title_or_some_of_its_words(tmp_path, title, body):
    path = tmp_path / "texts" / "comment.md"
    path.parent.mkdir()
    for text in (POST.format(title="Grain", body=GRAIN), POST.format(title=title, body=body)):
        path.write_text(text)
        import_blog(path.parent)

    publication = Publication.objects.get()
    assert (publication.title, publication.body.strip()) == (title, body)
