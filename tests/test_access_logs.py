"""Logs and tables hold nothing of who reads what: no address, no words of a search, no referrer, no browser."""

import io
import logging
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.apps import apps
from django.test import Client

from subscriptions.models import AlertMail
from tests.exercise.proxies import caddy, nginx
from tests.exercise.readers import Reader
from tests.exercise.servers import MissingProgram, find_program, free_port
from tests.exercise.sites import stopping
from tests.factories import make_live

READER = "127.0.0.77"
MARK = "zzqreader"  # in all that a request says of who sends it
OTHER_ADDRESS = "203.0.113.77"
PATHS = (
    f"/en/?utm_source={MARK}",
    f"/en/publications/?q={MARK}",
    f"/en/nothing/?q={MARK}",
    f"/desk/login/?next={MARK}",
    f"/en/a%00b?q={MARK}",
)
HEADERS = {
    "Referer": f"https://search.example/?q={MARK}",
    "User-Agent": MARK,
    "Cookie": f"a={MARK}",
    "X-Forwarded-For": OTHER_ADDRESS,
    "Forwarded": f"for={OTHER_ADDRESS}",
    "Accept-Language": MARK,
}
SIGN_UP = {"email": f"{MARK}@example.org", "locale": "en", "timing": "at_once"}
SERVERS = {"nginx": (nginx, ("nginx", "nginx-light")), "Caddy": (caddy, ("caddy", "caddy", "usr/bin"))}


@pytest.fixture
def folder():
    """A folder that the processes of nginx may read, which run as another user."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", SERVERS)
def test_a_web_server_logs_no_reader(name, folder):
    start_server, program = SERVERS[name]
    try:
        find_program(*program)
    except MissingProgram as missing:
        pytest.skip(str(missing))
    (folder / "mirror/en").mkdir(parents=True)
    (folder / "mirror/en/index.html").write_text("A page")

    with stopping(start_server(folder, [free_port(), free_port()], mirror=str(folder / "mirror"))) as server:
        statuses = {path: request(server.port, path) for path in PATHS}

    logged = "".join(file.read_text("utf-8", "replace") for file in folder.iterdir() if "log" in file.name)
    assert statuses[PATHS[0]] == 200 and set(list(statuses.values())[1:]) <= {400, 502}
    for path in ("/en/", "/en/publications/", "/desk/login/"):
        assert path in logged
    for trace in (READER, OTHER_ADDRESS, MARK):
        assert [line for line in logged.splitlines() if trace in line] == []


def request(port: int, path: str) -> int:
    reader = Reader(port, source=READER)
    try:
        return reader.get(path, **HEADERS)[0]
    finally:
        reader.close()


@pytest.mark.django_db
def test_the_application_stores_and_logs_no_reader(settings, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("something else")

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().addHandler(handler)
    client = Client(raise_request_exception=False, headers=HEADERS, REMOTE_ADDR=READER)
    path = make_live(title="Grain", slug="grain").get_absolute_url()
    try:
        statuses = {
            client.get(f"{address}?q={MARK}").status_code
            for address in (
                "/", "/en/", path, f"{path[:-1]}.bib", "/en/publications/", "/en/nothing/", "/oai", "/api/v1/authors",
                "/en/a%00b", "/sitemap.xml", "/robots.txt", "/en/feeds/publications.atom", "/desk/review/x/",
            )
        }  # fmt: skip
        statuses.add(client.post(path, {"q": MARK}).status_code)
        statuses.add(client.post("/en/alerts/", SIGN_UP).status_code)
        monkeypatch.setattr("publications.views.pages.site_page_context", fail)
        statuses.add(client.get(f"/en/about/?q={MARK}").status_code)
        monkeypatch.setattr("subscriptions.signup._record_attempt", fail)
        statuses.add(client.post("/en/alerts/", SIGN_UP).status_code)
    finally:
        logging.getLogger().removeHandler(handler)

    assert {200, 404, 400, 405, 500} <= statuses
    assert "/en/about/" in stream.getvalue() and "RuntimeError" in stream.getvalue()
    assert (
        "/en/alerts/" in stream.getvalue() and AlertMail.objects.get().subscriber.address == SIGN_UP["email"]
    )
    for trace in (READER, OTHER_ADDRESS, MARK):
        assert trace not in stream.getvalue()
        assert [model.__name__ for model in apps.get_models() if trace in stored_text(model)] == []


def stored_text(model) -> str:
    return repr(list(model._base_manager.values_list()))


def test_caddy_names_the_onion_service_with_pages_of_the_mirror(folder, monkeypatch):
    try:
        find_program(*SERVERS["Caddy"][1])
    except MissingProgram as missing:
        pytest.skip(str(missing))
    (folder / "mirror/en").mkdir(parents=True)
    for name in ("en/index.html", "robots.txt"):
        (folder / "mirror" / name).write_text("A page")
    heads = []
    for url in ("http://sceeusexample.onion", ""):
        monkeypatch.setenv("ONION_URL", url)
        with stopping(caddy(folder, [free_port(), free_port()], mirror=str(folder / "mirror"))) as server:
            reader = Reader(server.port)
            heads += [reader.get(path)[1].decode() for path in ("/en/?utm_source=x", "/robots.txt")]
            reader.close()

    assert "Onion-Location: http://sceeusexample.onion/en/?utm_source=x\r\n" in heads[0]
    assert not [head for head in heads[1:] if "Onion" in head]
