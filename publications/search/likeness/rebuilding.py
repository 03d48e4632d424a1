"""Rebuilding: all likenesses made anew, in steps that each leave whole rows behind.

First what each edition is told by, then what it is like. Deeds may be done meanwhile, and whoever breaks it off loses
nothing: it begins again from the start.
"""

from collections.abc import Iterable
from itertools import batched

from django.db import transaction
from django.utils import timezone

from publications.models import Edition, EditionTerm, Likeness, SearchIndex

from ..index import read, wanted
from ..rebuilding import STEP, Progress, hold
from .keeping import add, describe, forget, renew

VERSION = 2
"""Of the rules by which likenesses are found. Another number makes the next start find them anew."""

DUE = 32_767
"""In place of a version, which is never so high: the next import ends, and the next start begins, with a rebuild."""


def is_outdated() -> bool:
    """Whether the likenesses were found by other rules than these."""
    return not SearchIndex.objects.filter(likeness=VERSION).exists()


def mark_due() -> None:
    """Remember that a rebuild is due, until one is done: many publications come at once, and change what is rare."""
    SearchIndex.objects.update_or_create(pk=1, defaults={"likeness": DUE})


def is_due() -> bool:
    """Return whether a rebuild was marked as due."""
    return SearchIndex.objects.filter(likeness=DUE).exists()


def rebuild() -> Progress:
    """Make all rows anew, step by step; the index is to be in step. Each edition counts half when it is described."""
    numbers = list(wanted(timezone.now()).order_by("pk").values_list("pk", flat=True))
    total = 2 * len(numbers)
    yield 0, total
    done = 0
    for act in (_describe, _compare):
        for step in batched(numbers, STEP):
            with transaction.atomic():
                hold()
                act(_still_there(step))
            done += len(step)
            yield done, total
    with transaction.atomic():
        hold()
        _finish()


def _still_there(editions: Iterable[int]) -> list[Edition]:
    there = wanted(timezone.now()).filter(pk__in=editions)
    return [text.edition for text in read(there.values_list("pk", flat=True))]


def _describe(editions: list[Edition]) -> None:
    EditionTerm.objects.filter(edition__in=editions).delete()
    describe(editions)


def _compare(editions: list[Edition]) -> None:
    for edition in editions:
        renew(edition)


def _finish() -> None:
    """Take away what deeds have left behind, and add what they have not told."""
    to_be = set(wanted(timezone.now()).values_list("pk", flat=True))
    described = set(EditionTerm.objects.order_by().values_list("edition", flat=True).distinct())
    ends = Likeness.objects.order_by().values_list("edition", "other")
    forget((described | {pk for pair in ends for pk in pair}) - to_be)
    add([text.edition for text in read(to_be - described)])
    SearchIndex.objects.update_or_create(pk=1, defaults={"likeness": VERSION})
