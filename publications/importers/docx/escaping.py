"""Words that look like Markdown, written so that they stay words; as little as that needs, for people edit them."""

import html
import re

ALWAYS = re.compile(r"[\\`*]")
UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # within a word it stands for itself
BRACKET = re.compile(r"\[(?=\^)|\[(?=[^\[\]]*\][(\[:])|(?<=\])(?=\()|(?<=!)\[")
TAG = re.compile(r"<(?=[a-zA-Z/!?])")
ENTITY = re.compile(r"&#?[a-zA-Z0-9]+;?")
ATTRIBUTES = re.compile(r"\{(?=:)")
START = re.compile(r"[#>]|[+-](?=\s|$)|-(?=--+\s*$)|(?P<equals>=)(?==*\s*$)|(?P<number>\d{1,9})\.(?=\s|$)")
NOTE = re.compile(r"(\[\^[^\]]+\]):")  # a reference that a colon follows would be read as the note itself
IN_CODE = {sign: f"&#{ord(sign)};" for sign in "&<>*_`[\\"}


def escape(text: str, *, is_code: bool = False) -> str:
    """A text within a line."""
    if is_code:
        return "".join(IN_CODE.get(sign, sign) for sign in text)
    text = ALWAYS.sub(r"\\\g<0>", text)
    text = UNDERSCORE.sub(r"\\_", text)
    text = BRACKET.sub(lambda found: "\\[" if found[0] else "\\", text)
    text = ATTRIBUTES.sub(r"\\{", text)
    text = ENTITY.sub(_entity, text)
    return TAG.sub("&lt;", text)


def _entity(found: re.Match[str]) -> str:
    """An ampersand that would be read as the beginning of a sign."""
    return found[0] if html.unescape(found[0]) == found[0] else f"&amp;{found[0][1:]}"


def escape_start(text: str) -> str:
    """A paragraph whose lines begin with no mark of Markdown."""
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    line = (
        NOTE.sub(r"\1&#58;", line.lstrip(" "), count=1)
        if line.lstrip(" ").startswith("[^")
        else line.lstrip(" ")
    )
    found = START.match(line)
    if not found:
        return line
    if line.strip(" ").strip("-") == "":
        return line.replace("-", "\\-")
    if found["equals"]:
        return f"&#61;{line[1:]}"
    return f"{found['number']}\\{line[found.end('number') :]}" if found["number"] else f"\\{line}"
