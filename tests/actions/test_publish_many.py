"""publish_many: a batch is published as its publications would be one by one, and one that is refused leaves the others."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from publications import actions
from publications.models import (
    Address,
    AuditEntry,
    Edition,
    EndReason,
    Kind,
    Publication,
    Revision,
    SeriesNumber,
    SiteVersion,
)
from tests.blogs import import_blog
from tests.factories import call_and_roll_back, make_publication, saved, tomorrow, yesterday

pytestmark = pytest.mark.django_db


def comparable() -> list:
    """All that publishing writes, but for the moments at which it did."""
    editions = Edition.objects.order_by("publication__uid").values(
        "number", "title", "slug", "type_line", "summary", "published_at", "year", "change", "digest", "visible_until",
        "expires_at", "is_scheduled", "word_count", "contents", "paragraphs", "html", "plain_text", "body", "locale", "language",
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
    lines = AuditEntry.objects.filter(action="publish").order_by("publication__uid")
    addresses = Address.objects.order_by("publication__uid")
    return [
        list(editions),
        rows,
        list(revisions.values_list("number", "digest", "reason", "manuscript")),
        list(lines.values_list("subject", "detail__change", "actor_name")),
        list(addresses.values_list("locale", "slug")),
    ]


def one_by_one(publications, *, by, until_by_pk=None, **options) -> list:
    ends = until_by_pk or {}
    return [actions.publish(each, by=by, until=ends.get(each.pk)) for each in publications]


def test_together_they_are_as_one_by_one(monkeypatch):
    together = call_and_roll_back(lambda: import_blog() and comparable())
    monkeypatch.setattr(actions, "publish_many", one_by_one)

    import_blog()

    assert comparable() == together


def count_statements(publications) -> int:
    """How many statements publishing takes, without those of similarity, which compares text by text."""
    with CaptureQueriesContext(connection) as statements:
        actions.publish_many(publications, by=None)
    return sum("publications_editionterm" not in each["sql"] for each in statements)


def test_more_drafts_take_no_more_statements():
    few, many = ([make_publication() for _ in range(count)] for count in (2, 8))

    assert call_and_roll_back(lambda: count_statements(few)) == call_and_roll_back(
        lambda: count_statements(many)
    )


def test_drafts_of_one_title_get_addresses_of_their_own():
    drafts = [make_publication(title="Grain") for _ in range(3)]

    editions = actions.publish_many(drafts, by=None)

    assert [edition.slug for edition in editions] == ["grain", "grain-2", "grain-3"]


def test_stored_numbers_are_read_once_for_a_kind():
    Kind.objects.filter(slug="report").update(is_numbered=True)
    publications = [make_publication(kind="report") for _ in range(4)]

    with CaptureQueriesContext(connection) as statements:
        editions = actions.publish_many(publications, by=None)

    assert [edition.series_number.number for edition in editions] == [1, 2, 3, 4]
    assert sum("is_used" in each["sql"] for each in statements) == 1


def test_free_numbers_of_one_kind_are_not_given_to_another():
    year = timezone.localdate().year
    Kind.objects.filter(slug__in=("commentary", "report")).update(is_numbered=True)
    kinds = list(Kind.objects.filter(is_numbered=True).order_by("slug"))
    for kind in kinds:
        SeriesNumber.objects.create(kind=kind, year=year, number=1)
    drafts = [make_publication(kind=kind.slug) for kind in kinds]

    editions = actions.publish_many(drafts, by=None)

    assert [edition.series_number.kind for edition in editions] == kinds


def test_a_text_and_its_translation_share_a_number():
    Kind.objects.filter(slug="report").update(is_numbered=True)
    english = make_publication(kind="report")
    swedish = make_publication(kind="report", language="sv", translation_of=english)

    editions = actions.publish_many([english, swedish, make_publication(kind="report")], by=None)

    numbers = [edition.series_number for edition in editions]
    assert numbers[0] == numbers[1] and [number.number for number in numbers] == [1, 1, 2]
    assert {Publication.objects.get(pk=each.pk).series_number for each in (english, swedish)} == {numbers[0]}


def test_a_number_that_was_meant_for_a_refused_draft_goes_to_the_next():
    Kind.objects.filter(slug="report").update(is_numbered=True)
    refused = make_publication(kind="report", body="> " * 2000)

    refusal, edition = actions.publish_many([refused, make_publication(kind="report")], by=None)

    assert isinstance(refusal, actions.NotReady) and edition.series_number.number == 1
    assert SeriesNumber.objects.count() == 1


def test_a_scheduled_edition_is_replaced_and_lends_the_next_no_paragraphs():
    publication = make_publication(body="One paragraph of several words.")
    first = actions.publish(publication, by=None)
    scheduled = actions.publish(
        saved(publication, body="Another paragraph, of other words."), by=None, at=tomorrow()
    )
    saved(publication, body="One paragraph of several words.\n\nAnother paragraph, of other words.")

    (edition,) = actions.publish_many([publication], by=None)

    assert publication.audit_entries.first().detail["replaced"] == scheduled.number
    assert [anchor for anchor, _text in edition.paragraphs][:1] == [
        anchor for anchor, _text in first.paragraphs
    ]
    assert Edition.objects.get(pk=scheduled.pk).end_reason == EndReason.CANCELLED


def test_a_draft_that_owns_its_address_already_is_published_there():
    publication = make_publication(slug="grain")
    Address.objects.create(locale="en", slug="grain", publication=publication)

    (edition,) = actions.publish_many([publication], by=None)

    assert edition.slug == "grain" and Address.objects.get().publication == publication


def test_an_address_of_another_refuses_one_and_leaves_the_others():
    one, other = make_publication(slug="grain"), make_publication(slug="grain")

    edition, refusal = actions.publish_many([one, other], by=None)

    assert edition.slug == "grain" and isinstance(refusal, actions.NotReady)
    assert SiteVersion.objects.get().number == AuditEntry.objects.get().site_version


def test_each_has_a_line_and_a_number_of_its_own():
    publications = [make_publication(slug=slug) for slug in ("a", "b")]
    publications.append(make_publication(kind="report"))

    actions.publish_many(publications, by=None)

    numbers = AuditEntry.objects.order_by("site_version").values_list("site_version", flat=True)
    assert list(numbers) == [1, 2, 3] and SiteVersion.objects.get().number == 3


@pytest.mark.parametrize("is_first", [True, False])
def test_an_end_is_kept(is_first):
    publication, end = make_publication(slug="grain"), tomorrow()
    if not is_first:
        actions.publish(publication, by=None, until=end)
        saved(publication, body="Mended.")

    (edition,) = actions.publish_many([publication], by=None, until_by_pk={publication.pk: end})

    assert edition.expires_at == end and Edition.objects.live().get() == edition


@pytest.mark.parametrize("is_first", [True, False])
def test_a_clock_that_has_gone_back_stops_all_of_it(is_first):
    publication = make_publication(slug="grain")
    actions.publish(publication if not is_first else make_publication(), by=None)
    saved(publication, body="Mended.")
    before = Publication.objects.get(pk=publication.pk).slug, Edition.objects.count()

    with time_machine.travel(yesterday()), pytest.raises(actions.ClockBehind):
        actions.publish_many([publication], by=None)

    assert (Publication.objects.get(pk=publication.pk).slug, Edition.objects.count()) == before


def test_a_kind_that_numbers_its_publications_gives_each_a_number():
    Kind.objects.filter(slug="report").update(is_numbered=True)
    publications = [make_publication(kind="report", slug=slug) for slug in ("a", "b")]

    editions = actions.publish_many(publications, by=None)

    assert [edition.series_number.number for edition in editions] == [1, 2]
