"""A validator for long passwords that are easy to guess: repetition, keyboard sequences, names, common passwords.

Predictable parts are reduced: a repetition counts once, a sequence of keys or a name as one character. The rest must
have `MIN_UNPREDICTABLE_CHARACTERS`.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MIN_UNPREDICTABLE_CHARACTERS = 8
MIN_SEQUENCE_LENGTH = 4  # neighbouring keys or letters; three occur in ordinary words, as "rst" in first
MIN_NAME_LENGTH = 3
MAX_EXAMINED_CHARACTERS = 128  # from the start, so that a long password takes no time

REPETITION = re.compile(r"(.)\1{2,}|(.{2,}?)\2+", re.DOTALL)
WORD = re.compile(r"[^\W_]+")
NON_LETTERS_AT_ENDS = re.compile(r"^[\W\d_]+|[\W\d_]+$")
SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyzåäö", "12345678901234567890", "1234567890-=", "§1234567890+´", "!\"#¤%&/()=?",
    "!@#$%^&*()_+", "qwertyuiopå", "qwertyuiop[]", "asdfghjklöä", "asdfghjkl;'", "zxcvbnm,.-", "<zxcvbnm",
    "qwertzuiopü", "yxcvbnm", "azertyuiop", "qsdfghjklm", "wxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp", "1q2w3e4r5t6y7u8i9o0p", "a1b2c3d4e5f6g7h8i9j0",
)  # fmt: skip


class Weakness(Enum):
    """Why a password is easy to guess."""

    REPETITION = gettext_lazy("This password repeats itself.")
    SEQUENCE = gettext_lazy("This password follows a row of keys, of digits or the alphabet.")
    NAMES = gettext_lazy("This password is made of your name or a name of the site.")
    COMMON = gettext_lazy("This password is a common one with something added.")


class PredictablePasswordValidator:
    """A validator for `AUTH_PASSWORD_VALIDATORS`.

    `site_names` is the dotted path of a function that returns the names of the site.
    """

    def __init__(self, site_names: str = "") -> None:
        self._site_names = import_string(site_names) if site_names else tuple

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        names = [*self._site_names(), urlsplit(settings.SITE_URL).hostname or "", *_personal_names(user)]
        if weakness := find_weakness(password, names):
            advice = _("Take four words that do not belong together.")
            raise ValidationError(f"{weakness.value} {advice}", code="password_predictable")

    def get_help_text(self) -> str:
        return _(
            "Your password can’t be made of repetition, rows of keys, or your name or that of the site. "
            "Four words that do not belong together are good."
        )


def find_weakness(password: str, names: Iterable[str]) -> Weakness | None:
    """Return why a password is easy to guess, or None. Its length is checked by another validator.

    Args:
        names: names of the person and the site; each word of them counts.
    """
    text = fold(password)
    without_repetition = REPETITION.sub(lambda match: match[1] or match[2], text)
    without_sequences = _without_sequences(without_repetition)
    without_names = _without_names(without_sequences, names)
    for before, after, weakness in (
        (password[:MAX_EXAMINED_CHARACTERS], without_repetition, Weakness.REPETITION),
        (without_repetition, without_sequences, Weakness.SEQUENCE),
        (without_sequences, without_names, Weakness.NAMES),
    ):
        if len(after) < MIN_UNPREDICTABLE_CHARACTERS and len(after) < len(before):
            return weakness
    core = NON_LETTERS_AT_ENDS.sub("", text)
    is_common_itself = core == password.strip().lower()  # which Django's validator reports
    return Weakness.COMMON if core in _common_passwords() and not is_common_itself else None


def fold(password: str) -> str:
    """Return the examined part of a password, normalized (NFKC) and without case."""
    return unicodedata.normalize("NFKC", password[:MAX_EXAMINED_CHARACTERS]).casefold()


@cache
def _common_passwords() -> frozenset[str]:
    """Return Django's list of 20,000 common passwords, read once."""
    return frozenset(CommonPasswordValidator().passwords)


def _without_sequences(text: str) -> str:
    """Return the text with each sequence of neighbouring keys cut to its first character."""
    remaining, index = [], 0
    while index < len(text):
        remaining.append(text[index])
        index += _sequence_length(text, index)
    return "".join(remaining)


def _sequence_length(text: str, start: int) -> int:
    """Return how many characters from `start` are a part of a sequence, in either direction; 1 for a short part."""
    length = 1
    for sequence in SEQUENCES:
        for characters in (sequence, sequence[::-1]):
            while start + length < len(text) and text[start : start + length + 1] in characters:
                length += 1
    return length if length >= MIN_SEQUENCE_LENGTH else 1


def _without_names(text: str, names: Iterable[str]) -> str:
    words = {word.casefold() for name in names for word in WORD.findall(unicodedata.normalize("NFKC", name))}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= MIN_NAME_LENGTH:
            text = text.replace(word, word[0])
    return text


def _personal_names(user: AbstractBaseUser | None) -> list[str]:
    fields = ("username", "first_name", "last_name", "email")
    return [str(getattr(user, field, "") or "") for field in fields] if user else []
