"""What all tests stand on. What is skipped is said and why; `NO_SKIPS=1` lets only ../shared be missing."""

import gc
import os
from importlib import import_module
from pathlib import Path

import pytest
from django.db import connection

from sceeus import service_urls

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
ALLOWED = "needs ../shared"


def pytest_collection_modifyitems(config, items) -> None:
    if connection.vendor != "postgresql":
        others = [item for item in items if item.get_closest_marker("postgresql")]
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]
    if not SHARED.exists():
        for item in items:
            if item.get_closest_marker("corpus"):
                item.add_marker(
                    pytest.mark.skip(reason=f"{ALLOWED}: real texts that are not part of the project")
                )


def pytest_collection_finish() -> None:
    """Look for rubbish less often, and not among what is there for good: a seventh of all time went into that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_terminal_summary(terminalreporter) -> None:
    """Under NO_SKIPS a skip for any other reason than ../shared fails the run."""
    unwelcome = [
        report for report in terminalreporter.stats.get("skipped", []) if ALLOWED not in str(report.longrepr)
    ]
    if os.environ.get("NO_SKIPS") and unwelcome:
        terminalreporter.section("skipped where nothing may be")
        for report in unwelcome:
            terminalreporter.write_line(f"{report.nodeid}: {report.longrepr}")
        terminalreporter._session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _no_damaged_originals(monkeypatch) -> None:
    """Pictures of the same bytes have the same name in every test; what one found damaged is whole in the next."""
    monkeypatch.setattr(import_module("publications.renditions.image_files"), "_damaged", {})


@pytest.fixture(autouse=True)
def _own_site_data(settings, tmp_path) -> None:
    """Each test has originals and renditions of its own, and no gathered styles: each client would read them all."""
    settings.SITE_DATA, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.ORIGINALS, settings.RENDITIONS = tmp_path / "originals", tmp_path / "renditions"
    settings.STORAGES = {
        **settings.STORAGES,
        "originals": service_urls.parse_storage_url("", settings.ORIGINALS),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.DISK_RESERVE, settings.DISK_RESERVE_BYTES = tmp_path / "disk-reserve", 0
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def _kept_pictures(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("pictures")


@pytest.fixture
def pictures_are_kept(settings, _kept_pictures) -> None:
    """Those of the demonstration are made once for all tests: named by what they are made of, they take most of a load."""
    settings.RENDITIONS = _kept_pictures


@pytest.fixture
def editor(db):
    from tests.factories import make_person

    return make_person("Editors")


@pytest.fixture
def desk(client, editor):
    """A browser in which that editor has signed in."""
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    return client
