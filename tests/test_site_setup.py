"""The first start of a site, and later ones."""

import stat

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command

from accounts import first_login
from accounts.first_login import FirstLogin
from publications.management import site_setup
from publications.management.commands import prepare
from publications.models import Edition, Publication
from subscriptions.events import record_events
from subscriptions.models import AlertEvent
from tests.conftest import ROOT
from tests.factories import make_live, make_person, make_publication

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_renditions")]


def start() -> list[str]:
    lines: list[str] = []
    site_setup.set_up_empty_site(write=lines.append)
    return lines


@pytest.fixture(scope="class")
def first_start(shared_site) -> list[str]:
    return start()


@pytest.fixture
def started(first_start, in_shared_site) -> list[str]:
    """The output of the first start, which created accounts and the demonstration."""
    return first_start


class TestAfterTheFirstStart:
    """The result of one first start, checked by several tests."""

    def test_an_empty_site_gets_two_accounts_and_the_demonstration(self, started):
        output = "\n".join(started)

        assert set(User.objects.values_list("username", flat=True)) == {"administrator", "editor"}
        assert Publication.objects.count() == 33
        assert Edition.objects.live().count() == 30
        assert "Sign in at /desk/" in output

    def test_the_file_of_first_passwords_is_readable_by_its_owner_only(self, started):
        path = first_login.first_login_path()

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for line in path.read_text().splitlines():
            username, password = line.split()
            assert User.objects.get(username=username).check_password(password)

    def test_a_second_start_changes_nothing(self, started):
        before = list(User.objects.values_list("username", "password"))

        assert start() == []
        assert list(User.objects.values_list("username", "password")) == before
        assert Publication.objects.count() == 33


def test_an_interrupted_start_is_repeated(monkeypatch):
    loads = []

    def load(**options):
        loads.append(options)
        if len(loads) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr("publications.demonstration.load", load)
    with pytest.raises(KeyboardInterrupt):
        start()
    assert not User.objects.exists()

    start()
    assert (len(loads), User.objects.count()) == (2, 2)


def test_without_the_demonstration_a_terminal_is_needed(monkeypatch):
    monkeypatch.setenv("DEMO", "0")

    with pytest.raises(SystemExit, match="terminal"):
        start()
    assert not Publication.objects.exists()


def test_without_the_demonstration_name_and_administrator_are_prompted_for(monkeypatch):
    answers = iter(["ECFR", "European Council", "Europeiska rådet", "ann"])
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: next(answers))
    monkeypatch.setattr(site_setup, "getpass", lambda _question: "a long enough secret")

    start()

    assert site_setup.SiteSettings.objects.get().short_name == "ECFR"
    assert User.objects.get().username == "ann"
    assert not Publication.objects.exists()


def test_accounts_whose_passwords_could_not_be_written_are_not_created():
    make_publication()  # instead of the demonstration
    first_login.first_login_path().mkdir()

    with pytest.raises(IsADirectoryError):
        start()

    assert not User.objects.exists()


@pytest.mark.parametrize(
    "answers",
    [("S" * 61, "", "", "ann"), ("S", "", "", "ann berg!")],
    ids=["name of the site", "user name"],
)
def test_an_invalid_answer_ends_the_first_start_before_anything_is_stored(monkeypatch, answers):
    given = iter(answers)
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _question: next(given))
    monkeypatch.setattr(site_setup, "getpass", lambda _question: "a long enough secret")

    with pytest.raises(SystemExit, match="Run the command again"):
        start()

    assert not User.objects.exists()


def test_changing_a_first_password_removes_it_from_the_file(client):
    person = make_person("Editors", password="the first password")
    first_login.write_first_logins(
        [FirstLogin(person.username, "the first password"), FirstLogin("other", "x")]
    )
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    client.post(
        "/desk/password_change/",
        {
            "old_password": "the first password",
            "new_password1": "winter-in-visby-9",
            "new_password2": "winter-in-visby-9",
        },
    )

    assert first_login.first_login_path().read_text() == "other x\n"


def test_the_file_is_deleted_when_all_first_passwords_are_changed():
    first_login.write_first_logins([FirstLogin("ann", "x")])

    first_login.remove_first_login("ann")

    assert not first_login.first_login_path().exists()


def test_only_its_owner_reads_the_file_even_after_an_interrupted_start():
    temporary_path = first_login.first_login_path().with_suffix(".part")
    temporary_path.write_text("")
    temporary_path.chmod(0o644)

    path = first_login.write_first_logins([FirstLogin("ann", "x")])

    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"\xff", None])
def test_a_file_that_cannot_be_read_does_not_stop_a_change_of_password(content, caplog):
    path = first_login.first_login_path()
    path.write_bytes(content) if content else path.mkdir()

    first_login.remove_first_login("ann")

    assert "could not be removed" in caplog.text


def test_both_copies_of_the_requirements_are_equal():
    assert (ROOT / "requirements.txt").read_bytes() == (ROOT / "requirements/base.txt").read_bytes()


def test_requirements_name_no_package_index():
    assert not any("://" in path.read_text() for path in (ROOT / "requirements").glob("*.txt"))


def test_models_and_migrations_match():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_what_is_published_after_the_first_start_is_news_before_the_first_mail_is_sent(monkeypatch):
    monkeypatch.setattr(prepare, "is_up_to_date", lambda: True)
    make_person("Administrators")
    make_live(title="Before")
    call_command("prepare", verbosity=0)
    make_live(title="After")

    record_events()

    assert [event.edition.title for event in AlertEvent.objects.all()] == ["After"]


@pytest.mark.parametrize("command", ["prepare", "serve"])
def test_every_command_has_help(command, capsys):
    with pytest.raises(SystemExit):
        call_command(command, "--help")

    assert len(capsys.readouterr().out) > 300
