"""Front matter of others in our words: what a field is called elsewhere; those we have no use for are told."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from publications.languages import slugify
from publications.manuscript import Byline
from publications.publication_fields import MAX_LENGTHS

from . import dates, values
from .arrival import Telling
from .people import People, Person

TITLE = ("title", "headline", "name")
SUMMARY = ("summary", "excerpt", "description", "lede", "lead", "abstract", "subtitle", "deck", "dek")
AUTHORS = ("authors", "author", "bylines", "byline", "by", "writers", "writer")
TAGS = ("tags", "categories", "category", "topics", "topic", "keywords", "tag")
COVER = (
    "cover",
    "image",
    "images",
    "hero_image",
    "featured_image",
    "featuredImage",
    "thumbnail",
    "header",
    "og_image",
)
COVER_ALT = ("image_alt", "cover_alt", "alt", "imageAlt", "hero_alt")
DRAFT = ("draft", "is_draft", "unlisted")
KIND = ("kind", "type", "layout")
EXTERNAL_URLS = (
    "external_url", "externalUrl", "external_link", "link_url", "source_url", "original_url", "redirect_to", "redirect",
    "link", "linkUrl", "redirectUrl",
)  # fmt: skip
READ_ELSEWHERE = (
    "lang", "language", "locale", "permalink", "url", "slug", "redirect_from", "aliases", "redirects", "former_paths",
    "related", "related_posts", "uid", "status",
)  # fmt: skip
AND = re.compile(r"\s*(?:,|;|\band\b|\boch\b|&)\s*")
UNDERLINE = re.compile(r"=+[ \t]*")


class Fields:
    """The fields of one file; those that were read are remembered, the others are told at the end.

    `topics` are the names of topics by the ids that files have for them.
    """

    def __init__(
        self, given: dict[str, Any], telling: Telling, topics: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.given, self.telling, self.topics = given, telling, topics
        self.read: set[str] = set(READ_ELSEWHERE)

    def take(self, *names: str) -> Any:
        """The value of the first of these names that has one."""
        name = next((each for each in names if self.given.get(each) not in (None, "", [], {})), None)
        self.read.update(each for each in names if self.given.get(each) in (None, "", [], {}))
        self.read.update([name] if name else [])
        return self.given.get(name) if name else None

    def title(self, body: str, stem: str) -> tuple[str, str]:
        """The title, and the text without it where it stood there as a heading."""
        written = values.text(self.take(*TITLE))
        title = values.plain(written)
        if title != written:
            self.telling.changed("title", _("The title was freed of HTML: %s") % title)
        if not title and (heading := _first_heading(body)):
            title, body = values.plain(heading[0]).strip("*_ "), heading[1]
            self.telling.guessed("title", _("The title is the first heading: %s") % title)
        if not title:
            title = (
                " ".join(re.split(r"[-_ ]+", dates.IN_NAME.sub("", stem).strip("-_ "))).capitalize() or stem
            )
            self.telling.guessed("title", _("The title was made from the name of the file: %s") % title)
        if len(title) > MAX_LENGTHS["title"]:
            self.telling.changed(
                "title",
                _("The title was cut at %(most)d characters: %(whole)s")
                % {"most": MAX_LENGTHS["title"], "whole": title},
            )
        return title[: MAX_LENGTHS["title"]].strip(), body

    def summary(self, first_paragraph: Callable[[], str], unmarked: Callable[[str], str]) -> str:
        written = values.text(self.take(*SUMMARY))
        summary = unmarked(written) if written else ""
        if not summary and (summary := first_paragraph()):
            self.telling.guessed("summary", _("The summary is the first paragraph."))
        if len(summary) > MAX_LENGTHS["summary"]:
            self.telling.changed("summary", _("The summary was cut: %s") % summary)
        return summary[: MAX_LENGTHS["summary"]].strip()

    def published_at(self, stem: str) -> datetime | None:
        """As the front matter has it, else as the name of the file, else when it was last changed; never today."""
        written, named = self._written_date(), dates.in_name(stem)
        if written:
            self._tell_other_day(written, named)
            return written
        if named:
            told = _("The date is that of the file's name: %s.") % named.date().isoformat()
            self.telling.guessed("date-from-name", told)
            return named
        later = dates.moment(values.text(self.take(*dates.MODIFIED)))
        if later:
            told = _("The date is that of the last change: %s.") % later.date().isoformat()
            self.telling.guessed("date", told)
        return later

    def _written_date(self) -> datetime | None:
        """The date of the front matter. `published: false` is none: it says that the piece is a draft."""
        written = self.take(*[name for name in dates.PUBLISHED if values.flag(self.given.get(name)) is None])
        moment = dates.moment(values.text(written)) if written else None
        if written and not moment:
            self.telling.dropped("date", _("This is no date, and was left out: %s") % values.shown(written))
        return moment

    def expires_at(self) -> datetime | None:
        """When readers are to see it no more."""
        written = values.text(self.take(*dates.EXPIRES))
        moment = dates.moment(written) if written else None
        if written and not moment:
            self.telling.dropped("date", _("This is no date, and was left out: %s") % written)
        return moment

    def _tell_other_day(self, written: datetime, named: datetime | None) -> None:
        if named and written.date() != named.date():
            told = {"day": written.date().isoformat(), "name": named.date().isoformat()}
            self.telling.changed(
                "date-differs",
                _("The date is %(day)s, as in the front matter; the file's name says %(name)s.") % told,
            )

    def external_url(self, *, has_text: bool) -> str:
        """Return the address of a text elsewhere, which a link post has in place of a text of its own.

        A redirect of a post that has a text is none: its readers never saw the text.
        """
        names = [name for name in EXTERNAL_URLS if not (has_text and name.startswith(("redirect", "link")))]
        written = {name: values.text(self.given.get(name)) for name in names}
        name = next((name for name, url in written.items() if url.startswith(("https://", "http://"))), "")
        self.read.update([name] if name else [])
        return written.get(name, "")

    def is_draft(self) -> bool:
        says = values.flag(self.take(*DRAFT)) is True or values.text(self.given.get("status")).lower() in (
            "draft",
            "private",
            "pending",
        )
        hidden = values.flag(self.given.get("published")) is False
        self.read.update(["published"] if values.flag(self.given.get("published")) is not None else [])
        return says or hidden

    def kind(self, kinds: Iterable[str], default: str) -> str:
        for name in KIND:
            if (kind := slugify(values.text(self.given.get(name)))) in kinds:
                self.read.add(name)
                return kind
        return default

    def bylines(self, people: People) -> list[tuple[Byline, Person]]:
        """The authors in their order, each once, with whom they mean."""
        found: dict[str, tuple[Byline, Person]] = {}
        for written, role in _named(self.take(*AUTHORS)):
            person = people.find(written)
            if not person.slug:
                self.telling.dropped("author", _("This is nobody's name: %s") % written)
                continue
            found.setdefault(person.slug, (Byline(author=person.slug, name=person.name, role=role), person))
        return list(found.values())

    def tags(self) -> tuple[str, ...]:
        """All tags and categories, each once whatever its case."""
        names: dict[str, str] = {}
        for field in TAGS:
            if field in self.given:
                self.read.add(field)
                for written in values.texts(self.given[field], divided=isinstance(self.given[field], str)):
                    self._add_tag(written, names)
        return tuple(names.values())

    def _add_tag(self, written: str, names: dict[str, str]) -> None:
        for part in written.split(","):
            name = values.plain(part)[: MAX_LENGTHS["tags"]].strip()
            name = self.topics.get(name.casefold(), name)[: MAX_LENGTHS["tags"]]
            if name and names.setdefault(name.casefold(), name) != name:
                self.telling.changed(
                    "tag",
                    _("The tags “%(one)s” and “%(other)s” are one.")
                    % {"one": names[name.casefold()], "other": name},
                )

    def cover(self) -> tuple[str, str]:
        """The address of the picture that stands for the piece, and its words."""
        given = self.take(*COVER)
        given = given[0] if isinstance(given, list) and given else given
        alt = values.text(self.take(*COVER_ALT))
        if isinstance(given, dict):
            alt = alt or values.text(given.get("alt"))
            given = values.first(given, "path", "src", "url", "image", "teaser", "overlay_image", "file")
        return values.text(given), values.plain(alt)

    def tell_unread(self) -> None:
        """Name every field that nothing became of, with its value."""
        for name, value in self.given.items():
            if name not in self.read and (shown := values.shown(value)):
                self.telling.dropped(
                    "field",
                    _("A field that nothing here is for: %(name)s: %(value)s")
                    % {"name": name, "value": shown},
                )


def _first_heading(text: str) -> tuple[str, str] | None:
    """The heading that a text begins with, and the text behind it."""
    first, _end, rest = text.lstrip().partition("\n")
    below, end, behind = rest.partition("\n")
    if first.startswith(("# ", "#\t")) and (marked := first[1:].strip(" \t#")):
        return marked, rest
    if first.strip() and "#" not in first and end and UNDERLINE.fullmatch(below):
        return first, behind
    return None


def tags_in(fields: Mapping[str, Any]) -> list[str]:
    """The tags of a file as it writes them."""
    return [
        written
        for key in TAGS
        for written in values.texts(fields.get(key), divided=isinstance(fields.get(key), str))
    ]


def names_in(fields: Mapping[str, Any]) -> list[str]:
    """The authors of a file as it writes them."""
    return [name for name, _role in _named(values.first(fields, *AUTHORS))]


def _named(given: Any) -> list[tuple[str, str]]:
    """Names or ids with roles, from a text, a list, or fields such as name and id."""
    if isinstance(given, list):
        return [pair for each in given[: values.MOST] for pair in _named_one(each)]
    if isinstance(given, str):
        return [(part, "author") for part in AND.split(values.plain(given)) if part and values.text(part)]
    return _named_one(given) if given else []


def _named_one(given: Any) -> list[tuple[str, str]]:
    if isinstance(given, dict):
        name = values.text(
            values.first(given, "id", "key", "slug", "author", "name", "full_name", "display_name")
        )
        role = values.text(given.get("role"))
        return [(name, role if role in ("author", "with", "editor") else "author")] if name else []
    name = values.plain(values.text(given))
    return [(name, "author")] if name else []
