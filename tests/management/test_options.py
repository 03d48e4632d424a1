"""Invalid values of the options of commands: each is refused with a message that names the value."""

import argparse
import errno
import io
import os
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.core.management.base import BaseCommand

from publications.management.option_types import host
from tests.blogs import SAMPLES, write_post

pytestmark = pytest.mark.django_db

COMMANDS = sorted(
    name
    for name, app in get_commands().items()
    if app in ("publications", "accounts") and type(load_command_class(app, name)).__base__ is BaseCommand
)
"""Our commands, without those that extend one of Django."""
IMPORT = ("import_publications", "{posts}", "--processes", "0")
"""A valid import, to which an invalid option is added."""
SUBSCRIBERS = ("import_subscribers", "{latin}", "--locale", "sv", "--consent", "Paper")
SAVE = ("save_old_site", "http://127.0.0.1:9", "{missing}")
BAD_VALUES = [
    (("import_publications", "{missing}"), r"no “.*missing”"),
    (("import_publications", "{loop}"), r"no “.*loop”"),
    (("import_publications", "{below_file}"), r"no “.*inside”"),
    (("import_publications", ""), r"no “”|Name a folder"),
    (("import_publications", "{empty_folder}"), r"empty_folder” is empty"),
    (("import_publications", "{binary}"), r"binary.*holds no Markdown"),
    ((*IMPORT, "--authors", "{missing}"), r"--authors.*no “.*missing”.*CSV"),
    ((*IMPORT, "--authors", "{below_file}"), r"--authors.*no “.*inside”"),
    ((*IMPORT, "--authors", "{empty_folder}"), r"empty_folder” names nobody"),
    ((*IMPORT, "--authors", "{empty}"), r"empty\.csv” names nobody"),
    ((*IMPORT, "--authors", "{binary}"), r"binary\.dat” is not UTF-8"),
    ((*IMPORT, "--authors", "{latin}"), r"latin\.csv” is not UTF-8.*Save it"),
    ((*IMPORT, "--authors", "{unreadable}"), r"unreadable.*cannot be read: Permission denied"),
    ((*IMPORT, "--author", "???"), r"“\?\?\?” is no name"),
    ((*IMPORT, "--media", "{missing}"), r"--media.*no “.*missing”"),
    ((*IMPORT, "--media", "{empty}"), r"--media.*empty\.csv” is no folder"),
    ((*IMPORT, "--mapping", "{missing}"), r"missing” cannot be read"),
    ((*IMPORT, "--propose-mapping", "{missing}/m.yaml"), r"--propose-mapping.*cannot be written"),
    ((*IMPORT, "--report", "{empty_folder}"), r"--report: “.*empty_folder” cannot be written"),
    ((*IMPORT, "--report", "{missing}/report.json"), r"--report: “.*missing.*” cannot be written"),
    ((*IMPORT, "--samples", "{missing}/a.html"), r"--samples: “.*missing.*” cannot be written"),
    ((*IMPORT, "--missing-files", "{missing}/files.txt"), r"--missing-files: “.*missing.*” cannot be written"),
    ((*IMPORT, "--kind", "novel"), r"no kind “novel”. There are: .*commentary"),
    ((*IMPORT, "--language", "klingon"), r"language “klingon” is not known"),
    ((*IMPORT, "--permalink", "posts"), r"--permalink.*“posts”.*/:year/:month/:day/:title/"),
    ((*IMPORT, "--permalink", "/posts/"), r"--permalink.*“/posts/”.*:title"),
    ((*IMPORT, "--site", "foo"), r"--site.*“foo”.*https://"),
    ((*IMPORT, "--site", "old.example"), r"--site.*“old\.example”.*https://"),
    ((*IMPORT, "--site", "ftp://old.example"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://"), r"--site.*https://"),
    ((*IMPORT, "--site", "http://[x"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://-"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://a b"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://old.example/a b"), r"--site.*https://"),
    ((*IMPORT, "--site", 'https://old.example"'), r"--site.*https://"),
    ((*IMPORT, "--site", "https://old.example'"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://old.example/?p=1"), r"--site.*https://"),
    ((*IMPORT, "--site", "https://old.example/#top"), r"--site.*https://"),
    ((*IMPORT, "--by", "nobody"), r"no account “nobody”.*Users"),
    ((*IMPORT, "--processes", "many"), r"--processes.*many"),
    ((*IMPORT, "--processes", "-1"), r"--processes.*-1.*0 to"),
    ((*IMPORT, "--processes", "100000"), r"--processes.*100000.*0 to"),
    *(
        ((*command, place), message)
        for command in (("archive",), ("mirror",), ("mirror", "{missing}", "--portable"))
        for place, message in (
            ("{empty}", r"empty\.csv” is no folder"),
            ("{loop}", r"loop” is no folder|loop.*cannot be written: Too many levels"),
            ("{below_file}", r"inside.*cannot be written: Not a directory.*this account may write"),
            ("{locked}", r"locked” cannot be written: Permission denied.*this account may write"),
            ("{posts}", r"posts” holds files that this command has not written.*Give an empty folder"),
        )
    ),
    (("import_subscribers", "{missing}", *SUBSCRIBERS[2:]), r"missing” cannot be read: No such file"),
    (SUBSCRIBERS, r"latin\.csv” is no text in UTF-8. Save it"),
    ((*SUBSCRIBERS, "--locale", "de"), r"--locale.*de.*sv"),
    ((*SUBSCRIBERS, "--consent", " "), r"--consent: give up to 300 characters"),
    ((*SUBSCRIBERS, "--kind", "novel"), r"no kind “novel”. There are: all, "),
    ((*SUBSCRIBERS, "--timing", "hourly"), r"--timing.*hourly.*weekly"),
    ((*SUBSCRIBERS, "--by", "nobody"), r"no account “nobody”.*Users"),
    (("mirror", "{missing}", "--processes", "-2"), r"--processes.*-2.*0 to"),
    (("mirror", "{missing}", "--processes", "x"), r"--processes.*x"),
    (("mirror", "{missing}", "--portable", "{missing}"), r"missing.*Give places of their own"),
    (("mirror", "{missing}", "--zip", "{empty_folder}"), r"empty_folder"),
    (("mirror", "{missing}", "--zip", "{below_file}"), r"empty\.csv” is no folder"),
    (("restore", "{missing}"), r"missing.*is no complete archive"),
    (("restore", "{empty}"), r"empty\.csv.*is no complete archive"),
    (("mirror", "{missing}", "--zip", "{missing}.zip", "--topic", "x"), r"topic “x”\. Topics are:"),
    (("find_name", "ab"), r"three letters"),
    (("remove_name", "ab"), r"“ab” is too short"),
    (("remove_name", "Vera Holm", "--author", "nobody"), r"no author at the address nobody"),
    (("remove_name", "Vera Holm", "--pen-name", "vera-holm"), r"holds the name itself"),
    (("remove_name", "Vera Holm", "--record", "x"), r"--record.*x"),
    (("find_name", "Vera Holm", "--also", "{missing}"), r"no folder.*missing"),
    (("record_backup", "{missing}"), r"missing is no backup"),
    (("record_backup", "{empty_folder}"), r"empty_folder is no backup"),
    (("remove_second_factor", "nobody"), r"no account.*nobody"),
    (("export_audit_log", "{below_file}"), r"inside.*cannot be written: Not a directory"),
    (("sign_head", "--write", "{below_file}"), r"no entry yet"),
    (("sign_head", "--publish", "{missing}"), r"missing.*cannot be read: No such file"),
    (("sign_head", "--publish", "{binary}"), r"binary"),
    (("rebuild", "everything"), r"no part “everything”. These can be rebuilt: search, similarity"),
    (("serve", "--host", ""), r"--host"),
    (("serve", "--host", "no such host"), r"--host.*no such host"),
    (("save_old_site", "old.example", "{missing}"), r"“old\.example” is no address.*https://"),
    (("save_old_site", "http://127.0.0.1:9", "{empty}/x.warc"), r"No connection to 127\.0\.0\.1.*Check the address"),
    ((*SAVE, "--delay", "soon"), r"--delay.*soon"),
    ((*SAVE, "--max-pages", "0"), r"--max-pages.*0.*1 to"),
    ((*SAVE, "--max-megabytes", "x"), r"--max-megabytes.*x"),
    (("serve", "--host", "http://127.0.0.1"), r"--host.*http://127.0.0.1"),
    (("serve", "--host", "site.example"), r"--host.*site\.example.*127\.0\.0\.1"),
    (("serve", "--host", "127.1"), r"--host.*127\.1"),
    (("serve", "--port", "x"), r"--port.*x"),
    (("serve", "--port", "0"), r"--port.*0.*1 to 65535"),
    (("serve", "--port", "70000"), r"--port.*70000.*1 to 65535"),
    (("serve", "--workers", "0"), r"--workers.*0.*1 to"),
    (("serve", "--workers", "x"), r"--workers.*x"),
    (("serve", "--overlap", "-1"), r"--overlap.*-1"),
    (("serve", "--overlap", "nan"), r"--overlap.*nan"),
    (("serve", "--overlap", "soon"), r"--overlap.*soon"),
    (("serve", "--grace", "-1"), r"--grace.*-1.*0 to"),
    (("serve", "--grace", "x"), r"--grace.*x"),
]  # fmt: skip


@pytest.fixture
def places(tmp_path, monkeypatch) -> dict[str, Path]:
    """Return unsuitable files and folders by name."""
    paths = {
        name: tmp_path / ending
        for name, ending in {
            "missing": "missing",
            "empty_folder": "empty_folder",
            "empty": "empty.csv",
            "binary": "binary.dat",
            "latin": "latin.csv",
            "loop": "loop",
            "locked": "locked",
            "unreadable": "unreadable.csv",
        }.items()
    }
    paths["empty_folder"].mkdir()
    paths["locked"].mkdir()
    refuse_to_write(paths["locked"], monkeypatch)
    paths["empty"].touch()
    paths["binary"].write_bytes(bytes(range(256)))
    paths["latin"].write_bytes("id,full_name\nann,Ann Söder\n".encode("cp1252"))
    paths["loop"].symlink_to(paths["loop"])
    paths["unreadable"].write_text("id,full_name\nann,Ann Berg\n")
    refuse_to_open(paths["unreadable"], monkeypatch)
    return paths | {"below_file": paths["empty"] / "inside", "posts": write_post(tmp_path / "posts")}


def refuse_to_open(path: Path, monkeypatch) -> None:
    """Let `open` refuse this file, as without permissions, for the superuser too."""

    def open_other(file, *args, **kwargs):
        if str(file) == str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return original_open(file, *args, **kwargs)

    original_open = io.open
    monkeypatch.setattr("io.open", open_other)
    monkeypatch.setattr("builtins.open", open_other)


def refuse_to_write(folder: Path, monkeypatch) -> None:
    """Let the system say that this folder cannot be written, as without permissions, for the superuser too."""
    may_access = os.access
    monkeypatch.setattr(
        "os.access", lambda path, *args, **kwargs: Path(path) != folder and may_access(path, *args, **kwargs)
    )


def options_of(name: str) -> list[argparse.Action]:
    """Return the options of a command that take a value, without those of every command."""
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    common = {action.dest for action in BaseCommand().create_parser("manage.py", "x")._actions}
    return [action for action in parser._actions if action.dest not in common and action.nargs != 0]


def option_name(action: argparse.Action) -> str:
    return action.option_strings[0] if action.option_strings else action.dest


@pytest.mark.parametrize(("command", "message"), BAD_VALUES, ids=[" ".join(row[0]) for row in BAD_VALUES])
def test_an_invalid_value_is_refused_by_name(command, message, places, monkeypatch):
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("The server was started."))

    with pytest.raises(CommandError) as refusal:
        call_command(*(part.format(**places) for part in command))

    text = " ".join(str(refusal.value).split())
    assert re.search(message, text) and "Errno" not in text, text
    assert refusal.value.returncode in (1, 2)


def test_a_copy_into_a_folder_of_others_is_refused_before_the_crawl(places):
    with pytest.raises(CommandError, match="Give an empty folder"):
        call_command("mirror", places["missing"], portable=places["posts"])

    assert not (places["missing"] / "index.html").exists() and not (places["missing"] / "en").exists()


def test_every_option_with_a_value_has_an_invalid_case():
    expected = {(name, option_name(action)) for name in COMMANDS for action in options_of(name)}

    positional = {
        "import_publications": "path",
        "import_subscribers": "path",
        "mirror": "folder",
        "rebuild": "part",
        "export_audit_log": "file",
        "find_name": "names",
        "remove_name": "names",
        "record_backup": "folder",
        "archive": "folder",
        "restore": "folder",
        "remove_second_factor": "username",
        "unlink_provider": "username",
    }
    tried = {(command[0], part) for command, _said in BAD_VALUES for part in command if part[:2] == "--"}
    positional_pairs = {*positional.items(), ("save_old_site", "url"), ("save_old_site", "path")}
    assert expected == tried | positional_pairs


@pytest.mark.parametrize(
    ("value", "address"), [("localhost", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1")]
)
def test_the_server_listens_on_an_ip_address(value, address):
    assert host(value) == address


@pytest.mark.parametrize("value", ["many", "0", "-3"])
def test_an_invalid_number_of_workers_in_the_environment_is_refused(monkeypatch, value):
    monkeypatch.setenv("WORKERS", value)
    monkeypatch.setattr("os.execv", lambda *_: pytest.fail("The server was started."))

    with pytest.raises(CommandError, match=f"WORKERS.*{value}|--workers.*{value}"):
        call_command("serve")


def test_a_list_of_authors_may_start_with_a_byte_order_mark(tmp_path):
    authors = tmp_path / "authors.csv"
    authors.write_bytes("\ufeffid,full_name\nann,Ann Söder\n".encode())

    call_command(
        "import_publications", write_post(tmp_path / "posts"), authors=authors, verbosity=0, processes=0
    )


def test_the_sample_list_of_authors_is_accepted(tmp_path):
    call_command(
        "import_publications",
        write_post(tmp_path / "posts"),
        authors=SAMPLES / "authors.csv",
        verbosity=0,
        processes=0,
    )


PRIVATE_WORDS = ("deed", "bell", "shelf", "lane", "epoch", "piece", "rehears", "anew", "broken off", "cards")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_avoids_private_words(name):
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)

    text = " ".join(parser.format_help().split())

    assert [word for word in PRIVATE_WORDS if word in text.casefold()] == []
    assert len(parser.description) > 100 and all(action.help for action in options_of(name))


@pytest.mark.parametrize("name", COMMANDS)
def test_usage_names_arguments_in_capitals_as_the_text_does(name):
    arguments = [action.metavar or action.dest for action in options_of(name) if not action.option_strings]

    assert [argument for argument in arguments if not str(argument).isupper()] == []


def test_the_help_of_the_import_says_how_to_import_from_wordpress():
    command = load_command_class("publications", "import_publications")

    assert "An export of WordPress (.xml" in command.create_parser("manage.py", "").format_help()
