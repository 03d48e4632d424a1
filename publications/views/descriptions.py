"""Descriptions and linked data of lists, topics and authors, for search engines."""

import textwrap

from django.http import HttpRequest
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from publications.metadata import json_ld
from publications.models import Author, SiteSettings, Tag
from publications.presentation import absolute_url

MAX_DESCRIPTION = 300  # characters


def breadcrumb_context(
    request: HttpRequest, breadcrumb: list[dict[str, str]], *nodes: json_ld.Node
) -> dict[str, object]:
    """Return the breadcrumb of a page and its linked data: the given nodes and the breadcrumb."""
    breadcrumb_node = json_ld.breadcrumb(breadcrumb, absolute_url(iri_to_uri(request.path)))
    return {"breadcrumb": breadcrumb, "json_ld": json_ld.render_json_ld([*nodes, breadcrumb_node])}


def describe_list(site: SiteSettings) -> str:
    return _(
        "Reports and comments from %(site)s, newest first: search them, or narrow the list by topic, country, author "
        "and year."
    ) % {"site": site.name}


def describe_topics(site: SiteSettings) -> str:
    return _("The topics, countries and series that %(site)s writes on, and what there is on each.") % {
        "site": site.name
    }


def describe_authors(site: SiteSettings) -> str:
    return _("Who writes for %(site)s: all authors by name, with everything that each has published.") % {
        "site": site.name
    }


def describe_topic(tag: Tag, site: SiteSettings) -> str:
    """Return the shortened introduction of the topic, or a sentence on what its page lists."""
    default = _("What %(site)s has published on %(topic)s.") % {"site": site.name, "topic": tag.label}
    return textwrap.shorten(tag.introduction, MAX_DESCRIPTION, placeholder=" …") or default


def describe_author(author: Author, site: SiteSettings) -> str:
    """Return the shortened biography of the author, or a sentence on what the page lists."""
    default = _("What %(author)s has published at %(site)s.") % {"author": author.name, "site": site.name}
    return textwrap.shorten(author.biography, MAX_DESCRIPTION, placeholder=" …") or default
