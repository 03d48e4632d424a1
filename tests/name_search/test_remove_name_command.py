"""The command removes a name in all steps, searches for what is left, and stores a report without the name."""

import io
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from publications import actions, exporters
from publications.models import NameRemovalRecord, Publication, RemovalStage, store_original
from publications.name_removal import RemovalOptions, run_removal, start_process
from publications.name_search import UPLOADED_FILES, Occurrence
from tests.factories import make_author, make_image, make_live, make_person, make_publication
from tests.page_caches import no_connection_closed

pytestmark = pytest.mark.django_db

NAME = "Vera Åkerholm"
REMOVAL = actions.NameRemoval(spellings=(NAME,))


@pytest.fixture(autouse=True)
def _without_vacuum(monkeypatch) -> None:
    """In the transaction of a test no database can be rewritten."""
    monkeypatch.setattr("publications.name_removal.run.compact_database", lambda: None)


@pytest.fixture
def site_data(settings, tmp_path, monkeypatch):
    """The site has no files; its pages are read in this process, which is in the transaction of the test."""
    settings.SITE_DATA = tmp_path / "site"
    settings.SITE_DATA.mkdir()
    monkeypatch.setattr(exporters, "Crawl", partial(exporters.Crawl, processes=1))
    with no_connection_closed():
        yield


def found_nothing(_matcher, _searched, progress):
    progress("table", 1, 2)
    return iter(())


def test_a_removal_goes_through_all_stages_and_lists_what_it_changed(editor):
    changed, other = make_live(title=f"On {NAME}").publication, make_live().publication
    record, stages = NameRemovalRecord.objects.create(started_by=editor), []
    store = NameRemovalRecord.store

    def remember(self, **columns):
        stages.append(str(columns.get("stage", "")))
        store(self, **columns)

    with patch.object(NameRemovalRecord, "store", remember):
        run_removal(REMOVAL, record, search=found_nothing)

    record.refresh_from_db()
    assert list(dict.fromkeys(filter(None, stages))) == [
        "rows",
        "publications",
        "files",
        "compact",
        "search",
        "done",
    ]
    assert record.changed_publications == [changed.pk] != [other.pk] and record.refused_publications == []
    assert record.report["count"] == 0 and not record.is_unfinished


def test_the_report_names_places_without_the_name(editor):
    editor.last_name = "Åkerholm"
    editor.first_name = "Vera"
    editor.save()
    record = NameRemovalRecord.objects.create()
    places = [f"the public site: en/vera-akerholm/{NAME}.html", "auth_user.username of row 3"]

    def search(_matcher, searched, progress):
        searched.unread.append(f"{NAME}.zip: encrypted")
        searched.pictures += [f"{UPLOADED_FILES}: ab/x.png", "the public site: x.webp"]
        return (Occurrence(place, NAME) for place in (*places, places[1]))

    run_removal(REMOVAL, record, search=search)

    report = record.report
    assert (report["count"], report["places"][1]) == (2, places[1]) and report["accounts"] == [editor.pk]
    assert report["pictures"] == [f"{UPLOADED_FILES}: ab/x.png"] and len(report["unread"]) == 1
    assert "kerholm" not in json.dumps(report, ensure_ascii=False).casefold()


def test_documents_that_a_killed_process_has_left_are_deleted(editor, settings):
    """What a transaction deletes after its end stays where the process is killed in between."""
    left = settings.RENDITIONS / "pieces" / "1" / "1-left.pdf"
    left.parent.mkdir(parents=True)
    left.write_text(NAME)

    run_removal(REMOVAL, NameRemovalRecord.objects.create(started_by=editor), search=found_nothing)

    assert not left.exists()


def test_a_search_of_many_files_is_at_work(editor, monkeypatch):
    """A search reads files for a long time without a page of the site; the removal must not seem interrupted."""
    monkeypatch.setattr("publications.name_removal.run.SECONDS_BETWEEN_STORES", 0)
    record = NameRemovalRecord.objects.create(started_by=editor)

    def search(_matcher, searched, progress):
        NameRemovalRecord.objects.update(active_at=datetime(2000, 1, 1, tzinfo=UTC))
        searched.count_file()
        active.append(NameRemovalRecord.objects.get().active_at)
        return iter(())

    active = []
    run_removal(REMOVAL, record, search=search)

    assert active[0].year > 2000


def test_a_search_of_unused_files_is_at_work(editor, monkeypatch):
    monkeypatch.setattr("publications.name_removal.run.SECONDS_BETWEEN_STORES", 0)
    record = NameRemovalRecord.objects.create(started_by=editor)
    store_original(b"An upload that was broken off", "txt")

    def read(_name):
        read_at.append(NameRemovalRecord.objects.get().active_at)

    def remove_nothing(*_arguments, **_options):
        NameRemovalRecord.objects.update(active_at=datetime(2000, 1, 1, tzinfo=UTC))

    read_at = []
    monkeypatch.setattr("publications.actions.redacted_files.read_original", read)
    monkeypatch.setattr(
        "publications.actions.redacted_files.used_originals", lambda: remove_nothing() or set()
    )
    run_removal(REMOVAL, record, search=found_nothing)

    assert read_at and read_at[0].year > 2000


@pytest.mark.parametrize(
    ("stage", "minutes", "is_running"),
    [(RemovalStage.COMPACT, 50, True), (RemovalStage.COMPACT, 70, False), (RemovalStage.SEARCH, 6, False)],
)
def test_rewriting_the_database_is_one_long_step(stage, minutes, is_running):
    active_at = timezone.now() - timedelta(minutes=minutes)
    record = NameRemovalRecord.objects.create(stage=stage, active_at=active_at)

    assert NameRemovalRecord.objects.running().exists() == is_running == (not record.is_interrupted)


def test_the_command_waits_for_the_end_of_another_removal():
    NameRemovalRecord.objects.create()

    with pytest.raises(CommandError, match="Another name is being removed"):
        call_command("remove_name", NAME)

    assert NameRemovalRecord.objects.count() == 1


def test_what_is_deleted_during_a_removal_is_left_out(editor, monkeypatch):
    """A draft that is purged and a picture that is deleted after the list of them was read."""
    draft, image = make_publication(title=NAME), make_image()
    other = make_live(body=NAME).publication
    record = NameRemovalRecord.objects.create(started_by=editor)
    monkeypatch.setattr("publications.actions.remove_name.is_in_image", lambda *_: bool(image.delete()))
    publications = actions.publications_to_search()
    monkeypatch.setattr("publications.actions.publications_to_search", lambda: publications)
    Publication.with_deleted.filter(pk=draft.pk).delete()

    run_removal(REMOVAL, record, search=found_nothing)

    assert (record.stage, record.changed_publications) == (RemovalStage.DONE, [other.pk])


def test_a_publication_that_refuses_is_listed(editor):
    long = make_live(title=f"{NAME} " + "x" * 230).publication
    record = NameRemovalRecord.objects.create(started_by=editor)

    run_removal(
        actions.NameRemoval(spellings=(NAME,), replacement="Somebody Of A Much Longer Name"),
        record,
        search=found_nothing,
    )

    assert (record.refused_publications, record.changed_publications) == ([long.pk], [])
    assert record.stage == RemovalStage.DONE


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (actions.ActionRefused("The clock."), "The clock."),
        (IntegrityError(NAME), "It failed: IntegrityError."),
    ],
)
def test_a_removal_that_fails_says_why_without_the_name(error, message, caplog):
    record = NameRemovalRecord.objects.create()

    with patch("publications.actions.remove_name_from_rows", side_effect=error):
        run_removal(REMOVAL, record, search=found_nothing)

    record.refresh_from_db()
    assert record.stage == RemovalStage.FAILED and message in record.report["error"]
    assert NAME not in f"{record.report}{caplog.text}"
    assert ("remove_name_from_rows" in caplog.text) == isinstance(error, IntegrityError)


def test_a_database_that_others_use_is_searched_as_it_is(monkeypatch):

    def refuse():
        raise DatabaseError

    monkeypatch.setattr("publications.name_removal.run.compact_database", refuse)
    record = NameRemovalRecord.objects.create()

    run_removal(REMOVAL, record, search=found_nothing)

    assert record.stage == RemovalStage.DONE and record.report["is_compacted"] is False


def test_the_command_removes_and_searches(site_data, capsys):
    author = make_author(NAME)
    make_live(author=author, title=f"On {NAME}", body=f"[It](/en/authors/{author.slug}/)")

    call_command("remove_name", NAME, "--author", author.slug, "--pen-name", "Anna Berg")

    author.refresh_from_db()
    assert author.name == "Anna Berg" and "Found nowhere any more." in capsys.readouterr().out
    assert NameRemovalRecord.objects.get().stage == RemovalStage.DONE


def test_the_command_ends_with_3_where_something_is_left(site_data):
    make_person(first_name=NAME)

    with pytest.raises(CommandError, match="Left in") as error:
        call_command("remove_name", NAME)
    assert error.value.returncode == 3


def test_the_command_needs_a_flag_for_a_name_in_more_than_half_of_all_publications(site_data):
    publications = [make_live(body=NAME if number < 6 else "Nobody.").publication for number in range(11)]

    with pytest.raises(CommandError, match=r"in 6 of 11 publications\. .* add --many"):
        call_command("remove_name", NAME)
    assert not NameRemovalRecord.objects.exists() and publications[0].editions.get().plain_text == NAME

    with patch("publications.management.commands.remove_name.search_everything", found_nothing):
        call_command("remove_name", NAME, "--many")
    assert publications[0].editions.get().plain_text == "[redacted]"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["ab"], "too short"),
        ([NAME, "--pen-name", "who lied"], "does not look like the name of a person"),
        ([NAME.lower()], "has no capital letter"),
        ([NAME, "--author", "nobody"], "no author"),
        ([NAME, "--record", "99"], "no removal"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(CommandError, match=message):
        call_command("remove_name", *arguments)
    assert not NameRemovalRecord.objects.exists()


def test_the_desk_passes_the_name_on_standard_input(monkeypatch):
    record, author = NameRemovalRecord.objects.create(), make_author(NAME)
    options = RemovalOptions(spellings=(NAME, "Å, V."), replacement="", author=author.pk, reason="Danger")
    started = []

    class Process:
        stdin = io.StringIO()

        def __init__(self, command, **_options) -> None:
            started.append(command)

    monkeypatch.setattr(Process.stdin, "close", lambda: None)
    monkeypatch.setattr("publications.name_removal.process.subprocess.Popen", Process)

    assert start_process(record, options)

    assert NAME not in " ".join(started[0]) and f"--record={record.pk}" in started[0]
    text = Process.stdin.getvalue()
    assert RemovalOptions.read(text) == options and RemovalOptions.read(text).build_removal().author == author
    monkeypatch.setattr("sys.stdin", io.StringIO("{}"))
    with pytest.raises(CommandError, match="standard input"):
        call_command("remove_name", "--record", str(record.pk))


def test_a_process_that_cannot_be_started_is_no_crash(monkeypatch):
    monkeypatch.setattr("publications.name_removal.process.subprocess.Popen", _fail)
    assert not start_process(NameRemovalRecord.objects.create(), RemovalOptions(spellings=(NAME,)))


def _fail(*_arguments, **_options):
    raise OSError
