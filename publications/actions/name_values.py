"""Rules for values that hold a name in rows beside publications: texts, lists, addresses, JSON."""

import json
from collections.abc import Callable
from typing import Any

from publications.markup import NameRedaction
from publications.slugs import slugify

from .redacted_addresses import names_passage
from .redacted_values import redact_value

ValueRule = Callable[[Any, NameRedaction], Any]


def redact_lines(value: str, redaction: NameRedaction) -> str:
    """Return lines without those that hold the name: a spelling of it with a mark would be of no use."""
    return "\n".join(line for line in value.splitlines() if not redaction.is_in_text_or_address(line))


def redact_slug(value: str, redaction: NameRedaction) -> str:
    """Return a slug, or "" where it names somebody; the row then gets another."""
    return "" if names_passage(value, redaction) else value


def redact_json_text(value: str, redaction: NameRedaction) -> str:
    """Return a text that may be JSON, whose escapes hide a letter such as “Å”, with its strings redacted."""
    try:
        parsed = json.loads(value)
    except ValueError:
        return redaction.redact_text(value)
    redacted = redact_value(parsed, redaction)
    return value if redacted == parsed else json.dumps(redacted)


def holds_name(value: Any, redaction: NameRedaction) -> bool:
    """Whether a stored value holds the name anywhere, also in an address or as a slug spells it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return redaction.is_in(text) or any(
        redaction.is_in_address(word) or names_passage(slugify(word), redaction) for word in text.split()
    )
