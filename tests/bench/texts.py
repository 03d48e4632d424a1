"""One text: rendered, compared with another, typeset as PDF."""

import statistics
import time
from collections.abc import Callable, Iterator

from .figures import Figure

WORDS = "Some words of a report, and a note.[^1]\n\n"


def texts() -> Iterator[Figure]:
    yield from _measure_rendering()
    yield from _measure_comparison()
    yield from _measure_typesetting()


def _measure_rendering() -> Iterator[Figure]:
    from publications import markup

    for count in (10, 100, 1000):
        text = WORDS * count + "[^1]: The note."
        yield Figure(
            f"prose of {count} paragraphs", _median(lambda text=text: markup.render_markdown(text)), "ms CPU"
        )


def _measure_comparison() -> Iterator[Figure]:
    """Compare two texts of 10,000 words, and texts of 200 kB that are hard to compare."""
    from publications.diff import compare_texts
    from tests.diff.test_diff import HARD, long_text

    cases = {"10,000 words": (long_text(10_000), long_text(10_000, changed="x")), **HARD}
    for name, (before, after) in cases.items():
        milliseconds = _median(lambda before=before, after=after: compare_texts(before, after), rounds=3)
        yield Figure(f"difference of {name}", milliseconds, "ms CPU")


def _measure_typesetting() -> Iterator[Figure]:
    """Measure wall-clock time, since typst works in a process of its own, whose start is included."""
    from publications import pdf
    from tests.pdf.test_pdf import long_text, make_document, make_social_image, read_image

    for name, words in {"comment of 700 words": 700, "report of 57,000 words": 57_000}.items():
        document = make_document(long_text(words))
        milliseconds = _median(
            lambda document=document: pdf.typeset_pdf(document, read_image), clock=time.perf_counter
        )
        yield Figure(f"PDF: {name}", milliseconds, "ms")
    image = make_social_image()
    milliseconds = _median(lambda: pdf.typeset_social_image(image, read_image), clock=time.perf_counter)
    yield Figure("social image", milliseconds, "ms")


def _median(
    call: Callable[[], object], *, rounds: int = 5, clock: Callable[[], float] = time.process_time
) -> float:
    """Return the median of the milliseconds that a call takes."""
    times = []
    for _round in range(rounds):
        start = clock()
        call()
        times.append((clock() - start) * 1000)
    return statistics.median(times)
