"""Texts in whose place the old site led elsewhere, and what fields say to search engines."""

import pytest

from publications.importers.imported_file import SERVER_REDIRECT
from publications.models import Edition, Redirect
from tests.blogs import import_blog, texts_of

from .test_permalinks import write_site

pytestmark = pytest.mark.django_db
TEXT = "---\ntitle: {}\ndate: 2024-04-09\nauthor: ann\nexcerpt: Short.\n{}---\n{}\n"


def write_text(title: str, front: str = "", body: str = "Words.") -> str:
    return TEXT.format(title, front, body)


def test_a_text_that_the_old_site_did_not_show_waits_and_its_address_leads_on(client, tmp_path):
    write_site(
        tmp_path,
        {
            "_config.yml": "url: https://a.example\npermalink: /:title/\n",
            "_posts/2024-04-09-new.md": write_text("New"),
            "_posts/2024-04-09-moved.md": write_text("Moved", "redirect_to: /new/\n"),
            "_posts/2024-04-09-away.md": write_text("Away", "redirect_to: [https://b.example/x]\n"),
            "_posts/2024-04-09-link.md": write_text("Link", "redirect_to: https://b.example/y\n", body=""),
        },
    )

    report = import_blog(tmp_path, media=())

    live = {edition.slug: edition for edition in Edition.objects.live()}
    assert set(live) == {"new", "link"}
    assert client.get("/moved/")["Location"] == live["new"].get_absolute_url()
    assert not Redirect.objects.filter(path="/away").exists()
    items = [item for note in report.source_notes if note.topic == SERVER_REDIRECT for item in note.items]
    assert len(items) == 1 and "/away/" in items[0] and "https://b.example/x" in items[0]
    assert "https://b.example/x" in texts_of(report, "not-public", "_posts/2024-04-09-away.md")[0]


@pytest.mark.parametrize(
    ("front", "notes"),
    [
        ("canonical_url: https://b.example/x\n", 1),
        ("canonical: https://a.example/a/\n", 0),
        ("sitemap: false\n", 1),
        ("robots: noindex, follow\n", 1),
        ("sitemap: {disable: true}\nrobotsNoIndex: true\n", 1),
        ("sitemap: true\nnoindex: false\nrobots: index\n", 0),
    ],
)
def test_what_a_text_says_to_search_engines_is_noted(tmp_path, front, notes):
    files = {
        "_config.yml": "url: https://a.example\npermalink: /:title/\n",
        "_posts/2024-04-09-a.md": write_text("A", front),
    }

    report = import_blog(write_site(tmp_path, files), media=())

    assert len(texts_of(report, "value", "_posts/2024-04-09-a.md")) == notes
