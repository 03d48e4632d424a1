"""Pages that people seldom read: an index of the site in Markdown, and whom to tell of a weakness."""

from datetime import UTC, timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from publications.addresses import absolute, in_tree
from publications.languages import TREES
from publications.markup import escape_markdown
from publications.metadata import format_url
from publications.models import Edition, Site
from publications.presentation import Teaser, build_teasers, conditional_response

INDEXED = 100
VALID_FOR = timedelta(days=180)
KEPT = 3600  # seconds


def llms(request: HttpRequest) -> HttpResponse:
    """An index of the site for machines that read text (llmstxt.org), in its first language."""
    return conditional_response(request, _index)


def _index() -> HttpResponse:
    with translation.override(TREES[0]):
        live = Edition.objects.live().in_tree(TREES[0]).newest_first().for_cards()[:INDEXED]
        context = {
            "site": Site.objects.first() or Site(),
            "pieces": [_piece(*each) for each in zip(live, build_teasers(live), strict=True)],
            "lists": [absolute(in_tree(tree, "publications:list")) for tree in TREES],
            "feeds": [absolute(in_tree(tree, "publications:feed")) for tree in TREES],
            "sitemap": absolute(reverse("sitemap")),
        }
        text = render_to_string("llms.txt", context)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


def _piece(edition: Edition, shown: Teaser) -> dict[str, object]:
    return {
        "title": escape_markdown(edition.title),
        "url": absolute(format_url(edition, "md")),
        "kind": shown.kind,
        "people": escape_markdown(shown.people),
        "on": edition.published_at,
        "language": shown.language_label,
        "summary": escape_markdown(edition.summary),
    }


def security(request: HttpRequest) -> HttpResponse:
    """Whom to tell of a weakness of the site (RFC 9116), where the operator has said so."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID_FOR).astimezone(UTC)
    lines = {
        "Contact": settings.SECURITY_CONTACT,
        "Expires": f"{expires:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages": ", ".join(TREES),
        "Canonical": absolute(reverse("security")),
    }
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response
