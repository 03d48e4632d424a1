"""Remove a name from the rows beside publications: authors, tags, images, pages, settings, logs, sessions."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from publications import search
from publications.locales import LOCALES
from publications.markup import NameRedaction
from publications.models import (
    AuditEntry,
    Author,
    Publication,
    RedactedAddress,
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
REDACTED_BY_VALUE = ("subscriptions.Subscription", "subscriptions.AlertMail")
"""Tables of very many rows with few texts: each text is redacted once, and no row is loaded."""


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
            if label in REDACTED_BY_VALUE:
                changed[label] += _redact_by_value(label, columns, redactions)
                continue
            for row in apps.get_model(label)._base_manager.all() if columns else ():
                try:
                    changed[label] += _redact_row(row, columns, redactions, at)
                except UnrenderablePage as refusal:
                    row.refresh_from_db()
                    refused.append((row, refusal.reasons))
    return +changed, refused


def _redact_by_value(label: str, rules: Mapping[str, ValueRule], redactions: Redactions) -> int:
    model, count = apps.get_model(label), 0
    for name, rule in rules.items():
        texts = model._base_manager.exclude(**{name: ""}).values_list(name, flat=True).distinct()
        for text in list(texts):
            redacted = rule(text, redactions[locale_of_column(name)])
            if redacted != text:
                value = cut_to_column(model, name, redacted)
                count += model._base_manager.filter(**{name: text}).update(**{name: value})
    return count


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


def accounts_with_name(redaction: NameRedaction) -> list[Model]:
    """Return the accounts whose name or address holds the name. They are not changed."""
    accounts: QuerySet = get_user_model().objects.order_by("pk")
    return [
        account
        for account in accounts
        if holds_name([account.username, account.get_full_name(), account.email], redaction)
    ]
