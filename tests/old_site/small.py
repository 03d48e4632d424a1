"""A small site: four texts of one template, for tests that need no more."""

from collections.abc import Mapping

from .answers import Answer

SMALL_RULES = """
pages:
  - name: news
    match: {selector: body.news}
    title: h1
    date: time @datetime
    authors: p.by
    body: div.text
"""
SMALL_TITLES = ("Coal", "Gas", "Oil", "Wind")


def small_site(bodies: Mapping[str, str] | None = None, *, head: str = "") -> dict[str, Answer]:
    """Return the answers of the site.

    Args:
        bodies: the HTML of texts by title; the others have a paragraph.
        head: further HTML in the head of every page.
    """
    links = "".join(f"<li><a href='/news/{title.lower()}'>{title}</a></li>" for title in SMALL_TITLES)
    home = Answer(f"<html><head>{head}</head><body class=home><ul>{links}</ul></body></html>".encode())
    pages = {
        f"/news/{title.lower()}": _render(
            title, (bodies or {}).get(title, f"<p>On {title} in the east.</p>"), head
        )
        for title in SMALL_TITLES
    }
    return {"/": home, **pages}


def _render(title: str, body: str, head: str) -> Answer:
    return Answer(
        f"<!DOCTYPE html><html lang=en><head><title>{title}</title>{head}</head><body class=news><h1>{title}</h1>"
        f"<time datetime=2021-03-04>4 March 2021</time><p class=by>By Anna Berg</p>"
        f"<div class=text>{body}</div><img src='/i/logo.png?w=9' alt='The institute'></body></html>".encode()
    )
