"""Texts without a byline are signed by the author given to the command."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from publications.importers.imported_file import NoteKind
from publications.importers.report import FileOutcome
from publications.importers.run import InvalidOptions
from publications.models import Author, Edition, Publication
from tests.blogs import import_blog, outcomes, texts_of, write_post
from tests.factories import make_author, saved

pytestmark = pytest.mark.django_db

UNSIGNED = "---\ntitle: {title}\ndate: 2024-04-09\n{front}---\nText of {title}.\n"


def write_posts(folder: Path, count: int = 3, front: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        text = UNSIGNED.format(title=f"Post {number}", front=front)
        (folder / f"{number}.md").write_text(text, encoding="utf-8")
    return folder


def signatures() -> set[tuple[str, str, bool]]:
    rows = Edition.objects.live().values_list(
        "bylines__name", "bylines__author__slug", "bylines__author__is_guest"
    )
    return set(rows)


def test_texts_without_an_author_are_signed_and_become_public(tmp_path):
    import_report = import_blog(write_posts(tmp_path / "blog"), author="The House")

    assert import_report.totals()["published"] == 3 and import_report.totals()["signed"] == 3
    assert signatures() == {("The House", "the-house", False)}


def test_a_new_default_author_is_an_organisation(tmp_path):
    import_blog(write_post(write_posts(tmp_path / "blog"), "own.md", title="Own"), author="The SCEEUS Desk")

    made = dict(Author.objects.values_list("name", "is_organisation"))
    assert made == {"The SCEEUS Desk": True, "Ann Berg": False}


def test_a_new_organisation_is_reported_once_with_how_to_change_it(tmp_path):
    folder = write_posts(tmp_path / "blog")

    first, second = (import_blog(folder, author="Eva Lind") for _run in range(2))

    (line,) = [line for entry in first.files for line in entry.notes if line.topic == "organisation"]
    assert (line.kind, first.totals()["organisation"], second.totals()["organisation"]) == (
        NoteKind.GUESSED,
        1,
        0,
    )
    assert line.text == (
        "“Eva Lind” is a new author, taken for an organisation. If it is a person, untick “organisation” among the authors."
    )


@pytest.mark.parametrize("name", ["Ann Berg", "Bo Ek"])
def test_whom_the_list_or_the_site_has_stays_what_they_are(tmp_path, name):
    make_author("Bo Ek")

    import_blog(write_posts(tmp_path / "blog"), author=name)

    assert not Author.objects.get(name=name).is_organisation


def test_texts_with_an_author_keep_it(tmp_path):
    folder = write_post(write_posts(tmp_path / "blog"), "own.md", title="Own")

    import_blog(folder, author="The House")

    assert Edition.objects.get(title="Own").bylines.get().name == "Ann Berg"


@pytest.mark.parametrize("name", ["ann", "Ann Berg", "ANN BERG"])
def test_the_name_may_be_one_of_the_list_of_authors(tmp_path, name):
    import_blog(write_posts(tmp_path / "blog"), author=name)

    assert signatures() == {("Ann Berg", "ann", False)}


@pytest.mark.parametrize("name", ["SCEEUS", "sceeus", "Centre"])
def test_the_name_may_be_that_of_an_author_of_the_site(tmp_path, name):
    organisation = make_author("SCEEUS", aliases="Centre")

    import_blog(write_posts(tmp_path / "blog"), author=name, authors=None)

    assert signatures() == {("SCEEUS", organisation.slug, False)} and Author.objects.count() == 1


def test_a_name_that_is_none_is_refused_before_any_work(tmp_path):
    with pytest.raises(InvalidOptions, match="no name"):
        import_blog(write_posts(tmp_path / "blog"), author="???")

    assert not Publication.objects.exists()


def test_a_later_run_with_an_author_makes_public_what_waited_for_one(tmp_path):
    folder = write_posts(tmp_path / "blog")
    held = import_blog(folder)

    import_report = import_blog(folder, author="The House")

    assert held.totals()["published"] == 0 and "author is missing" in texts_of(held, "held", "0.md")[0]
    assert import_report.totals()["published"] == 3 and set(outcomes(import_report).values()) == {
        FileOutcome.UPDATED
    }


def test_a_later_run_without_the_author_leaves_the_signature(tmp_path):
    folder = write_posts(tmp_path / "blog")
    import_blog(folder, author="The House")

    import_report = import_blog(folder)

    assert set(outcomes(import_report).values()) == {FileOutcome.UNCHANGED}
    (folder / "0.md").write_text(UNSIGNED.format(title="Post 0, mended", front=""))
    import_blog(folder)
    assert Edition.objects.live().get(title="Post 0, mended").bylines.get().name == "The House"


def test_a_rehearsal_with_an_author_tells_what_the_run_does(tmp_path):
    folder = write_posts(tmp_path / "blog")

    rehearsed = import_blog(folder, author="The House", dry_run=True)

    assert not Author.objects.exists()
    assert rehearsed.as_dict()["files"] == import_blog(folder, author="The House").as_dict()["files"]


def test_what_the_desk_has_edited_is_not_signed(tmp_path):
    folder = write_posts(tmp_path / "blog", 1)
    import_blog(folder)
    saved(Publication.objects.get(), title="The desk's")

    import_report = import_blog(folder, author="The House")

    assert (
        outcomes(import_report) == {"0.md": FileOutcome.KEPT}
        and not Publication.objects.get().bylines.exists()
    )


def test_the_command_takes_the_author(tmp_path):
    screen = io.StringIO()

    call_command(
        "import_publications", str(write_posts(tmp_path / "blog")), "--publish", "--author", "The House", "--processes", "0",
        stdout=screen, stderr=io.StringIO(),
    )  # fmt: skip

    assert "3  became public" in screen.getvalue() and "signed" in screen.getvalue()
    with pytest.raises(CommandError, match="no name"):
        call_command("import_publications", str(tmp_path / "blog"), "--author", "—", stderr=io.StringIO())
