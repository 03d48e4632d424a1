"""The portable copy of the mirror, its archive, and signed sums of all files."""

import hashlib
import re
import shutil
import subprocess
import zipfile
from functools import partial
from html import unescape
from pathlib import Path
from unittest.mock import patch
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError

from publications import actions
from publications.exporters import MirrorFolder, PortableMirror, SiteUnavailable
from publications.exporters.checksums import SIGNATURE, SUMS, render_sums
from publications.exporters.mirror_folder import COMPRESSORS, MARKER
from publications.minisign import SecretKey
from tests.exporters.test_mirror import clear_caches, crawl
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.page_caches import no_connection_closed

pytestmark = pytest.mark.django_db
KEY = SecretKey.generate()
SITE = "http://127.0.0.1:8000"
LINK = re.compile(r'<([a-z]+)[^<>]*?\s(?:href|src)="([^"]*)"[^<>]*>')


@pytest.fixture
def root(tmp_path, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    clear_caches()
    with no_connection_closed():
        yield tmp_path / "mirror"
    clear_caches()


@pytest.fixture
def edition():
    body = f"See [another](/en/publications/iron/#p-abcdef), [the search](/en/publications/?q=x), [us]({SITE}/en/about/)."
    image = make_image()
    body = f"{body}\n\n![A field](image:{image.key})"
    make_live(title="Iron", slug="iron", tags=(make_tag("Belarus"),))
    return make_live(title="Зерно", slug="зерно", body=body)


def write_copy(root) -> Path:
    copy = root.with_name("copy")
    PortableMirror(MirrorFolder(root)).write_folder(copy)
    return copy


def names_in(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(("locale", "text"), [("en", "This is a copy of"), ("sv", "Det här är en kopia av")])
def test_each_page_says_that_it_is_of_a_copy(root, edition, locale, text):
    crawl(root)
    pages = [*(write_copy(root) / locale).rglob("*.html")]

    assert pages
    for page in pages:
        html = page.read_text("utf-8")
        assert html.count(f'<p class="notice">{text} {SITE}.') == 1, page
        assert html.index("<main") < html.index(f"{text} {SITE}")
        assert "PDF" in html[html.index("<main") :].partition("</p>")[0], page
    assert not any(text in page.read_text("utf-8") for page in root.rglob("*.html"))


def test_all_relative_links_lead_to_files_and_all_others_to_the_site(root, edition):
    crawl(root)

    copy = write_copy(root)

    relative = images = 0
    for page in copy.rglob("*.html"):
        for tag, value in LINK.findall(page.read_text("utf-8")):
            url = urldefrag(unescape(value)).url
            if not url or urlsplit(url).scheme:
                assert tag in ("a", "link") or not url.startswith(SITE), (page, url)
                continue
            assert not url.startswith("/") and (page.parent / unquote(url)).resolve().is_file(), (page, url)
            relative += 1
        for candidates in re.findall(r'srcset="([^"]*)"', page.read_text("utf-8")):
            for url in (part.split()[0] for part in candidates.split(",")):
                assert (page.parent / url).resolve().is_file(), (page, url)
                images += 1
    assert images > 1 and relative > 100


def test_links_name_index_html_and_keep_fragments(root, edition):
    crawl(root)

    text = (write_copy(root) / "en/publications/зерно/index.html").read_text("utf-8")

    assert 'href="../iron/index.html#p-abcdef"' in text and 'href="../../about/index.html"' in text
    assert f'href="{SITE}/en/publications/?q=x"' in text
    assert f'<link rel="canonical" href="{SITE}{edition.get_absolute_url()}">' in text
    assert f'action="{SITE}/en/publications/"' in text
    assert 'type="module"' not in text and '<script defer src="../../../static/' in text


def relative_links(page: Path) -> set[Path]:
    """Return the files that a page leads to."""
    urls = (urldefrag(unescape(value)).url for _tag, value in LINK.findall(page.read_text("utf-8")))
    return {(page.parent / unquote(url)).resolve() for url in urls if url and not urlsplit(url).scheme}


def test_every_page_of_the_copy_is_reached_by_links_of_the_copy(root, tmp_path):
    author, topic = make_author("Ann Ek"), make_tag("Belarus")
    drafts = [
        make_publication(title=f"Grain {number}", authors=[author], tags=(topic,)) for number in range(21)
    ]
    actions.publish_many(drafts, by=None)
    copy = tmp_path / "copy"

    call_command("mirror", root, processes=1, portable=copy, verbosity=0)

    pages, queue = set(), [(copy / "index.html").resolve()]
    while queue:
        page = queue.pop()
        if page.suffix == ".html" and page not in pages:
            pages.add(page)
            queue += relative_links(page)
    assert pages == {file.resolve() for file in copy.rglob("*.html")}
    assert {"en/publications/page=2.html", "en/authors/ann-ek/page=2.html"} <= names_in(copy)
    assert not any(
        "?page=" in value for page in pages for _tag, value in LINK.findall(page.read_text("utf-8"))
    )
    last = (copy / "en/publications/page=2.html").read_text("utf-8")
    assert 'href="index.html"' in last and f'action="{SITE}/en/publications/' in last


def test_a_copy_has_what_has_changed_since_an_earlier_edition(root):
    publication = make_live(title="Rye", slug="rye", body="First.\n\n- An item.").publication
    for body in ("Second.\n\n- An item.", "Third.\n\n- Another."):
        actions.publish(saved(publication, body=body), by=None)
    crawl(root, with_query_pages=True)

    old = write_copy(root) / "en/publications/rye/editions/1/index.html"
    links = [unquote(url) for _tag, url in LINK.findall(old.read_text("utf-8")) if "/changes/" in url]
    targets = {urldefrag(url).url for url in links}

    assert len(links) == 3 and targets == {"../3/changes/from=1.html"}
    comparison = (old.parent / targets.pop()).resolve().read_text("utf-8")
    assert all(f'id="{fragment}"' in comparison for url in links if (fragment := urldefrag(url).fragment))


def test_a_mirror_for_a_server_has_no_further_pages_of_lists(root):
    actions.publish_many([make_publication(title=f"Grain {number}") for number in range(21)], by=None)

    crawl(root)

    assert not list(root.rglob("page=*"))


def test_the_copy_begins_with_a_home_page_and_has_no_compressed_variants(root, edition):
    crawl(root)

    copy = write_copy(root)

    assert 'href="en/publications/index.html"' in (copy / "index.html").read_text("utf-8")
    assert not [name for name in names_in(copy) if name.endswith(tuple(COMPRESSORS))]
    plain = {name for name in names_in(root) if not name.endswith(tuple(COMPRESSORS))}
    assert names_in(copy) == plain | {"index.html"}


def test_the_copy_follows_the_mirror(root, edition, editor):
    crawl(root)
    copy = write_copy(root)
    untouched = copy / "en/topics/index.html"
    before = untouched.stat().st_mtime_ns

    actions.withdraw(edition.publication, by=editor)
    crawl(root)
    write_copy(root)

    assert not (copy / "en/publications/зерно/index.html").exists()
    assert untouched.stat().st_mtime_ns == before
    assert_sums_are_right(copy)


def test_the_archive_has_the_files_of_the_copy_and_is_the_same_each_time(root, edition, settings, tmp_path):
    sign_on_server(settings, tmp_path)
    crawl(root)
    copy = write_copy(root)
    archives = [root.with_name(name) for name in ("a.zip", "b.zip")]

    for archive in archives:
        PortableMirror(MirrorFolder(root)).write_zip(archive)

    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    assert contents == {name: (copy / name).read_bytes() for name in names_in(copy) - {MARKER}}


def assert_sums_are_right(folder: Path) -> None:
    lines = (folder / SUMS).read_text("utf-8").splitlines()
    digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert set(digests) == names_in(folder) - {MARKER, SUMS, SIGNATURE}
    for name, digest in digests.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    if tool := shutil.which("sha256sum"):
        assert (
            subprocess.run([tool, "--strict", "--quiet", "-c", SUMS], cwd=folder, check=False).returncode == 0
        )


def sign_on_server(settings, folder: Path) -> None:
    (folder / "key").write_text(KEY.serialize())
    settings.SIGNING_KEY = str(folder / "key")


@pytest.mark.parametrize("change", ["nothing", "published", "withdrawn", "damaged"])
def test_sums_are_right_and_signed_after_every_crawl(root, edition, settings, tmp_path, editor, change):
    sign_on_server(settings, tmp_path)
    crawl(root)
    before = (root / SUMS).stat().st_mtime_ns

    if change == "published":
        actions.publish(saved(edition.publication, body="Something else."), by=editor)
    elif change == "withdrawn":
        actions.withdraw(edition.publication, by=editor)
    elif change == "damaged":
        (root / "robots.txt").write_text("damaged")
    crawl(root)

    assert_sums_are_right(root)
    KEY.public.verify([(root / SUMS).read_bytes()], (root / SIGNATURE).read_text())
    assert ((root / SUMS).stat().st_mtime_ns == before) == (change == "nothing")
    assert (root / SUMS).stat().st_mode & 0o777 == 0o644


@pytest.mark.skipif(not shutil.which("minisign"), reason="needs the tool minisign")
def test_the_tool_accepts_the_signature_of_the_sums(root, edition, settings, tmp_path):
    sign_on_server(settings, tmp_path)
    crawl(root)

    command = ["minisign", "-Vm", root / SUMS, "-P", str(KEY.public)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 0 and f"SHA256SUMS of {SITE}" in result.stdout


def test_a_signature_made_elsewhere_stays_while_the_sums_do(root, edition, editor):
    crawl(root)
    assert not (root / SIGNATURE).exists()
    (root / SIGNATURE).write_text(KEY.sign([(root / SUMS).read_bytes()], comment="by hand"))

    crawl(root)
    assert (root / SIGNATURE).exists()
    actions.publish(saved(edition.publication, body="Something else."), by=editor)
    crawl(root)
    assert not (root / SIGNATURE).exists()


def test_there_are_no_sums_while_files_change(root, edition):
    crawl(root)
    folder = MirrorFolder(root)

    folder.write_page("/robots.txt", (root / "robots.txt").read_bytes())
    assert (root / SUMS).exists()
    folder.write_page("/robots.txt", b"else")
    assert not (root / SUMS).exists()
    crawl(root)
    folder.remove_page("en/publications/iron")

    assert not (root / SUMS).exists()


def test_names_with_line_breaks_are_escaped_as_sha256sum_does(tmp_path):
    names = ("a\nb", "c\\d", "e f", "ö")
    for name in names:
        (tmp_path / name).write_text(name)
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in names}

    (tmp_path / SUMS).write_bytes(render_sums(digests))

    assert_tool_accepts(tmp_path)


def assert_tool_accepts(folder: Path) -> None:
    if tool := shutil.which("sha256sum"):
        assert (
            subprocess.run([tool, "--strict", "--quiet", "-c", SUMS], cwd=folder, check=False).returncode == 0
        )


@pytest.mark.parametrize(("content", "reason"), [(None, "cannot be read"), ("no key", "is no secret key")])
def test_an_unusable_key_is_named(root, edition, settings, tmp_path, content, reason):
    settings.SIGNING_KEY = str(tmp_path / "key")
    if content:
        (tmp_path / "key").write_text(content)

    with pytest.raises(ImproperlyConfigured, match=f"SIGNING_KEY: .*key.*{reason}"):
        crawl(root)


@pytest.mark.parametrize("site", [SITE, "https://sceeus.example"])
def test_the_command_writes_copy_and_archive(root, edition, tmp_path, settings, capsys, site):
    settings.SITE_URL, settings.ALLOWED_HOSTS = site, ["*"]

    call_command(
        "mirror", root, processes=1, portable=tmp_path / "copy", zip=tmp_path / "out/site.zip", verbosity=0
    )

    output = capsys.readouterr()
    assert ("set SITE_URL to the public address" in output.err) == (site == SITE)
    assert (
        "Not in the copy: the PDFs of texts (--with-pdf), the files of publications (--with-files)."
        in output.out
    )
    assert_sums_are_right(tmp_path / "copy")
    assert zipfile.is_zipfile(tmp_path / "out/site.zip")


@pytest.mark.parametrize("error", [KeyboardInterrupt, SiteUnavailable("/en/", 500), DatabaseError, OSError])
def test_a_withdrawn_page_goes_from_the_copies_whatever_becomes_of_the_crawl(
    root, edition, tmp_path, editor, error
):
    """The crawl removes what is withdrawn before it fails; the archive, which has it, goes as a whole."""
    call = partial(
        call_command, "mirror", root, processes=1, portable=tmp_path / "copy", zip=tmp_path / "site.zip"
    )
    call(verbosity=0)
    page = f"{edition.get_absolute_url().strip('/')}/index.html"
    assert (tmp_path / "copy" / unquote(page)).exists()
    actions.withdraw(edition.publication, by=editor)

    with patch("publications.exporters.mirror.Crawl._visit_all", side_effect=error), pytest.raises(Exception):
        call(verbosity=0)

    assert not (tmp_path / "copy" / unquote(page)).exists() and not (tmp_path / "site.zip").exists()


def test_a_run_killed_before_it_cleaned_the_copies_is_completed_by_one_that_fails(
    root, edition, tmp_path, editor
):
    call = partial(call_command, "mirror", root, processes=1, portable=tmp_path / "copy", verbosity=0)
    call()
    page = f"{edition.get_absolute_url().strip('/')}/index.html"
    actions.withdraw(edition.publication, by=editor)
    with (
        patch("publications.exporters.PortableMirror.remove_stale", side_effect=SystemExit),
        pytest.raises(SystemExit),
    ):
        call()
    assert (tmp_path / "copy" / unquote(page)).exists()

    with (
        patch("publications.exporters.mirror.Crawl._visit_all", side_effect=SiteUnavailable("/en/", 500)),
        pytest.raises(CommandError),
    ):
        call()

    assert not (tmp_path / "copy" / unquote(page)).exists()


@pytest.mark.parametrize("error", [DatabaseError, OSError])
def test_the_copies_stay_where_a_crawl_fails_and_nothing_is_withdrawn(root, edition, tmp_path, error):
    call = partial(
        call_command, "mirror", root, processes=1, portable=tmp_path / "copy", zip=tmp_path / "site.zip"
    )
    call(verbosity=0)
    names = names_in(tmp_path)

    with patch("publications.exporters.mirror.read_site_state", side_effect=error), pytest.raises(error):
        call(verbosity=0)

    assert names_in(tmp_path) == names


@pytest.mark.parametrize(
    "options", [{"portable": "mirror/copy"}, {"zip": "mirror/site.zip"}, {"portable": "."}]
)
def test_a_copy_within_the_mirror_is_refused(root, tmp_path, options):
    paths = {name: tmp_path / path for name, path in options.items()}

    with pytest.raises(CommandError, match="Give places of their own"):
        call_command("mirror", root, processes=1, **paths)
    assert not root.exists()
