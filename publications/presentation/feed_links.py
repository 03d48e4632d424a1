"""Where feeds are and what each is called: pages name theirs, and the feeds answer there."""

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from publications.addresses import in_tree
from publications.languages import language_label
from publications.metadata import FEED_FORMATS
from publications.models import Author, Kind, Tag


def feeds_for(
    tree: str,
    *,
    kind: Kind | None = None,
    tag: Tag | None = None,
    author: Author | None = None,
    language: str = "",
) -> list[dict[str, Any]]:
    """The feeds of a page, each a `title` and a `url` (a path): its own first, that of the whole site last.

    The `url` is that of Atom; `ways` are the paths by format, and `others` the links to the other formats.
    A pen name has no page and so no feed.
    """
    with translation.override(tree):
        own = [
            kind and _feed(tree, "kind_feed", kind.plural, kind=kind.slug),
            tag and _feed(tree, "topic_feed", tag.label, tag=tag.slug),
            author
            and not author.pseudonymous
            and _feed(tree, "author_feed", author.name, author=author.slug),
            language and _feed(tree, "language_feed", language_label(language), code=language),
        ]
        return [feed for feed in (*own, _feed(tree, "feed", _("Publications"))) if feed]


def _feed(tree: str, name: str, title: str, **parts: str) -> dict[str, Any]:
    ways = {format: in_tree(tree, f"publications:{name}", format=format, **parts) for format in FEED_FORMATS}
    links = [
        {"title": f"{title} ({format.label})", "type": format.media_type, "url": ways[extension]}
        for extension, format in FEED_FORMATS.items()
    ]
    return {"title": title, "url": ways["atom"], "ways": ways, "others": links[1:]}
