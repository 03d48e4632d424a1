"""Pages of lists (`_index.md` of Hugo): those of topics and authors say what these are called and who they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import frontmatter, values
from .arrival import Refusal, Telling
from .old_site import OldSite

TOPIC_FOLDERS = ("topics", "topic", "tags", "tag", "categories", "category")
AUTHOR_FOLDERS = ("authors", "author", "people", "contributors", "writers")
INTRODUCTION = ("summary", "description", "deck", "intro", "introduction")
MAX_TOPICS = 5_000


@dataclass(frozen=True)
class Topic:
    """A topic of the old site: its name, what its page said first, and where that was."""

    name: str
    introduction: str = ""
    former_path: str = ""


@dataclass
class Taxonomies:
    """The topics of the old site by their ids, and the folder of its authors."""

    topics: dict[str, Topic] = field(default_factory=dict)
    authors: Path | None = None

    @property
    def names(self) -> dict[str, str]:
        """Names of topics by id."""
        return {identity: topic.name for identity, topic in self.topics.items()}


def is_list_page(path: Path) -> bool:
    """Whether a file describes a list of the old site, as `_index.md` and `_index.sv.md` do."""
    return path.name.partition(".")[0] == "_index"


def describes_taxonomy(path: Path) -> bool:
    """Whether a page of a list is that of a topic, of an author, or of all of them."""
    return {path.parent.name, path.parent.parent.name} & {*TOPIC_FOLDERS, *AUTHOR_FOLDERS} != set()


def find_taxonomies(root: Path, site: OldSite) -> Taxonomies:
    """Read the topics and find the authors of the site that a folder of texts belongs to."""
    homes = dict.fromkeys(
        filter(None, [root, root.resolve().parent, site.folder and site.folder / "content"])
    )
    found = Taxonomies()
    for home in homes:
        for name in TOPIC_FOLDERS:
            found.topics = {**_topics(home / name), **found.topics}
        folders = (home / name for name in AUTHOR_FOLDERS if any((home / name).glob("*/_index.md")))
        found.authors = found.authors or next(folders, None)
    return found


def _topics(folder: Path) -> dict[str, Topic]:
    found: dict[str, Topic] = {}
    for path in _list_pages(folder):
        try:
            fields = frontmatter.read(path.read_bytes(), Telling()).fields
        except (Refusal, OSError):
            continue
        identity = path.parent.name
        if name := values.plain(values.text(values.first(fields, "title", "name", "display_name"))):
            introduction = values.plain(values.text(values.first(fields, *INTRODUCTION)))
            found[identity.casefold()] = Topic(
                name.replace(",", ""), introduction, f"/{folder.name}/{identity}/"
            )
    return found


def _list_pages(folder: Path) -> Iterator[Path]:
    return iter(sorted(folder.glob("*/_index.md"))[:MAX_TOPICS])
