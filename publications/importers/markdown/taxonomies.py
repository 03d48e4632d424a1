"""List pages (`_index.md` of Hugo): names and introductions of topics, and the list or folder of authors."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..imported_file import ImportLog, ImportRefused
from ..source import SourceTopic
from .authors import DATA_FORMATS, lists_authors, lists_names
from .front_matter import MAX_FILE_BYTES, as_text, first_value, read_front_matter, without_html
from .liquid_template import parse_template
from .source_site import SourceSite, folders_from

TOPIC_FOLDERS = ("topics", "topic", "tags", "tag", "categories", "category")
AUTHOR_FOLDERS = ("authors", "author", "people", "contributors", "writers")
PEOPLE = re.compile(
    r"(?<![^\W\d_])(?:authors?|contributors?|members?|people|persons?|staff|team|writers?)(?![^\W\d_])",
    re.IGNORECASE,
)
"""Words in the names of tables at the top of a site that may list its authors too."""
DATA_FOLDERS = ("", "_data", "data")
"""Where a site has its list of authors: at its top, or where Jekyll and Eleventy (`_data`) or Hugo (`data`) has it."""
NESTED_DATA = tuple(f"{above}{name}" for name in filter(None, DATA_FOLDERS) for above in ("*/", "*/*/"))
"""Where these folders are in an archive that holds the site in a folder of its own."""
INTRODUCTION_KEYS = ("summary", "description", "deck", "intro", "introduction")
MAX_TOPICS = 5_000


@dataclass
class Taxonomies:
    """The topics of the old site by id, and the list or folder of its authors."""

    topics: dict[str, SourceTopic] = field(default_factory=dict)
    authors: Path | None = None


def is_list_page(path: Path) -> bool:
    """Whether a file describes a list of the old site, as `_index.md` and `_index.sv.md` do."""
    return path.name.partition(".")[0] == "_index"


def lists_texts(path: Path) -> bool:
    """Whether a file is an `index` page that has nothing but what loops of Liquid list."""
    if path.stem != "index" or path.is_symlink() or path.stat().st_size > MAX_FILE_BYTES:
        return False
    try:
        body = read_front_matter(path.read_bytes(), ImportLog()).body
    except (ImportRefused, OSError):
        return False
    nodes = parse_template(body)
    own_words = without_html(" ".join(node.source for node in nodes if not node.name))
    return any(node.name == "for" for node in nodes) and not own_words.strip()


def describes_taxonomy(path: Path) -> bool:
    """Whether a list page is that of a topic, an author, or all of them."""
    return {path.parent.name, path.parent.parent.name} & {*TOPIC_FOLDERS, *AUTHOR_FOLDERS} != set()


def find_taxonomies(root: Path, site: SourceSite, boundary: Path | None = None) -> Taxonomies:
    """Return the topics of the site that a folder of texts belongs to, and its folder or list of authors.

    Args:
        boundary: a folder outside of which nothing is read.
    """
    above = folders_from(root, 1, boundary)
    places = [*(folder.path for folder in site.content_folders), "content"]
    own = [site.folder / place for place in places] if site.folder else []
    content_folders = dict.fromkeys([root, *above, *own])
    taxonomies = Taxonomies()
    for content_folder in content_folders:
        for name in TOPIC_FOLDERS:
            taxonomies.topics = {**_read_topics(content_folder / name, site), **taxonomies.topics}
        folders = (
            content_folder / name
            for name in AUTHOR_FOLDERS
            if any((content_folder / name).glob("*/_index.md"))
        )
        taxonomies.authors = taxonomies.authors or next(folders, None)
    if not taxonomies.authors:
        nested = (path.parent for depth in NESTED_DATA for path in sorted(root.glob(depth)) if path.is_dir())
        taxonomies.authors = _find_author_list(dict.fromkeys(filter(None, [root, site.folder, *nested])))
    return taxonomies


def _find_author_list(folders: Iterable[Path]) -> Path | None:
    """Return the file or the folder of data that lists the authors of a site, by its usual names, or None.

    A table of something else may have such a name: one without names of people is left alone. Other tables of people
    come last.
    """
    named = (path for folder in folders for path in _author_lists(folder) if lists_names(path))
    places = [folder / place for folder in folders for place in DATA_FOLDERS]
    tables = (path for place in places for path in sorted(place.glob("*.csv")) if PEOPLE.search(path.stem))
    return next(named, None) or next(filter(lists_authors, tables), None)


def _author_lists(folder: Path) -> list[Path]:
    names = (f"{stem}{suffix}" for stem in AUTHOR_FOLDERS for suffix in (".csv", *DATA_FORMATS))
    files = (folder / place / name for name in names for place in DATA_FOLDERS)
    data = (folder / place / name for name in AUTHOR_FOLDERS for place in filter(None, DATA_FOLDERS))
    return [*filter(Path.is_file, files), *filter(Path.is_dir, data)]


def _read_topics(folder: Path, site: SourceSite) -> dict[str, SourceTopic]:
    topics: dict[str, SourceTopic] = {}
    for path in _list_pages(folder):
        try:
            fields = read_front_matter(path.read_bytes(), ImportLog()).fields
        except (ImportRefused, OSError):
            continue
        topic_id = path.parent.name
        if name := without_html(as_text(first_value(fields, "title", "name", "display_name"))):
            introduction = without_html(as_text(first_value(fields, *INTRODUCTION_KEYS)))
            topics[topic_id.casefold()] = SourceTopic(
                name.replace(",", ""), introduction, (f"{site.base_path}/{folder.name}/{topic_id}/",)
            )
    return topics


def _list_pages(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*/_index.md"))[:MAX_TOPICS])
