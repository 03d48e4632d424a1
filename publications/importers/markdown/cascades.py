"""The fields that Hugo gives pages by `cascade`, for the pages that its target names.

Sources: gohugo.io/configuration/cascade, and for patterns github.com/gobwas/glob, which Hugo uses.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .access import expiry_in, reasons_in_fields
from .content_folders import find_option
from .front_matter import as_text

SETTINGS_WITH_CASCADES = ("hugo", "config", "languages", "cascade")
"""Names of files of settings, without that of the language and the suffix."""
TARGETS = ("target", "_target")
PRODUCTION = "production"
"""The environment of a public site, and those in which nobody but its editors sees it."""
DEVELOPMENT = "development"
MAX_PATTERN = 500
MAX_CHOICES = 50
_BRACES = re.compile(r"\{([^{}]*)\}")
_GLOB_TOKEN = re.compile(r"(\*{2,})|(\*)|(\?)|\[([!^]?)((?:\\.|[^\]\\])+)\]|(\\.|[^\[\]{}*?\\])", re.DOTALL)


@dataclass(frozen=True)
class CascadePage:
    """What a target names a page by.

    Args:
        paths: those below the folder of all content, from `/`, that versions of Hugo compare, in lower case.
        language: its code.
    """

    paths: tuple[str, ...]
    language: str


def find_cascades(settings: Iterable[tuple[Path, Any]]) -> Iterator[tuple[Any, str]]:
    """Yield the cascades in files of settings, each with the code of the language that it is for, or "".

    Args:
        settings: the files with their values.
    """
    for path, values in settings:
        name, _dot, language = path.stem.partition(".")
        if name not in SETTINGS_WITH_CASCADES:
            continue
        own = find_option(values, "cascade")
        if name == "cascade":
            own = own or values
        if own:
            yield own, language
        languages = values if name == "languages" else find_option(values, "languages")
        for code, options in languages.items() if isinstance(languages, dict) else ():
            if cascade := find_option(options, "cascade"):
                yield cascade, str(code).lower()


def fields_for(cascade: Any, page: CascadePage) -> Iterator[Mapping[str, Any]]:
    """Yield the fields of a cascade for a page, of those items that count more last.

    A target that cannot be read is taken to name the page if its fields hide it, and else not.
    """
    items = cascade if isinstance(cascade, list) else [cascade]
    for item in reversed([item for item in items if isinstance(item, dict)]):  # the first counts in Hugo
        targets = [value for key, value in item.items() if key.casefold() in TARGETS]
        params = find_option(item, "params")
        fields = {key: value for key, value in item.items() if key.casefold() not in (*TARGETS, "params")}
        fields |= params if isinstance(params, dict) else {}
        is_named = all_of(_names(page, target) for target in targets)
        if is_named or (is_named is None and (reasons_in_fields(fields) or any(expiry_in(fields)))):
            yield fields


def all_of(answers: Iterator[bool | None]) -> bool | None:
    """Return whether all answers are yes: no if one is, otherwise None if one is not known."""
    known = list(answers)
    return False if False in known else None if None in known else True


def _names(page: CascadePage, target: Any) -> bool | None:
    if not isinstance(target, dict):
        return None
    return all_of(_fits(page, name.casefold(), as_text(value).casefold()) for name, value in target.items())


def _fits(page: CascadePage, name: str, pattern: str) -> bool | None:
    if name == "path":
        pattern = pattern if pattern.startswith(("/", "*", "{")) else f"/{pattern}"
        answers = {matches_glob(pattern.replace(" ", "-"), path) for path in page.paths}
        return answers.pop() if len(answers) == 1 else None
    if name == "kind":
        return matches_glob(pattern, "page")
    if name == "lang":
        return matches_glob(pattern, page.language)
    if name == "environment" and pattern:
        return True if matches_glob(pattern, PRODUCTION) else False if pattern == DEVELOPMENT else None
    return None


def matches_glob(pattern: str, text: str) -> bool | None:
    """Return whether a pattern of Hugo fits a text; None if it is not valid, or too long.

    `*` does not fit `/`, and `**` does. Its time is bounded by the product of both lengths.
    """
    if not pattern or len(pattern) > MAX_PATTERN:
        return None
    choices = [pattern]
    while braces := next(filter(None, map(_BRACES.search, choices)), None):
        choice = braces.string
        parts = (f"{choice[: braces.start()]}{part}{choice[braces.end() :]}" for part in braces[1].split(","))
        choices = [*(each for each in choices if each != choice), *parts]
        if len(choices) > MAX_CHOICES:
            return None
    answers = [_matches_choice(choice, text) for choice in choices]
    return True if True in answers else None if None in answers else False


def _matches_choice(pattern: str, text: str) -> bool | None:
    places, position = {0}, 0  # how much of the text may have been read
    while position < len(pattern):
        token = _GLOB_TOKEN.match(pattern, position)
        if not token:
            return None
        position = token.end()
        if token[1] or token[2]:
            ends = {place: _end_of_part(text, place, crosses=bool(token[1])) for place in places}
            places = {place for start, end in ends.items() for place in range(start, end + 1)}
        else:
            places = {
                place + 1 for place in places if text[place : place + 1] and _is_fit(token, text[place])
            }
    return len(text) in places


def _end_of_part(text: str, start: int, *, crosses: bool) -> int:
    end = -1 if crosses else text.find("/", start)
    return len(text) if end < 0 else end


def _is_fit(token: re.Match[str], letter: str) -> bool:
    if token[3]:
        return letter != "/"
    if token[5] is None:
        return letter == token[6][-1]
    letters = re.sub(r"\\(.)", r"\1", token[5])
    ranges = re.findall(r"(.)-(.)", letters)
    is_in = letter in letters or any(first <= letter <= last for first, last in ranges)
    return is_in != bool(token[4])
