"""What old addresses lead to now: the path of a publication, file, topic, author, site page, image or list."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count, QuerySet

from publications.images import widths_for
from publications.locales import LOCALES, current_locale, locale_of_path, localized_path
from publications.models import (
    FACETS,
    Author,
    Edition,
    EditionAttachment,
    Image,
    Redirect,
    SitePage,
    Tag,
    is_public,
    is_public_image,
)
from publications.page_parameters import LIST_ROUTES, is_lasting_parameter, read_feed_facet, resolve_page
from publications.slugs import read_parameters

from .links import attachment_url, public_image_url
from .publication_page import site_page_url

SUBJECT_PAGES = {"tag": "publications:topic", "author": "publications:author"}


@dataclass(frozen=True)
class RedirectTarget:
    """What an old address leads to now: nothing public if it has neither.

    Attributes:
        url: the path to redirect to.
        ended: the last edition of a publication that was withdrawn or has expired.
    """

    url: str = ""
    ended: Edition | None = None


def find_redirect_target(redirect: Redirect) -> RedirectTarget:
    """Return what an old address leads to now, in the current locale where it has pages in both."""
    if redirect.publication_id:
        return _publication_target(redirect)
    if redirect.image_id:
        return _image_target(redirect.image)
    return RedirectTarget(_list_url(redirect.site_path) or _subject_url(redirect) or _site_page_url(redirect))


def _publication_target(redirect: Redirect) -> RedirectTarget:
    editions = Edition.objects.filter(publication=redirect.publication_id)
    last = editions.ever_public().order_by("-visible_from").first()
    if not last:
        return RedirectTarget()
    if not last.is_live:
        return RedirectTarget(ended=last)
    if not redirect.file_digest:
        return RedirectTarget(last.get_absolute_url())
    file = _current_file(last, redirect.file_digest)
    return RedirectTarget(attachment_url(last, file) if file else "")


def _current_file(live: Edition, digest: str) -> EditionAttachment | None:
    """Return the file of the live edition with this digest, or in the place of that one: of its name; else itself."""
    files = EditionAttachment.objects.filter(edition__in=Edition.objects.readable())
    files = files.filter(edition__publication=live.publication_id)
    file = files.filter(original__contains=f"/{digest}").order_by("-edition__number").first()
    if not file or file.edition_id == live.pk:
        return file
    return live.attachments.filter(filename=file.filename).first() or file


def _image_target(image: Image) -> RedirectTarget:
    if is_public_image(image):
        return RedirectTarget(public_image_url(image, str(widths_for(image)[-1]), "jpg"))
    shown_in = Edition.objects.ever_public().filter(image_rows__image=image)
    return RedirectTarget(ended=shown_in.order_by("-visible_from").first())


def _list_url(site_path: str) -> str:
    """Return the path of a list, or "" if there is none.

    It has no filters that no live publication has, and is the feed of the site for such a kind: the nearest list.
    """
    path, _mark, query = site_path.partition("?")
    match = resolve_page(path) if path else None
    if not match or match.view_name not in LIST_ROUTES:
        return ""
    feed = read_feed_facet(match)
    if feed and not is_public(FACETS[feed[0]], feed[1]):
        return localized_path(locale_of_path(path), "publications:feed", format=match.kwargs["format"])
    params = {
        name: value
        for name, value in read_parameters(query).items()
        if is_lasting_parameter(match.view_name, name, value)
        and (name not in FACETS or is_public(FACETS[name], value))
    }
    return f"{path}?{urlencode(params)}" if params else path


def find_public_subject(subject: Tag | Author | None) -> Tag | Author | None:
    """Return the topic or author; None for a pen name and for one without a live publication."""
    if not subject or (isinstance(subject, Author) and subject.is_pseudonymous):
        return None
    return subject if _editions_of(subject).exists() else None


def find_subject_locale(redirect: Redirect, subject: Tag | Author) -> str:
    """Return the locale of the page of a topic or author that an old address leads to.

    An address of this site has one. Of another site's it is that in which most texts are, which have come from there.
    """
    if redirect.path.lstrip("/").partition("/")[0] in LOCALES:
        return locale_of_path(redirect.path)
    locales = _editions_of(subject).order_by().values("locale").annotate(texts=Count("pk"))
    return locales.order_by("-texts", "locale").values_list("locale", flat=True).first() or current_locale()


def _editions_of(subject: Tag | Author) -> QuerySet[Edition]:
    live = Edition.objects.live()
    return live.tagged(subject) if isinstance(subject, Tag) else live.authored_by(subject)


def _subject_url(redirect: Redirect) -> str:
    """Return the path of the topic or author, or ""."""
    subject = find_public_subject(redirect.tag or redirect.author)
    name = SUBJECT_PAGES["tag" if redirect.tag_id else "author"]
    return localized_path(find_subject_locale(redirect, subject), name, slug=subject.slug) if subject else ""


def _site_page_url(redirect: Redirect) -> str:
    """Return the path of the site page in the current locale, or in one that it has a text for, or ""."""
    page: SitePage | None = redirect.page
    if not page:
        return ""
    locale = next((code for code in (current_locale(), *LOCALES) if code in page.locales), "")
    return site_page_url(page, locale) if locale else ""
