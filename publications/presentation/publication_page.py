"""The context of a publication page and of a site page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail import can_send_mail
from publications.locales import (
    LOCALES,
    absolute_url,
    current_locale,
    format_day,
    language_label,
    localized_path,
)
from publications.models import (
    KIND,
    Author,
    Change,
    Edition,
    EditionAttachment,
    EditionWithRows,
    Redirect,
    RelatedEdition,
    SitePage,
    Tag,
    has_own_page,
    issue_editions,
    related_editions,
    site_settings,
)
from publications.seed_content import PRIVACY

from .authors import author_profiles, byline_groups
from .history import build_change_notes, latest_notes
from .images import ImageUrl, body_html, responsive_image, with_permalinks
from .links import (
    LabelledLink,
    attachment_url,
    author_url,
    editions_url,
    external_link,
    public_image_url,
    share_links,
)
from .page import breadcrumb, breadcrumb_step
from .teasers import Teaser, build_teasers, topic_links

MIN_CHAPTERS, MIN_WORDS = 3, 1200  # headings and words from which a text has a table of contents
AGE_NOTICE_AFTER = timedelta(days=365)
"""Age from which a comment is marked as written at another time."""


NOTICE_CHANGES = (Change.RETRACTION, Change.CONCERN)
"""Changes whose note is shown as the notice, above everything else, while it holds."""


def publication_context(
    rows: EditionWithRows,
    *,
    image_url: ImageUrl = public_image_url,
    has_page: Callable[[Author | Tag], bool] = lambda row: True,
    html: str = "",
) -> dict[str, object]:
    """Return the context of `pages/publication.html`.

    Args:
        image_url: returns the URLs of images.
        has_page: returns whether an author or topic has a page that readers can open; others are not linked.
        html: stored HTML to show in place of that of the edition.
    """
    if not rows.edition.kind.is_listed:
        has_page = partial(has_own_page, kind=rows.edition.kind)
    return {
        **_text_context(rows, image_url, html),
        **_author_context(rows, image_url, has_page),
        **change_notes_context(rows),
        **_aside_context(rows, has_page),
        **_navigation_context(rows),
    }


def _text_context(rows: EditionWithRows, image_url: ImageUrl, html: str) -> dict[str, object]:
    edition = rows.edition
    return {
        "title": rows.marked_title,
        "marked_title": rows.marked_title,
        **editorial_notice_context(rows),
        "description": edition.summary,
        "edition": edition,
        "language_label": language_label(edition.language),
        "is_other_language": edition.language != current_locale(),
        "age_notice": age_notice(edition),
        "cover": responsive_image(edition.cover, image_url) if edition.cover else None,
        "contents": table_of_contents(edition),
        "html": with_permalinks(body_html(edition, rows.images, image_url, html=html), edition.language),
        "external_link": external_link(edition),
        "disclaimer": edition.disclaimer,
    }


def _author_context(
    rows: EditionWithRows, image_url: ImageUrl, has_page: Callable[[Author], bool]
) -> dict[str, object]:
    def url_of(author: Author) -> str:
        url = author_url(author)
        return url if url and has_page(author) else ""

    return {
        "byline_groups": byline_groups(rows.bylines, url_of),
        "authors": author_profiles(rows.bylines, url_of, image_url),
    }


def _aside_context(rows: EditionWithRows, has_page: Callable[[Tag], bool]) -> dict[str, object]:
    """Return topics, downloads, links to share, related publications and translations."""
    edition = rows.edition
    return {
        "tags": topic_links([tag for tag in rows.tags if has_page(tag)]),
        "attachments": attachment_links(rows, lambda file: attachment_url(edition, file)),
        "has_downloads": bool(rows.attachments),
        "share_links": share_links(edition),
        "share_url": absolute_url(edition.get_absolute_url()),
        **_other_publications(rows),
        "translations": [_translation_link(translation) for translation in rows.translations],
    }


def _other_publications(rows: EditionWithRows) -> dict[str, list[Teaser]]:
    """Return what an issue of the newsletter has, or what is related to any other publication."""
    if rows.edition.kind.is_newsletter:
        pk = rows.edition.publication_id
        return {"issue_items": build_teasers(issue_editions([pk])[pk])}
    return {"related": _related_teasers(rows)}


def _related_teasers(rows: EditionWithRows) -> list[Teaser]:
    topic_labels = {tag.pk: tag.label for tag in rows.tags}
    author_names = {
        byline.author_id: byline.name for byline in rows.bylines if not byline.author.is_pseudonymous
    }
    return related_teasers(related_editions(rows.edition.publication_id), topic_labels, author_names)


def _navigation_context(rows: EditionWithRows) -> dict[str, object]:
    edition = rows.edition
    return {
        "section": "publications",
        "breadcrumb": _breadcrumb(rows),
        "canonical": edition.get_absolute_url(),
        "alternates": {
            translation.language: translation.get_absolute_url()
            for translation in (edition, *rows.translations)
        },
    }


def _breadcrumb(rows: EditionWithRows) -> list[dict[str, str]]:
    """Return the way to the page from the list of all publications, or from that of a kind that stands in no other."""
    steps = breadcrumb((_("Publications"), "publications:list"), rows.marked_title)
    kind = rows.edition.kind
    if not kind.is_listed:
        url = localized_path(current_locale(), "publications:list")
        steps[1] = breadcrumb_step(kind.plural, f"{url}?{urlencode({KIND: kind.slug})}")
    return steps


def editorial_notice_context(rows: EditionWithRows) -> dict[str, object]:
    """Return the notice of a retraction or concern with its heading; nothing without one."""
    notice = rows.notice
    if not notice:
        return {}
    publisher = site_settings().get_translation("name", rows.edition.locale)
    return {"editorial_notice": notice, "editorial_notice_heading": notice.heading(publisher)}


def change_notes_context(rows: EditionWithRows) -> dict[str, object]:
    """Return the notes on changes up to this edition, and the date of publication shown beside them."""
    edition = rows.edition
    first = rows.first_published_at
    notes = build_change_notes(rows.history_so_far, first)
    latest = latest_notes(notes)
    is_updated = any(note.change == Change.UPDATE for note in notes)
    published_at = timezone.localtime(first if is_updated else edition.published_at)
    return {
        "change_notes": notes,
        "latest_change_notes": latest,
        "notes_above_text": [note for note in latest if note.note and note.change not in NOTICE_CHANGES],
        "first_published_at": published_at,
        "first_published_on": format_day(published_at),
        "editions_url": editions_url(edition) if len(rows.history) > 1 else "",
        "has_notes_section": bool(notes) or len(rows.history) > 1,
    }


def table_of_contents(edition: Edition) -> list[dict[str, object]]:
    """Return the table of contents of a long text, or [] for a short one or one of few chapters."""
    chapters = sum(level == 2 for level, _text, _anchor in edition.contents)
    if chapters < MIN_CHAPTERS or edition.word_count <= MIN_WORDS:
        return []
    return [
        {"level": level, "text": text, "anchor": anchor}
        for level, text, anchor in edition.contents
        if level < 4
    ]


def age_notice(edition: Edition) -> str:
    """Return the notice on an old comment, or "": numbered reports and newsletters have none."""
    age = timezone.localdate() - timezone.localdate(edition.published_at)
    if (
        edition.kind.is_numbered
        or edition.kind.is_newsletter
        or edition.current_series_number
        or age < AGE_NOTICE_AFTER
    ):
        return ""
    day = format_day(edition.published_at)
    return _("This comment was written on %(day)s and speaks of the situation then.") % {"day": day}


def _translation_link(edition: Edition) -> LabelledLink:
    return LabelledLink(
        label=edition.language_name,
        url=edition.get_absolute_url(),
        code=edition.language,
        title=edition.marked_title,
    )


def attachment_links(rows: EditionWithRows, url_of: Callable[[EditionAttachment], str]) -> list[LabelledLink]:
    """Return links to the files of an edition, with the mark of the notice."""
    return [
        LabelledLink(
            label=rows.marked_label(file), url=url_of(file), size=file.size, extension=file.extension
        )
        for file in rows.attachments
    ]


def related_teasers(
    related: Sequence[RelatedEdition], topics: Mapping[int, str], authors: Mapping[int, str]
) -> list[Teaser]:
    """Return teasers; those chosen by similarity, not by staff, have a reason that names shared topics and authors."""
    teasers = build_teasers(entry.edition for entry in related)
    reasons = (
        entry.similarity.explain(topics, authors, with_words=False) if entry.similarity else ""
        for entry in related
    )
    return [replace(teaser, reason=reason) for teaser, reason in zip(teasers, reasons, strict=True)]


def site_page_context(page: SitePage) -> dict[str, object]:
    """Return the context of `pages/site_page.html` in the current locale. Stored HTML is safe."""
    locale = current_locale()
    title = getattr(page, f"title_{locale}")
    summary = getattr(page, f"summary_{locale}")
    return {
        "title": title,
        "description": summary,
        "summary": summary,
        "html": getattr(page, f"html_{locale}"),
        "changed_at": page.changed_at,
        "breadcrumb": breadcrumb(title),
        "alternates": {code: site_page_url(page, code) for code in page.locales},
        "has_alert_privacy": can_send_mail() and _is_about_privacy(page),
    }


def _is_about_privacy(page: SitePage) -> bool:
    """Return whether a page is that of the first rows, whose address may have changed: the old one redirects to it."""
    slugs = {code: PRIVACY[f"slug_{code}"] for code in LOCALES}
    if any(getattr(page, f"slug_{code}") == slug for code, slug in slugs.items()):
        return True
    if not page.pk:  # a preview
        return False
    paths = [localized_path(code, "publications:site-page", slug=slug) for code, slug in slugs.items()]
    return page.redirects.filter(path__in=map(Redirect.normalize_path, paths)).exists()


def site_page_url(page: SitePage, locale: str) -> str:
    """Return the path of the page in a locale that it has a text for."""
    return localized_path(locale, "publications:site-page", slug=getattr(page, f"slug_{locale}"))
