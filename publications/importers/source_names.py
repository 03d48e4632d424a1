"""The names of authors and topics in the texts of a source, before any of them becomes that of the site."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from publications.models import NameType
from publications.slugs import fold_name

from .imported_file import ImportedFile

MAX_NAME_CHARACTERS = 200


@dataclass
class SourceName:
    """A name in a source: in how many texts, and the title of the first."""

    name: str
    texts: int = 0
    title: str = ""


@dataclass
class SourceNames:
    """Names by type and folded name."""

    by_type: dict[NameType, dict[str, SourceName]] = field(
        default_factory=lambda: {name_type: {} for name_type in NameType}
    )

    def add(self, files: Iterable[ImportedFile]) -> None:
        """Count the names of these texts."""
        for text in (file.manuscript for file in files if file.manuscript):
            people = (byline.name or byline.author for byline in text.bylines)
            for name_type, names in ((NameType.PERSON, people), (NameType.TOPIC, text.tags)):
                for name in {fold_name(name): name for name in names if name.strip()}.values():
                    self._count(name_type, name, text.title)

    def _count(self, name_type: NameType, name: str, title: str) -> None:
        entry = SourceName(" ".join(name.split())[:MAX_NAME_CHARACTERS], title=title)
        entry = self.by_type[name_type].setdefault(fold_name(entry.name), entry)
        entry.texts += 1

    def as_dict(self) -> dict[str, list[list]]:
        """Return the names for JSON; `read_names` reads them."""
        return {
            name_type.value: [[entry.name, entry.texts, entry.title] for entry in names.values()]
            for name_type, names in self.by_type.items()
        }


def read_names(stored: dict[str, list[list]], name_type: NameType) -> list[SourceName]:
    """Return the names of a type in a stored report."""
    return [SourceName(*row) for row in stored.get(name_type.value, ())]
