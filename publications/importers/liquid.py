"""Liquid and shortcodes: what a site generator would have filled in. Plain ones are resolved, others are told and go.

What stands between `raw` and `endraw` is the author's own text and is kept aside until the very end.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from .arrival import Telling
from .old_ids import plain_words
from .people import People
from .spans import replace_spans
from .tag_arguments import (
    CITED,
    CONTROL,
    PICTURED,
    PICTURES,
    PLAIN_WORDS,
    QUOTED,
    QUOTES,
    TARGETS,
    from_root,
    read_arguments,
    set_apart,
    source_of,
    words_of,
    write_image,
    write_link,
)

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
CLOSING_SHORTCODE = re.compile(r"\{\{[<%]\s*/\s*([\w/-]+)")
END_SHORTCODE = re.compile(r"[>%]\}\}")
LEFT = re.compile(r"\{%(?:[^\n%{]++|%(?!\})|\{(?![%{]))*+%\}|\{\{(?:[^\n{}]++|\}(?!\})|\{(?![%{]))*+\}\}")
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
    liquid = Liquid(keep, people, fields, telling, frames=frozenset(CLOSING_SHORTCODE.findall(text)))
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

    def __init__(
        self, keep: Keep, people: People, fields: dict, telling: Telling, frames: frozenset[str]
    ) -> None:
        self.keep, self.people, self.fields, self.telling = keep, people, fields, telling
        self.frames = frames
        self.cited: list[str] = []  # who said the quotations that are open

    def drop(self, found: str) -> str:
        self.telling.dropped("liquid", _("Liquid left out: %s") % " ".join(found.split()))
        return ""

    def tag(self, opened: re.Match[str], rest: str, whole: str) -> str:
        name = opened[1]
        plain, named = read_arguments(rest)
        if name == "image" and plain:
            return write_image(plain[0], _text_behind(rest, plain[0]))
        if name == "image_with_class" and plain:
            return write_image(plain[0], _text_behind(rest, plain[1]) if len(plain) > 2 else "")
        if name == "include" and (video := self._video(" ".join([*plain, rest]), named)):
            return video
        if name in ("link", "post_url"):
            return f"post:{rest.strip()}"
        if name.removeprefix("end") in QUOTES:
            return self._quotation(name.startswith("end"), whole, plain, named)
        if name in CONTROL:
            return self.drop(whole)
        plain = plain[1:] if name == "include" and rest.lstrip()[:1] in ("'", '"') else plain
        return self._picture(name, plain, named) or self._words(opened, whole, plain, named)

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
            return write_link(text, (label[2] or label[3]) if label else "")
        return text if set(names) <= SILENT else self.drop(found[0])

    def shortcode(self, opened: re.Match[str], rest: str, whole: str) -> str:
        closes, name, rest = opened[1], opened[2].rstrip("/"), rest.rstrip().removesuffix("/")
        plain, named = read_arguments(rest)
        bare = plain or rest.split()
        if name in ("ref", "relref") and bare:
            return f"post:{bare[0]}"
        if name in VIDEO and (video := (named.get("id") or (bare[0] if bare else ""))):
            return write_link(VIDEO[name].format(video), named.get("title", ""))
        if name in PICTURES and not source_of(named) and bare:
            named["src"] = bare[0]
        if name in QUOTES:
            return self._quotation(bool(closes), whole, plain, named)
        if closes:
            return self._without_its_frame(whole)
        return self._picture(name, plain, named) or self._words(opened, whole, plain, named)

    def _picture(self, name: str, plain: list[str], named: dict[str, str]) -> str:
        """Any tag that has a source or an alternative text shows a picture, whatever it is called."""
        source = source_of(named)
        is_picture = (
            name in PICTURES or bool({"alt", "image_alt", "alt_text"} & named.keys()) or "src" in named
        )
        return self._figure(source, named) if source and is_picture and PICTURED.search(source) else ""

    def _words(self, opened: re.Match[str], whole: str, plain: list[str], named: dict[str, str]) -> str:
        """The words of a tag that is not known, and where it leads; the tag itself is reported."""
        said = words_of(plain, named)
        address = next((named[name] for name in TARGETS if named.get(name)), "")
        if not said and not address:
            return self._without_its_frame(whole) if self._is_frame(opened) else self.drop(whole)
        self.telling.changed("liquid", _("A tag was left out, its words stay: %s") % " ".join(whole.split()))
        if address:
            said = [*said[:-1], write_link(from_root(address), said[-1] if said else "")]
        return set_apart(opened, whole, said)

    def _is_frame(self, opened: re.Match[str]) -> bool:
        """Whether a shortcode has an end of its own further on."""
        return opened.re is SHORTCODE and opened[2] in self.frames

    def _quotation(self, closes: bool, whole: str, plain: list[str], named: dict[str, str]) -> str:
        """A frame around a quotation; one that holds its words itself is a quotation."""
        self.telling.changed(
            "liquid", _("A frame was left out, its text stays: %s") % " ".join(whole.split())
        )
        if closes:
            cited = self.cited.pop() if self.cited else ""
            return f"\n\n{cited}\n\n</blockquote>\n\n"
        said = words_of(plain, {name: words for name, words in named.items() if name not in CITED})
        cited = ", ".join(named[name] for name in CITED if named.get(name))
        if said and ("quote" in named or "text" in named or any(map(PLAIN_WORDS.fullmatch, plain))):
            inside = "\n\n".join(filter(None, [*said, cited and f"— {cited}"]))
            return f"\n\n<blockquote>\n\n{inside}\n\n</blockquote>\n\n"
        self.cited.append(f"— {cited}" if cited else "")
        return "\n\n<blockquote>\n\n" + "\n\n".join(said) + "\n\n"

    def _without_its_frame(self, found: str) -> str:
        self.telling.changed(
            "liquid", _("A frame was left out, its text stays: %s") % " ".join(found.split())
        )
        return ""

    def _figure(self, source: str, named: dict[str, str]) -> str:
        """A picture with its caption; all words that it was given stay."""
        captions = ("caption", "image_caption", "text", "label", "attr", "attribution", "credit", "title")
        said = list(dict.fromkeys(" ".join(named[name].split()) for name in captions if named.get(name)))
        alt = named.get("alt") or named.get("image_alt") or named.get("alt_text") or (said[0] if said else "")
        is_plain = not re.search(r"[\[<*_`]", " ".join(said))
        caption = " ".join(each for each in said if each != " ".join(alt.split()) or not is_plain)
        shown = write_image(source, alt if is_plain else plain_words(alt), caption if is_plain else "")
        if link := named.get("link") or named.get("link_url"):
            shown = f"[{shown}]({link})"
        return f"\n\n{shown}\n\n{'' if is_plain else caption}\n\n" if caption else shown

    def _video(self, written: str, named: dict[str, str]) -> str:
        name = next((each for each in VIDEO if each in written.lower()), "")
        return (
            write_link(VIDEO[name].format(named["id"]), named.get("title", ""))
            if name and named.get("id")
            else ""
        )

    def _person(self, written: str) -> str:
        return self.people.find(written).name

    def _value(self, name: str) -> str | None:
        if name in WITHOUT_WORDS:
            return ""
        scope, _dot, field = name.partition(".")
        value = self.fields.get(field or scope) if scope in ("page", "post") or not field else None
        return value if isinstance(value, str) else None


def _text_behind(rest: str, argument: str) -> str:
    """All behind an argument: an alternative text may hold quotes of its own."""
    behind = rest[rest.index(argument) + len(argument) + 1 :].strip()
    return behind.strip("\"' ") if behind.count('"') > 2 else behind.strip("\"'")
