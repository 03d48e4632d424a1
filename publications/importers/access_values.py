"""Judge what the values of a field say of readers, for each kind of field; in doubt a text was hidden.

Each rule takes the values of one field, as they stand in the source, and returns whether they hide the text.
"""

import re
from collections.abc import Callable, Sequence

from django.utils import timezone

from publications.editorial_status import NOTICES

from .access_words import fold_value, inflect

Rule = Callable[[Sequence[str]], bool]
"""Whether the values of a field hide a text."""
_REMARK = re.compile(r"\([^()]*\)")
_LICENCE = re.compile(r"\s\(CC[ -]BY[^()]*\)", re.IGNORECASE)
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d(?:[T ][\d:.Z +-]*)?)?)?")
YES_VALUES = frozenset({"true", "yes", "on", "1", "ja", "sant"})
NO_VALUES = frozenset({"false", "no", "off", "0", "nej", "falskt"})
YES_MARKS = YES_VALUES | {"y", "t", "x", "j"}
NO_MARKS = NO_VALUES | {"n", "f", "none", "null", "empty", "never", "ingen", "inget", "inga", "aldrig"}
"""Values that are a clear no to a flag; of a password, `n` or `none` would be one."""
PUBLIC_WORDS = frozenset({"public", *inflect("offentlig", "publik")})
FREE_VALUES = PUBLIC_WORDS.union(map(fold_value, (
    "all", "anyone", "everybody", "everyone", "free", "free of charge", "general public", "open", "open access",
    "alla", "allmänhet", "allmänheten", "fri", "fritt", "gratis", "kostnadsfri", "kostnadsfritt", "öppen",
    "öppet", "öppen tillgång",
)))  # fmt: skip
"""Words for all readers."""
PUBLIC_VALUES = FREE_VALUES.union(map(fold_value, (
    "active", "complete", "completed", "current", "default", "done", "final", "listed", "live", "online",
    "peer reviewed", "publish", "published", "published online", "released", "revised", "show", "updated",
    "version of record", "visible", "full text", "html", "pdf", "full open access", "gold open access",
    "green open access", "diamond open access", "free access", "free download", "unrestricted", "finished", "cc0",
    *inflect("publicerad"), "slutlig", "synlig",
)))  # fmt: skip
"""Those, and values of a status, of visibility or of access that hide nothing; of a paywall, `active` would not say so.
"""
WAITING_VALUES = frozenset({"future", "inherit", "pending", "scheduled", "sent"})
"""Values that hide a text as its own status; as that of a mail or a payment they say nothing of readers."""
HIDDEN_VALUES = frozenset(map(fold_value, (
    "archived", "deleted", "draft", "preview", "private", "trash", "arkiverad", "avpublicerad", "begränsad",
    "unpublished", "unlisted", "hidden",
    "embargoed", "review", "peer review", "wip", "work in progress", "password", "protected", "auto-draft",
    "members", "paid", "paid members", "paid subscribers", "premium", "tiers", "subscribers", "founding", "internal",
    "confidential", "rejected", "restricted", "secret", "unreviewed", "staff", "board", "board members", "logged in",
    "later", "soon", "maybe", "tbd", "tba", "not yet", "not public", "utkast", "privat", "opublicerad", "dold",
    "granskning", "intern", "internt", "medlemmar", "prenumeranter", "hemlig", "konfidentiell", "styrelsen", "senare",
    *(definition.work_status for definition in NOTICES.values()),  # a mark is set by an action
)))  # fmt: skip
"""Values that say that not all may read a text, or not yet."""
ONLY_WORDS = frozenset({"only", "endast", "bara", "enbart"})
READER_VALUES = frozenset({
    "member", "membership", "personal", "staff", "subscriber", "medlem", "medlemmar", "prenumerant", "prenumeranter",
})  # fmt: skip
PAYING_VALUES = frozenset({"paid", "paying", "premium", "registered", "betalande"})
"""First words of values that name readers with an account, such as `paying guests`."""
BODY_WORDS = frozenset({
    "academic", "assembly", "cabinet", "city", "commission", "committee", "congress", "congressional", "countrie",
    "country", "diplomatic", "embassy", "eu", "family", "government", "media", "military", "ministrie", "ministry",
    "nation", "nato", "officer", "parliament", "parliamentary", "political", "press", "public", "riksdag",
    "riksdagen", "senate", "state", "teaching", "un",
})  # fmt: skip
"""Words that make of members or staff people outside: Members of Parliament, member states, embassy staff."""


def hides_unless_no(values: Sequence[str]) -> bool:
    """Whether any value is neither a no nor the word public: `hidden: all` hides from all."""
    return not (NO_MARKS | PUBLIC_WORDS).issuperset(map(fold_value, values)) or not values


def hides_unless_free(values: Sequence[str]) -> bool:
    """Whether any value is neither a no nor a word for all readers, such as `paywall: everyone`."""
    return not (NO_MARKS | FREE_VALUES).issuperset(map(fold_value, values)) or not values


def hides_unless_unprotected(values: Sequence[str]) -> bool:
    """Whether any value of a field for passwords is not a plain no."""
    return not NO_VALUES.issuperset(map(fold_value, values)) or not values


def hides_unless_public(values: Sequence[str]) -> bool:
    """Whether any value does not say that all may read the text."""
    return not (values and all(map(_is_public, values)))


def hides_unless_shown(values: Sequence[str]) -> bool:
    """Whether a flag such as `public` is not set: its value is no yes, no word for public texts, no past date."""
    is_set = values and all(fold_value(value) in YES_MARKS or _is_public(value) for value in values)
    return not is_set and not _has_date(values, is_ahead=False)


def hides_if_said(values: Sequence[str]) -> bool:
    """Whether any value is a yes or a word for hidden texts: `members: 27` hides nothing."""
    return any(fold_value(value) in YES_MARKS or is_restricted(value) for value in values)


def hides_if_denied(values: Sequence[str]) -> bool:
    """Whether any value is a no, a word for hidden texts, or a date ahead."""
    is_denied = any(fold_value(value) in NO_MARKS or is_restricted(value) for value in values)
    return is_denied or _has_date(values, is_ahead=True)


def hides_if_restricted(values: Sequence[str]) -> bool:
    """Whether any value is a word for hidden texts, whatever has this status."""
    return any(is_restricted(value) and fold_value(value) not in WAITING_VALUES for value in values)


def hides_if_waiting(values: Sequence[str]) -> bool:
    """Whether any value of the status of the text itself is a word for hidden texts."""
    return any(map(is_restricted, values))


def hides_if_for_some(values: Sequence[str]) -> bool:
    """Whether any value names readers with an account, such as `internal staff` or `members of our network`."""
    return any(is_restricted(value) or _names_readers(fold_value(value).split()) for value in values)


def is_restricted(value: str) -> bool:
    """Whether a value is a word for hidden texts, or says who alone may read."""
    meaning = fold_value(_REMARK.sub("", value))
    return meaning in HIDDEN_VALUES | WAITING_VALUES or not ONLY_WORDS.isdisjoint(meaning.split())


def is_known(value: str) -> bool:
    """Whether a value says yes, no or who may read, and nothing else."""
    return fold_value(value) in YES_MARKS | NO_MARKS or _is_public(value) or is_restricted(value)


def _is_public(value: str) -> bool:
    meaning = fold_value(_LICENCE.sub("", value))
    return meaning in YES_VALUES | PUBLIC_VALUES or meaning.startswith("cc by")


def _names_readers(words: Sequence[str]) -> bool:
    if not words or not BODY_WORDS.isdisjoint(words):
        return False
    return not READER_VALUES.isdisjoint((words[0], words[-1])) or words[0] in PAYING_VALUES


def _has_date(values: Sequence[str], *, is_ahead: bool) -> bool:
    """Whether the values are a date from today on, or before."""
    text = " ".join(values)
    return bool(_DATE.fullmatch(text)) and (text >= timezone.localdate().isoformat()) == is_ahead
