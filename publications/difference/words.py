"""The words of a text, in any alphabet, each with the space before it: joined, they give the text again."""

import re
from typing import NamedTuple

IDEOGRAPHS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_SIGNS = (
    "\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007e"  # ASCII
    "\u00a1-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7"  # Latin-1
    "\u060c\u061b\u061f\u066a-\u066d\u06d4\u2010-\u2027\u2030-\u205e\u3000-\u303f\uff00-\uff0f\uff1a-\uff20"
)
# What a word is made of is said by what it is not: so that marks above and below letters stay with them.
_PART = rf"[^\s{_SIGNS}{IDEOGRAPHS}]+"
_WORD = rf"{_PART}(?:['’.,\-\u2010\u2011]{_PART})*"
TOKEN = re.compile(rf"(\s*)([{IDEOGRAPHS}]|{_WORD}|\S)")


class Token(NamedTuple):
    """A word or a sign. `key` is what makes it the same as another; `role` says what it is beside a word.

    A reference to a note is the same as any other (numbers move when a note is put in before them);
    an address is that of the link before it; a picture goes by the key of its file.
    """

    text: str
    key: str
    role: str = ""

    @property
    def is_word(self) -> bool:
        return not self.role and any(sign.isalnum() for sign in self.key)


def tokens_of(text: str) -> tuple[Token, ...]:
    """The words and signs of a text. How much space stands between two is not compared, only whether."""
    body = text.rstrip()  # a pattern that looked for the end at every space would take for ever
    found = [Token(match[0], f"{' ' if match[1] else ''}{match[2]}") for match in TOKEN.finditer(body)]
    if not found:
        return (Token(text, ""),) if text else ()
    found[-1] = found[-1]._replace(text=found[-1].text + text[len(body) :])
    return tuple(found)
