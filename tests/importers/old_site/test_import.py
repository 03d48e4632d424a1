"""The made-up site comes in whole: every text with its words, date and authors, its files and pictures."""

import io
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from publications.importers.left_addresses import key_of_redirect
from publications.importers.mapping import parse_mapping
from publications.importers.mapping_yaml import render_mapping
from publications.importers.old_site import open_copy
from publications.importers.old_site.proposal import propose_rules
from publications.importers.run import ImportOptions, run_import
from publications.markup import render_markdown
from publications.models import Publication
from tests.old_site import answer_all, build_texts, write_warc

pytestmark = pytest.mark.django_db
LAYOUT_TYPES = ("text/css",)
CORRECTIONS = {"nyheter": {"kind": "quick-comment"}, "publikationer": {"kind": "commentary"}}
"""What a person changes in the proposed rules: the kinds, which no page names."""


LISTED = {
    "/", "/en/", "/sok/", "/kalender/", "/om-oss/kontakt/", "/om-oss/medarbetare/", "/extern", "/slinga",
    "/static/logo.png", "/globalassets/gammalt/bortglomd.pdf",
}  # fmt: skip
"""The addresses that the report lists: of pages that no rule fits, and of what leads nowhere."""


def words_of(text: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in text).split()


@pytest.fixture(scope="module")
def site_copy(tmp_path_factory):
    return write_warc(tmp_path_factory.mktemp("copy") / "site.warc.gz")


@pytest.fixture(scope="module")
def mapping(site_copy):
    """The proposed mapping as it is written to a file and read again, with the corrections."""
    proposed = parse_mapping(render_mapping(propose_rules(open_copy(site_copy))), name="site.yaml")
    return replace(proposed, pages=tuple(rule | CORRECTIONS.get(rule["name"], {}) for rule in proposed.pages))


@pytest.fixture
def report(site_copy, mapping):
    return run_import(ImportOptions(site_copy, mapping=mapping, language="sv"))


def test_every_text_comes_with_its_words_date_authors_and_files(report):
    publications = {
        publication.title: publication
        for publication in Publication.objects.prefetch_related("bylines__author", "attachments")
    }

    texts = build_texts()
    assert report.system == "Old site"
    assert set(publications) == {text.title for text in texts}
    for text in texts:
        publication = publications[text.title]
        rendered = render_markdown(publication.body, language=publication.language)
        assert words_of(rendered.text) == words_of(text.words)
        date = publication.published_at and timezone.localdate(publication.published_at)
        assert date == text.published_on
        assert sorted(publication.tags.names()) == sorted(text.tags)
        assert bool(publication.cover_id) == bool(text.picture)
        assert not text.summary or publication.summary == text.summary
        assert publication.language == text.language
        assert tuple(byline.author.name for byline in publication.bylines.all()) == text.authors
        assert len(publication.attachments.all()) == len(text.files)


def test_every_old_address_redirects_to_a_page_or_is_listed(client, site_copy, mapping):
    options = ImportOptions(site_copy, mapping=mapping, language="sv", publish=True, author="Östinstitutet")
    report = run_import(options)

    listed = {address for note in report.source_notes for address in note.items}
    without_date = [text for text in build_texts() if not text.published_on]
    held = {text.address for text in without_date}
    assert {file.source for file in report.files if not file.is_published} == held
    pictures = {
        address for address in answer_all() if any(f"bild-{text.number}." in address for text in without_date)
    }
    assert pictures and {*map(key_of_redirect, pictures)} <= {*map(key_of_redirect, listed)}
    held |= pictures
    for address, answer in answer_all().items():
        if answer.status == 404 or answer.content_type in LAYOUT_TYPES or address in held | listed:
            continue
        response = client.get(address)
        assert response.status_code in (200, 301), address
        assert response.status_code == 200 or client.get(response.headers["Location"]).status_code == 200, (
            address
        )
    assert {*map(key_of_redirect, listed)} - {*map(key_of_redirect, held)} == {*map(key_of_redirect, LISTED)}


def test_a_copy_that_ends_early_is_said_first_by_an_import_and_a_proposal(tmp_path, site_copy):
    whole, cut, rules = site_copy.read_bytes(), tmp_path / "cut.warc.gz", tmp_path / "rules.yaml"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    screen = io.StringIO()

    with pytest.raises(CommandError, match="ends within a record") as proposed:
        call_command("import_publications", str(cut), "--propose-mapping", str(rules), stdout=screen)
    with pytest.raises(CommandError) as imported:
        call_command(
            "import_publications",
            str(cut),
            "--mapping",
            str(rules),
            "--dry-run",
            "--processes=0",
            stdout=screen,
        )

    assert (proposed.value.returncode, imported.value.returncode, rules.exists()) == (3, 3, True)
    assert "mend or move away 1 file that was refused" in " ".join(screen.getvalue().split())


def test_a_second_import_changes_nothing(report, site_copy, mapping):
    again = run_import(ImportOptions(site_copy, mapping=mapping, language="sv"))

    assert {file.outcome.value for file in again.files} == {"unchanged"}
