"""What is derived: the search index, similarity and made files, compared with what they are made from."""

from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from publications import manuscript, search
from publications.models import Edition, Revision

from .report import Progress

TAIL = 1024  # bytes of a file in which its end must stand


def find_lost_index_rows(progress: Progress) -> Iterator[str]:
    """Yield the editions that searches miss, and rows of editions that are not to be found."""
    expected, indexed = search.expected_editions(timezone.now()), search.indexed_editions()
    yield from _named(expected - indexed, "is not in the search index")
    taken = Edition.objects.filter(pk__in=indexed - expected).exclude(end_reason="") | Edition.objects.filter(
        pk__in=indexed - expected, visible_until=F("visible_from")
    )
    yield from _named(
        set(taken.values_list("pk", flat=True)), "is in the search index though it was taken back"
    )
    existing = set(Edition.objects.filter(pk__in=indexed - expected).values_list("pk", flat=True))
    yield from (
        f"The search index has a row of edition {pk}, which does not exist."
        for pk in indexed - expected - existing
    )


def find_wrong_index_rows(progress: Progress) -> Iterator[str]:
    """Yield the editions of which the search index has other words than a rebuild would give it."""
    yield from _named(
        search.differing_editions(progress), "has other words in the search index than in its text"
    )


def find_wrong_vocabulary(progress: Progress) -> Iterator[str]:
    """Yield the words that are counted otherwise than a rebuild would count them, and names that lead elsewhere."""
    yield from search.differing_words(progress)


def find_wrong_terms(progress: Progress) -> Iterator[str]:
    """Yield the editions that are compared by terms which are not of their text, or by none."""
    yield from _named(
        search.similarity.differing_editions(progress), "is compared by terms that are not of its text"
    )


def find_poor_similarity(progress: Progress) -> Iterator[str]:
    """Yield a sentence where the kept suggestions have become other than those of a rebuild."""
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
        except Exception as reason:  # whatever it is, nobody can restore this one
            yield f"publication {publication}, revision {number}: {reason}"
        progress(done, total)


def _named(editions: set[int], said: str) -> Iterator[str]:
    for edition in Edition.objects.filter(pk__in=editions).without_texts().order_by("pk"):
        yield f"publication {edition.publication_id} “{edition.title}”, edition {edition.number} {said}."


def find_broken_files(progress: Progress) -> Iterator[str]:
    """Yield the made pictures, PDFs and cards that are not whole."""
    yield from (f"{path.relative_to(settings.RENDITIONS)} is not whole." for path in list_broken_files())


def list_broken_files() -> list[Path]:
    """The made files that do not end as files of their kind do."""
    files = [path for path in Path(settings.RENDITIONS).rglob("*") if path.is_file()]
    return [path for path in files if path.suffix in IS_WHOLE and not _is_whole(path)]


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
"""How a file of each ending begins and ends, and how long it says it is."""


def remove_broken_files() -> None:
    """Remove made files that are not whole: whoever asks for one has it made anew."""
    for path in list_broken_files():
        path.unlink(missing_ok=True)
