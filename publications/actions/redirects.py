"""Addresses of what stands beside the editions: which words are taken, and how old addresses lead on."""

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
NAMES = {Author: "publications:author", Tag: "publications:topic"}


def keep_redirects(thing: models.Model, before: set[str]) -> None:
    """Redirect the addresses that a row has left to it; one that it takes again is its own.

    Redirects of an author who now writes under a pen name are deleted: they would lead from one name to the other.

    Args:
        before: the addresses of the row before it was saved.
    """
    owner = OWNERS.get(type(thing))
    if not owner:
        return
    if getattr(thing, "is_pseudonymous", False):
        thing.redirects.all().delete()
        return
    now = addresses_of(thing)
    none = dict.fromkeys(("publication", *OWNERS.values()))
    for path in before - now if _was_public(thing) else ():
        Redirect.objects.update_or_create(path=path, defaults={**none, owner: thing})
    Redirect.objects.filter(path__in=now, **{owner: thing}).delete()


def _was_public(thing: models.Model) -> bool:
    """A topic or author is public through an edition that has begun; a site page as soon as it is saved."""
    if isinstance(thing, SitePage):
        return True
    begun = Edition.objects.started()
    return (begun.tagged(thing) if isinstance(thing, Tag) else begun.authored_by(thing)).exists()


def addresses_of(thing: models.Model) -> set[str]:
    """Return the public paths of a row in all locales, spelled as redirects are stored."""
    kind = type(thing)
    if kind is SitePage:
        found = (
            _path(locale, "publications:site-page", getattr(thing, f"slug_{locale}"))
            for locale in thing.locales
        )
    elif kind in NAMES:
        found = (_path(locale, NAMES[kind], thing.slug) for locale in LOCALES)
    else:
        found = iter(())
    return {path for path in found if path}


def stored_addresses(thing: models.Model) -> set[str]:
    """Return the public paths of a row as the database has it."""
    stored = type(thing).objects.filter(pk=thing.pk).first() if type(thing) in OWNERS and thing.pk else None
    return addresses_of(stored) if stored else set()


def check_addresses(page: SitePage) -> None:
    """Check that nothing else stands at the addresses of a site page, in any locale.

    Raises:
        ValidationError: an address is taken or reserved; the message names it.
    """
    taken = reserved_words()
    wrong = {
        f"slug_{locale}": _("“%(word)s” is an address of the site itself. Choose another word.")
        % {"word": slug}
        for locale in LOCALES
        if (slug := getattr(page, f"slug_{locale}")) in taken
    }
    if wrong:
        raise ValidationError(wrong)


def reserved_words() -> set[str]:
    """Return the first path segments of all routes in all locales."""
    trees = [each for each in get_resolver().url_patterns if isinstance(each.pattern, LocalePrefixPattern)]
    found: set[str] = set()
    for locale in LOCALES:
        with translation.override(locale):
            found |= {word for each in trees for word in _first_words(each.url_patterns)}
    return found


def _first_words(patterns: Iterable) -> Iterator[str]:
    for each in patterns:
        word = str(each.pattern).lstrip("^").partition("/")[0]
        if word and "<" not in word:
            yield word
        elif not word:
            yield from _first_words(getattr(each, "url_patterns", ()))


def _path(locale: str, name: str, slug: str) -> str:
    if not slug:
        return ""
    with translation.override(locale):
        return Redirect.normal(reverse(name, kwargs={"slug": slug}))


@transaction.atomic
def add_redirects(target: Publication | Author | Tag, paths: Sequence[str], *, by) -> list[str]:
    """Redirect old paths to a target; safe to repeat.

    The target need not be public: a path answers once it is. The audit entry holds the number of paths, not the paths,
    since a path may hold a name that is to be redacted one day.

    Returns:
        The paths that belong to something else, and stay with it.

    Raises:
        ClockBehind: the clock of the server stands before the last action.
    """
    field = {Author: "author", Tag: "tag"}.get(type(target), "publication")
    wanted = list(dict.fromkeys(path for path in map(Redirect.normal, paths) if path.strip("/")))
    known = {row.path: row for row in Redirect.objects.filter(path__in=wanted)}
    new = [path for path in wanted if path not in known]
    if new:
        action = begin_action(by=by)
        Redirect.objects.bulk_create(Redirect(path=path, **{field: target}) for path in new)
        piece = target if isinstance(target, Publication) else None
        action.write_audit_entry(
            ActionType.AMEND, target, publication=piece, kind="redirect", pk=target.pk, count=len(new)
        )
    return [path for path, row in known.items() if getattr(row, f"{field}_id") != target.pk]
