"""Compare names and values of fields as whole words, without case, plural and the way they are joined.

`membersOnly`, `members-only` and `Member only` are one name.
"""

import re

_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN_VALUES = re.compile(r"[,;|/&+]|\b(?:and|or|och|eller)\b", re.IGNORECASE)
FILLER_WORDS = frozenset({
    "article", "circulation", "distribution", "edition", "for", "in", "our", "report", "text", "the", "to", "under",
    "use", "version", "för", "våra",
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


def inflect(*adjectives: str) -> tuple[str, ...]:
    """Return Swedish adjectives and their neuter: publicerad, publicerat; dold, dolt; offentlig, offentligt."""
    return tuple(form for word in adjectives for form in (word, word.removesuffix("d") + "t"))


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
