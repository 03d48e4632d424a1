"""Targets of links for the editor of a text: pages of the site that words find, and the page behind an address."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from urllib.parse import SplitResult, unquote, urlsplit

from django.conf import settings
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, SmallIntegerField, When
from django.http import HttpRequest, JsonResponse
from django.http.request import validate_host
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from publications import search
from publications.locales import LOCALES, format_day, locale_of, localized_path
from publications.models import Author, Edition, Publication, SitePage, Tag
from publications.models.kind import DASH
from publications.preflight import broken_link_reasons
from publications.presentation import site_page_url

from .choice_sources import CHOICE_SOURCES, can_read_drafts
from .link_addresses import Subject, recognize_path
from .site import require_permissions

MAX_LIVE, MAX_OTHERS = 8, 4
MAX_WORDS = 8
ADDRESS_STARTS = ("http://", "https://", "/")


@dataclass(frozen=True)
class LinkTarget:
    """A page that a link can lead to.

    Attributes:
        value: its address, as texts have it: a path within the site.
        label: its title.
        note: what it is.
        is_public: whether readers can open it now.
    """

    value: str
    label: str
    note: str
    is_public: bool = True


@require_permissions("view_publication")
def link_search(request: HttpRequest) -> JsonResponse:
    """Answer the dialog for links.

    Parameters: `q`, the words or the address that somebody typed; `language`, that of the text. The JSON has the
    `results` of words, or of an address its `target` (null for none) and a `message` about it.
    """
    query, locale = (
        request.GET.get("q", "").replace("\0", "").strip(),
        locale_of(request.GET.get("language", "")),
    )
    drafts = can_read_drafts(request.user)
    if not query.startswith(ADDRESS_STARTS):
        targets = find_link_targets(query, locale, drafts=drafts)
        return JsonResponse({"results": [asdict(target) for target in targets]})
    url = _split_url(query)
    host = url.hostname if url else ""
    is_own = _is_own_host(host, request) if host else query[0] == "/" and query[:2] != "//"
    if not url or not is_own:
        message = _("Leads to another site: %(host)s") % {"host": host} if host else ""
        return JsonResponse({"results": [], "target": None, "message": message})
    target = recognize_address(url, locale, drafts=drafts)
    message = "" if target else _("There is no such page on this site.")
    reasons = broken_link_reasons([target.value], anchors=()) if target and target.is_public else {}
    for reason in reasons.values():  # such as an edition or a feed that there is not
        target, message = None, capfirst(reason)
    return JsonResponse({"results": [], "target": target and asdict(target), "message": message})


def find_link_targets(query: str, locale: str, *, drafts: bool) -> list[LinkTarget]:
    """Return the pages whose titles have all words of a query, those in this locale first.

    Live publications come first, the newest first, then drafts, authors, topics and site pages.

    Args:
        drafts: whether drafts that were never public are among them.
    """
    words = search.truncate_query(query).split()[:MAX_WORDS]
    live = _titled(Edition.objects.live(), words).order_by(_in_locale_first(locale), "-published_at", "-pk")
    targets = [_edition_target(edition) for edition in live.without_texts().select_related("kind")[:MAX_LIVE]]
    if not words:
        return targets
    return [
        *targets,
        *(_drafts(words, locale) if drafts else ()),
        *_subjects(query, locale),
        *_pages(words, locale),
    ]


def recognize_address(url: SplitResult, locale: str, *, drafts: bool) -> LinkTarget | None:
    """Return what an address of this site leads to, also a former address, one of the desk or one without a locale.

    Args:
        locale: that of the text, for addresses that have none.
        drafts: whether the address of a draft that was never public is recognized.
    """
    address = recognize_path(unquote(url.path).replace("\0", "") or "/", locale)
    if not address:
        return None
    target = _target_of(address.subject, locale) if address.subject else _list_target(address.path)
    if not target.is_public and isinstance(address.subject, Publication) and not drafts:
        return None
    rest = f"{'?' if url.query else ''}{url.query}{'#' if url.fragment else ''}{url.fragment}"
    return replace(target, value=f"{address.path or target.value}{rest}")


def _list_target(path: str) -> LinkTarget:
    return LinkTarget(path, unquote(path), _("A page of this site"))


def _target_of(subject: Subject, locale: str) -> LinkTarget:
    targets = {Edition: _edition_target, Publication: _draft_target}
    if target := targets.get(type(subject)):
        return target(subject)
    return (
        _page_target(subject, locale)
        if isinstance(subject, SitePage)
        else _subject_target(subject, locale, is_public=_has_page(subject))
    )


def _split_url(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:
        return None


def _is_own_host(host: str, request: HttpRequest) -> bool:
    """Return whether the site answers this host. "*" in ALLOWED_HOSTS names no host."""
    if host == urlsplit(settings.SITE_URL).hostname:
        return True
    allowed = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    return host == request.get_host().partition(":")[0] or validate_host(host, allowed)


def _titled(queryset: QuerySet, words: Iterable[str], field: str = "title") -> QuerySet:
    """Return the rows whose title has all words. SQLite folds ASCII alone, so a first capital is tried too."""
    for word in words:
        spellings = {word, word.lower(), word.capitalize()}
        condition = Q()
        for spelling in spellings:
            condition |= Q(**{f"{field}__icontains": spelling})
        queryset = queryset.filter(condition)
    return queryset


def _in_locale_first(locale: str) -> Case:
    return Case(When(locale=locale, then=0), default=1, output_field=SmallIntegerField())


def _edition_target(edition: Edition) -> LinkTarget:
    is_live = edition.is_live
    date = format_day(edition.published_at, "SHORT_DATE_FORMAT")
    parts = (edition.type_line.partition(DASH)[0], date, "" if is_live else _("no longer public"))
    return LinkTarget(
        edition.get_absolute_url(), edition.marked_title, " · ".join(part for part in parts if part), is_live
    )


def _drafts(words: list[str], locale: str) -> Iterator[LinkTarget]:
    published = Edition.objects.ever_public().filter(publication=OuterRef("pk")).order_by()
    drafts = _titled(Publication.objects.filter(~Exists(published)), words).select_related("kind")
    in_locale_first = Case(When(language=locale, then=0), default=1, output_field=SmallIntegerField())
    for draft in drafts.order_by(in_locale_first, "-updated_at", "-pk")[:MAX_OTHERS]:
        yield _draft_target(draft)


def _draft_target(draft: Publication) -> LinkTarget:
    path = localized_path(draft.locale, "publications:detail", slug=draft.proposed_slug())
    return LinkTarget(path, str(draft), f"{draft.kind} · {_('not yet public')}", is_public=False)


def _subjects(query: str, locale: str) -> Iterator[LinkTarget]:
    """Authors and topics that have a page."""
    live = Edition.objects.live().order_by()
    authors = Author.objects.not_pseudonymous().filter(Exists(live.filter(bylines__author=OuterRef("pk"))))
    for author in CHOICE_SOURCES["authors"].search(query, authors)[:MAX_OTHERS]:
        yield _subject_target(author, locale, is_public=True)
    words = query.split()[:MAX_WORDS]
    topics = Tag.objects.filter(Exists(live.filter(tag_rows__tag=OuterRef("pk"))))
    named = _titled(topics, words, "name") | _titled(topics, words, "name_sv")
    for topic in named.order_by("name")[:MAX_OTHERS]:
        yield _subject_target(topic, locale, is_public=True)


def _has_page(subject: Author | Tag) -> bool:
    live = Edition.objects.live()
    return (live.tagged(subject) if isinstance(subject, Tag) else live.authored_by(subject)).exists()


def _subject_target(subject: Author | Tag, locale: str, *, is_public: bool) -> LinkTarget:
    is_topic = isinstance(subject, Tag)
    path = localized_path(
        locale, "publications:topic" if is_topic else "publications:author", slug=subject.slug
    )
    label = subject.get_translation("name", locale) if is_topic else subject.name
    return LinkTarget(path, label, _("Topic") if is_topic else _("Author"), is_public)


def _pages(words: list[str], locale: str) -> Iterator[LinkTarget]:
    found = set()
    for code in sorted(LOCALES, key=lambda code: code != locale):
        pages = _titled(SitePage.objects.for_locale(code), words, f"title_{code}").exclude(pk__in=found)
        for page in pages[: MAX_OTHERS - len(found)]:
            found.add(page.pk)
            yield _page_target(page, code)


def _page_target(page: SitePage, locale: str) -> LinkTarget:
    code = locale if locale in page.locales else page.locales[0]
    return LinkTarget(site_page_url(page, code), page.get_translation("title", code), _("Site page"))
