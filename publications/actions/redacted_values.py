"""Take a passage out of whatever is kept of a text: manuscripts, typed values, details of the audit trail."""

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

from publications.markup import Redaction
from publications.publication_fields import (
    FIELDS,
    FIELDS_BY_NAME,
    FieldType,
    PublicationField,
    RedactionRule,
)

Rule = Callable[[str, Redaction], str]

REFERENCES = {
    *(field.manuscript_key for field in FIELDS if field.type in (FieldType.REFERENCE, FieldType.CHOICE)),
    "related", "uid", "author", "role", "key", "digest", "change",
}  # fmt: skip
"""Keys of what names another row or one of a few words of ours: no text of an author."""
NAMES_OF_ROWS = {"tags"}
"""Lists of names: one that holds the passage is left out, as what is left of it names no row."""


def redact_value(value: Any, redaction: Redaction) -> Any:
    """The value with the mark for the passage in every text, however deep it lies."""
    if isinstance(value, str):
        return redaction.redact_text(value)
    if isinstance(value, list | tuple):
        return type(value)(redact_value(each, redaction) for each in value)
    if isinstance(value, dict):
        return {name: redact_field(name, each, redaction) for name, each in value.items()}
    if is_dataclass(value):
        names = [each.name for each in fields(value)]
        return replace(value, **{name: redact_field(name, getattr(value, name), redaction) for name in names})
    return value


def redact_field(name: str, value: Any, redaction: Redaction) -> Any:
    """The value of the field of this name, redacted as the field asks for."""
    if name in REFERENCES:
        return value
    if name in NAMES_OF_ROWS and isinstance(value, list | tuple):
        return type(value)(each for each in value if not redaction.is_in(each))
    rule = RULES.get(name)
    return rule(value, redaction) if rule and isinstance(value, str) else redact_value(value, redaction)


def redact_text(value: str, redaction: Redaction) -> str:
    return redaction.redact_text(value)


def redact_markdown(value: str, redaction: Redaction) -> str:
    return redaction.redact_markdown(value)


def redact_identifier(value: str, redaction: Redaction) -> str:
    """Of an identifier a part is no use."""
    if not redaction.is_in_text_or_address(value):
        return value
    redaction.addresses.add(value)
    return ""


def redact_link(value: str, redaction: Redaction) -> str:
    """The address of a text elsewhere leads nowhere where it names the passage."""
    if not redaction.is_in_text_or_address(value):
        return value
    redaction.links.add(value)
    return ""


def redact_file_name(name: str, redaction: Redaction) -> str:
    """A name of a file that tells the passage, even as addresses spell it, is given up but for its ending."""
    if not redaction.is_in_text_or_address(name):
        return name
    redaction.addresses.add(name)
    folder, slash, _last = name.rpartition("/")
    ending = name.rpartition(".")[2] if "." in name else ""
    kept = f"{folder}{slash}" if not redaction.is_named_by(folder) else ""
    return f"{kept}file.{ending}" if ending.isalnum() and not redaction.is_in(ending) else f"{kept}file"


def redact_reason(text: str, redaction: Redaction) -> str:
    """The site makes reasons of words that two texts share: a name stands there in small letters, in any order."""
    redacted = redaction.redact_text(text)
    return "" if redaction.has_each_word_in(redacted) else redacted


def rule_of(field: PublicationField) -> Rule | None:
    """Return how a column is redacted; None where it holds no text, or is an address, which its row gives up."""
    if field.redacted is RedactionRule.WHOLE:
        return redact_link if field.type is FieldType.URL else redact_identifier
    if field.redacted is RedactionRule.PASSAGE:
        return redact_markdown if field.type is FieldType.MARKDOWN else redact_text
    return None


def rules_of_rows(name: str) -> dict[str, Rule]:
    """Return how the columns of rows are redacted, by name."""
    special = {"filename": redact_file_name, "reason": redact_reason}
    return {column: special.get(column, redact_text) for column in FIELDS_BY_NAME[name].columns}


COLUMN_RULES = {
    field.name: rule for field in FIELDS if field.type is not FieldType.ROWS and (rule := rule_of(field))
}
"""How the columns of a draft are redacted, by name."""
RULES = {
    **{FIELDS_BY_NAME[name].manuscript_key: rule for name, rule in COLUMN_RULES.items()},
    **dict.fromkeys(("file", "filename"), redact_file_name),
}
"""How the values of manuscripts are redacted, by key; any other is text."""
