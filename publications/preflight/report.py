"""Run all checks of a draft. Everything that they need is read from the database and the storage here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from urllib.parse import unquote

from django.utils import timezone
from django.utils.translation import gettext as _

from publications import markup
from publications.locales import datetime_with_zone, locale_of, localized_path
from publications.models import (
    Attachment,
    Edition,
    Image,
    Publication,
    Tag,
    images_of,
    late_issue_items,
    original_exists,
    original_storage,
)

from .advice import ADVICE
from .attached_pdfs import is_encrypted, is_pdf, is_tagged
from .blocking import BLOCKING
from .broken_links import broken_link_reasons, find_pending_links, is_site_url
from .confirm import TO_CONFIRM
from .draft import DraftImage, PreflightDraft, PreflightIssue
from .new_tags import similar_tag_names

type Check = Callable[[PreflightDraft], Iterable[PreflightIssue]]
MAX_PDF_BYTES = 60 * 1024 * 1024


@dataclass(frozen=True)
class PreflightReport:
    """The issues of a draft: blocking ones, ones to confirm before publishing, and advice."""

    blocking: list[PreflightIssue]
    confirm: list[PreflightIssue]
    advice: list[PreflightIssue]

    @property
    def is_clear(self) -> bool:
        """Whether there are no issues."""
        return not (self.blocking or self.confirm or self.advice)


def run_preflight(draft: PreflightDraft) -> PreflightReport:
    """Run every check and return the issues, in the order of the checks."""
    return PreflightReport(
        blocking=_run_checks(BLOCKING, draft),
        confirm=_run_checks(TO_CONFIRM, draft),
        advice=_run_checks(ADVICE, draft),
    )


def _run_checks(checks: Iterable[Check], draft: PreflightDraft) -> list[PreflightIssue]:
    """Return the issues of some checks, each with the start of its line, if its text does not quote it."""
    issues = [issue for check in checks for issue in check(draft)]
    starts = [draft.line_start(issue.line) for issue in issues]
    return [
        replace(issue, line_start=start) if start.rstrip("…") not in issue.text else issue
        for issue, start in zip(issues, starts, strict=True)
    ]


def build_preflight_draft(publication: Publication) -> PreflightDraft:
    """Return the plain values of a stored publication for the checks."""
    html, error = _render_body(publication)
    lost, intact = _split_by_integrity(publication.attachments.all())
    new_tags, broken_links = _new_tags(publication), _broken_links(publication, html)
    live_links = _find_live_links(publication, broken_links)
    proposed_authors = publication.proposed_author_errors()
    last = publication.editions.without_texts().last_public_by(timezone.now())
    return PreflightDraft(
        title=publication.title,
        summary=publication.summary,
        key_points=publication.key_points,
        body=publication.body,
        html=html,
        rendering_error=error,
        headings=markup.outline(publication.body),
        hidden_text=publication.hidden_text,
        retraction=last.republication_refusal if last else "",
        missing_fields=tuple(
            error for error in publication.publish_errors() if error[1] not in proposed_authors.values()
        ),
        proposed_authors=proposed_authors,
        images=tuple(_images(publication)),
        broken_links=broken_links,
        live_links=live_links,
        pending_links=find_pending_links(broken_links.keys() - live_links),
        duplicates=tuple(_duplicates(publication)),
        slug=publication.proposed_slug(),
        custom_slug=publication.slug,
        was_public=publication.editions.ever_public().exists(),
        future_date=_future_date(publication),
        tags=publication.tags.count(),
        is_listed=publication.kind.is_listed,
        hidden_items=tuple(list_hidden_items(publication)),
        similar_tags=_similar_tags(new_tags),
        untranslated_tags={tag.pk: tag.name for tag in new_tags if not tag.name_sv},
        untitled_authors=tuple(_untitled_authors(publication)),
        attachment_problems={file.filename: _find_problem(file) for file in intact},
        lost_attachments=tuple(file.filename for file in lost),
        open_comments=publication.comments.unresolved().count(),
    )


def find_broken_links(publication: Publication) -> dict[str, str]:
    """Return the broken links within the site in a publication, each with the reason as a sentence."""
    return _broken_links(publication, _render_body(publication)[0])


def find_images_without_alt(publication: Publication, images: Iterable[Image] | None = None) -> list[Image]:
    """Return the images of a draft that have no alternative text, neither in the text nor in the library.

    Args:
        images: those of the draft to look at, if the caller has read them; None for all.
    """
    draft = PreflightDraft(html=_render_body(publication)[0])
    return [
        image
        for image in (images_of(publication) if images is None else images)
        if not _has_alt(image) and (image.pk == publication.cover_id or image.key in draft.images_without_alt)
    ]


def _broken_links(publication: Publication, html: str) -> dict[str, str]:
    draft = PreflightDraft(html=html)
    urls = [link.href for link in draft.links if link.href[:1] in "/#" or is_site_url(link.href)]
    return broken_link_reasons(urls, own_paths={_own_path(publication)}, anchors=draft.anchors)


def _find_live_links(publication: Publication, broken_links: Iterable[str]) -> set[str]:
    """Return those of the broken links that the live edition has, and that lead nowhere there, too."""
    html = publication.editions.live().values_list("html", flat=True).first() if broken_links else ""
    live = PreflightDraft(html=html or "")
    hrefs = {link.href for link in live.links}
    return {
        href
        for href in hrefs.intersection(broken_links)
        if not (href.startswith("#") and unquote(href[1:]) in live.anchors)
    }


def _render_body(publication: Publication) -> tuple[str, str]:
    try:
        return markup.render_markdown(publication.body, language=publication.language).html, ""
    except markup.Unrenderable as error:
        return "", str(error)


def _own_path(publication: Publication) -> str:
    return localized_path(publication.locale, "publications:detail", slug=publication.proposed_slug())


def _images(publication: Publication) -> Iterable[DraftImage]:
    for image in images_of(publication):
        yield DraftImage(
            key=image.key,
            filename=image.filename,
            has_alt=_has_alt(image),
            has_alt_in_language=image.is_decorative or _has_alt_in(image, publication.language),
            is_cover=image.pk == publication.cover_id,
        )


def _future_date(publication: Publication) -> str:
    date = publication.published_at
    return datetime_with_zone(date) if date and date > timezone.now() else ""


def list_hidden_items(publication: Publication) -> Iterable[tuple[str, str]]:
    """Yield what an issue of the newsletter has that is not public now: the title, and when it will be, or ""."""
    if publication.kind.is_newsletter:
        late = {item.publication_id: item for item in late_issue_items(publication, timezone.now())}
        links = publication.related_links.exclude(target__in=Edition.objects.live().values("publication"))
        for link in links.select_related("target"):
            item = late.get(link.target_id)
            yield str(link.target), datetime_with_zone(item.visible_from) if item else ""


def _new_tags(publication: Publication) -> list[Tag]:
    """Return the tags of a draft that no topic page has yet."""
    return list(publication.tags.exclude(pk__in=Tag.objects.selectable().order_by().values("pk")))


def _similar_tags(new_tags: Iterable[Tag]) -> dict[str, list[str]]:
    names = Tag.objects.selectable().values_list("name", flat=True) if new_tags else ()
    similar = {tag.name: similar_tag_names(tag.name, names) for tag in new_tags}
    return {name: others for name, others in similar.items() if others}


def _has_alt(image: Image) -> bool:
    return image.is_decorative or bool(image.alt_en or image.alt_sv)


def _has_alt_in(image: Image, language: str) -> bool:
    return bool(getattr(image, f"alt_{locale_of(language)}"))


def _untitled_authors(publication: Publication) -> Iterable[str]:
    """Return the authors who have a title, but none in the language of the publication."""
    for byline in publication.bylines_with_authors():
        author = byline.author
        if (
            author.get_translation("title")
            and not author.get_translation("title", publication.language, fallback=False)
            and not author.is_pseudonymous
        ):
            yield author.name


def _duplicates(publication: Publication) -> Iterable[str]:
    """Return other publications of the same title, in any state; translations may share it."""
    if not publication.title.strip():
        return ()
    others = Publication.objects.filter(title__iexact=publication.title.strip()).exclude(
        pk__in=publication.self_and_translations()
    )
    return [f"{other} ({other.kind})" for other in others.select_related("kind")[:1]]


def _split_by_integrity(files: Iterable[Attachment]) -> tuple[list[Attachment], list[Attachment]]:
    """Return the attachments that the storage has lost or truncated, and the intact ones."""
    lost, intact = [], []
    for file in files:
        (intact if original_exists(file.original, size=file.size) else lost).append(file)
    return lost, intact


def _find_problem(file: Attachment) -> str:
    if not file.filename.lower().endswith(".pdf") or file.size > MAX_PDF_BYTES:
        return ""
    with original_storage().open(file.original) as stored:
        content = stored.read()
    if not is_pdf(content):
        return ""
    if is_encrypted(content):
        text = _(
            "“%(name)s” is locked, so screen readers may not get to its text. Attach it without a password."
        )
        return text % {"name": file.filename}
    if not is_tagged(content):
        text = _(
            "“%(name)s” is not tagged: who reads by ear gets no headings and no order. Ask for a tagged PDF."
        )
        return text % {"name": file.filename}
    return ""
