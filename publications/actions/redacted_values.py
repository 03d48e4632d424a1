"""Redact values: manuscripts, form values, details of audit entries, and the rules by which columns are redacted."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet
from django.utils.translation import gettext as _

from publications.markup import Redaction
from publications.models import UNKNOWN_TEXT, Publication, RelatedLink
from publications.publication_fields import (
    FIELDS,
    FIELDS_BY_NAME,
    FieldType,
    PublicationField,
    RedactionRule,
)

from .transaction import ActionRefused

Rule = Callable[[str, Redaction], str]

UNREDACTED_KEYS = {
    *(field.manuscript_key for field in FIELDS if field.type in (FieldType.FOREIGN_KEY, FieldType.CHOICE)),
    "related", "uid", "author", "role", "key", "digest", "change",
}  # fmt: skip
"""Keys whose values identify a row or are choices of the model; they are never redacted."""
NAME_LISTS = {"tags"}
"""Keys of lists of names. A name that contains the passage is left out, as the rest of it would name no row."""


def redact_value(value: Any, redaction: Redaction) -> Any:
    """Return a value with every text in it redacted: strings, and those in lists, dicts and dataclasses."""
    if isinstance(value, str):
        return redaction.redact_text(value)
    if isinstance(value, list | tuple):
        return type(value)(redact_value(item, redaction) for item in value)
    if isinstance(value, dict):
        return {name: redact_field(name, item, redaction) for name, item in value.items()}
    if is_dataclass(value):
        names = [field.name for field in fields(value)]
        return replace(value, **{name: redact_field(name, getattr(value, name), redaction) for name in names})
    return value


def redact_detail(detail: dict[str, Any], redaction: Redaction) -> dict[str, Any]:
    """Return the details of an audit entry, redacted; a text of which nothing is left stays as `UNKNOWN_TEXT`."""
    redacted = redact_value(detail, redaction)
    return {name: UNKNOWN_TEXT if value == "" != detail[name] else value for name, value in redacted.items()}


def redact_field(name: str, value: Any, redaction: Redaction) -> Any:
    """Return the value of a field, redacted by the rule of its name."""
    if name in UNREDACTED_KEYS:
        return value
    if name in NAME_LISTS and isinstance(value, list | tuple):
        return type(value)(item for item in value if not redaction.is_in(item))
    rule = VALUE_RULES.get(name)
    return rule(value, redaction) if rule and isinstance(value, str) else redact_value(value, redaction)


def redact_text(value: str, redaction: Redaction) -> str:
    return redaction.redact_text(value)


def redact_markdown(value: str, redaction: Redaction) -> str:
    return redaction.redact_markdown(value)


def redact_identifier(value: str, redaction: Redaction) -> str:
    """Return the identifier, or "" where it contains the passage: a part of it is of no use."""
    if not redaction.is_in_text_or_address(value):
        return value
    redaction.addresses.add(value)
    return ""


def redact_link(value: str, redaction: Redaction) -> str:
    """Return the external address, or "" where it contains the passage."""
    if not redaction.is_in_text_or_address(value):
        return value
    redaction.links.add(value)
    return ""


def redact_file_name(name: str, redaction: Redaction) -> str:
    """Return a file name, reduced to "file" and its extension where it contains the passage, also as slugs spell it."""
    if not redaction.is_in_text_or_address(name):
        return name
    redaction.addresses.add(name)
    folder, slash, _last = name.rpartition("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    path = f"{folder}{slash}" if not redaction.is_in_address(folder) else ""
    return f"{path}file.{ending}" if ending.isalnum() and not redaction.is_in(ending) else f"{path}file"


def redact_reason(text: str, redaction: Redaction) -> str:
    """Return the reason of a link, or "" where its words contain all words of the passage in any order.

    The site builds reasons from words that two texts share, in lower case.
    """
    redacted = redaction.redact_text(text)
    return "" if redaction.has_each_word_in(redacted) else redacted


def refuse_long_value(model: type[Model], name: str, value: object) -> None:
    """Raise ActionRefused where a value is too long for its column, as the mark is longer than the passage."""
    field = model._meta.get_field(name)
    if isinstance(field, CharField) and isinstance(value, str) and len(value) > field.max_length:
        raise ActionRefused(
            _(
                "“%(field)s” has no room for what is to stand in its place: it has at most %(limit)d characters. "
                "Choose a shorter text."
            )
            % {"field": field.verbose_name, "limit": field.max_length}
        )


def cut_to_column(model: type[Model], name: str, value: str) -> str:
    """Return a text of a log or comment, cut where it is too long for its column."""
    return value[: model._meta.get_field(name).max_length]


def rule_for_field(field: PublicationField) -> Rule | None:
    """Return how a column is redacted; None for one without text, and for a slug, which its row replaces."""
    if field.redaction_rule is RedactionRule.WHOLE:
        return redact_link if field.type is FieldType.URL else redact_identifier
    if field.redaction_rule is RedactionRule.PASSAGE:
        return redact_markdown if field.type is FieldType.MARKDOWN else redact_text
    return None


def rules_for_rows(name: str) -> dict[str, Rule]:
    """Return how the columns of rows are redacted, by name."""
    special = {"filename": redact_file_name, "reason": redact_reason}
    return {column: special.get(column, redact_text) for column in FIELDS_BY_NAME[name].text_columns}


COLUMN_RULES = {
    field.name: rule
    for field in FIELDS
    if field.type is not FieldType.RELATED_ROWS and (rule := rule_for_field(field))
}
"""How the columns of a draft are redacted, by name."""
VALUE_RULES = {
    **{FIELDS_BY_NAME[name].manuscript_key: rule for name, rule in COLUMN_RULES.items()},
    **dict.fromkeys(("file", "filename"), redact_file_name),
}
"""How the values of manuscripts are redacted, by key; any other is text."""
EDITION_RULES = {name: rule for name, rule in COLUMN_RULES.items() if FIELDS_BY_NAME[name].frozen}
EDITION_RULES |= dict.fromkeys(("change_note", "notice_text", "withdrawal_reason", "type_line"), redact_text)
"""How the columns of an edition are redacted, by name."""
EDITION_TEXTS = [name for name, rule in EDITION_RULES.items() if rule is redact_text]
IDENTIFIERS = [field.name for field in FIELDS if field.redaction_rule is RedactionRule.WHOLE]
ATTACHMENT_RULES, BYLINE_RULES = rules_for_rows("attachments"), rules_for_rows("bylines")
LINK_RULES = rules_for_rows("related_links")


def related_links_of(publication: Publication) -> QuerySet[RelatedLink]:
    """Return the related links from a publication and to it."""
    return RelatedLink.objects.filter(Q(source=publication) | Q(target=publication))
