"""Read the fields of front matter under the names of other programs, and report unread fields."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, tzinfo
from itertools import chain
from types import MappingProxyType
from typing import Any

from publications.manuscript import ManuscriptByline
from publications.publication_fields import MAX_LENGTHS
from publications.slugs import slugify
from publications.stored_messages import gettext as _

from ..imported_file import ImportLog, describe_day_first, unknown_field_note
from ..rendered_page import Excerpt
from ..source_authors import AuthorList, SourceAuthor, note_mail
from ..titles import complete_summary, complete_title
from .access import access_keys, expiry_in, reasons_in_fields
from .dates import DATE_IN_NAME, date_in_name, is_ambiguous_date, parse_date
from .field_keys import INDEX_KEYS, KEYS, date_keys, value_of
from .front_matter import (
    MAX_ITEMS,
    as_text,
    as_texts,
    display_value,
    first_value,
    has_value,
    without_html,
)

ROLES = ("author", "with", "editor")
NAME_SEPARATOR = re.compile(r"\s*(?:,|;|\band\b|\boch\b|&)\s*")
UNDERLINE = re.compile(r"=+[ \t]*")


def publication_date(fields: Mapping[str, Any], zone: tzinfo | None = None) -> datetime | None:
    """Return the date of publication in front matter, or None. `zone` is that of the days of the old site."""
    return parse_date(as_text(first_value(fields, *date_keys(fields))), zone)


def tags_in(fields: Mapping[str, Any]) -> list[str]:
    """Return the tags of a file as written."""
    return [
        tag
        for key in KEYS["tags"]
        for tag in as_texts(fields.get(key), split_commas=isinstance(fields.get(key), str))
    ]


def authors_in(fields: Mapping[str, Any]) -> list[str]:
    """Return the authors of a file as written."""
    return [name for name, _role in _names_with_roles(value_of(fields, "authors"))]


class FrontMatterFields:
    """The fields of one file; tracks which keys were read, to report the others.

    `topics` are the names of topics by the ids used in files; `inherited` are fields that are not reported as
    unread, and `zone` is that of the days of the old site.
    """

    def __init__(
        self,
        values: dict[str, Any],
        log: ImportLog,
        topics: Mapping[str, str] = MappingProxyType({}),
        inherited: Iterable[str] = (),
        zone: tzinfo | None = None,
    ) -> None:
        self.values, self.log, self.topics, self.zone = values, log, topics, zone
        self.read_keys: set[str] = {*chain(*INDEX_KEYS.values()), *inherited}

    def read_value(self, name: str) -> Any:
        """Return the first value under the keys of KEYS[name], and count them as read."""
        return self._read_value(KEYS[name])

    def _read_value(self, keys: Iterable[str]) -> Any:
        key = next((key for key in keys if has_value(self.values.get(key))), None)
        if key is None:
            return None
        self.read_keys.add(key)
        return self.values[key]

    def title(self, body: str, stem: str) -> tuple[str, str]:
        """Return the title, and the text without it if it was the first heading."""
        value = as_text(self.read_value("title"))
        title = without_html(value)
        if title != value:
            self.log.changed("title", _("The title was freed of HTML: %s") % title)
        if not title and (heading := _first_heading(body)):
            title, body = without_html(heading[0]).strip("*_ "), heading[1]
            self.log.guessed("title", _("The title is the first heading: %s") % title)
        name = " ".join(re.split(r"[-_ ]+", DATE_IN_NAME.sub("", stem).strip("-_ "))).capitalize() or stem
        return complete_title(title, name, self.log), body

    def summary(self, find_excerpt: Callable[[], Excerpt | None], strip_markup: Callable[[str], str]) -> str:
        value = as_text(self.read_value("summary"))
        return complete_summary(strip_markup(value) if value else "", find_excerpt, self.log)

    def published_at(self, stem: str) -> datetime | None:
        """Return the date in the front matter, otherwise in the file name, otherwise of the last change, or None."""
        value, name_date = self._front_matter_date(), date_in_name(stem)
        if value:
            self._report_different_day(value, name_date)
            return value
        if name_date:
            message = _("The date is that of the file's name: %s.") % name_date.date().isoformat()
            self.log.guessed("date-from-name", message)
            return name_date
        modified_at = parse_date(as_text(self.read_value("modified_at")), self.zone)
        if modified_at:
            message = _("The date is that of the last change: %s.") % modified_at.date().isoformat()
            self.log.guessed("date", message)
        return modified_at

    def _front_matter_date(self) -> datetime | None:
        value = self._read_value(date_keys(self.values))
        date = parse_date(as_text(value), self.zone) if value else None
        if value and not date:
            self.log.dropped("date", _("This is no date, and was left out: %s") % display_value(value))
        if date and is_ambiguous_date(as_text(value)):
            self.log.guessed("date", describe_day_first(as_text(value)))
        return date

    def _report_different_day(self, value: datetime, name_date: datetime | None) -> None:
        if name_date and value.date() != name_date.date():
            message = _("The date is %(day)s, as in the front matter; the file's name says %(name)s.")
            values = {"day": value.date().isoformat(), "name": name_date.date().isoformat()}
            self.log.changed("date-differs", message % values)

    def expires_at(self) -> datetime | None:
        """Return when the publication expires, or None."""
        date, no_date = expiry_in(self.values)
        if no_date:
            self.log.dropped("date", _("This is no date, and was left out: %s") % no_date)
        return date

    def external_url(self, *, has_text: bool) -> str:
        """Return the address of a text on another site, for a post that only links to it.

        A redirect or link of a post with a text of its own does not count.
        """
        for key in KEYS["external_url"]:
            address = as_text(self.values.get(key))
            counts = not (has_text and key.startswith(("redirect", "link")))
            if counts and address.startswith(("https://", "http://")):
                self.read_keys.add(key)
                return address
        return ""

    def hiding_reasons(self, *, is_dated: bool) -> list[str]:
        """Return the fields that say that the text was not public, with their values."""
        self.read_keys |= access_keys(self.values)
        return reasons_in_fields(self.values, is_dated=is_dated)

    def kind(self, kinds: Iterable[str], default: str) -> str:
        for key in KEYS["kind"]:
            if (kind := slugify(as_text(self.values.get(key)))) in kinds:
                self.read_keys.add(key)
                return kind
        return default

    def bylines(self, authors: AuthorList) -> list[tuple[ManuscriptByline, SourceAuthor]]:
        """Return the distinct authors in order, with their entries in the author list."""
        bylines: dict[str, tuple[ManuscriptByline, SourceAuthor]] = {}
        for name, role in _names_with_roles(self.read_value("authors")):
            author = authors.find(name)
            if not author.slug:
                self.log.dropped("author", _("This is nobody's name: %s") % name)
                continue
            note_mail(author, self.log)
            byline = ManuscriptByline(author=author.slug, name=author.name, role=role)
            bylines.setdefault(author.slug, (byline, author))
        return list(bylines.values())

    def tags(self) -> tuple[str, ...]:
        """Return the distinct tags and categories, ignoring case."""
        names: dict[str, str] = {}
        self.read_keys |= {key for key in KEYS["tags"] if key in self.values}
        for tag in tags_in(self.values):
            self._add_tag(tag, names)
        return tuple(names.values())

    def _add_tag(self, tag: str, names: dict[str, str]) -> None:
        for part in tag.split(","):
            name = without_html(part)[: MAX_LENGTHS["tags"]].strip()
            name = self.topics.get(name.casefold(), name)[: MAX_LENGTHS["tags"]]
            if name and names.setdefault(name.casefold(), name) != name:
                message = _("The tags “%(one)s” and “%(other)s” are one.")
                self.log.changed("tag", message % {"one": names[name.casefold()], "other": name})

    def cover(self) -> tuple[str, str, str]:
        """Return the address of the cover image, its alternative text, and its captions and credits as written.

        Without an address nothing is read, so that `report_unread` names all of it.
        """
        for key in KEYS["cover"]:
            value = self.values.get(key)
            value = value[0] if isinstance(value, list) and value else value
            picture = FrontMatterFields(value if isinstance(value, dict) else {"path": value}, self.log)
            if address := as_text(picture.read_value("cover_address")):
                self.read_keys.add(key)
                alts, words = (
                    dict.fromkeys([*self._read_texts(name), *picture._read_texts(name)])
                    for name in ("cover_alt", "cover_credit")
                )
                picture.report_unread(within=f"{key}.")
                return address, without_html(" / ".join(alts)), " / ".join(words)
        return "", "", ""

    def _read_texts(self, name: str) -> list[str]:
        """Return the texts under the keys of KEYS[name], and count them as read, but no lists and mappings."""
        texts = {key: as_text(self.values.get(key)) for key in KEYS[name]}
        self.read_keys |= {key for key, text in texts.items() if text}
        return list(filter(None, texts.values()))

    def report_unread(self, within: str = "") -> None:
        """Report every field that was not read, with its value; `within` stands before their keys."""
        for key, value in self.values.items():
            if key not in self.read_keys and has_value(value) and (text := display_value(value)):
                self.log.add(unknown_field_note(f"{within}{key}", text))


def _first_heading(text: str) -> tuple[str, str] | None:
    """Return the heading at the beginning of a text, and the text after it."""
    first, _end, text_below = text.lstrip().partition("\n")
    next_line, end, text_after = text_below.partition("\n")
    if first.startswith(("# ", "#\t")) and (heading := first[1:].strip(" \t#")):
        return heading, text_below
    if first.strip() and "#" not in first and end and UNDERLINE.fullmatch(next_line):
        return first, text_after
    return None


def _names_with_roles(values: Any) -> list[tuple[str, str]]:
    """Return names or ids with roles, from a text, a list, or mappings with name and id."""
    if isinstance(values, list):
        return [pair for item in values[:MAX_ITEMS] for pair in _name_with_role(item)]
    if isinstance(values, str):
        return [
            (part, "author") for part in NAME_SEPARATOR.split(without_html(values)) if part and as_text(part)
        ]
    return _name_with_role(values) if values else []


def _name_with_role(values: Any) -> list[tuple[str, str]]:
    if isinstance(values, dict):
        name = as_text(
            first_value(values, "id", "key", "slug", "author", "name", "full_name", "display_name")
        )
        role = as_text(values.get("role"))
        return [(name, role if role in ROLES else "author")] if name else []
    name = without_html(as_text(values))
    return [(name, "author")] if name else []
