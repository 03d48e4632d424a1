"""The import command: arguments, output, report file and exit status."""

import io
import json
import re

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils.translation import override

from publications.importers import command_imports
from publications.importers.report_text import render_report
from publications.management.commands import import_publications
from publications.models import Publication
from tests.blogs import SAMPLES, import_blog, write_post
from tests.factories import make_live, tomorrow

pytestmark = pytest.mark.django_db


def test_the_command_prints_and_writes_its_report(tmp_path):
    result, report = io.StringIO(), tmp_path / "report.json"

    with pytest.raises(CommandError) as refused:
        call_command(
            "import_publications", str(SAMPLES / "jekyll"), "--authors", str(SAMPLES / "authors.csv"), "--media",
            str(SAMPLES / "media"), "--publish", "--processes", "0", "--report", str(report), stdout=result, stderr=io.StringIO(),
        )  # fmt: skip

    written = json.loads(report.read_text())
    assert written["totals"]["published"] == 4 and written["totals"]["date_from_name"] == 2
    assert (refused.value.returncode, "1 of the files were refused" in str(refused.value)) == (3, True)
    assert written["next"] == result.getvalue().split("\n\n")[0].replace("\n  ", " ")
    assert "widgets.example.org" in result.getvalue() and "4  became public" in result.getvalue()


@pytest.mark.parametrize("width", [40, 80, 160])
def test_the_report_fits_the_screen(width):
    lines = list(render_report(import_blog(), width=width))

    assert max(len(line) for line in lines if "http" not in line) <= width


@pytest.mark.parametrize(
    "wrong", [["/none"], ["{}", "--kind", "poem"], ["{}", "--by", "nobody"], ["{}", "--language", "xx"]]
)
def test_invalid_arguments_are_refused_with_a_message(wrong):
    with pytest.raises(CommandError, match=r"no|known"):
        call_command("import_publications", *(part.format(SAMPLES / "jekyll") for part in wrong))


def call(*words: object) -> str:
    """Return what the command prints."""
    screen = io.StringIO()
    call_command(
        "import_publications", *map(str, words), "--processes", "0", stdout=screen, stderr=io.StringIO()
    )
    return screen.getvalue()


def test_an_unwritable_report_is_refused_before_the_import(tmp_path):
    folder = write_post(tmp_path / "blog")

    for report in (tmp_path / "none" / "report.json", tmp_path):
        with pytest.raises(CommandError, match="cannot be written"):
            call(folder, "--report", report)

    assert not Publication.objects.exists()


def test_a_refused_import_writes_no_report(tmp_path):
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text("{}")

    for report in (old, new):
        with pytest.raises(CommandError):
            call(write_post(tmp_path / "blog"), "--kind", "poem", "--report", report)

    assert old.read_text() == "{}" and not new.exists()


def test_a_report_with_a_name_that_is_too_long_is_refused_with_a_message(tmp_path):
    with pytest.raises(CommandError, match="cannot be written"):
        call(write_post(tmp_path / "blog"), "--report", tmp_path / ("r" * 300))


def test_a_refused_import_keeps_a_symbolic_link_to_a_report_to_be_written(tmp_path):
    link = tmp_path / "report.json"
    link.symlink_to(tmp_path / "target.json")

    with pytest.raises(CommandError):
        call(write_post(tmp_path / "blog"), "--kind", "poem", "--report", link)

    assert link.is_symlink() and not link.exists()


def test_messages_of_the_command_are_in_the_active_language(tmp_path):
    with override("sv"), pytest.raises(CommandError, match="kontot ”nobody” finns inte"):
        call(write_post(tmp_path / "blog"), "--by", "nobody")


def test_a_report_that_cannot_be_written_at_the_end_is_an_error_after_the_output(tmp_path, monkeypatch):
    screen = io.StringIO()

    def full(account, path):
        raise OSError("No space left on device")

    monkeypatch.setattr(import_publications, "write_json_report", full)

    with pytest.raises(CommandError, match="No space left"):
        call_command(
            "import_publications", str(write_post(tmp_path / "blog")), "--report", str(tmp_path / "r.json"), stdout=screen,
            stderr=io.StringIO(),
        )  # fmt: skip

    assert "a.md" in screen.getvalue() and Publication.objects.exists()


@pytest.mark.parametrize("publish", [["--publish"], []])
def test_a_clock_that_was_set_back_is_refused_with_a_message(tmp_path, publish):
    folder = write_post(tmp_path / "blog", front="redirect_from: /old/\n")
    with time_machine.travel(tomorrow()):
        make_live()

    with pytest.raises(CommandError, match="clock"):
        call(folder, *publish)

    assert not Publication.objects.filter(title="A").exists()


EXIT_STATUS = {
    "all is here": (["{}"], 0),
    "no such folder": (["/none"], 1),
    "no such kind": (["{}", "--kind", "poem"], 1),
    "mistyped": (["{}", "--pubish"], 2),
    "a file was refused": (["{}/.."], 3),
}


@pytest.mark.parametrize("name", EXIT_STATUS)
def test_the_exit_status_is_as_documented(tmp_path, name):
    words, status = EXIT_STATUS[name]
    (tmp_path / "README.md").write_text("No front matter.")
    folder = write_post(tmp_path / "blog")

    try:
        call(*(word.format(folder) for word in words))
        exit_status = 0
    except CommandError as reason:
        exit_status = 2 if "arguments" in str(reason) else reason.returncode

    assert exit_status == status and f"{status} " in import_publications.HELP.partition("Exit status:")[2]


def test_an_interrupt_has_its_own_exit_status(tmp_path, monkeypatch):
    def interrupted(order):
        raise KeyboardInterrupt

    monkeypatch.setattr(command_imports, "run_import", interrupted)

    with pytest.raises(CommandError, match="goes on where this one stopped") as reason:
        call(write_post(tmp_path / "blog"))

    assert reason.value.returncode == 130


def test_help_describes_every_option():
    assert all(option["help"] for option in import_publications.OPTIONS.values())
    assert {"--author", "--publish", "--dry-run", "--report", "--authors"} <= set(
        re.findall(r"--[a-z-]+", import_publications.HELP)
    )
