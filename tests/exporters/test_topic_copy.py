"""A portable copy of one topic: its page first, its publications with files and authors, and nothing that is not public."""

import re
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from django.core.management import CommandError, call_command

from publications import actions
from publications.models import store_original
from tests.exporters.test_mirror import clear_caches
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved, tomorrow
from tests.page_caches import no_connection_closed

pytestmark = pytest.mark.django_db
SITE = "http://127.0.0.1:8000"
LINK = re.compile(r'<([a-z]+)[^<>]*?\s(?:href|src)="([^"]*)"[^<>]*>')
FILE = b"%PDF-1.7 a report"


@pytest.fixture
def root(tmp_path, settings):
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    clear_caches()
    with no_connection_closed():
        yield tmp_path / "mirror"
    clear_caches()


@pytest.fixture
def topic(editor):
    """A topic with a publication that has an image and a file, one of a pen name, others that are not public."""
    tag, other = make_tag("Belarus"), make_tag("Moldova")
    image, elsewhere = make_image(), make_image(colour="red")
    grain = make_publication(
        title="Grain", tags=(tag, other), authors=[make_author("Ann Ek")],
        body=f"See [rye](/en/publications/rye/) and [iron](/en/publications/iron/).\n\n![A field](image:{image.key})",
    )  # fmt: skip
    grain.attachments.create(
        original=store_original(FILE, "pdf"),
        filename="report.pdf",
        label="The report",
        size=len(FILE),
        position=0,
    )
    actions.publish(saved(grain), by=editor)
    make_live(title="Rye", tags=(tag,), authors=[make_author("Tacit", is_pseudonymous=True)])
    make_live(title="Råg", language="sv", tags=(tag,), authors=[make_author("Bo Ek")])
    make_live(
        title="Iron",
        tags=(other,),
        authors=[make_author("Eva Alm")],
        body=f"![A field](image:{elsewhere.key})",
    )
    actions.withdraw(make_live(title="Oats", tags=(tag,)).publication, by=editor)
    actions.publish(make_publication(title="Later", tags=(tag,)), by=editor, at=tomorrow())
    make_publication(title="Draft", tags=(tag,))
    redacted = make_live(title="On Vera Holm", tags=(tag,), body="Vera Holm said it.").publication
    actions.redact(redacted, "Vera Holm", by=editor)
    tag.image, tag.elsewhere, tag.redacted = image, elsewhere, redacted
    return tag


def write(root: Path, **options) -> Path:
    copy = root.with_name("copy")
    call_command("mirror", root, processes=1, portable=copy, verbosity=0, **options)
    return copy


def names_in(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def pages_in(names: set[str]) -> set[str]:
    return {name.removesuffix("/index.html") for name in names if name.endswith("/index.html")}


def test_it_has_the_public_pages_of_the_topic_and_no_others(root, topic):
    names = names_in(write(root, topic="belarus"))

    slug = topic.redacted.slug
    assert {page for page in pages_in(names) if page.count("/") == 2} == {
        "en/topics/belarus", "sv/amnen/belarus",
        "en/publications/grain", "en/publications/rye", "sv/publikationer/råg", f"en/publications/{slug}",
        *(f"{section}/{author}" for section in ("en/authors", "sv/forfattare") for author in authors_of(topic)),
    }  # fmt: skip
    assert {"en/publications/grain.bib", "index.html"} <= names
    assert any(topic.image.key in name for name in names)
    assert not any(topic.elsewhere.key in name for name in names)
    assert any(name.startswith("static/") and name.endswith(".woff2") for name in names)
    assert not any(
        word in name for name in names for word in ("vera", "oats", "later", "draft", "tacit", "moldova")
    )


def authors_of(topic) -> set[str]:
    return {"ann-ek", "bo-ek"} | {byline.author.slug for byline in topic.redacted.bylines.all()}


def test_no_page_of_it_names_who_is_redacted(root, topic):
    copy = write(root, topic="belarus")

    assert not [name for name in names_in(copy) if b"Vera Holm" in (copy / name).read_bytes()]


def test_it_begins_with_the_page_of_the_topic(root, topic):
    text = (write(root, topic="belarus") / "index.html").read_text("utf-8")

    assert "<h1" in text and "Belarus</h1>" in text.replace("\n", "")
    assert 'href="en/publications/grain/index.html"' in text


def test_its_links_lead_to_files_or_are_marked_and_lead_to_the_site(root, topic):
    copy = write(root, topic="belarus", with_files=True)

    marked = relative = 0
    for page in copy.rglob("*.html"):
        for match in LINK.finditer(page.read_text("utf-8")):
            url = urldefrag(unescape(match[2])).url
            if not url or urlsplit(url).scheme:
                is_to_site = match[1] == "a" and url.startswith(SITE)
                assert is_to_site == ("data-on-web" in match[0]), (page, match[0])
                marked += is_to_site
            else:
                assert (page.parent / unquote(url)).resolve().is_file(), (page, url)
                relative += 1
    assert marked > 20 and relative > 50
    grain = (copy / "en/publications/grain/index.html").read_text("utf-8")
    assert 'href="../rye/index.html"' in grain and f'data-on-web href="{SITE}/en/publications/iron/"' in grain


def test_files_of_publications_are_in_it_on_request(root, topic, editor):
    assert not [name for name in names_in(write(root, topic="belarus")) if "/files/" in name]

    copy = write(root, topic="belarus", with_files=True)

    (name,) = [name for name in names_in(copy) if "/files/" in name]
    assert name.startswith("en/publications/grain/files/") and (copy / name).read_bytes() == FILE
    assert f'href="{name.removeprefix("en/publications/grain/")}"' in (
        copy / "en/publications/grain/index.html"
    ).read_text("utf-8")

    actions.withdraw(topic.published.get(edition__slug="grain").edition.publication, by=editor)
    assert not [name for name in names_in(write(root, topic="belarus", with_files=True)) if "/files/" in name]


def test_a_copy_of_the_whole_site_has_files_on_request(root, topic):
    copy = write(root, with_files=True)

    assert [name for name in names_in(copy) if "/files/" in name]
    assert not [name for name in names_in(root) if "/files/" in name]  # a web server would send them as pages


def test_the_archive_is_the_same_each_time(root, topic, tmp_path):
    archives = [tmp_path / "a.zip", tmp_path / "b.zip"]

    for archive in archives:
        call_command("mirror", root, processes=1, topic="belarus", with_files=True, zip=archive, verbosity=0)

    assert archives[0].read_bytes() == archives[1].read_bytes()
    with zipfile.ZipFile(archives[0]) as opened:
        assert {"index.html", "SHA256SUMS", "en/publications/grain/index.html"} <= set(opened.namelist())


def test_a_topic_without_a_live_publication_is_refused_with_those_that_have_one(root, topic):
    make_publication(tags=(make_tag("Unused"),))

    with pytest.raises(
        CommandError, match=r"No live publication has the topic “unused”. Topics are: belarus, moldova."
    ):
        write(root, topic="unused")

    assert not any(root.rglob("*.html"))


@pytest.mark.parametrize("options", [{"topic": "belarus"}, {"with_files": True}])
def test_options_about_a_copy_need_one(root, options):
    with pytest.raises(CommandError, match="give --portable COPY"):
        call_command("mirror", root, processes=1, verbosity=0, **options)
