"""publish_many: a batch is published as its pieces would be one by one, and one that is refused leaves the others."""

import sys

import pytest
import time_machine

from publications import deeds
from publications.models import Address, AuditLine, Edition, Generation, Kind, Publication, Revision
from tests.blogs import bring_in
from tests.factories import make_publication, saved, taken_back, tomorrow, yesterday

pytestmark = pytest.mark.django_db


def comparable() -> list:
    """All that publishing writes, but for the moments at which it did."""
    editions = Edition.objects.order_by("publication__uid").values(
        "number", "title", "slug", "type_line", "summary", "published_at", "year", "change", "digest", "visible_until",
        "expires", "planned", "words", "contents", "paragraphs", "html", "text", "body", "tree", "language",
    )  # fmt: skip
    rows = [
        sorted(Edition.objects.order_by("publication__uid").values_list(*names), key=str)
        for names in (
            ("bylines__name", "bylines__position", "bylines__year"),
            ("tag_rows__tag__name",),
            ("image_rows__image__key",),
        )
    ]
    revisions = Revision.objects.order_by("publication__uid", "number")
    lines = AuditLine.objects.filter(deed="publish").order_by("publication__uid")
    addresses = Address.objects.order_by("publication__uid")
    return [
        list(editions),
        rows,
        list(revisions.values_list("number", "digest", "why", "manuscript")),
        list(lines.values_list("subject", "detail__change", "by_name")),
        list(addresses.values_list("tree", "slug")),
    ]


def test_together_they_are_as_one_by_one(monkeypatch):
    together = taken_back(lambda: bring_in() and comparable())
    monkeypatch.setattr(sys.modules["publications.deeds.publish_many"], "_first", lambda pieces: set())

    bring_in()

    assert comparable() == together


def test_a_draft_that_owns_its_address_already_is_published_there():
    piece = make_publication(slug="grain")
    Address.objects.create(tree="en", slug="grain", publication=piece)

    (edition,) = deeds.publish_many([piece], by=None)

    assert edition.slug == "grain" and Address.objects.get().publication == piece


def test_an_address_of_another_refuses_one_and_leaves_the_others():
    one, other = make_publication(slug="grain"), make_publication(slug="grain")

    edition, refusal = deeds.publish_many([one, other], by=None)

    assert edition.slug == "grain" and isinstance(refusal, deeds.NotReady)
    assert Generation.objects.get().number == AuditLine.objects.get().generation


def test_each_has_a_line_and_a_number_of_its_own():
    pieces = [make_publication(slug=slug) for slug in ("a", "b")]
    pieces.append(make_publication(kind="report"))

    deeds.publish_many(pieces, by=None)

    numbers = AuditLine.objects.order_by("generation").values_list("generation", flat=True)
    assert list(numbers) == [1, 2, 3] and Generation.objects.get().number == 3


@pytest.mark.parametrize("is_first", [True, False])
def test_an_end_is_kept(is_first):
    piece, end = make_publication(slug="grain"), tomorrow()
    if not is_first:
        deeds.publish(piece, by=None, until=end)
        saved(piece, body="Mended.")

    (edition,) = deeds.publish_many([piece], by=None, ends={piece.pk: end})

    assert edition.expires == end and Edition.objects.live().get() == edition


@pytest.mark.parametrize("is_first", [True, False])
def test_a_clock_that_has_gone_back_stops_all_of_it(is_first):
    piece = make_publication(slug="grain")
    deeds.publish(piece if not is_first else make_publication(), by=None)
    saved(piece, body="Mended.")
    before = Publication.objects.get(pk=piece.pk).slug, Edition.objects.count()

    with time_machine.travel(yesterday()), pytest.raises(deeds.ClockBehind):
        deeds.publish_many([piece], by=None)

    assert (Publication.objects.get(pk=piece.pk).slug, Edition.objects.count()) == before


def test_a_kind_that_numbers_its_pieces_gives_each_a_number():
    Kind.objects.filter(slug="report").update(numbered=True)
    pieces = [make_publication(kind="report", slug=slug) for slug in ("a", "b")]

    editions = deeds.publish_many(pieces, by=None)

    assert [edition.series_number.number for edition in editions] == [1, 2]
