"""Remove a name from the rows beside publications: authors, tags, images, pages, settings, logs, sessions."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import DeskSession
from publications import search
from publications.locales import LOCALES
from publications.markup import NameRedaction
from publications.models import (
    ArchiveImport,
    AuditEntry,
    Author,
    Autosave,
    ImportDecision,
    OutboxMail,
    Publication,
    RedactedAddress,
    Redirect,
    ServedPdf,
    SitePage,
    Synonym,
)
from publications.slugs import numbered_slug

from .name_manuscripts import rename_author_in_manuscripts
from .name_rules import NAME_RULES
from .name_values import ValueRule, holds_name
from .recorded_editions import ChangedEditions
from .redacted_values import cut_to_column, redact_detail, refuse_long_value
from .redirects import addresses_of
from .save import editions_showing, mark_changed_records, render_site_page, replace_author_name
from .transaction import ActionRefused

Redactions = Mapping[str, NameRedaction]
"""The redaction of the name by locale, as the mark is in the language of a text."""
LOGS = ("admin.LogEntry", "publications.OperationRecord", "publications.NewsEvent")
"""Tables of logs, whose texts are cut where the mark is too long."""


def locale_of_column(name: str) -> str:
    """Return the locale whose text a column holds: the first for one without a language."""
    return next((locale for locale in LOCALES if name.endswith(f"_{locale}")), LOCALES[0])


class UnrenderablePage(ActionRefused):
    """A site page that cannot be shown once it is redacted, such as one that a stricter rule has made invalid."""


def redact_rows(
    redactions: Redactions, at: datetime
) -> tuple[Counter[str], list[tuple[SitePage, list[str]]]]:
    """Redact the columns that have a rule of their own, in all rows.

    Returns:
        The number of changed rows by model, and the site pages that stay as they are, with the reasons.
    """
    changed: Counter[str] = Counter()
    refused = []
    for label, rules in NAME_RULES.items():
        if isinstance(rules, dict):
            columns = {name: rule for name, rule in rules.items() if callable(rule)}
            for row in apps.get_model(label)._base_manager.all() if columns else ():
                try:
                    changed[label] += _redact_row(row, columns, redactions, at)
                except UnrenderablePage as refusal:
                    row.refresh_from_db()
                    refused.append((row, refusal.reasons))
    return +changed, refused


def _redact_row(row: Model, rules: Mapping[str, ValueRule], redactions: Redactions, at: datetime) -> bool:
    values = {
        name: rule(getattr(row, name), redactions[locale_of_column(name)]) for name, rule in rules.items()
    }
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if not changed:
        return False
    store_row(row, changed, at)
    return True


def store_row(row: Model, values: Mapping[str, Any], at: datetime) -> None:
    """Store redacted values of a row with what is derived from them: its address, its HTML, its terms in the index."""
    old_slug, old_addresses = row.slug if isinstance(row, Author) else "", addresses_of(row)
    for name, value in values.items():
        if row._meta.label in LOGS and isinstance(value, str):
            value = cut_to_column(type(row), name, value)
        refuse_long_value(type(row), name, value)
        setattr(row, name, _unique_value(row, name, value))
    if isinstance(row, Author) and row.family_name not in row.name:
        row.family_name = ""
    if isinstance(row, Synonym) and len(row.spelling_list) < 2:
        search.delete_names(row)
        row.delete()
        return
    if isinstance(row, SitePage):
        _render_page(row)
    mark_changed_records(row, at)
    row.save()
    ServedPdf.forget(editions_showing(row))
    RedactedAddress.objects.store(old_addresses - addresses_of(row))
    if old_slug:
        rename_author_in_manuscripts(row, old_slug)
    search.index_names(row)


def _render_page(page: SitePage) -> None:
    try:
        render_site_page(page)
    except ValidationError as error:
        remedy = _("Edit the page until it can be saved, then remove the name again.")
        raise UnrenderablePage(*error.messages, remedy) from error


def drafts_with(authors: Collection[int], tags: Collection[int]) -> QuerySet[Publication]:
    """Return the drafts, deleted ones too, with one of these authors or tags, by primary key."""
    condition = Q(bylines__author__in=authors) | Q(tagged__tag__in=tags)
    return Publication.with_deleted.filter(condition).order_by("pk").distinct()


def slugs_of(model: type[Model]) -> dict[int, str]:
    return dict(model._base_manager.values_list("pk", "slug"))


def _unique_value(row: Model, name: str, value: Any) -> Any:
    """Return the value, or one with the key of the row where another row may have it: a slug, the name of a tag."""
    others = type(row)._base_manager.exclude(pk=row.pk)
    if name.startswith("slug"):
        neutral = f"{row._meta.model_name}-{row.pk}"
        taken = set(others.filter(**{f"{name}__startswith": neutral}).values_list(name, flat=True))
        return value or (numbered_slug(neutral, taken) if neutral in taken else neutral)
    is_unique = row._meta.get_field(name).unique
    return f"{value} {row.pk}" if is_unique and others.filter(**{name: value}).exists() else value


def _renamed_columns(replacement: str) -> dict[str, Any]:
    """Return the columns of an author with a pen name and nothing else that tells who they are."""
    localized = (f"{name}_{locale}" for name in ("title", "affiliation", "biography") for locale in LOCALES)
    emptied = dict.fromkeys(("family_name", "aliases", "orcid", "fediverse_address", *localized), "")
    return {"name": replacement, "is_pseudonymous": True, **emptied}


def is_renamed(author: Author, replacement: str) -> bool:
    """Return whether an author is as `rename_author` leaves them."""
    columns = _renamed_columns(replacement).items()
    return all(getattr(author, name) == value for name, value in columns) and not author.redirects.exists()


def rename_author(
    author: Author, replacement: str, at: datetime, editions: ChangedEditions
) -> dict[int, str]:
    """Give an author another name, without a page and without anything else that tells who they are.

    `editions` and what is returned are those of `replace_author_name`.
    """
    old_slug, redirects = author.slug, author.redirects.all()
    old_addresses = addresses_of(author).union(redirects.values_list("path", flat=True))
    for name, value in _renamed_columns(replacement).items():
        setattr(author, name, value)
    author.slug = ""
    refuse_long_value(Author, "name", replacement)
    mark_changed_records(author, at)
    author.save()
    rename_author_in_manuscripts(author, old_slug)
    search.index_names(author)
    redirects.delete()
    RedactedAddress.objects.store(old_addresses - addresses_of(author))
    return replace_author_name(author, at, editions)


def redact_other_audit_entries(redaction: NameRedaction, redacted: Mapping[int, str]) -> dict[int, str]:
    """Redact the audit entries that belong to no publication.

    Args:
        redacted: what the same action has redacted before.

    Returns:
        What the entry of the action has to record, with `redacted`.
    """
    earlier, redacted = redacted, dict(redacted)
    read_recorded = cache(lambda: AuditEntry.objects.read_redacted_hashes() | earlier)
    for entry in AuditEntry.objects.filter(publication=None):
        redacted |= AuditEntry.objects.redact(
            entry,
            read_recorded=read_recorded,
            subject=cut_to_column(AuditEntry, "subject", redaction.redact_text(entry.subject)),
            detail=redact_detail(entry.detail, redaction),
        )
    return redacted


def delete_rows(redaction: NameRedaction) -> Counter[str]:
    """Delete rows that hold the name and cannot be redacted; return their number by model.

    Whoever has a session that holds it, as a form that was sent after it had ended, has to sign in again.
    """
    deleted: Counter[str] = Counter()
    for queryset, text_of in (
        (OutboxMail.objects.all(), lambda mail: [mail.recipient, mail.key, mail.last_error]),
        (
            Redirect.objects.filter(publication=None),
            lambda redirect: "\n".join(map(_as_one_word, redirect.readings)),
        ),
        (Autosave.objects.filter(publication=None), lambda autosave: [autosave.values, autosave.path]),
        (DeskSession.objects.all(), lambda session: [session.get_decoded(), session.user_agent]),
    ):
        rows = [row for row in queryset if holds_name(text_of(row), redaction)]
        held = [row.pk for row in rows]
        if queryset.model is Redirect:
            _give_up_addresses(rows, redaction)
        queryset.model._base_manager.filter(pk__in=held).delete()
        deleted[queryset.model._meta.label] += len(held)
    deleted[ArchiveImport._meta.label] += ArchiveImport.objects.all().delete_with_archives()
    return +deleted


def delete_decisions(redaction: NameRedaction, author: Author | None) -> Counter[str]:
    """Delete the decisions on names in imports that hold the name, and all that lead to an author who has or had it.

    These connect the two names even if they hold neither: a former address is no spelling of a name. It is called
    before the authors are redacted.

    Args:
        author: the row of the person, if known.
    """
    decisions = list(ImportDecision.objects.select_related("author"))
    held = [each for each in decisions if holds_name([each.name, each.target], redaction)]
    authors = {each.author for each in decisions if each.author}
    named = {author, *(each.author for each in held)}
    named |= {each for each in authors if holds_name([each.name, each.aliases, each.slug], redaction)}
    pks = {each.pk for each in decisions if each in held or (each.author and each.author in named)}
    ImportDecision.objects.filter(pk__in=pks).delete()
    return +Counter({ImportDecision._meta.label: len(pks)})


def _as_one_word(text: str) -> str:
    return "-".join(text.split())


def _give_up_addresses(redirects: Iterable[Redirect], redaction: NameRedaction) -> None:
    """Give up those that hold the name; others only led to what does."""
    given_up = (
        redirect.addresses_given_up(lambda text: holds_name(_as_one_word(text), redaction))
        for redirect in redirects
    )
    RedactedAddress.objects.store(address for addresses in given_up for address in addresses)


def accounts_with_name(redaction: NameRedaction) -> list[Model]:
    """Return the accounts whose name or address holds the name. They are not changed."""
    accounts: QuerySet = get_user_model().objects.order_by("pk")
    return [
        account
        for account in accounts
        if holds_name([account.username, account.get_full_name(), account.email], redaction)
    ]
