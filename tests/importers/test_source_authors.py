"""Names of authors are public: no e-mail address is in one, whatever the source."""

import pytest

from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.importers.source_authors import AuthorList, SourceAuthor
from publications.models import Author
from publications.slugs import slugify

from .wordpress.exports import group, item, write_export

NAMES = {
    "eva.sjo@sceeus.se": "Eva Sjo", "Eva.Sjo+work@sceeus.se": "Eva Sjo Work", "Bo Ek bo.ek@sceeus.se": "Bo Ek",
    "Ann Berg <ann@x.se>": "Ann Berg", "Ann Berg<ann@x.se>": "Ann Berg", "Ann Berg (ann@x.se, Kyiv)": "Ann Berg (, Kyiv)",
    "ann@x.se bo@x.se": "Ann", "elyse-voegeli": "Elyse Voegeli", "@ann": "@ann", "Åsa Öst": "Åsa Öst", "@@": "@@",
}  # fmt: skip


@pytest.mark.parametrize("is_listed", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_names_and_slugs_have_no_mail_address(name, is_listed):
    listed = {name: SourceAuthor(slugify(name), name)} if is_listed and "-" not in name else {}
    author = AuthorList(listed).find(name)

    assert author.name == NAMES[name] and author.slug == slugify(NAMES[name])
    assert author.had_mail is ("@x" in name or "@s" in name)


def test_an_author_with_a_mail_address_is_found_by_name():
    ann = SourceAuthor("ann-berg", "Ann Berg")

    assert AuthorList({"ann": ann}).find("Ann  Berg <ann@x.se>") == ann


@pytest.mark.django_db
def test_authors_of_an_import_have_no_mail_address_and_the_report_says_so(tmp_path):
    terms = [("author", "cap-eva-sjo-x-se", "eva.sjo@x.se")]
    accounts = [("ann@x.se", "ann@x.se"), ("bo", "Bo Ek bo.ek@x.se")]
    parts = [group("author", author_login=login, author_display_name=name) for login, name in accounts]
    parts += [
        item(1, terms=terms),
        item(2, creator="gone@x.se"),
        item(3, creator="ann@x.se"),
        item(4, creator="bo"),
    ]
    write_export(tmp_path, *parts)
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts/a.md").write_text("---\ntitle: T\nauthor: Mia Å (mia@x.se)\n---\nWords.\n")

    reports = [run_import(ImportOptions(path)) for path in (tmp_path / "export.xml", tmp_path / "posts")]

    authors = dict(Author.objects.values_list("slug", "name"))
    assert authors == {"eva-sjo": "Eva Sjo", "gone": "Gone", "ann": "Ann", "bo-ek": "Bo Ek", "mia-å": "Mia Å"}
    files = [file for report in reports for file in report.files]
    assert [file.source for file in files if "e-mail address" not in " ".join(file.notes_on("author"))] == []
