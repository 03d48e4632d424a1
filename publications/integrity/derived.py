"""Checks of derived data: the search index, similarity and renditions, compared with their sources."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from publications import manuscript, renditions, search
from publications.models import Edition, Revision, ServedPdf

from .report import Progress

TAIL = 1024  # bytes at the end of a file that are read


def find_index_differences(progress: Progress) -> Iterator[str]:
    """Yield editions that the search index lacks, and rows of editions that it must not have."""
    expected, indexed = search.expected_editions(timezone.now()), search.indexed_editions()
    yield from _describe(expected - indexed, "is not in the search index")
    ended = Edition.objects.filter(pk__in=indexed - expected).exclude(end_reason="") | Edition.objects.filter(
        pk__in=indexed - expected, visible_until=F("visible_from")
    )
    yield from _describe(
        set(ended.values_list("pk", flat=True)), "is in the search index though it was taken back"
    )
    existing = set(Edition.objects.filter(pk__in=indexed - expected).values_list("pk", flat=True))
    yield from (
        f"The search index has a row of edition {pk}, which does not exist."
        for pk in indexed - expected - existing
    )


def find_outdated_index(progress: Progress) -> Iterator[str]:
    """Yield a sentence if the search index was built by the rules of another release."""
    if search.is_outdated():
        yield "The search index is of another release. It was not compared with a rebuild."


def find_incomplete_similarity(progress: Progress) -> Iterator[str]:
    """Yield a sentence if similarity was found by the rules of another release, or texts of an import are missing."""
    if search.similarity.is_incomplete():
        yield "Texts that an import has published are still to be compared. Nothing was compared with a rebuild."
    elif search.similarity.is_outdated():
        yield "Similarity is of another release. It was not compared with a rebuild."


def find_wrong_index_rows(progress: Progress) -> Iterator[str]:
    """Yield editions whose rows in the search index differ from those of a rebuild."""
    yield from _describe(
        search.differing_editions(progress), "has other words in the search index than in its text"
    )


def find_wrong_vocabulary(progress: Progress) -> Iterator[str]:
    """Yield terms whose counts or names differ from those of a rebuild."""
    yield from search.differing_words(progress)


def find_wrong_terms(progress: Progress) -> Iterator[str]:
    """Yield editions whose terms for similarity are missing or not those of their text."""
    yield from _describe(
        search.similarity.differing_editions(progress), "is compared by terms that are not of its text"
    )


def find_poor_similarity(progress: Progress) -> Iterator[str]:
    """Yield a sentence if too many stored suggestions differ from those of a rebuild."""
    same, total = search.similarity.compare_with_rebuild(progress)
    if total and same / total < search.similarity.MIN_AGREEMENT:
        yield f"Of {total} suggestions that a rebuild gives, {same} are kept ({same / total:.0%})."


def find_unreadable_revisions(progress: Progress) -> Iterator[str]:
    """Yield the revisions that cannot be read as manuscripts."""
    rows = Revision.objects.order_by("pk").values_list("publication", "number", "manuscript")
    total = rows.count()
    for done, (publication, number, text) in enumerate(rows.iterator(chunk_size=200), start=1):
        try:
            manuscript.loads(text)
        except Exception as error:  # whatever it is, the revision cannot be restored
            yield f"publication {publication}, revision {number}: {error}"
        progress(done, total)


def _describe(editions: set[int], fault: str) -> Iterator[str]:
    for edition in Edition.objects.filter(pk__in=editions).without_texts().order_by("pk"):
        yield f"publication {edition.publication_id} “{edition.title}”, edition {edition.number} {fault}."


def find_broken_files(progress: Progress) -> Iterator[str]:
    """Yield renditions that are incomplete, and PDFs whose bytes are not those that were recorded."""
    yield from (f"{path.relative_to(settings.RENDITIONS)} is not whole." for path in list_broken_files())


def list_broken_files() -> list[Path]:
    """Return the renditions that are incomplete, and PDFs whose bytes are not those that were recorded."""
    files = [path for path in Path(settings.RENDITIONS).rglob("*") if path.is_file()]
    return [
        path for path in files if path.suffix in IS_WHOLE and not (_is_whole(path) and _is_recorded(path))
    ]


def _is_recorded(path: Path) -> bool:
    """Return whether a PDF that is recorded before it is stored is the one on record; other files count as such."""
    is_of_edition = path.suffix == ".pdf" and renditions.RECORDED in path.name
    return not is_of_edition or ServedPdf.objects.of_content(path.read_bytes()).exists()


def _is_whole(path: Path) -> bool:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        file.seek(max(0, size - TAIL))
        return bool(size) and IS_WHOLE[path.suffix](head, file.read(), size)


IS_WHOLE: dict[str, Callable[[bytes, bytes, int], bool]] = {
    ".webp": lambda head, _tail, size: (
        head[:4] == b"RIFF" and int.from_bytes(head[4:8], "little") + 8 <= size
    ),
    ".jpg": lambda head, tail, _size: head[:2] == b"\xff\xd8" and tail.endswith(b"\xff\xd9"),
    ".png": lambda head, tail, _size: head[:4] == b"\x89PNG" and b"IEND" in tail[-12:],
    ".pdf": lambda head, tail, _size: head[:5] == b"%PDF-" and b"%%EOF" in tail,
}
"""Tests for complete files by extension, from their first bytes, last bytes and size."""


def remove_broken_files() -> None:
    """Remove incomplete renditions. They are rendered again when requested."""
    for path in list_broken_files():
        path.unlink(missing_ok=True)
