"""The addresses that other systems give their feeds, by which readers of an old site are subscribed to it."""

import re

WORDPRESS_FORMATS = ("rss2", "atom", "rss", "rdf")
SITE_FEEDS = {
    "WordPress": (
        "/feed/", "/comments/feed/",
        *(path for name in WORDPRESS_FORMATS for path in (f"/feed/{name}/", f"/?feed={name}")),
    ),
    "Ghost": ("/rss/", "/feed/"),
    "Substack": ("/feed",),
    "hugo": ("/index.xml",),
    "jekyll": ("/feed.xml", "/atom.xml"),
    "eleventy": ("/feed.xml", "/feed/feed.xml"),
}  # fmt: skip
"""The feeds of all texts by the name of the system, of Markdown by that of the generator."""
FEED_END = rf"feed(?:/(?:{'|'.join(WORDPRESS_FORMATS)}))?|(?:feed/)?feed\.xml|rss|(?:index|atom|rss)\.xml"
"""How the address of the feed of a page ends, below that of the page, in lower case."""
FEED_LINKS = ", ".join(
    f"link[rel~='alternate' i][type='application/{name}' i]" for name in ("rss+xml", "atom+xml", "feed+json")
)
"""The elements by which a page names its feeds."""
LIKE_FEED = re.compile(r"feed|rss|atom|\.xml", re.IGNORECASE)
"""What the address of a feed has somewhere, whatever the system."""
