"""Addresses of authors, tags and site pages: reserved words, and redirects from old addresses."""

from collections.abc import Iterable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import LocalePrefixPattern, get_resolver, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from publications.locales import LOCALES
from publications.models import ActionType, Author, Edition, Publication, Redirect, SitePage, Tag

from .transaction import begin_action

OWNERS = {Author: "author", Tag: "tag", SitePage: "page"}
VIEW_NAMES = {Author: "publications:author", Tag: "publications:topic"}


def keep_redirects(row: models.Model, before: set[str]) -> None:
    """Redirect the former addresses of a row to it, and delete a redirect from an address that it has again.

    Redirects of an author who now writes under a pen name are deleted: they would connect the two names.

    Args:
        before: the addresses of the row before it was saved.
    """
    owner = OWNERS.get(type(row))
    if not owner:
        return
    if getattr(row, "is_pseudonymous", False):
        row.redirects.all().delete()
        return
    current = addresses_of(row)
    others = dict.fromkeys(("publication", *OWNERS.values()))
    for path in before - current if _was_public(row) else ():
        Redirect.objects.update_or_create(path=path, defaults={**others, owner: row})
    Redirect.objects.filter(path__in=current, **{owner: row}).delete()


def _was_public(row: models.Model) -> bool:
    """Return whether a tag or author is in an edition that has started; a site page is public once saved."""
    if isinstance(row, SitePage):
        return True
    started = Edition.objects.started()
    return (started.tagged(row) if isinstance(row, Tag) else started.authored_by(row)).exists()


def addresses_of(row: models.Model) -> set[str]:
    """Return the public paths of a row in all locales, spelled as redirects are stored."""
    model = type(row)
    if model is SitePage:
        paths = (
            _path(locale, "publications:site-page", getattr(row, f"slug_{locale}")) for locale in row.locales
        )
    elif model in VIEW_NAMES:
        paths = (_path(locale, VIEW_NAMES[model], row.slug) for locale in LOCALES)
    else:
        paths = iter(())
    return {path for path in paths if path}


def stored_addresses(row: models.Model) -> set[str]:
    """Return the public paths of a row as the database has it."""
    stored = type(row).objects.filter(pk=row.pk).first() if type(row) in OWNERS and row.pk else None
    return addresses_of(stored) if stored else set()


def check_addresses(page: SitePage) -> None:
    """Check that the addresses of a site page are free, in all locales.

    Raises:
        ValidationError: an address is taken or reserved; the message names it.
    """
    reserved = reserved_words()
    errors = {
        f"slug_{locale}": _("“%(word)s” is an address of the site itself. Choose another word.")
        % {"word": slug}
        for locale in LOCALES
        if (slug := getattr(page, f"slug_{locale}")) in reserved
    }
    if errors:
        raise ValidationError(errors)


def reserved_words() -> set[str]:
    """Return the first path segments of all routes in all locales."""
    resolvers = [
        resolver
        for resolver in get_resolver().url_patterns
        if isinstance(resolver.pattern, LocalePrefixPattern)
    ]
    reserved: set[str] = set()
    for locale in LOCALES:
        with translation.override(locale):
            reserved |= {word for resolver in resolvers for word in _first_words(resolver.url_patterns)}
    return reserved


def _first_words(patterns: Iterable) -> Iterator[str]:
    for pattern in patterns:
        word = str(pattern.pattern).lstrip("^").partition("/")[0]
        if word and "<" not in word:
            yield word
        elif not word:
            yield from _first_words(getattr(pattern, "url_patterns", ()))


def _path(locale: str, name: str, slug: str) -> str:
    if not slug:
        return ""
    with translation.override(locale):
        return Redirect.normal(reverse(name, kwargs={"slug": slug}))


@transaction.atomic
def add_redirects(target: Publication | Author | Tag, paths: Sequence[str], *, by) -> list[str]:
    """Redirect old paths to a target; safe to repeat.

    The target need not be public: a path redirects once it is. The audit entry holds the number of paths, not the
    paths, as a path may contain a name that is redacted one day.

    Returns:
        The paths that already lead to something else, and are left so.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    field = {Author: "author", Tag: "tag"}.get(type(target), "publication")
    paths = list(dict.fromkeys(path for path in map(Redirect.normal, paths) if path.strip("/")))
    existing = {row.path: row for row in Redirect.objects.filter(path__in=paths)}
    new = [path for path in paths if path not in existing]
    if new:
        action = begin_action(by=by)
        Redirect.objects.bulk_create(Redirect(path=path, **{field: target}) for path in new)
        publication = target if isinstance(target, Publication) else None
        action.write_audit_entry(
            ActionType.AMEND, target, publication=publication, kind="redirect", pk=target.pk, count=len(new)
        )
    return [path for path, row in existing.items() if getattr(row, f"{field}_id") != target.pk]
