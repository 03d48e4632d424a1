"""Liquid and shortcodes: what a site generator would have filled in. Plain ones are resolved, others are told and go.

What stands between `raw` and `endraw` is the author's own text and is kept aside until the very end.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from .arrival import Telling
from .people import People
from .spans import replace_spans

RAW = re.compile(r"\{%-?\s*raw\s*-?%\}")
END_RAW = re.compile(r"\{%-?\s*endraw\s*-?%\}")
COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}")
END_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
CODES = (
    (
        re.compile(r"\{%-?\s*highlight\s+(\w*)[^%]*-?%\}\n?"),
        re.compile(r"\{%-?\s*endhighlight\s*-?%\}"),
    ),
    (
        re.compile(r"\{\{[<%]\s*highlight\s+(\w*)[^{}<>]*[>%]\}\}\n?"),
        re.compile(r"\{\{[<%]\s*/highlight\s*[>%]\}\}"),
    ),
)
TAG = re.compile(r"\{%-?\s*(\w[\w-]*)")
END_TAG = re.compile(r"-?%\}")
OUTPUT = re.compile(r"\{\{-?(?![<%])((?:[^{}]++|\{(?!\{)|\}(?!\}))*+)\}\}")
SHORTCODE = re.compile(r"\{\{[<%]\s*(/?)\s*([\w/-]+)")
END_SHORTCODE = re.compile(r"[>%]\}\}")
LEFT = re.compile(r"\{%(?:[^\n%{]++|%(?!\})|\{(?![%{]))*+%\}|\{\{(?:[^\n{}]++|\}(?!\})|\{(?![%{]))*+\}\}")
QUOTED = re.compile(
    r"""(?:(?<![\w-])([\w-]++)\s*+[=:]\s*+)?(?<!\\)(?:"((?:[^"\\]++|\\.)*+)"|'((?:[^'\\]++|\\.)*+)')""",
    re.DOTALL,
)
NAMED = re.compile(r"(?<![\w-])([\w-]++)\s*+=\s*+([^\s\"']+)")
SILENT = {
    "url",
    "relative_url",
    "absolute_url",
    "safe",
    "escape",
    "htmlBaseUrl",
    "relURL",
    "absURL",
    "trim",
    "strip",
}
WITHOUT_WORDS = {
    "site.baseurl",
    "site.url",
    "page.preview_baseurl",
    "pathPrefix",
    "baseurl",
    "root",
    "site.BaseURL",
}
VIDEO = {"youtube": "https://www.youtube.com/watch?v={}", "vimeo": "https://vimeo.com/{}"}

Keep = Callable[[str], str]


def resolve(text: str, *, keep: Keep, people: People, fields: dict, telling: Telling) -> str:
    """The text without Liquid and shortcodes. `keep` puts literal text aside and gives a mark for it."""
    if "{%" not in text and "{{" not in text:
        return text
    liquid = Liquid(keep, people, fields, telling)
    text = replace_spans(text, RAW, END_RAW, lambda _opened, within, _whole: keep(within))
    text = replace_spans(text, COMMENT, END_COMMENT, lambda _opened, _within, whole: liquid.drop(whole))
    for opening, closing in CODES:
        text = replace_spans(text, opening, closing, _fenced)
    text = replace_spans(text, SHORTCODE, END_SHORTCODE, liquid.shortcode)
    text = replace_spans(text, TAG, END_TAG, liquid.tag)
    text = OUTPUT.sub(liquid.output, text)
    return LEFT.sub(lambda found: liquid.drop(found[0]), text)


def _fenced(opened: re.Match[str], code: str, _whole: str) -> str:
    return f"\n```{opened[1]}\n{code}\n```\n"


class Liquid:
    """Resolves one construct after another of a single file."""

    def __init__(self, keep: Keep, people: People, fields: dict, telling: Telling) -> None:
        self.keep, self.people, self.fields, self.telling = keep, people, fields, telling

    def drop(self, found: str) -> str:
        self.telling.dropped("liquid", _("Liquid left out: %s") % " ".join(found.split()))
        return ""

    def tag(self, opened: re.Match[str], rest: str, whole: str) -> str:
        name = opened[1]
        plain, named = _arguments(rest)
        if name == "image" and plain:
            return _image(plain[0], _text_behind(rest, plain[0]))
        if name == "image_with_class" and plain:
            return _image(plain[0], _text_behind(rest, plain[1]) if len(plain) > 2 else "")
        if name == "include" and (source := _source(named)):
            return self._figure(source, named)
        if name == "include" and (video := self._video(" ".join([*plain, rest]), named)):
            return video
        if name in ("link", "post_url"):
            return f"post:{rest.strip()}"
        return self.drop(whole)

    def output(self, found: re.Match[str]) -> str:
        value, *filters = (part.strip() for part in found[1].removesuffix("-").split("|"))
        text = value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else None
        names = [each.partition(":")[0].strip() for each in filters]
        if text is None:
            text = self._value(value)
        if text is None:
            return self.drop(found[0])
        if "team_link" in names:
            return self._person(text)
        if "team_photo" in names:
            self.telling.dropped("image", _("A portrait that the old site put in: %s") % self._person(text))
            return ""
        if "embed" in names:
            label = QUOTED.search(filters[names.index("embed")])
            return _link(text, (label[2] or label[3]) if label else "")
        return text if set(names) <= SILENT else self.drop(found[0])

    def shortcode(self, opened: re.Match[str], rest: str, whole: str) -> str:
        closes, name, rest = opened[1], opened[2].rstrip("/"), rest.rstrip().removesuffix("/")
        plain, named = _arguments(rest)
        bare = plain or rest.split()
        if name in ("ref", "relref") and bare:
            return f"post:{bare[0]}"
        if name in ("figure", "img", "image") and (source := _source(named) or (bare[0] if bare else "")):
            return self._figure(source, named)
        if name in VIDEO and (video := (named.get("id") or (bare[0] if bare else ""))):
            return _link(VIDEO[name].format(video), named.get("title", ""))
        if closes or name in (
            "notice",
            "callout",
            "alert",
            "hint",
            "quote",
            "blockquote",
            "note",
            "tip",
            "warning",
        ):
            return self._without_its_frame(whole)
        return self.drop(whole)

    def _without_its_frame(self, found: str) -> str:
        self.telling.changed(
            "liquid", _("A frame was left out, its text stays: %s") % " ".join(found.split())
        )
        return ""

    def _figure(self, source: str, named: dict[str, str]) -> str:
        caption = named.get("caption") or named.get("image_caption") or named.get("title") or ""
        alt = named.get("alt") or named.get("image_alt") or named.get("alt_text") or caption
        shown = _image(source, alt)
        if link := named.get("link") or named.get("link_url"):
            shown = f"[{shown}]({link})"
        return f"{shown}\n\n{caption}\n\n" if caption and caption != alt else shown

    def _video(self, written: str, named: dict[str, str]) -> str:
        name = next((each for each in VIDEO if each in written.lower()), "")
        return (
            _link(VIDEO[name].format(named["id"]), named.get("title", "")) if name and named.get("id") else ""
        )

    def _person(self, written: str) -> str:
        return self.people.find(written).name

    def _value(self, name: str) -> str | None:
        if name in WITHOUT_WORDS:
            return ""
        scope, _dot, field = name.partition(".")
        value = self.fields.get(field or scope) if scope in ("page", "post") or not field else None
        return value if isinstance(value, str) else None


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """What stands in quotes, and what has a name."""
    plain: list[str] = []
    named = {found[1]: found[2] for found in NAMED.finditer(text)}
    for found in QUOTED.finditer(text):
        value = found[2] if found[2] is not None else found[3]
        if found[1]:
            named[found[1]] = value
        else:
            plain.append(value)
    return plain, named


def _text_behind(rest: str, argument: str) -> str:
    """All behind an argument: an alternative text may hold quotes of its own."""
    behind = rest[rest.index(argument) + len(argument) + 1 :].strip()
    return behind.strip("\"' ") if behind.count('"') > 2 else behind.strip("\"'")


def _source(named: dict[str, str]) -> str:
    names = ("src", "image_path", "image", "url", "path", "file", "image_url")
    return next((named[name] for name in names if named.get(name)), "")


def _image(source: str, alt: str) -> str:
    if not re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:|[/.]", source):
        source = f"/{source}"
    label = " ".join(alt.split()).replace("[", "(").replace("]", ")")
    return f"![{label}]({source.replace(' ', '%20')})"


def _link(address: str, label: str) -> str:
    return f"[{' '.join(label.split()) or address}]({address})"
