"""Addresses of authors, tags and site pages: reserved words, and redirects from old addresses."""

from collections.abc import Iterable, Iterator, Sequence

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import LocalePrefixPattern, get_resolver, reverse
from django.utils import translation
from django.utils.translation import gettext as _

from publications.locales import LOCALES
from publications.models import (
    ActionType,
    Author,
    Edition,
    Publication,
    RedactedAddress,
    Redirect,
    SitePage,
    Tag,
)

from .site_addresses import NO_TARGET, is_reserved, is_used
from .transaction import begin_action, lock_site_version

REDIRECT_FIELDS = {Author: "author", Tag: "tag", SitePage: "page"}
VIEW_NAMES = {Author: "publications:author", Tag: "publications:topic"}


def keep_redirects(instance: models.Model, old_addresses: set[str]) -> None:
    """Redirect the former addresses of an instance to it; delete a redirect from an address that it has again.

    Redirects of an author who now writes under a pen name are deleted, and those to their portrait: they would connect
    the two names.

    Args:
        old_addresses: its addresses before it was saved.
    """
    field = REDIRECT_FIELDS.get(type(instance))
    if not field:
        return
    if isinstance(instance, Author) and instance.is_pseudonymous:
        instance.redirects.all().delete()
        Redirect.objects.filter(image__portrays=instance).delete()
        return
    current, given_up = addresses_of(instance), RedactedAddress.objects.given_up(old_addresses)
    for path in old_addresses - current - given_up if _was_public(instance) else ():
        Redirect.objects.update_or_create(path=path, query="", defaults={**NO_TARGET, field: instance})
    Redirect.objects.without_query().filter(path__in=current, **{field: instance}).delete()


def _was_public(instance: models.Model) -> bool:
    """Return whether an edition with this tag or author was ever public; a site page is public once saved."""
    if isinstance(instance, SitePage):
        return True
    editions = Edition.objects.ever_public()
    return (
        editions.tagged(instance) if isinstance(instance, Tag) else editions.authored_by(instance)
    ).exists()


def addresses_of(instance: models.Model) -> set[str]:
    """Return the public paths of an instance in all locales, normalized as in `Redirect.path`."""
    return {path for _field, path in _read_addresses(instance) if path}


def _read_addresses(instance: models.Model) -> Iterator[tuple[str, str]]:
    """Yield the public paths of an instance, each with the field of its slug; "" for an empty slug."""
    model = type(instance)
    if model is SitePage:
        for locale in instance.locales:
            field = f"slug_{locale}"
            yield field, _path(locale, "publications:site-page", getattr(instance, field))
    elif model in VIEW_NAMES:
        for locale in LOCALES:
            yield "slug", _path(locale, VIEW_NAMES[model], instance.slug)


def stored_addresses(instance: models.Model) -> set[str]:
    """Return the public paths of an instance as the database has it."""
    model = type(instance)
    stored = (
        model.objects.filter(pk=instance.pk).first() if model in REDIRECT_FIELDS and instance.pk else None
    )
    return addresses_of(stored) if stored else set()


def check_new_addresses(instance: models.Model, old_addresses: set[str]) -> None:
    """Check that no new address of an author, tag or site page was given up by a redaction.

    Args:
        old_addresses: its addresses as the database has them.

    Raises:
        ValidationError: one was; the message names it.
    """
    given_up = RedactedAddress.objects.given_up(addresses_of(instance) - old_addresses)
    message = _("The address “%(slug)s” was given up by a redaction and is never used again. Choose another.")
    errors = {
        field: message % {"slug": getattr(instance, field)}
        for field, path in _read_addresses(instance)
        if path in given_up
    }
    if errors:
        raise ValidationError(errors)


def check_addresses(page: SitePage) -> None:
    """Check that no address of a site page is one of the routes of the site, in all locales.

    Raises:
        ValidationError: an address is reserved; the message names it.
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
        return Redirect.normalize_path(reverse(name, kwargs={"slug": slug}))


@transaction.atomic
def add_redirects(target: Publication | Author | Tag, paths: Sequence[str], *, by) -> list[str]:
    """Redirect old paths to a target; safe to repeat.

    The target need not be public: a path redirects once it is. The audit entry holds the number of paths, not the
    paths, as a path may contain a name that is redacted one day.

    Returns:
        The paths that already lead to something else, that the site itself uses, also for a draft, or that were given
        up by a redaction, and are left so.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
    """
    field = {Author: "author", Tag: "tag"}.get(type(target), "publication")
    lock_site_version()  # before the existing redirects are read
    paths = list(dict.fromkeys(path for path in map(Redirect.normalize_path, paths) if path.strip("/")))
    rows = Redirect.objects.without_query().filter(path__in=paths)
    rows.filter(publication__deleted_at__isnull=False).exclude(
        **{field: target}
    ).delete()  # a deleted draft holds none
    existing = {row.path: row for row in rows.all()}
    given_up = RedactedAddress.objects.given_up(paths)
    free = [path for path in paths if path not in existing and path not in given_up]
    used = {path for path in free if is_reserved(path) or is_used(path, "", target=target)}
    new = [path for path in free if path not in used]
    if new:
        action = begin_action(by=by)
        Redirect.objects.bulk_create(Redirect(path=path, **{field: target}) for path in new)
        publication = target if isinstance(target, Publication) else None
        action.write_audit_entry(
            ActionType.AMEND, target, publication=publication, kind="redirect", pk=target.pk, count=len(new),
            model=target._meta.model_name,
        )  # fmt: skip
    others = [
        path for path, row in existing.items() if getattr(row, f"{field}_id") != target.pk or row.file_digest
    ]
    return [*others, *sorted(given_up | used)]
