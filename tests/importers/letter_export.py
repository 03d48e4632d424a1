"""A small system of its own, to test what holds for every source: a JSON file of letters."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid5

import pytest

from publications.importers import sources
from publications.importers.imported_file import ImportedFile, ImportLog, ImportRefused
from publications.importers.mapping import ImportMapping
from publications.importers.options import ImportOptions
from publications.importers.source import UID_NAMESPACE, ImportContext, ImportSource, SourceEntry
from publications.manuscript import Manuscript, ManuscriptByline
from publications.slugs import slugify

HEAD = '{"letters":'


@dataclass(kw_only=True)
class LetterSource(ImportSource):
    letters: dict[str, dict] = field(default_factory=dict)
    mapping: ImportMapping = field(default_factory=ImportMapping)

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        for entry in self.entries:
            yield _read_letter(entry, self.letters[entry.uid], context, self.mapping)

    def propose_mapping(self) -> ImportMapping:
        rooms = {letter["room"]: "report" for letter in self.letters.values() if "room" in letter}
        fields = {"remark": "" for letter in self.letters.values() if "remark" in letter}
        names = ImportMapping.from_names(kinds=rooms, fields=fields)
        return replace(names, comments={("kinds", name): "A room." for name in rooms})


def _read_letter(
    entry: SourceEntry, letter: dict, context: ImportContext, mapping: ImportMapping
) -> ImportedFile:
    log = ImportLog()
    if letter.get("video"):
        log.changed("link", "A video became a link.")
    kind, note = mapping.kinds.get(letter.get("room", "")), ""
    if mapping.fields.get("remark") == "note":
        note = letter.get("remark", "")
    manuscript = Manuscript(
        uid=entry.uid, title=letter["title"], kind=kind or context.kind, note=note, language=entry.language, slug=entry.slug,
        summary=letter.get("summary", "A summary."), body=letter.get("text", f"A letter about {letter['title']}."),
        published_at=datetime.fromisoformat(letter["date"]) if letter.get("date") else None,
        bylines=tuple(ManuscriptByline(author=slugify(name), name=name) for name in entry.authors),
        tags=entry.tags,
    )  # fmt: skip
    return ImportedFile(entry.source, manuscript, notes=log.notes, is_draft=letter.get("draft", False))


def open_letters(options: ImportOptions) -> LetterSource:
    try:
        rows = json.loads(options.path.read_text())["letters"]
    except ValueError as error:
        raise ImportRefused("The file is cut off. Export the letters again.") from error
    letters = {str(uuid5(UID_NAMESPACE, f"letters?p={row['title']}")): row for row in rows}
    entries = [
        SourceEntry(
            source=f"/letters/{row['title']}", uid=uid, language=options.language,
            requested_slug=slugify(row["title"]), authors=tuple(row.get("authors", ["Ann Berg"])),
            tags=tuple(row.get("tags", [])),
        )
        for uid, row in letters.items()
    ]  # fmt: skip
    return LetterSource(root=options.path.parent, entries=entries, letters=letters, mapping=options.mapping)


def is_letters(path: Path) -> bool:
    return path.is_file() and path.read_text(errors="replace").startswith(HEAD)


LETTERS = sources.SourceSystem("Letters", is_letters, open_letters, (".letters.json",))


@pytest.fixture
def letter_system(monkeypatch) -> None:
    """Letters are one of the systems."""
    monkeypatch.setattr(sources, "SYSTEMS", (LETTERS, *sources.SYSTEMS))


def render_export(*letters: dict) -> str:
    """Return the file of an export."""
    rows = [{"date": "2024-05-01T09:00:00+00:00", **letter} for letter in letters]
    return f"{HEAD} {json.dumps(rows)}}}"
