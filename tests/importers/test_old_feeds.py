"""Readers who are subscribed to a feed of the old site get the feed here."""

import json

import pytest

from publications.importers.run import ImportOptions, run_import
from publications.path_patterns import PathTree
from tests.blogs import write_post
from tests.importers.ghost.test_source import make_export
from tests.importers.old_site.test_hostile_copies import open_site
from tests.importers.substack.test_source import write_export
from tests.importers.wordpress import exports as wordpress
from tests.old_site import Answer, small_site

pytestmark = pytest.mark.django_db


def write_source(system: str, folder):
    """Write a source of a system with a public text, and return its path."""
    if system == "wordpress":
        return wordpress.write_export(folder, wordpress.item(1))
    if system == "ghost":
        (folder / "a.json").write_text(
            json.dumps(make_export({"title": "A", "slug": "a", "html": "<p>a</p>"}))
        )
        return folder / "a.json"
    if system == "substack":
        write_export(folder / "a", "1.a,2024-04-09,true,,,newsletter,everyone,A,,", **{"1_a": "<p>b</p>"})
        return folder / "a"
    (folder / {"hugo": "hugo.toml", "jekyll": "_config.yml"}[system]).write_text("")
    posts = folder / {"hugo": "posts", "jekyll": "_posts"}[system]
    write_post(posts, "2024-04-09-a.md", front="permalink: /a/\naliases: [/b/]\nredirect_from: /b/\n")
    return folder


@pytest.mark.parametrize(
    ("system", "paths"),
    [
        ("wordpress", ["/feed/", "/feed/atom/", "/?feed=rss2", "/comments/feed/"]),
        ("ghost", ["/rss/", "/rss"]),
        ("substack", ["/feed"]),
        ("hugo", ["/index.xml", "/posts/index.xml"]),
        ("jekyll", ["/feed.xml"]),
    ],
)
def test_the_feeds_of_a_system_lead_to_the_feed_here(client, tmp_path, system, paths):
    run_import(ImportOptions(write_source(system, tmp_path), publish=True))

    for path in paths:
        response = client.get(path, follow=True)
        [(address, status)] = response.redirect_chain
        assert (address[3:], status, response.status_code) == ("/feeds/publications.atom", 301, 200)


def test_the_feeds_that_pages_of_an_old_site_name_lead_to_the_feed_here(tmp_path):
    head = "".join(
        f"<link rel=alternate type=application/rss+xml href={path}>"
        for path in ("/nytt.rss", "/news/gas/feed/")
    )
    feed = {"/nytt.rss": Answer(b"<rss/>", "application/rss+xml")}
    source = open_site(tmp_path, small_site(head=head) | feed)

    assert source.old_pages["/nytt.rss"].address.endswith("/feeds/publications.atom")
    assert "/news/gas/feed/" not in source.old_pages  # that of one page leads to it
    assert "/nytt.rss" not in str(source.summarize(PathTree([])))
