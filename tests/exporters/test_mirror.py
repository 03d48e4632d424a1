"""The mirror: the public site as files, complete, up to date, and without anything that is not public."""

import cProfile
import os
import pstats
import re
import resource
import shutil
from contextlib import ExitStack
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import PurePath
from urllib.parse import unquote, urljoin, urlsplit

import brotli
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from publications import actions
from publications.exporters import Crawl, MirrorFolder, NotAMirror, SiteUnavailable, mirror_folder, responses
from publications.exporters.mirror import find_unchanged_publications
from publications.exporters.mirror_folder import COMPRESSED_ENDINGS
from publications.exporters.mirror_paths import address_of, is_mirrored, links_of, normalize_path
from publications.metadata import RECORD_FORMATS
from publications.models import Change, SiteSettings, SiteVersion, original_storage, read_site_state
from publications.site_lock import hold_folder_lock
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.full_disks import files_of_at_most
from tests.page_caches import no_connection_closed
from tests.related_site import KEEPING_CHANGES, RelatedSite, rename_an_author

RECORD_ENDINGS = {format.path_ending for format in RECORD_FORMATS.values()}
pytestmark = pytest.mark.django_db


@pytest.fixture
def root(tmp_path, settings):
    """A folder that does not exist yet; static files are served from their sources."""
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    clear_caches()
    with no_connection_closed():
        yield tmp_path / "mirror"
    clear_caches()


def clear_caches() -> None:
    """Clear what this process caches of the site."""
    responses._site.cache_clear()
    responses._watcher.cache_clear()


def crawl(root, **options):
    return Crawl(root, processes=1, **options).run()


def read_page(root, edition) -> str:
    return root.joinpath(*edition.get_absolute_url().strip("/").split("/"), "index.html").read_text("utf-8")


def test_every_page_becomes_a_file_with_compressed_variants(root):
    edition = make_live(title="Grain", tags=(make_tag("Belarus"),), body="What was said about grain.")

    result = crawl(root)

    assert "What was said about grain." in read_page(root, edition)
    plain = (root / "en/index.html").read_bytes()
    assert brotli.decompress((root / "en/index.html.br").read_bytes()) == plain
    for path in (
        "sitemap.xml",
        "robots.txt",
        "favicon.ico",
        "en/topics/belarus/index.html",
        "en/feeds/publications.atom",
    ):
        assert (root / path).is_file(), path
    assert result.broken == []


def test_no_file_holds_a_comment_on_a_draft(root):
    edition = make_live(title="Grain", body="What was said about grain.")
    edition.publication.comments.create(text="Unutterable", quote="grain", start=20, end=25)
    crawl(root)

    assert "grain" in read_page(root, edition)
    assert not any(b"Unutterable" in content for content in read_pages(root).values())


def test_private_and_rendered_paths_are_not_crawled(root):
    make_live(title="Grain")

    crawl(root)

    assert not (root / "desk").exists() and not (root / "oai").exists()
    assert not list(root.rglob("*.pdf")) and not list(root.rglob("card.png"))


def test_a_second_crawl_writes_nothing(root):
    make_live(title="Grain")
    first = crawl(root)

    second = crawl(root)

    assert first.written > 0 and (second.written, second.removed) == (0, [])
    assert second.pages == first.pages


def test_after_an_action_only_changed_pages_are_written(root):
    edition = make_live(title="Grain")
    make_live(title="Iron", author=make_author("Bo Ek"))
    crawl(root)
    untouched = root / "en/authors/bo-ek/index.html"
    before = untouched.stat().st_mtime_ns

    actions.publish(saved(edition.publication, body="Something else."), by=None)
    result = crawl(root)

    assert "Something else." in read_page(root, edition)
    assert 0 < result.written < result.pages
    assert untouched.stat().st_mtime_ns == before


def read_texts(root) -> str:
    """Return the text of all files."""
    files = [file for file in root.rglob("*") if file.is_file() and file.suffix not in (".gz", ".br")]
    return "".join(
        file.read_bytes().decode("utf-8", "replace") for file in files if "static" not in file.parts
    )


def interrupt_crawl(root) -> None:
    """Run a crawl that fails before it fetches anything."""
    crawler = Crawl(root, processes=1)
    crawler._queue = None
    with pytest.raises(AttributeError):
        crawler.run()


@pytest.mark.parametrize("action", ["withdraw", "redact", "undo"])
def test_what_is_no_longer_public_is_removed_first(root, action, editor):
    edition = make_live(title="On grain", body="Vera Holm said it.")
    make_live(title="Iron")
    if action == "undo":
        actions.publish(saved(edition.publication, body="Vera Holm again."), by=editor)
    crawl(root)
    assert "Vera Holm" in read_texts(root)
    if action == "withdraw":
        actions.withdraw(edition.publication, by=editor)
    elif action == "redact":
        actions.redact(edition.publication, "Vera Holm", by=editor)
    else:
        actions.undo(edition.publication, by=editor)

    interrupt_crawl(root)

    texts = read_texts(root)
    assert ("Vera Holm again." if action == "undo" else "Vera Holm") not in texts
    assert "Iron" in texts


def test_a_former_name_is_removed_first(root, editor):
    author = make_author("Vera Holm")
    make_live(title="Grain", author=author)
    crawl(root)
    author.name, author.is_pseudonymous = "V. H.", True
    actions.save_instance(author, by=editor)

    interrupt_crawl(root)

    assert "Vera Holm" not in read_texts(root)


def test_pages_are_kept_after_the_last_crawl_of_an_older_release(root, editor):
    author = make_author("Vera Holm")
    make_live(title="Grain", author=author)
    author.position_en = "Analyst"
    actions.save_instance(author, by=editor)
    crawl(root)
    before = read_pages(root)
    (root / ".mirror").write_text(
        "Made by manage.py mirror, which removes what it does not know. "
        f"It shows site version {SiteVersion.objects.get().number}\n"
    )

    interrupt_crawl(root)

    assert read_pages(root) == before


def test_what_is_withdrawn_during_a_crawl_is_removed_last(root, editor):
    edition = make_live(title="Grain", body="What was said about grain.")
    make_live(title="Iron", author=make_author("Bo Ek"))
    crawl(root)

    def withdraw(done: int, total: int) -> None:
        if done == total:
            actions.withdraw(edition.publication, by=editor)

    result = Crawl(root, processes=1).run(withdraw)

    assert "What was said" not in read_texts(root) and "Iron" in read_texts(root)
    assert f"{edition.get_absolute_url().strip('/')}/index.html" in result.removed


def test_a_change_of_no_publication_during_a_crawl_removes_nothing(root):
    make_live(title="Grain")
    crawl(root)

    def rename_site(done: int, total: int) -> None:
        if done == total:
            actions.save_instance(SiteSettings.objects.get(), by=None)

    result = Crawl(root, processes=1).run(rename_site)

    assert result.removed == []


def test_a_crawl_at_once_after_another_shows_what_another_server_has_changed(root):
    """Its change is not signalled: pages of the last crawl were rendered in a state that is still trusted."""
    make_live(title="Grain")
    with time_machine.travel(timezone.now(), tick=False):
        crawl(root)
        site = SiteSettings.objects.get()
        site.name_en = "Another Centre"
        actions.save_instance(site, by=None)

        crawl(root)

    after = read_pages(root)
    clear_caches()
    assert after == read_pages_of_new_mirror(root)


def test_a_failing_application_removes_nothing(root, settings):
    make_live(title="Grain")
    crawl(root)
    before = read_pages(root)
    settings.ALLOWED_HOSTS = ["elsewhere.example"]

    with pytest.raises(SiteUnavailable, match="answers 400"):
        crawl(root)

    assert read_pages(root) == before


def test_files_without_a_link_are_removed_last(root):
    make_live(title="Grain", tags=(make_tag("Belarus"),))
    crawl(root)
    stray = root / "en" / "stray.html"
    stray.write_text("left over", encoding="utf-8")

    result = crawl(root)

    assert not stray.exists() and result.removed == ["en/stray.html"]


def test_drafts_are_not_mirrored(root):
    make_publication(title="Secret barley")
    make_live(title="Grain")

    crawl(root)

    files = [file for file in root.rglob("*") if file.is_file() and file.suffix not in (".gz", ".br")]
    assert files and not any(b"barley" in file.read_bytes().lower() for file in files)


def test_broken_links_are_reported_with_their_page(root):
    edition = make_live(title="Grain", body="See [this](/en/publications/never-was/).")

    result = crawl(root)

    assert ("/en/publications/never-was/", edition.get_absolute_url()) in result.broken


def test_a_folder_of_something_else_is_refused(root):
    root.mkdir()
    (root / "thesis.doc").write_text("mine")

    with pytest.raises(NotAMirror):
        MirrorFolder(root)
    with pytest.raises(CommandError, match="Give an empty folder"):
        call_command("mirror", root, processes=1)
    assert (root / "thesis.doc").exists()


@pytest.mark.parametrize(
    "path", ["/en/../../etc/passwd", "/en//x", "/%2e%2e/x", f"/{'å' * 130}/", "/.mirror"]
)
def test_no_file_is_outside_of_the_folder_or_has_an_impossible_name(root, path):
    assert MirrorFolder(root).file_of(path) is None


def test_file_names_are_decoded(root):
    folder = MirrorFolder(root)

    assert folder.file_of("/sv/publikationer/%C3%A5r/") == root / "sv/publikationer/år/index.html"
    assert folder.file_of("/en/x.bib") == root / "en/x.bib"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/en/a/?page=2", "en/a/page=2.html"),
        ("/en/a/?from=1", "en/a/from=1.html"),
        ("/en/%C3%A5/", "en/å/index.html"),
        ("/en/a/%3Fpage=2", "en/a/?page=2"),
        ("/", "index.html"),
    ],
)
def test_each_address_has_a_file_of_its_own(root, path, name):
    assert MirrorFolder(root).file_of(path) == root / name
    assert normalize_path(unquote(path)) == normalize_path(address_of(name))


@pytest.mark.parametrize("path", ["/en/a/?q=x", "/en/a/?page=../x", "/en/a?page=2", "/en/a/?page=2&q=x"])
def test_addresses_with_another_query_have_no_file(root, path):
    assert MirrorFolder(root).file_of(path) is None


def test_further_pages_of_lists_are_mirrored_on_request():
    assert not is_mirrored("/en/publications/?page=2", with_renditions=True)
    assert is_mirrored("/en/publications/?page=2", with_renditions=False, with_query_pages=True)


def test_links_are_resolved_like_in_browsers(settings):
    settings.SITE_URL = "https://site.example"
    html = (
        '<a href="../b/">b</a><a href="https://site.example/en/år/">å</a><a href="/en/%C3%A5r/#x">å</a>'
        '<a href="?page=2">2</a><a href="?page=2&amp;q=x">q</a><a href="//elsewhere.example/">e</a><a href="mailto:a@b.c">m</a>'
        '<img srcset="/m/1.webp 1x, /m/2.webp 2x" src="/m/1.webp"><a href="http://[x">x</a>'
    )

    links = links_of("/en/a/", "text/html", html.encode())

    assert links == ["/en/b/", "/en/%C3%A5r/", "/en/a/?page=2", "/m/1.webp", "/m/2.webp"]
    assert links_of("/s/a.css", "text/css", b'@font-face{src:url("../f/x.woff2")}') == ["/f/x.woff2"]
    assert links_of("/sitemap.xml", "application/xml", b"<loc>https://site.example/en/</loc>") == ["/en/"]
    assert links_of("/x.pdf", "application/pdf", b"%PDF") == []


def test_urls_in_metadata_are_links_and_those_in_texts_are_not(settings):
    settings.SITE_URL = "https://site.example"
    html = (
        '<meta property="og:image" content="https://site.example/m/1.png">'
        '<meta name="description" content="Ask &quot;https://site.example/d/&quot;.">'
        '<script type="application/ld+json">{"logo": {"url": "https://site.example/logo.png"}}</script>'
        '<p title="See https://site.example/t/">GET "https://site.example/api/v2/"</p>'
    )

    assert links_of("/x/", "text/html", html.encode()) == ["/m/1.png", "/logo.png"]


def test_renditions_are_mirrored_on_request():
    assert not is_mirrored("/en/publications/x.pdf", with_renditions=False)
    assert is_mirrored("/en/publications/x.pdf", with_renditions=True)
    assert not is_mirrored("/desk/login/", with_renditions=True)
    assert normalize_path("/en/å b/") == normalize_path("/en/%C3%A5%20b/") == "/en/%C3%A5%20b/"


def test_publications_with_all_below_and_beside_their_pages_are_left(root):
    folder = MirrorFolder(root)
    for path in ("/en/", "/en/p/", "/en/p/rye/", "/en/p/rye/editions/1/", "/en/p/rye.bib", "/en/p/oats.bib"):
        folder.write_page(path, b"<p>Rye</p>")
    folder.write_page("/static/x.css", b"p{}")

    removed = folder.remove_all_but(["en/p"], ["static"])

    assert removed == ["en/index.html", "en/p/index.html", "en/p/oats.bib"]


def test_a_full_disk_leaves_pages_and_variants_unchanged(root):
    folder = MirrorFolder(root)
    folder.write_page("/en/x/", b"<p>Rye</p>" * 20_000)
    before = read_files(root)

    with pytest.raises(OSError), files_of_at_most(100_000):
        folder.write_page("/en/x/", b"<p>Oats</p>" * 20_000)

    assert read_files(root) == before


def read_files(root) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in root.rglob("*") if file.is_file()}


@pytest.mark.parametrize("ending", ["", ".gz", ".br"])
@pytest.mark.parametrize("half", [0, 10])
def test_a_truncated_file_is_written_again(root, ending, half):
    folder, body = MirrorFolder(root), b"<p>Rye</p>" * 200
    folder.write_page("/en/x/", body)
    before = read_files(root)
    file = root / f"en/x/index.html{ending}"
    file.write_bytes(file.read_bytes()[:half])

    assert folder.write_page("/en/x/", body)

    assert read_files(root) == before


def test_an_unchanged_page_is_not_compressed_again(root):
    folder, body = MirrorFolder(root), b"<p>Rye</p>" * 200
    folder.write_page("/en/x/", body)
    profile = cProfile.Profile()

    assert not profile.runcall(folder.write_page, "/en/x/", body)

    called = {name for _file, _line, name in pstats.Stats(profile).stats}
    assert called and not [name for name in called if "compress" in name]


@pytest.mark.parametrize("ending", ["", ".gz", ".br"])
def test_a_changed_file_is_written_again(root, ending):
    folder, body = MirrorFolder(root), b"<p>Rye</p>" * 200
    folder.write_page("/en/x/", body)
    before = read_files(root)
    file = root / f"en/x/index.html{ending}"
    file.write_bytes(bytes(len(before[str(file)])))

    assert folder.write_page("/en/x/", body) and not folder.write_page("/en/x/", body)
    assert read_files(root) == before


def test_a_watching_mirror_continues_once_the_disk_has_space(root, monkeypatch, capsys):
    make_live(title="Grain", body="What was said about grain. " * 2_000)

    def sleep(_seconds: float) -> None:
        """The disk is made larger while the mirror waits; once it shows all of the site the test is done."""
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if "What was said about grain." in read_texts(root):
            raise KeyboardInterrupt

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    monkeypatch.setattr("publications.management.commands.mirror.time.sleep", sleep)
    with files_of_at_most(20_000), pytest.raises(CommandError, match="Broken off"):
        call_command("mirror", root, watch=True, processes=1)

    assert "The disk is full" in capsys.readouterr().err
    assert not list(root.rglob("*.part"))


def test_a_folder_that_another_run_writes_is_left_alone(root, monkeypatch, capsys):
    make_live(title="Grain")
    root.mkdir()
    with hold_folder_lock(root), pytest.raises(CommandError, match="Wait until it has ended"):
        call_command("mirror", root, processes=1)
    assert "Grain" not in read_texts(root)

    def sleep(_seconds: float) -> None:
        """The other run ends while the mirror waits; once the folder shows the site the test is done."""
        other_run.close()
        if "Grain" in read_texts(root):
            raise KeyboardInterrupt

    monkeypatch.setattr("publications.management.commands.mirror.time.sleep", sleep)
    with ExitStack() as other_run, pytest.raises(CommandError, match="Broken off"):
        other_run.enter_context(hold_folder_lock(root))
        call_command("mirror", root, watch=True, processes=1)

    assert "Another “manage.py mirror” writes" in capsys.readouterr().err


def test_a_withdrawn_publication_is_removed_from_a_full_disk(root, monkeypatch, editor):
    edition = make_live(title="Grain", body="What was said about grain.")
    crawl(root)

    def sleep(_seconds: float) -> None:
        """The publication is withdrawn while the mirror pauses after a crawl that failed."""
        if "What was said" not in read_texts(root):
            raise KeyboardInterrupt
        if edition.publication.editions.live().exists():
            actions.withdraw(edition.publication, by=editor)

    monkeypatch.setattr("publications.management.commands.mirror.time.sleep", sleep)
    monkeypatch.setattr("publications.management.commands.mirror.POLLS_BEFORE_RETRY", 10**9)
    (root / "en/index.html").unlink()
    with files_of_at_most(100), pytest.raises(CommandError, match="Broken off"):
        call_command("mirror", root, watch=True, processes=1)

    assert "What was said" not in read_texts(root)


def test_a_missing_original_breaks_no_page(root):
    image = make_image(size=(1000, 500))
    edition = make_live(title="Grain", body=f"![](image:{image.key})")
    original_storage().delete(image.original)

    result = crawl(root)

    assert "Grain" in read_page(root, edition)
    assert {path.rpartition("/")[0] for path, _page in result.broken} == {f"/media/{image.key}"}


def test_the_command_reports_and_fails_with_broken_links(root, capsys):
    make_live(title="Grain")
    call_command("mirror", root, processes=1)
    assert "0 broken links" in capsys.readouterr().out

    make_live(title="Iron", body="See [this](/en/publications/never-was/).")
    with pytest.raises(CommandError, match="1 link leads to what is not there"):
        call_command("mirror", root, processes=1)
    assert "leads to /en/publications/never-was/" in capsys.readouterr().err


REFERENCE_ATTRIBUTES = ("href", "src", "srcset", "poster", "data", "action", "content")


class References(HTMLParser):
    """The URLs in the tags of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.urls: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes) -> None:
        for name, value in attributes:
            if name in REFERENCE_ATTRIBUTES and value and not (name == "content" and "/" not in value):
                parts = value.split(",") if name == "srcset" else [value]
                self.urls += [part.split()[0] for part in parts if part.strip()]


def referenced_paths(root) -> dict[str, str]:
    """Return the paths of the site that files of a mirror refer to, each with one of the files."""
    paths: dict[str, str] = {}
    for file in root.rglob("*"):
        if not file.is_file() or not file.name.endswith(COMPRESSED_ENDINGS):
            continue
        text, page_path = file.read_text("utf-8"), f"/{file.relative_to(root)}".removesuffix("index.html")
        addresses = [
            unescape(address) for address in re.findall(r"https://site\.example/[^\s\"'<>\\)\]{}]*", text)
        ]
        if file.suffix == ".html":
            addresses += [url for url in References(text).urls if not url.startswith(("mailto:", "data:"))]
        if file.suffix == ".css":
            addresses += re.findall(r"url\([\"']?([^\"')]+)", text)
        for address in addresses:
            parts = urlsplit(urljoin(f"https://site.example{page_path}", address))
            if parts.netloc == "site.example" and not parts.query:
                paths.setdefault(unquote(parts.path), page_path)
    return paths


@pytest.fixture
def full_site(settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://site.example", ["site.example"]
    image = make_image()
    author = make_author("Bo Ek", portrait=image, biography_en="Writes on grain.")
    first = make_live(title="Grain", author=author, tags=(make_tag("Belarus"),), cover=image,
                      body=f"See ![a field](image:{image.key}).[^1]\n\n[^1]: A note.")  # fmt: skip
    actions.publish(
        saved(first.publication, body="Other words."), by=None, change=Change.CORRECTION, note="Wrong."
    )
    make_live(title="Rågen", language="sv", translation_of=first.publication)
    return first


def test_a_rendition_that_fails_does_not_end_the_crawl(root, settings):
    settings.PDF_TIMEOUT = 0
    edition = make_live(title="Grain", body="What was said about grain.")

    report = crawl(root, with_renditions=True)

    assert "What was said about grain." in read_page(root, edition)
    assert f"{edition.get_absolute_url().rstrip('/')}.pdf" in report.unavailable


def test_a_rendition_is_requested_again_while_others_are_rendered(root, monkeypatch):
    edition = make_live(title="Grain")
    path, pauses = f"{edition.get_absolute_url().rstrip('/')}.pdf", []
    busy = responses.CrawlResponse(503, "text/html", b"", retry_after=5)
    pages = [busy, busy, responses.CrawlResponse(200, "application/pdf", b"%PDF")]
    monkeypatch.setattr(responses, "fetch", lambda _path: pages.pop(0))
    monkeypatch.setattr(responses.time, "sleep", pauses.append)

    page = responses.fetch_with_retries(path)

    assert page.status == 200 and pauses == [5, 5]


def test_a_mirror_with_renditions_has_every_referenced_path(root, full_site):
    result = crawl(root, with_renditions=True)

    expected = {
        path: page
        for path, page in referenced_paths(root).items()
        if is_mirrored(normalize_path(path), with_renditions=True)
    }
    missing = {
        path: page
        for path, page in expected.items()
        if not MirrorFolder(root).file_of(normalize_path(path)).is_file()
    }
    assert len(expected) > 60 and any(path.endswith("card.png") for path in expected)
    assert {path: page for path, page in missing.items() if path not in REDIRECTS} == {}
    assert result.broken == []


REDIRECTS = ("/",)


def test_a_mirror_without_renditions_lacks_nothing_else(root, full_site):
    crawl(root)

    expected = {
        path: page
        for path, page in referenced_paths(root).items()
        if is_mirrored(normalize_path(path), with_renditions=True)
    }
    missing = {
        path for path in expected if not MirrorFolder(root).file_of(normalize_path(path)).is_file()
    } - {*REDIRECTS}
    assert missing and all(path.endswith((".pdf", "/card.png")) for path in missing)


def test_a_crawl_after_changes_gives_the_same_files_as_a_new_one(root, django_capture_on_commit_callbacks):
    site = RelatedSite(lambda: django_capture_on_commit_callbacks(execute=True))
    crawl(root)
    for number, change in enumerate((*KEEPING_CHANGES, rename_an_author)):
        with site.commit():
            change(site)
        if number % 6 == 0 or change is rename_an_author:
            crawl(root)
            assert read_pages(root) == read_pages_of_new_mirror(root), change.__name__
    assert {"".join(file.suffixes) for file in (root / "en/publications").iterdir()} >= RECORD_ENDINGS


def read_pages(root) -> dict[str, bytes]:
    """Return the content of all files, without the marker and the compressed variants."""
    files = [file for file in root.rglob("*") if file.is_file() and file.suffix not in (".gz", ".br")]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files if file.name != ".mirror"}


def read_pages_of_new_mirror(root) -> dict[str, bytes]:
    new = root.with_name("new")
    crawl(new)
    try:
        return read_pages(new)
    finally:
        shutil.rmtree(new)


def count_requests(monkeypatch) -> list[str]:
    """Return a list that the paths of all requests to the application are added to."""
    paths, fetch = [], responses.fetch
    monkeypatch.setattr(responses, "fetch", lambda path: paths.append(path) or fetch(path))
    return paths


def test_pages_that_no_action_has_changed_are_not_rendered_again(root, monkeypatch):
    changed = make_live(title="Grain", author=make_author("Vera Holm"))
    other = make_live(title="Iron", body="About [steel](https://example.org/).", author=make_author("Bo Ek"))
    crawl(root)
    actions.publish(saved(changed.publication, body="Something else."), by=None)
    paths = count_requests(monkeypatch)

    result = crawl(root)

    assert (
        changed.get_absolute_url() in paths and "/en/" in paths and f"{other.get_absolute_url()}" not in paths
    )
    assert not any(path.startswith(other.get_absolute_url().rstrip("/")) for path in paths)
    assert (result.removed, result.broken) == ([], [])


@pytest.mark.parametrize("reason", ["release", "window", "marker"])
def test_every_page_is_rendered_again(root, monkeypatch, reason):
    edition = make_live(title="Grain")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        if reason == "window":
            in_an_hour = timezone.now() + timedelta(hours=1)
            actions.publish(make_publication(title="Rye"), by=None, until=in_an_hour)
        crawl(root)
        if reason == "release":
            monkeypatch.setattr(mirror_folder, "release_fingerprint", lambda: "another")
        elif reason == "window":
            clock.shift(timedelta(hours=2))
        else:
            (root / ".mirror").write_text("Made by manage.py mirror. It shows site version 1\n")
        paths = count_requests(monkeypatch)

        crawl(root)

    assert edition.get_absolute_url() in paths


def test_a_page_changed_by_others_is_rendered_again_though_no_action_changed_it(root, monkeypatch):
    edition = make_live(title="Grain")
    crawl(root)
    page = root.joinpath(*edition.get_absolute_url().strip("/").split("/"), "index.html")
    before = page.read_bytes()
    page.write_bytes(b"<p>Something else")

    crawl(root)

    assert page.read_bytes() == before


def test_after_an_interrupted_crawl_every_page_is_rendered_again(root, monkeypatch):
    edition = make_live(title="Grain")
    crawl(root)
    with monkeypatch.context() as patch:
        patch.setattr(MirrorFolder, "remove_unlisted", interrupted)
        with pytest.raises(KeyboardInterrupt):
            crawl(root)
    paths = count_requests(monkeypatch)

    crawl(root)

    assert edition.get_absolute_url() in paths


def interrupted(*_arguments) -> None:
    raise KeyboardInterrupt


def test_an_emptied_page_is_written_again_though_its_time_is_right(root):
    edition = make_live(title="Grain")
    crawl(root)
    page = root.joinpath(*edition.get_absolute_url().strip("/").split("/"), "index.html")
    before, modified = page.read_bytes(), page.stat().st_mtime_ns
    page.write_bytes(b"")
    os.utime(page, ns=(modified, modified))

    crawl(root)

    assert page.read_bytes() == before


def test_a_file_without_variants_is_never_taken_for_unchanged(root):
    folder = MirrorFolder(root)
    folder.write_page("/en/publications/x.pdf", b"%PDF-whole")

    assert not folder.has_page("/en/publications/x.pdf")


def test_the_pages_of_publications_are_those_at_and_below_their_addresses(root, full_site, client):
    crawl(root)
    crawler = Crawl(root, processes=1)
    shown = crawler.folder.read_state()
    crawler._unchanged = find_unchanged_publications(read_site_state(shown), shown)
    names = [name for name in read_pages(root) if name.endswith(("index.html", *RECORD_ENDINGS))]
    paths = [normalize_path(f"/{name.removesuffix('index.html')}") for name in names]

    def has_publication(path: str) -> bool:
        """Whether a page is that of a publication; a record is one of what the page beside it is of."""
        page = path if path.endswith("/") else f"{path.partition('.')[0]}/"
        response = client.get(page, headers={"host": "site.example"})
        return getattr(response, "publication_pk", None) is not None

    of_publications = [path for path in paths if has_publication(path)]

    assert {"".join(PurePath(path).suffixes) for path in of_publications} == {"", *RECORD_ENDINGS}
    assert of_publications == [path for path in paths if crawler._is_unchanged(path)]
