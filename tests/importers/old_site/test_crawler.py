"""Saving an old site: one host, politely, whole, and going on after a kill."""

import gzip
import random
import socket
import ssl
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import CommandError, call_command

from publications.importers.old_site import open_copy
from publications.importers.old_site.crawler import ArchiveUnusable, CrawlOptions, CrawlRefused, crawl_site
from publications.importers.old_site.crawler.robots import parse_robots
from tests.old_site import SITE, Answer, serve, write_warc

PAGE = (
    "<link rel=stylesheet href=/site.css><a href='/a#x'>A</a> <a href='/old'>Old</a> <a href=/intern/b>B</a>"
    "<img src=/x.jpg srcset='/x-1.jpg 300w, /x-2.jpg,q 600w'><a href='https://other.example/'>Other</a>"
    "<a href='mailto:a@b.example'>Mail</a><a href='/gone'>Gone</a><div style='background:url(/bg.png)'></div>"
)
ANSWERS = {
    "/robots.txt": Answer(b"User-agent: *\nDisallow: /intern/\nSitemap: " + f"{SITE}/map.xml".encode(), "text/plain"),
    "/map.xml": Answer(f"<urlset><url><loc>{SITE}/hidden?a=1&amp;b=2</loc></url></urlset>".encode(), "text/xml"),
    "/": Answer(PAGE.encode()),
    "/a": Answer(b"<base href='https://other.example/'><a href='/from-base'>x</a><p>A"),
    "/hidden?a=1&b=2": Answer("<p>Åsikt".encode()),
    "/old": Answer(status=301, location=f"{SITE}/new"),
    "/new": Answer(b"<p>New</p>"),
    "/site.css": Answer(b"@import '/more.css'; p {background: url( \"/p.png\" )}", "text/css"),
    "/more.css": Answer(b"", "text/css"),
    **{name: Answer(b"x", "image/png") for name in ("/x.jpg", "/x-1.jpg", "/x-2.jpg,q", "/bg.png", "/p.png")},
}  # fmt: skip
SAVED = {name for name in ANSWERS if name not in ("/robots.txt", "/map.xml")} | {"/gone"}
START_REQUESTS = ["/", "/robots.txt", "/map.xml", "/sitemap.xml"]


def crawl(address: str, path, **options):
    return crawl_site(
        CrawlOptions(address, path, allows_private=True, delay=0, sleep=lambda seconds: None, **options)
    )


@pytest.mark.parametrize("name", ["site.warc.gz", "site.warc"])
def test_a_site_is_saved_whole_and_stays_on_its_host(tmp_path, name):
    with serve(ANSWERS) as (address, requested):
        report = crawl(address, tmp_path / name)

    assert set(requested) == SAVED | set(START_REQUESTS)
    assert len(requested) == len(SAVED) + len(START_REQUESTS)
    assert report.forbidden == [f"{address}/intern/b"] and report.missing == [f"{address}/gone"]
    copy = open_copy(tmp_path / name)
    assert len(copy.resources) == len(SAVED) and not copy.damaged and not copy.other_hosts
    assert copy.find(f"{address}/old").location == f"{address}/new"
    assert copy.read_body(copy.find(f"{address}/hidden?b=2&a=1")).decode() == "<p>Åsikt"


@pytest.mark.parametrize("name", ["site.warc.gz", "site.warc"])
@pytest.mark.parametrize("cut", [0, 1, 9, 150])
def test_a_run_that_was_killed_goes_on_and_requests_nothing_twice(tmp_path, name, cut):
    path = tmp_path / name

    def kill_after(done: int, total: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with serve(ANSWERS) as (address, requested):
        with pytest.raises(KeyboardInterrupt):
            crawl(address, path, progress=kill_after)
        first = [path for path in requested if path not in START_REQUESTS]
        path.write_bytes(path.read_bytes()[: path.stat().st_size - cut])
        requested.clear()
        crawl(address, path)
        again = [path for path in requested if path not in START_REQUESTS]
        requested.clear()
        crawl(address, path)
        third = list(requested)

    assert len(set(first) & set(again)) <= (1 if cut else 0)
    assert third == ["/", "/robots.txt", "/map.xml", "/sitemap.xml"]
    assert len(open_copy(path).resources) == len(SAVED) and not open_copy(path).damaged


@pytest.mark.parametrize("name", ["site.warc.gz", "site.warc"])
def test_a_run_killed_within_an_answer_that_holds_marks_of_records_goes_on(tmp_path, name):
    path, noise = tmp_path / name, random.Random(7).randbytes(80_000)
    body = noise + gzip.compress(b"A line of text") + b"\r\n\r\nWARC/1.0, a format.\r\n" + noise
    answers = {"/": Answer(b"<a href=/a.bin>x</a>"), "/a.bin": Answer(body, "application/octet-stream")}
    with serve(answers) as (address, _requested):
        crawl(address, path)
        path.write_bytes(path.read_bytes()[:-100])
        crawl(address, path)

    copy = open_copy(path)
    assert copy.read_body(copy.find(f"{address}/a.bin")) == body and not copy.damaged


def damage(content: bytes) -> bytes:
    """Return what a crawl has saved with zeros in place of the beginning of a record."""
    mark = b"WARC/1." if content.startswith(b"WARC") else content[:10]
    place = content.find(mark, len(content) // 3)
    return content[:place] + bytes(40) + content[place + 40 :]


@pytest.mark.parametrize("name", ["site.warc.gz", "site.warc"])
@pytest.mark.parametrize("kind", ["no archive", "a short file", "of another program", "damaged"])
def test_a_file_that_is_not_the_end_of_an_own_crawl_stays_as_it_is(tmp_path, name, kind):
    path = tmp_path / name
    with serve(ANSWERS) as (address, _requested):
        if kind == "no archive":
            path.write_bytes(b"Notes of somebody. " * 1_000)
        elif kind == "a short file":
            path.write_bytes(
                gzip.compress(b"My only notes.") if name.endswith("gz") else b"WARC/1.1 is a format."
            )
        elif kind == "of another program":
            write_warc(path, compressed=name.endswith(".gz"))
        else:
            crawl(address, path)
            path.write_bytes(damage(path.read_bytes()))
        before = path.read_bytes()

        with pytest.raises(ArchiveUnusable, match="Name another file"):
            crawl(address, path)

    assert path.read_bytes() == before


def test_limits_end_a_run_and_are_named(tmp_path):
    output = StringIO()
    with serve(ANSWERS) as (address, _requested), pytest.raises(CommandError, match="max-pages") as ended:
        call_command(
            "save_old_site", address, str(tmp_path), "--delay", "0", "--max-pages", "1",
            stdout=output, stderr=StringIO(),
        )  # fmt: skip

    assert ended.value.returncode == 3 and "1 pages, 6 files and 0 redirects" in output.getvalue()
    assert [path.name for path in tmp_path.iterdir()] == [f"{address[7:].replace(':', '+')}.warc.gz"]


def test_a_public_name_that_leads_to_the_own_network_is_refused(tmp_path, monkeypatch):
    row = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: [row])

    with pytest.raises(CrawlRefused, match="own network"):
        crawl_site(CrawlOptions("http://old.example", tmp_path / "site.warc"))


@pytest.mark.parametrize(
    "address", ["[::1]", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "10.0.0.1", "0.0.0.0", "[fe80::1]"]
)
def test_no_form_of_a_private_address_is_requested(tmp_path, address):
    with pytest.raises(CrawlRefused, match="own network"):
        crawl_site(CrawlOptions(f"http://{address}:9", tmp_path / "site.warc"))


def test_a_site_that_leads_to_another_is_refused_with_its_address(tmp_path):
    answers = {"/": Answer(status=301, location="https://other.example/")}
    with serve(answers) as (address, _requested), pytest.raises(CrawlRefused, match="leads to https://other"):
        crawl(address, tmp_path / "site.warc")


def test_a_failing_server_is_not_pressed(tmp_path):
    answers = {"/": Answer(b"".join(b"<a href=/%d>x</a>" % number for number in range(40)))}
    answers |= {f"/{number}": Answer(status=503) for number in range(40)}
    pauses = []
    with serve(answers) as (address, _requested):
        options = CrawlOptions(
            address, tmp_path / "a.warc", allows_private=True, delay=0.5, sleep=pauses.append
        )
        report = crawl_site(options)

    assert len(report.failed) == 10 and "10 addresses in a row" in report.limit and report.left == 30
    assert min(pauses) >= 0.5 and max(pauses) == 8
    assert len(open_copy(tmp_path / "a.warc").resources) == 1


def test_broken_pages_do_not_keep_the_rest_of_a_site_from_being_saved(tmp_path):
    links = b"".join(b"<a href=/%d>x</a>" % number for number in range(20))
    answers = {"/": Answer(links)} | {f"/{number}": Answer(status=500) for number in range(12)}
    answers |= {f"/{number}": Answer(b"<p>Text</p>") for number in range(12, 20)}
    with serve(answers) as (address, _requested):
        report = crawl(address, tmp_path / "a.warc")

    assert (report.pages, len(report.failed), report.limit, report.left) == (9, 12, "", 0)


@pytest.mark.parametrize("status", [401, 403, 451, 520])
def test_what_is_refused_is_no_missing_page_and_is_requested_again(tmp_path, status):
    answers = {"/": Answer(b"<a href=/a>x</a>"), "/a": Answer(b"<p>Text</p>")}
    with serve(answers) as (address, _requested):
        answers["/a"] = Answer(status=status)
        first = crawl(address, tmp_path / "a.warc")
        answers["/a"] = Answer(b"<p>Text</p>")
        second = crawl(address, tmp_path / "a.warc")

    assert (list(first.failed), first.missing) == ([f"{address}/a"], [])
    assert (second.pages, second.failed) == (2, {})


def test_a_copy_of_another_site_or_program_is_not_written_to(tmp_path):
    path = tmp_path / "site.warc.gz"
    with serve(ANSWERS) as (address, _requested):
        crawl(address, path, max_pages=1)
    with serve(ANSWERS) as (address, _requested), pytest.raises(Exception, match="is the copy of"):
        crawl(address, path)


def test_a_wrong_certificate_is_named(tmp_path):
    with WrongCertificateServer(tmp_path) as port:
        with pytest.raises(CrawlRefused, match=r"certificate of localhost is wrong.*--ignore-certificate"):
            crawl(f"https://localhost:{port}", tmp_path / "site.warc")
        report = crawl(f"https://localhost:{port}", tmp_path / "site.warc", checks_certificates=False)

    assert report.pages == 1


class WrongCertificateServer:
    def __init__(self, folder) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "other.example")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2)).not_valid_after(now + timedelta(days=2))
            .sign(key, hashes.SHA256())
        )  # fmt: skip
        pem = serialization.Encoding.PEM
        self.file = folder / "server.pem"
        self.file.write_bytes(
            certificate.public_bytes(pem)
            + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )

    def __enter__(self) -> int:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(b"<p>Text</p>")

            def log_message(self, *_arguments) -> None:
                """Write nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server.server_port

    def __exit__(self, *_arguments) -> None:
        self.server.shutdown()
        self.server.server_close()


ROBOTS = """
User-agent: googlebot
Disallow: /

User-agent: save_old_site
User-agent: other
Crawl-delay: 5
Disallow: /a
Allow: /a/b
Disallow: /*?print=*$
Disallow: /*.pdf$
"""


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [("/", True), ("/a/c", False), ("/a/b/c", True), ("/x?print=1", False), ("/x.pdf", False), ("/x.pdf?a", True), ("/%61", False)],
)  # fmt: skip
def test_robots_txt_counts_as_its_standard_says(path, is_allowed):
    rules = parse_robots(ROBOTS, "Mozilla/5.0 (compatible; save_old_site)")

    assert rules.allows(path) is is_allowed and rules.crawl_delay == 5
