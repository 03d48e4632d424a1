"""Words by which old sites of any kind say who may read a text, in names and values of fields, English and Swedish.

A field is judged by the end of its name, which says what it is: `board_members_only` and `restricted_access` are about
readers, `membership_fee` and `private_sector` are not. What comes before it may be anything, such as the name of a
plugin, but not another part of the page (`title_visibility`). Words are compared without case, plural and the way they
are joined: `membersOnly`, `members-only` and `Member only` are one.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from publications.editorial_status import NOTICES

Rule = Callable[[Sequence[str]], bool]
"""Whether the values of a field, as they stand in the source, hide a text."""
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_VALUES = re.compile(r"[,;|/&+]|\b(?:and|or|och|eller)\b", re.IGNORECASE)
_REMARK = re.compile(r"\([^()]*\)")
FILLER_WORDS = frozenset({
    "article", "edition", "for", "in", "our", "report", "text", "the", "to", "under", "use", "version", "för", "våra",
})  # fmt: skip
"""Words that change nothing of a value: a final report is final, and `for our members` is `members`."""


def words_of(name: str) -> list[str]:
    """Return the words of a name or value, in lower case and the singular: `membersOnly` is member, only."""
    return [_singular(word.casefold()) for word in _BETWEEN_WORDS.split(name) if word]


def join_name(name: str) -> str:
    """Return a name as names are compared: without case, plural, and what stands between its words."""
    return "".join(words_of(name))


def join_names(*names: str) -> frozenset[str]:
    """Return names as `join_name` has them, and with their plurals, for `membersonly`."""
    return frozenset(form for name in names for form in (join_name(name), name.replace(" ", "")))


def fold_value(text: str) -> str:
    """Return a value as values are compared: its words, without fillers, and without numbers beside other words."""
    words = [word for word in words_of(text) if word not in FILLER_WORDS]
    return " ".join([word for word in words if not word.isdigit()] or words)


def split_values(text: str) -> list[str]:
    """Return the parts of a value that names several."""
    return list(filter(None, map(str.strip, _BETWEEN_VALUES.split(text))))


def _singular(word: str) -> str:
    return (
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
    )


YES_VALUES = frozenset({"true", "yes", "on", "1", "ja", "sant"})
NO_VALUES = frozenset({"false", "no", "off", "0", "nej", "falskt"})
FREE_VALUES = frozenset(map(fold_value, (
    "all", "anyone", "everybody", "everyone", "free", "open", "open access", "public", "publish", "published",
    "alla", "fri", "fritt", "gratis", "offentlig", "offentligt", "publicerad", "publicerat", "publik", "publikt",
    "öppen", "öppet", "öppen tillgång",
)))  # fmt: skip
"""Values that say in plain words that all may read a text, whatever field has them."""
PUBLIC_VALUES = FREE_VALUES.union(map(fold_value, (
    "active", "archived", "complete", "completed", "current", "default", "done", "final", "listed", "live", "online",
    "peer reviewed", "published online", "released", "revised", "show", "updated", "version of record", "visible",
    "slutlig", "synlig",
)))  # fmt: skip
"""Those, and values of a status or of visibility that hide nothing; of a paywall, `active` would not say so."""
HIDDEN_VALUES = frozenset(map(fold_value, (
    "draft", "private", "pending", "scheduled", "future", "sent", "trash", "unpublished", "unlisted", "hidden",
    "embargoed", "review", "peer review", "wip", "work in progress", "password", "protected", "inherit", "auto-draft",
    "members", "paid", "paid members", "paid subscribers", "premium", "tiers", "subscribers", "founding", "internal",
    "confidential", "rejected", "restricted", "secret", "unreviewed", "staff", "board", "board members", "logged in",
    "later", "soon", "maybe", "tbd", "tba", "not yet", "utkast", "privat", "opublicerad", "dold", "granskning",
    "intern", "internt", "medlemmar", "prenumeranter", "hemlig", "konfidentiell", "styrelsen", "senare",
    *(definition.work_status for definition in NOTICES.values()),  # a mark is set by an action
)))  # fmt: skip
"""Values that say that not all may read a text, or not yet."""
ONLY_WORDS = frozenset({"only", "endast", "bara", "enbart"})


def _hides_unless_no(values: Sequence[str]) -> bool:
    return not NO_VALUES.issuperset(map(fold_value, values)) or not values


def hides_unless_denied(values: Sequence[str]) -> bool:
    """Whether any value is neither a no nor a word for all readers: in doubt the text was hidden."""
    return not (NO_VALUES | FREE_VALUES).issuperset(map(fold_value, values)) or not values


def hides_unless_public(values: Sequence[str]) -> bool:
    """Whether any value does not say that all may read the text."""
    return not (YES_VALUES | PUBLIC_VALUES).issuperset(map(fold_value, values)) or not values


def _hides_if_restricted(values: Sequence[str]) -> bool:
    return any(map(_is_restricted, values))


def _hides_if_said(values: Sequence[str]) -> bool:
    return any(fold_value(value) in YES_VALUES or _is_restricted(value) for value in values)


def _hides_if_denied(values: Sequence[str]) -> bool:
    return any(fold_value(value) in NO_VALUES or _is_restricted(value) for value in values)


def _is_restricted(value: str) -> bool:
    meaning = fold_value(_REMARK.sub("", value))
    return meaning in HIDDEN_VALUES or not ONLY_WORDS.isdisjoint(meaning.split())


READER_WORDS = ("member", "membership", "subscriber", "medlem", "medlemmar", "prenumerant", "prenumeranter")
"""Those for whom a text was, as names of fields and shortcodes have them."""
RESTRICTING_WORDS = ("hidden", "locked", "paid", "private", "restrict", "restricted")
SECRET_WORDS = ("encrypt", "encrypted", "lösenord", "passphrase", "password", "protected", "skyddad")
"""Fields that hide a text if they have a value, which is never reported."""
RULES: Mapping[Rule, tuple[str, ...]] = {
    hides_unless_denied: (
        *RESTRICTING_WORDS, "confidential", "draft", "embargoed", "internal", "paywall", "premium", "secret",
        "unlisted", "unpublished", "paywalled", "do not publish", "dont publish", "no publish", "not listed",
        "not public", "not publish", "not published", "members only", "member only",
        "subscribers only", "subscriber only", "staff only", "board only", "team only", "internal only",
        "access level", "access plan", "access role", "access group", "acl", "allowed role", "allowed group",
        "by role", "to role", "user role", "premium level", "required level", "required membership", "required role",
        "member level", "member role", "content restriction", "membership id", "membership level", "membership plan",
        "subscription level", "user level",
        "dold", "dolt", "ej offentlig", "ej publik", "endast medlemmar", "hemlig", "hemligt", "konfidentiell",
        "konfidentiellt", "låst", "medlemsartikel", "medlemsinnehåll", "opublicerad", "opublicerat", "privat",
        "sekretess", "utkast",
    ),
    _hides_unless_no: SECRET_WORDS,
    hides_unless_public: ("access", "restricted to", "visibility", "visible for", "visible to"),
    _hides_if_said: (
        *READER_WORDS, "embargo", "hide", "intern", "internt", "logged in", "login", "members area",
        "protect", "restriction", "wip",
    ),
    _hides_if_denied: (
        "listed", "offentlig", "public", "publicera", "publicerad", "publik", "publish", "published", "synlig",
        "visible",
    ),
    _hides_if_restricted: ("audience", "stage", "state", "status", "tier", "version", "workflow"),
}  # fmt: skip
"""The ends of names of fields, by what their values must be to hide a text: `state: DC` and `members: 27` do not."""
FIELD_RULES: Mapping[str, Rule] = {name: rule for rule, names in RULES.items() for name in join_names(*names)}
HARMLESS_NAMES = join_names(
    "board members", "ever published", "force public", "open access", "staff members", "team members"
)
"""Ends of names that hide nothing, although the rules know a shorter end."""
MAX_NAME_WORDS = 3
OTHER_THINGS = frozenset({
    "ad", "author", "banner", "breadcrumb", "button", "byline", "caption", "comment", "cover", "data", "date",
    "excerpt", "feed", "footer", "header", "heading", "hero", "icon", "image", "link", "logo", "menu", "nav",
    "navigation", "search", "share", "sharing", "sidebar", "subtitle", "thumbnail", "title", "toc", "widget",
    "disable", "no", "non", "not", "of", "without",
})  # fmt: skip
"""Words before such an end that make it one of a part of the page, of something else, or the opposite."""
TEXT_WORDS = frozenset({
    "access", "active", "article", "content", "document", "enabled", "entry", "flag", "mode", "page", "post",
    "publication", "required", "setting", "status", "text", "type",
    "artikel", "dokument", "innehåll", "inlägg", "sida",
})  # fmt: skip
"""Words after such an end that leave its meaning: `private_content`, `restricted_access`."""


def rules_of(name: str) -> Iterator[Rule]:
    """Yield the rules of a field by its name: none if it says nothing of readers."""
    words = words_of(name)
    if any(end in HARMLESS_NAMES for end in _ends_of(words)):
        return
    while words:
        if rule := _rule_at_end(words):
            yield rule
        if words[-1] not in TEXT_WORDS and not words[-1].isdigit():
            return
        words = words[:-1]


def is_secret(name: str) -> bool:
    """Whether the value of a field may be a password."""
    return not set(SECRET_WORDS).isdisjoint(words_of(name))


def field_hides(name: str, texts: Iterable[str]) -> bool:
    """Whether a field says that not all may read a text.

    Args:
        texts: its values, of which each may name several; a field without any that can be read hides in doubt.
    """
    values = [value for text in texts for value in split_values(text)]
    return any(rule(values) for rule in rules_of(name))


def is_understood(texts: Iterable[str]) -> bool:
    """Whether values say yes, no or who may read, and nothing else."""
    values = [value for text in texts for value in split_values(text)]
    known = YES_VALUES | NO_VALUES | PUBLIC_VALUES
    return all(fold_value(value) in known or _is_restricted(value) for value in values)


def _rule_at_end(words: Sequence[str]) -> Rule | None:
    """Return the rule of the longest known end of a name."""
    for end, before in _ends_of(words).items():
        if rule := FIELD_RULES.get(end) or FIELD_RULES.get(end.removeprefix("is")):
            return None if before in OTHER_THINGS else rule
    return None


def _ends_of(words: Sequence[str]) -> dict[str, str]:
    """Return the ends of a name, the longest first, with the word before each."""
    starts = range(max(0, len(words) - MAX_NAME_WORDS), len(words))
    return {"".join(words[start:]): words[start - 1] if start else "" for start in starts}
