"""`scripts/list_outdated.py`, against an index on this machine."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts import list_outdated

FACTS = {
    "/pypi/current/json": ("2.0", {"2.0": "2026-10-01T00:00:00Z"}),
    "/pypi/behind/json": ("2.0", {"1.0": "2020-01-01T00:00:00Z", "2.0": "2026-10-01T00:00:00Z"}),
    "/pypi/unknown-version/json": ("2.0", {"2.0": "2026-10-01T00:00:00Z"}),
}


class Index(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        newest, releases = FACTS.get(self.path, ("", {}))
        self.send_response(200 if newest else 404)
        self.end_headers()
        files = {version: [{"upload_time_iso_8601": at}] for version, at in releases.items()}
        self.wfile.write(json.dumps({"info": {"version": newest}, "releases": files}).encode())

    def log_message(self, *_arguments) -> None:
        pass


@pytest.fixture
def index():
    with HTTPServer(("127.0.0.1", 0), Index) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_pins_are_read_from_requirements_with_hashes_and_markers():
    text = "django==6.1.3 \\\n    --hash=sha256:ab\npsycopg[binary,pool]==3.2 ; sys_platform == 'x'\n# a==1\n"

    assert list_outdated.read_pins([text]) == {"django": "6.1.3", "psycopg": "3.2"}


def test_packages_are_listed_the_oldest_first_with_the_newest_version(index, capsys):
    pins = {"current": "2.0", "behind": "1.0", "unknown-version": "9", "nowhere": "1"}

    packages = list_outdated.list_packages(pins, index)

    assert [(each.name, each.newest, each.days_behind) for each in packages] == [
        ("behind", "2.0", 2465),
        ("current", "2.0", 0),
    ]
    assert "newest 2.0, 2465 days later" in str(packages[0]) and "newest" not in str(packages[1])
    errors = capsys.readouterr().err
    assert (
        "nowhere: the index answers 404" in errors and "unknown-version 9: the index does not know" in errors
    )


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_strict_fails_where_one_is_far_behind(index, monkeypatch, capsys, options, status):
    monkeypatch.setattr(list_outdated, "read_pins", lambda _texts: {"behind": "1.0"})

    assert list_outdated.main([*options, "--index", index]) == status
    assert "More than 365 days behind: behind." in capsys.readouterr().err


def test_without_a_network_it_says_so():
    with pytest.raises(SystemExit, match="cannot be reached, so that no age is known"):
        list_outdated.list_packages({"django": "6.1"}, "http://127.0.0.1:1")
