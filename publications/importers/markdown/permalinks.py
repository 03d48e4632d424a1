"""The addresses that Jekyll and Hugo give texts: by the pattern in a text or the settings, otherwise by default.

Sources: jekyllrb.com/docs/permalinks, gohugo.io/configuration/permalinks, gohugo.io/content-management/urls.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from publications.locales import language_code

from .front_matter import as_flag, as_text, as_texts
from .liquid_values import slugify
from .source_site import SourceSite
from .template_values import collections_in

NAME_PLACEHOLDERS = ("title", "filename", "contentbasename")  # in a pattern of addresses
LANGUAGE_PLACEHOLDERS = ("lang", "language")
SLUG_PLACEHOLDERS = ("slug", "slugorfilename", "slugorcontentbasename")
JEKYLL_STYLES = {
    "date": "/:categories/:year/:month/:day/:title.html",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title.html",
    "weekdate": "/:categories/:year/W:week/:short_day/:title.html",
    "none": "/:categories/:title.html",
}
JEKYLL_COLLECTION = "/:collection/:path"
HEXO_POSTS = ":year/:month/:day/:title/"
INDEX_NAMES = ("index", "_index")
PLACEHOLDER = re.compile(r":([a-z_]+)(?:\[[^\]]*\])?")
SEPARATORS = ("/", "_", ".", "-")
"""What a colon follows that begins a placeholder, whatever its name; elsewhere only known ones are."""
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, kw_only=True)
class PagePlace:
    """What the address of a text is made from.

    Args:
        path: its file, below the site or the imported folder.
        name: the name of the file without date, language and suffix, or that of its folder for an index file.
        slug: that of its fields, as an address has it, or "".
        slug_of_name: what `:slug` is without one; "" is the name.
        title: as written, or "".
    """

    path: PurePosixPath
    name: str
    slug: str
    title: str
    language: str
    date: datetime | None
    fields: Mapping[str, Any]
    slug_of_name: str = ""


def fill_pattern(pattern: str, place: PagePlace, *, title: str = "") -> str:
    """Return an address by a pattern such as `/:year/:month/:day/:title/`; "" if it needs what the text does not have.

    `:slug` is the slug of the fields, otherwise the name of the file.

    Args:
        title: what `:title` is; by default the name of the file.
    """
    values = _list_values(place, title)
    unknown = (match for match in PLACEHOLDER.finditer(pattern) if match[1] not in values)
    if any(pattern[: match.start()].endswith(SEPARATORS) for match in unknown):
        return ""
    filled = PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), pattern)
    return re.sub(r"(?<!:)//+", "/", filled)


def find_unknown_placeholder(pattern: str) -> str:
    """Return the first placeholder of a pattern that stands for nothing, or ""."""
    now, path = datetime.now(UTC), PurePosixPath("a.md")
    place = PagePlace(path=path, name="a", slug="a", title="A", language="en", date=now, fields={})
    values = _list_values(place, "")
    return next((match[0] for match in PLACEHOLDER.finditer(pattern) if match[1] not in values), "")


def _list_values(place: PagePlace, title: str) -> dict[str, str]:
    """Return what the placeholders of a pattern stand for, by their names."""
    return {
        **_dates(place.date),
        **dict.fromkeys(NAME_PLACEHOLDERS, title or place.name),
        **dict.fromkeys(SLUG_PLACEHOLDERS, place.slug or title or place.slug_of_name or place.name),
        **_folders(place),
        **dict.fromkeys(LANGUAGE_PLACEHOLDERS, place.language),
        "output_ext": ".html",
    }


def stated_address(text: str, place: PagePlace, *, title: str = "") -> str:
    """Return the address that a text names for itself; "" for `false`, or for one that a template computes.

    Args:
        title: what `:title` is; by default the name of the file.
    """
    pattern = JEKYLL_STYLES.get(text, text)
    if as_flag(text) is False or "{" in pattern:
        return ""
    return fill_pattern(pattern if re.match(r"/|https?:", pattern) else f"/{pattern}", place, title=title)


def _dates(date: datetime | None) -> dict[str, str]:
    if date is None:
        return {}
    return {
        "year": f"{date.year:04}",
        "short_year": f"{date.year % 100:02}",
        "month": f"{date.month:02}",
        "i_month": str(date.month),
        "day": f"{date.day:02}",
        "i_day": str(date.day),
        "y_day": f"{date.timetuple().tm_yday:03}",
        "yearday": str(date.timetuple().tm_yday),
        "week": f"{date.isocalendar().week:02}",
        "w_year": str(date.isocalendar().year),
        "w_day": str(date.isoweekday()),
        "short_day": DAYS[date.weekday()],
        "hour": f"{date.hour:02}",
        "minute": f"{date.minute:02}",
        "second": f"{date.second:02}",
    }


def _folders(place: PagePlace) -> dict[str, str]:
    folders = list(place.path.parent.parts)
    if place.path.stem.partition(".")[0] in INDEX_NAMES:
        folders = folders[:-1]
    collection = next((part for part in folders if part.startswith("_")), "")
    above = folders[: folders.index(collection)] if collection else []
    below = folders[folders.index(collection) + 1 :] if collection else folders
    categories = [*above, *(slugify(name) for name in _categories(place.fields))]
    sections = below[1:] if below[:1] == ["content"] else below
    return {
        "categories": "/".join(dict.fromkeys(filter(None, categories))),
        "collection": collection.removeprefix("_"),
        "path": "/".join([*below, place.name]),
        "name": place.name,
        "section": sections[0] if sections else "",
        "sections": "/".join(sections),
    }


def _categories(fields: Mapping[str, Any]) -> list[str]:
    values = [fields.get("categories"), fields.get("category")]
    texts = [text for value in values for text in as_texts(value)]
    return texts if isinstance(values[0], list) else [word for text in texts for word in text.split()]


def default_addresses(place: PagePlace, site: SourceSite) -> list[str]:
    """Return the addresses of a text on the site of its generator, without those that its fields name."""
    find = GENERATOR_ADDRESSES.get(site.generator)
    return list(dict.fromkeys(filter(None, find(place, site)))) if find else []


def _addresses_of_jekyll(place: PagePlace, site: SourceSite) -> Iterator[str]:
    posts = collections_in(site.options).get("posts")
    of_posts = as_text(posts.get("permalink")) if isinstance(posts, dict) else ""
    pattern = of_posts or str(site.options.get("permalink") or "date")  # “none” is a style
    folder = next((part for part in place.path.parts[:-1] if part.startswith("_")), "")
    if folder == "_posts":
        yield fill_pattern(JEKYLL_STYLES.get(pattern, pattern), place, title=place.slug)
    elif folder:
        name = folder.removeprefix("_")
        collection = collections_in(site.options).get(name)
        own = as_text(collection.get("permalink")) if isinstance(collection, dict) else ""
        if site.has_pages(name):
            yield fill_pattern(JEKYLL_STYLES.get(own, own) or JEKYLL_COLLECTION, place, title=place.slug)
    else:
        yield f"/{'/'.join(_page_parts(place))}"


def _addresses_of_hexo(place: PagePlace, site: SourceSite) -> Iterator[str]:
    if "_posts" in place.path.parts:
        yield fill_pattern(f"/{as_text(site.options.get('permalink')) or HEXO_POSTS}", place)
    elif folder := next(
        (item.path for item in site.content_folders if place.path.is_relative_to(item.path)), None
    ):
        yield f"/{'/'.join(_page_parts(place)[len(folder.parts) :])}"


def _page_parts(place: PagePlace) -> list[str]:
    parts = [*place.path.parent.parts, place.path.name.partition(".")[0]]
    return parts[:-1] if parts[-1] in INDEX_NAMES else parts


def _addresses_of_hugo(place: PagePlace, site: SourceSite) -> Iterator[str]:
    folder = site.find_content_folder(place.path)
    if not folder:
        return
    parts = [*PurePosixPath(folder.place).parts, *_page_parts(place)[len(folder.path.parts) :]]
    if parts and language_code(parts[0]) == place.language and len(parts) > 1:
        parts = parts[1:]
    if not parts:
        return
    prefix = language_prefix(place.language, site)
    place = replace(place, path=PurePosixPath(*parts).with_suffix(".md"))
    title = hugo_slug(place.title)
    for pattern in _patterns_of_section(parts[0], site):
        yield from (_join(prefix, fill_pattern(pattern, place, title=words)) for words in ("", title))
    if not _patterns_of_section(parts[0], site):
        yield f"{prefix}/{'/'.join([*parts[:-1], place.slug or parts[-1]])}/"


def _join(prefix: str, address: str) -> str:
    return f"{prefix}/{address.lstrip('/')}" if address else ""


def _patterns_of_section(section: str, site: SourceSite) -> list[str]:
    permalinks = site.options.get("permalinks")
    groups = [permalinks, permalinks.get("page")] if isinstance(permalinks, dict) else []
    patterns = (as_text(group.get(section)) for group in groups if isinstance(group, dict))
    return [pattern for pattern in patterns if pattern]


def language_prefix(language: str, site: SourceSite) -> str:
    """Return the folder of a language, which that of the site has only if its settings say so."""
    default = site.default_language
    has_folder = as_flag(site.options.get("defaultContentLanguageInSubdir")) is True
    is_multilingual = isinstance(site.options.get("languages"), dict)
    is_default = language == language_code(default) or not is_multilingual
    return f"/{language}" if (is_multilingual and has_folder) or not is_default else ""


def address_slug(slug: str, generator: str) -> str:
    """Return the slug of a text as the addresses of its generator have it."""
    if generator == "hugo":
        return hugo_slug(slug)
    return re.sub(r"[^\w.~!$&'()+,;=@]+", "-", slug).strip("-") if generator == "jekyll" else slug


def hugo_slug(title: str) -> str:
    """Return the part of an address that Hugo makes of a title or a term."""
    return re.sub(r"-{2,}", "-", re.sub(r"[^\w.-]+", "-", re.sub(r"[^\w\s.-]", "", title.lower()))).strip("-")


GENERATOR_ADDRESSES = {"jekyll": _addresses_of_jekyll, "hugo": _addresses_of_hugo, "hexo": _addresses_of_hexo}
