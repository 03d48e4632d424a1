"""Fixtures and settings of all tests. With `NO_SKIPS=1` only tests that need ../shared may be skipped."""

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import override_settings

from sceeus import service_urls

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ALLOWED = "needs ../shared"
SERVED_STORAGES = {
    **django_settings.STORAGES,
    "staticfiles": {"BACKEND": "sceeus.static_files.PreparedStaticFilesStorage"},
}
SLOWEST_FILES = {
    "test_posts_corpus.py", "test_every_state.py", "test_secret_words.py", "test_migration_state.py",
    "test_migrations.py", "test_kept_pages.py", "test_mirror.py", "test_state_machine.py", "test_linkers.py",
    "test_swedish.py", "test_serving.py", "test_posted_keys.py", "test_carried_forms.py", "test_page_titles.py",
}  # fmt: skip


def pytest_configure() -> None:
    """Skip fsync: no test needs to survive a power failure, and most of them write files."""
    os.fsync = lambda _file: None


def pytest_collection_modifyitems(config, items) -> None:
    if connection.vendor != "postgresql":
        _deselect(config, items, lambda item: item.get_closest_marker("postgresql"))
    elif os.environ.get("CI"):
        # CI has just run on SQLite what no other database can change.
        with_database = modules_with_database(items)
        _deselect(config, items, lambda item: item.module not in with_database or _is_of_sqlite_site(item))
    if not SHARED.exists():
        for item in items:
            if item.get_closest_marker("corpus"):
                item.add_marker(
                    pytest.mark.skip(reason=f"{ALLOWED}: real texts that are not part of the project")
                )
    # The slowest files first, so that no worker runs one of them alone at the end.
    items.sort(key=lambda item: item.path.name not in SLOWEST_FILES)


def _deselect(config, items, is_left_out: Callable) -> None:
    config.hook.pytest_deselected(items=[item for item in items if is_left_out(item)])
    items[:] = [item for item in items if not is_left_out(item)]


def modules_with_database(items) -> set[ModuleType]:
    return {
        item.module
        for item in items
        if item.get_closest_marker("django_db")
        or item.get_closest_marker("browser")
        or {"db", "transactional_db"} & set(item.fixturenames)
        or {"connection", "subprocess"} & set(vars(item.module))
    }


def _is_of_sqlite_site(item) -> bool:
    """Return whether a test only runs other processes on a copy of a site on SQLite, whatever its own database is.

    One with a client reads what such a process reported from the tests' database.
    """
    return "migrated_sqlite" in item.fixturenames and "client" not in item.fixturenames


def pytest_collection_finish() -> None:
    """Collect garbage less often and freeze what is loaded: collection took a seventh of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter) -> None:
    """Under NO_SKIPS a skip for any other reason than ../shared fails the run."""
    unexpected = [
        report for report in terminalreporter.stats.get("skipped", []) if ALLOWED not in str(report.longrepr)
    ]
    if os.environ.get("NO_SKIPS") and unexpected:
        terminalreporter.section("skipped although NO_SKIPS is set")
        for report in unexpected:
            terminalreporter.write_line(f"{report.nodeid}: {report.longrepr}")
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def collected_static(tmp_path_factory) -> Path:
    """Return a folder with the static files as they are served, collected twice as by two releases."""
    site = _make_by_command(tmp_path_factory, "collectstatic", "--verbosity=0", "--no-input", times=2)
    return site / "static"


@pytest.fixture(autouse=True)
def _no_damaged_originals(monkeypatch) -> None:
    """Forget the damaged originals of the last test: files of the same content have the same name in every test."""
    monkeypatch.setattr(import_module("publications.renditions.image_files"), "_damaged", {})


@pytest.fixture(autouse=True)
def _no_found_links() -> None:
    """Forget what texts link to: where the clock stands still, two tests may change a site at the same time."""
    if links := sys.modules.get("publications.admin.related_links"):
        links._find_linking_to_ended.cache_clear()


@pytest.fixture(autouse=True)
def _empty_search_index(request, django_db_blocker) -> Iterator[None]:
    """Empty the index after a test that commits: Django then empties the tables of models, and the index has none."""
    yield
    marker = request.node.get_closest_marker("django_db")
    if marker and marker.kwargs.get("transaction"):
        with django_db_blocker.unblock():
            engine = import_module("publications.search.engines").engine()
            engine.remove(engine.indexed_editions())


@pytest.fixture(autouse=True)
def _own_site_data(tmp_path) -> Iterator[None]:
    """Each test has originals and renditions of its own, and no collected static files, which each client would read."""
    with override_settings(**_settings_of(tmp_path)):
        yield


def _settings_of(folder: Path) -> dict[str, object]:
    """Return the settings of a site whose files are in a folder."""
    originals = folder / "originals"
    return {
        "SITE_DATA": folder,
        "STATIC_ROOT": folder / "static",
        "ORIGINALS": originals,
        "RENDITIONS": folder / "renditions",
        "STORAGES": {
            **django_settings.STORAGES,
            "originals": service_urls.parse_storage_url("", originals),
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        "RESERVED_SPACE_FILE": folder / "disk-reserve",
        "RESERVED_SPACE_BYTES": 0,
        "SESSION_IDLE_HOURS": 24 * 14,  # tests let days pass without signing in again
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    }


@pytest.fixture(scope="class")
def shared_site(
    django_db_setup, django_db_blocker, tmp_path_factory, _shared_renditions_folder
) -> Iterator[Path]:
    """A transaction around all tests of a class, for rows that each of them needs; yields the folder of their files.

    A fixture of the class makes the rows. A test that needs them uses `in_shared_site` as well.
    """
    folder = tmp_path_factory.mktemp("shared")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(**{**_settings_of(folder), "RENDITIONS": _shared_renditions_folder}):
            yield folder
        transaction.set_rollback(True)


@pytest.fixture
def in_shared_site(shared_site, _own_site_data, tmp_path, db) -> None:
    """Give a test the rows of its class, and a copy of the files."""
    shutil.copytree(shared_site, tmp_path, dirs_exist_ok=True)


@pytest.fixture(scope="session")
def _shared_renditions_folder(tmp_path_factory) -> Path:
    """One folder of renditions for all workers: each is written atomically and named by a digest of its source."""
    folder = _folder_of_all_workers(tmp_path_factory) / "renditions"
    folder.mkdir(exist_ok=True)
    return folder


def _folder_of_all_workers(tmp_path_factory) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture
def shared_renditions(settings, _shared_renditions_folder) -> None:
    """Share renditions between tests: rendering those of the demonstration takes most of the time that loading it does."""
    settings.RENDITIONS = _shared_renditions_folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory, django_db_setup, django_db_blocker) -> Path:
    """The folder of a site on SQLite that is migrated and has only its first rows, to be copied.

    Its database is a copy of the tests' own where that is one of SQLite.
    """
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        folder = tmp_path_factory.mktemp("migrated")
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(folder / "site.sqlite3")])
        return folder
    return _make_by_command(tmp_path_factory, "migrate", "--verbosity=0")


@pytest.fixture(scope="session")
def _migrated_copy(request, django_db_setup) -> Path | None:
    """The folder above where the tests run on SQLite: a database of another engine cannot be copied."""
    return request.getfixturevalue("migrated_sqlite") if connection.vendor == "sqlite" else None


@pytest.fixture
def own_site(_migrated_copy, tmp_path) -> Iterator[dict[str, str]]:
    """The environment of a site with a database of its own on the engine of the tests; on SQLite it is migrated."""
    from tests.own_databases import own_database

    if _migrated_copy:
        shutil.copytree(_migrated_copy, tmp_path, dirs_exist_ok=True)
    with own_database(tmp_path) as environment:
        yield environment


@pytest.fixture(scope="session")
def servable_sqlite(tmp_path_factory, migrated_sqlite) -> Path:
    """The same with static files as a server has them, to be copied."""
    collected = _make_by_command(tmp_path_factory, "collectstatic", "--verbosity=0", "--no-input")
    folder = tmp_path_factory.mktemp("servable")
    shutil.copytree(migrated_sqlite, folder, dirs_exist_ok=True)
    shutil.copytree(collected / "static", folder / "static")
    return folder


def _make_by_command(tmp_path_factory, command: str, *options: str, times: int = 1) -> Path:
    """Run a command so many times on a new site on SQLite, once for all workers; return the folder of the site."""
    base = _folder_of_all_workers(tmp_path_factory)
    folder, unfinished = base / f"{command}-{times}", base / f"unfinished-{command}-{times}"
    environment = {"SITE_DATA": str(unfinished), "PATH": os.environ["PATH"]}
    with (base / f"{command}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            arguments = [sys.executable, "manage.py", command, *options]
            for _time in range(times):
                subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, check=True)
            unfinished.rename(folder)
    return folder


@pytest.fixture
def constraints_restored(db) -> Iterator[None]:
    """Check again what `corruptions.drop_guards` lets SQLite ignore: it stays so for the connection, not the test."""
    yield
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA ignore_check_constraints = OFF")


@pytest.fixture
def editor(db):
    from tests.factories import make_person

    return make_person("Editors")


@pytest.fixture
def desk(client, editor):
    """A browser in which that editor has signed in."""
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client
