"""The values that both sides of a merge started from, known or only as hashes."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Protocol

from publications.publication_fields import MergeRule


class MergedField(Protocol):
    """The declaration of a field to merge."""

    name: str
    merge_rule: MergeRule | None

    def is_equal(self, a: object, b: object) -> bool: ...
    def display(self, value: object) -> str: ...


class BaseValues:
    """The values that both sides started from. For a field without a value, every difference is a conflict."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def equals(self, field: MergedField, value: object) -> bool:
        return field.name in self.values and field.is_equal(self.values[field.name], value)

    def value(self, field: MergedField) -> object:
        return self.values.get(field.name)


class NoBase(BaseValues):
    """An unknown base: every difference is a conflict."""

    def __init__(self) -> None:
        super().__init__({})


class Fingerprints:
    """A base of which only hashes are known, as a form submits them: "title=3f2a… kind=9c01…"."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self.hashes = hashes

    @classmethod
    def of(cls, fields: Iterable[MergedField], values: Mapping[str, object]) -> "Fingerprints":
        """Return the fingerprints of these values."""
        return cls({field.name: _fingerprint(field, values.get(field.name)) for field in fields})

    @classmethod
    def parse(cls, text: str) -> "Fingerprints":
        """Return the fingerprints that a form has submitted; malformed parts are ignored."""
        return cls(dict(part.split("=", 1) for part in text.split() if "=" in part))

    def __str__(self) -> str:
        return " ".join(f"{name}={digest}" for name, digest in self.hashes.items())

    def equals(self, field: MergedField, value: object) -> bool:
        return self.hashes.get(field.name) == _fingerprint(field, value)

    def value(self, field: MergedField) -> object:
        return None


def _fingerprint(field: MergedField, value: object) -> str:
    return hashlib.blake2s(field.display(value).encode(), digest_size=6).hexdigest()
