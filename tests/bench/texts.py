"""What one text takes: rendered, compared with another, set on paper."""

import statistics
import time
from collections.abc import Callable, Iterator

from .figures import Figure

WORDS = "Some words of a report, and a note.[^1]\n\n"


def texts() -> Iterator[Figure]:
    yield from _rendered()
    yield from _compared()
    yield from _set()


def _rendered() -> Iterator[Figure]:
    from publications import markup

    for count in (10, 100, 1000):
        text = WORDS * count + "[^1]: The note."
        yield Figure(
            f"prose of {count} paragraphs", _median(lambda text=text: markup.render_markdown(text)), "ms CPU"
        )


def _compared() -> Iterator[Figure]:
    """Two texts of 10,000 words, and texts of 200 kB made to be hard."""
    from publications.diff import compare_texts
    from tests.diff.test_diff import HARD, long_text

    cases = {"10,000 words": (long_text(10_000), long_text(10_000, changed="x")), **HARD}
    for name, (before, after) in cases.items():
        took = _median(lambda before=before, after=after: compare_texts(before, after), rounds=3)
        yield Figure(f"difference of {name}", took, "ms CPU")


def _set() -> Iterator[Figure]:
    """By the clock, the start of its process included: nobody else's time counts in another process."""
    from publications import pdf
    from tests.pdf.test_pdf import long_text, make_card, make_paper, pixels

    for name, words in {"comment of 700 words": 700, "report of 57,000 words": 57_000}.items():
        paper = make_paper(long_text(words))
        took = _median(lambda paper=paper: pdf.typeset_pdf(paper, pixels), clock=time.perf_counter)
        yield Figure(f"paper: {name}", took, "ms")
    card = make_card()
    took = _median(lambda: pdf.typeset_social_image(card, pixels), clock=time.perf_counter)
    yield Figure("card", took, "ms")


def _median(
    act: Callable[[], object], *, rounds: int = 5, clock: Callable[[], float] = time.process_time
) -> float:
    """Milliseconds of an act."""
    times = []
    for _round in range(rounds):
        start = clock()
        act()
        times.append((clock() - start) * 1000)
    return statistics.median(times)
