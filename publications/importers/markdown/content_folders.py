"""The folders of which Hugo and Hexo make pages, and the files that they leave out, by their settings."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from glob import escape
from pathlib import PurePosixPath
from typing import Any

from .front_matter import as_flag, as_text, as_texts

HUGO_CONTENT, HEXO_CONTENT = "content", "source"
HEXO_EXCLUDED = ("exclude", "skip_render")
MAX_REGEX_CHARACTERS = 1_000
_REGEX_UNIT = re.compile(
    r"\\[pP](?:\{[^}]*\}|.)|\\x(?:\{[^}]*\}|..)|\\[0-7]{1,3}|\\."
    r"|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]?|(?:[*+?]|\{\d+(?:,\d*)?\})\??|.",
    re.DOTALL,
)
"""An escape, a set of characters, a repetition or a single character (github.com/google/re2/wiki/Syntax)."""
_BRACES = re.compile(r"\{([^{}]*)\}")
MAX_BRACES = 3
_GLOB_SYNTAX = re.compile(r"\{[^{}]*\}|\[[^\]]*\]|\*\*/")
"""What shell patterns of generators have and those of Python do not."""
_END = "\0"


@dataclass(frozen=True)
class ContentFolder:
    """A folder of which a generator makes pages.

    Args:
        path: below the folder of the site.
        excluded: shell patterns of files in it of which it makes none, by the setting that lists them.
        place: where it is in the content of the site, if it is a part of it.
        language: that of its texts, or "".
    """

    path: PurePosixPath
    excluded: Mapping[str, Sequence[str]] = field(default_factory=dict)
    place: str = ""
    language: str = ""


def find_content_folders(generator: str, options: Mapping[str, Any]) -> list[ContentFolder]:
    """Return the folders of which Hugo or Hexo makes pages; none for other generators."""
    if generator == "hexo":
        excluded = {name: _widen_globs(options.get(name)) for name in HEXO_EXCLUDED}
        return [_content_folder(as_text(options.get("source_dir")) or HEXO_CONTENT, excluded)]
    return list(_find_folders_of_hugo(options)) if generator == "hugo" else []


def find_ignored_files(options: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return shell patterns of files that Hugo leaves out, by setting (gohugo.io/configuration/all)."""
    ignored = as_texts(find_option(options, "ignoreFiles"), max_items=None)
    return {
        "ignoreFiles": [pattern for regex in ignored for pattern in widen_regex(regex)],
        "disableLanguages": [f"*.{escape(code)}.*" for code in _disabled_languages(options)],
    }


def _disabled_languages(options: Mapping[str, Any]) -> set[str]:
    """Return the codes of languages of which Hugo makes no pages."""
    languages = find_option(options, "languages")
    items = languages.items() if isinstance(languages, dict) else ()
    disabled = {str(code) for code, values in items if as_flag(find_option(values, "disabled"))}
    return disabled | {*as_texts(find_option(options, "disableLanguages"), max_items=None)}


def widen_regex(regex: str) -> Iterator[str]:
    """Yield shell patterns of which one fits wherever a regular expression is found, and sometimes elsewhere too.

    One of a stranger must not run, as nothing bounds its time: what is neither a plain character nor `.` becomes `*`.
    """
    alternatives, depth = [["*"]], 0
    if len(regex) > MAX_REGEX_CHARACTERS:
        regex = ""
    for unit in _REGEX_UNIT.findall(regex):
        pattern = alternatives[-1]
        if unit in "()":
            depth = max(0, depth + (1 if unit == "(" else -1))
            pattern.append("*")
        elif depth:
            continue
        elif unit == "|":
            alternatives.append(["*"])
        elif unit[0] in "*+?" or (len(unit) > 1 and unit[0] == "{"):
            pattern[-1] = "*"
        else:
            pattern.append(_widen_unit(unit, ignores_case="(?" in regex))
    for pattern in alternatives:
        text = "".join(pattern)
        text = text.removesuffix(_END) if text.endswith(_END) else f"{text}*"
        yield re.sub(r"\*{2,}", "*", text.replace(_END, "*"))


def _widen_globs(patterns: Any) -> list[str]:
    """Return shell patterns of a generator as those of Python, which fit wherever they do."""
    return [
        _GLOB_SYNTAX.sub("*", each)
        for pattern in as_texts(patterns, max_items=None)
        for each in _expand_braces(pattern)
    ]


def _expand_braces(pattern: str) -> Iterator[str]:
    """Yield the patterns that one with braces stands for: `{a,b}.md` for a.md and b.md; itself if they are many."""
    braces = _BRACES.search(pattern)
    if not braces or pattern.count("{") > MAX_BRACES:
        yield pattern
        return
    for choice in braces[1].split(","):
        yield from _expand_braces(f"{pattern[: braces.start()]}{choice}{pattern[braces.end() :]}")


def _widen_unit(unit: str, *, ignores_case: bool) -> str:
    if unit in (".", "$"):
        return "?" if unit == "." else _END
    letter = unit[1:] if unit.startswith("\\") and not unit[1:].isalnum() else unit
    if len(letter) != 1 or unit == "^":
        return "*"
    if ignores_case and letter.isalpha():
        return f"[{letter.lower()}{letter.upper()}]"
    return escape(letter)


def _find_folders_of_hugo(options: Mapping[str, Any]) -> Iterator[ContentFolder]:
    """Yield the folders that are mounted as content, or else those that `contentDir` names, also for a language."""
    mounts = find_option(find_option(options, "module"), "mounts")
    mounts = [mount for mount in mounts if isinstance(mount, dict)] if isinstance(mounts, list) else []
    mounted = [
        mount for mount in mounts if as_text(find_option(mount, "target")).split("/")[0] == HUGO_CONTENT
    ]
    disabled = _disabled_languages(options)
    if mounted:
        shown = [mount for mount in mounted if as_text(find_option(mount, "lang")) not in disabled]
        yield from map(_mounted_folder, shown)
        return
    languages = find_option(options, "languages")
    languages = languages.items() if isinstance(languages, dict) else [("", {})]
    common = as_text(find_option(options, "contentDir")) or HUGO_CONTENT
    for code, values in languages:
        own = as_text(find_option(values, "contentDir"))
        if str(code) not in disabled:
            yield _content_folder(own or common, language=str(code) if own else "")


def _mounted_folder(mount: Mapping[str, Any]) -> ContentFolder:
    """Return a mounted folder; all is left out of one that lists what is in it (gohugo.io/configuration/module)."""
    is_list = any(find_option(mount, name) for name in ("includeFiles", "files"))
    patterns = ["*"] if is_list else _widen_globs(find_option(mount, "excludeFiles"))
    place = as_text(find_option(mount, "target")).strip("/").removeprefix(HUGO_CONTENT).strip("/")
    return _content_folder(
        as_text(find_option(mount, "source")),
        {"module.mounts": patterns},
        place=place,
        language=as_text(find_option(mount, "lang")),
    )


def _content_folder(
    name: str, excluded: Mapping[str, Sequence[str]] | None = None, *, place: str = "", language: str = ""
) -> ContentFolder:
    path = PurePosixPath(posixpath.normpath(name.strip("/") or "."))
    return ContentFolder(path, excluded or {}, place, language)


def find_option(options: Any, name: str) -> Any:
    """Return a setting, whose name Hugo reads in any case."""
    items = options.items() if isinstance(options, dict) else ()
    return next((value for key, value in items if str(key).casefold() == name.casefold()), None)
