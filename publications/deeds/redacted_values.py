"""Take a passage out of whatever is kept of a text: manuscripts, typed values, details of the audit trail."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from publications.prose import Redaction

REFERENCES = {
    "author", "uid", "key", "digest", "related", "translation_of", "cover", "kind", "language", "role", "change",
}  # fmt: skip
"""Fields that name another row or one of a few words of ours: no text of an author."""
MARKDOWN = {"body"}
IDENTIFIERS = {"doi", "isbn"}
LINKS = {"external_url"}
FILE_NAMES = {"file", "filename"}
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
    rule = next((rule for names, rule in RULES if name in names), None)
    return rule(value, redaction) if rule and isinstance(value, str) else redact_value(value, redaction)


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


RULES = (
    (MARKDOWN, lambda value, redaction: redaction.redact_markdown(value)),
    (IDENTIFIERS, redact_identifier),
    (LINKS, redact_link),
    (FILE_NAMES, redact_file_name),
)
