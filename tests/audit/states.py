"""Publications in every state that a page can show, beside the demonstration, and the registry of pages.

A page that is added to the site gets a row in `registry`.
"""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

from django.db.models import Count

from publications import actions
from publications.locales import LOCALES
from publications.models import (
    FACETS,
    Attachment,
    Author,
    Edition,
    SitePage,
    Tag,
    TagKind,
    live_choices,
    store_original,
)
from publications.presentation import localized_path
from tests.audit import readers
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

LONG = (
    "Why the next decade of European security will be decided less by what is agreed in its capitals than by what "
    "is built, stored and repaired between them"
)
PAST = datetime(2024, 1, 15, tzinfo=UTC)  # so that the demonstration stands in front
PARAGRAPH = (
    "The agreement leaves three questions open, and each of them was known before it was signed.[^{n}] What is new "
    "is that the answers no longer wait for one another, and that the cost of waiting has become a figure."
)
TABLE = "| Year | " + " | ".join(f"Indicator number {n}" for n in range(1, 10)) + " |\n|" + "---|" * 10 + "\n" + "\n".join(
    f"| {year} | " + " | ".join(f"{n * 1234.5:,.1f}" for n in range(1, 10)) + " |" for year in range(2015, 2026)
)  # fmt: skip


def print_registry() -> None:
    """Create the missing publications and print the registry as JSON: [name, path, status, form]."""
    print(json.dumps(registry(make_editions())))


def make_editions() -> dict[str, Edition]:
    """Publish a text in each state and return the editions by name."""
    country, series = make_tag("Transnistria", kind="country"), make_tag("Security Papers", kind="series")
    theme = make_tag("Deterrence and resilience", introduction_en="What holds, and what gives way.")
    tags = (country, series, theme)
    corrected = make_live(
        published_at=PAST, title="A text that was corrected", tags=tags, body="It was Minsk.\n\nAnd so on."
    )
    actions.publish(
        saved(corrected.publication, body="It was Brest.\n\nAnd so on."), by=None, change="correction",
        note="An earlier version named Minsk where Brest was meant.",
    )  # fmt: skip
    withdrawn = make_live(published_at=PAST, title="A text that was withdrawn")
    actions.withdraw(withdrawn.publication, by=None, note="The editors could not confirm the source.")
    for number in range(max(0, 25 - Edition.objects.live().count())):
        make_live(published_at=PAST, title=f"A short comment, the {number + 1}th of many", tags=(theme,))
    return {
        "report": _publish_report(tags),
        "corrected": Edition.objects.live().get(publication=corrected.publication_id),
        "withdrawn": withdrawn,
        "translated": _publish_translation(tags),
        "many": actions.publish(
            make_publication(title=LONG[:140], published_at=PAST, authors=[make_author(f"Ann-Charlotte Bergström-Lindqvist {n}") for n in range(12)]),
            by=None,
        ),
        "uk": actions.publish(make_publication(title="Чому Європа мовчить", language="uk", published_at=PAST, body="Перший абзац."), by=None),
        "ar": actions.publish(make_publication(title="لماذا تصمت أوروبا", language="ar", published_at=PAST, body="الفقرة الأولى."), by=None),
        "plain": make_live(published_at=PAST, title="A text without an image", tags=(theme,)),
    }  # fmt: skip


def _publish_report(tags: tuple) -> Edition:
    """Publish a long report with everything that a text can contain."""
    image = make_image(
        colour="steelblue", size=(1600, 900), alt_en="A chart in blue", credit="Drawn for the audit"
    )
    sections = [
        f"## Section {n}: {LONG[: 20 + n * 6]}\n\n"
        + "\n\n".join(PARAGRAPH.format(n=f"{n}-{m}") for m in range(4))
        + (f"\n\n{TABLE}" if n == 2 else "")
        + (f'\n\n![](image:{image.key} "What the chart shows")' if n == 3 else "")
        for n in range(1, 13)
    ]
    notes = "\n\n".join(
        f"[^{n}-{m}]: A source, and where in it, number {n}.{m}." for n in range(1, 13) for m in range(4)
    )
    publication = make_publication(
        kind="report", title="A long report with all that a text can hold", body="\n\n".join([*sections, notes]),
        key_points="The first point.\nThe second point.\nThe third point.", tags=tags, cover=image,
        published_at=PAST,
    )  # fmt: skip
    pdf = store_original(b"%PDF-1.4 of the audit", "pdf")
    Attachment.objects.create(
        publication=publication, original=pdf, filename="report.pdf", label="The report", size=21
    )
    return actions.publish(saved(publication), by=None)


def _publish_translation(tags: tuple) -> Edition:
    english = make_live(published_at=PAST, title="A text in two languages", tags=tags)
    swedish = make_publication(
        title="En text på två språk",
        language="sv",
        translation_of=english.publication,
        published_at=PAST,
        tags=tags,
        body="Första stycket.",
    )
    return actions.publish(swedish, by=None)


def registry(editions: dict[str, Edition]) -> list[tuple]:
    """Return every type of page in every state: name, path, status, and the form that is sent to it, if any."""
    return [*_pages_of_both_locales(), *_pages_of_publications(editions), *readers.make_pages()]


def _pages_of_both_locales() -> list[tuple[str, str, int]]:
    pages = []
    for locale in LOCALES:
        listed = localized_path(locale, "publications:list")
        author = _most_used(Author.objects.not_pseudonymous())
        lists = {
            "home": localized_path(locale, "publications:home"),
            "list": listed,
            "list filtered": f"{listed}?kind=report",
            "list with longest choices": f"{listed}?{urlencode(_longest_choices())}",
            "list nothing found": f"{listed}?q=qqzzqq",
            "list page 2": f"{listed}?page=2",
            "topics": localized_path(locale, "publications:topics"),
            "authors": localized_path(locale, "publications:authors"),
            "author": localized_path(locale, "publications:author", slug=author.slug),
        }
        for kind in TagKind.values:
            tag = _most_used(Tag.objects.filter(kind=kind))
            lists[{"theme": "topic"}.get(kind, kind)] = localized_path(
                locale, "publications:topic", slug=tag.slug
            )
        for page in SitePage.objects.for_locale(locale):
            lists[f"page {page.slug_en}"] = localized_path(
                locale, "publications:site-page", slug=getattr(page, f"slug_{locale}")
            )
        pages += [(f"{name} {locale}", path, 200) for name, path in lists.items()]
        pages.append((f"not found {locale}", f"/{locale}/nowhere/at/all/", 404))
    return pages


def _longest_choices() -> dict[str, str]:
    """Return the longest choice of each filter, whether or not a publication matches them all."""
    choices_by_facet = {name: live_choices(facet, None, {}) for name, facet in FACETS.items()}
    return {
        name: max(options, key=lambda choice: len(choice.label)).value
        for name, options in choices_by_facet.items()
    }


def _most_used(named):
    live = Edition.objects.live().order_by().values("pk")
    return (
        named.filter(published__edition__in=live)
        .annotate(uses=Count("published"))
        .order_by("-uses", "pk")
        .first()
    )


def _pages_of_publications(editions: dict[str, Edition]) -> list[tuple[str, str, int]]:
    address = {name: edition.get_absolute_url() for name, edition in editions.items()}
    newest = (
        Edition.objects.live().filter(language="en", word_count__gt=300).newest_first().first()
        or editions["plain"]
    )
    corrected = editions["corrected"]
    pages = [
        ("publication", newest.get_absolute_url(), 200),
        ("publication plain", address["plain"], 200),
        ("publication sv", address["translated"], 200),
        ("report", address["report"], 200),
        ("corrected", address["corrected"], 200),
        ("old edition", corrected.publication.editions.get(number=1).permanent_url, 200),
        ("long title, 12 authors", address["many"], 200),
        ("cyrillic", address["uk"], 200),
        ("right to left", address["ar"], 200),
        ("mastodon", f"{address['plain']}share/mastodon/", 200),
        ("withdrawn", address["withdrawn"], 410),
    ]
    history = {
        "editions": localized_path(corrected.locale, "publications:editions", slug=corrected.slug),
        "comparison": localized_path(corrected.locale, "publications:changes", slug=corrected.slug, number=2),
    }
    return [*pages, *((name, path, 200) for name, path in history.items())]
