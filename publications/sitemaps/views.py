"""The sitemap at its address: one document, or above SIZE addresses an index of its parts."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from publications.presentation import absolute, unless_fresh

from .document import Address, index, urlset
from .sources import SIZE, SOURCES

LAST = 10**9  # further than any database counts
XML = "application/xml; charset=utf-8"


def sitemap(request: HttpRequest) -> HttpResponse:
    return unless_fresh(request, _whole)


def sitemap_part(request: HttpRequest, source: str, number: int) -> HttpResponse:
    """One block of a source, at the same address for ever."""
    known = SOURCES.get(source)
    if not known or number > LAST or not known.holds(number):
        raise Http404
    return unless_fresh(request, lambda: _shown(urlset(known.addresses(number))))


def _whole() -> HttpResponse:
    counts = {name: source.counts() for name, source in SOURCES.items()}
    total = sum(number for blocks in counts.values() for number, _newest in blocks.values())
    if total > SIZE:
        return _shown(index(_parts(counts)))
    every = [(SOURCES[name], block) for name, blocks in counts.items() for block in blocks]
    return _shown(urlset(address for source, block in every for address in source.addresses(block)))


def _parts(counts: dict[str, dict]) -> list[Address]:
    return [
        Address(absolute(reverse("sitemap_part", kwargs={"source": name, "number": block})), newest)
        for name, blocks in counts.items()
        for block, (_number, newest) in blocks.items()
    ]


def _shown(document: bytes) -> HttpResponse:
    return HttpResponse(document, content_type=XML)
