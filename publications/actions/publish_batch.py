"""Drafts that are published together, and the addresses and series numbers that they get."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db.models import Exists, Max, OuterRef, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import (
    MANUSCRIPT_RELATIONS,
    Address,
    Edition,
    Publication,
    RedactedAddress,
    SeriesNumber,
    find_differing_windows,
    find_unused_slug,
)
from publications.slugs import slug_stem
from publications.snapshot import PrerenderedTexts

from .redacted_addresses import path_of
from .transaction import ActionContext, ActionRefused, NotReady, lock_site_version, open_action

AddressOwners = dict[tuple[str, str], int]
"""The primary keys of the publications that addresses belong to, by locale and slug."""
MAX_BACKDATING = timedelta(days=90)
"""How long before its first publication here a new report of this site may be dated."""
GIVEN_UP = 0
"""In place of a primary key: the address was given up by a redaction."""


class PublishBatch:
    """Drafts that are published together, with the site version and the addresses and series numbers they get.

    Args:
        pks: the primary keys of the publications, each once, which are locked until the transaction ends.
        prerendered: texts that were rendered before the transaction.

    Raises:
        Publication.DoesNotExist: a publication is missing.
    """

    def __init__(self, pks: Sequence[int], *, by: User | None, prerendered: PrerenderedTexts) -> None:
        self.by, self.prerendered = by, prerendered
        self.site_version = lock_site_version()
        self.publications = _lock_publications(pks)
        prefetch_related_objects(self.publications, *MANUSCRIPT_RELATIONS)
        editions = Edition.objects.filter(publication__in=pks).order_by()
        self.last_numbers = dict(editions.values_list("publication").annotate(Max("number")))
        self.differing_windows = find_differing_windows(pks)
        self.owners = _read_owners(self.publications)
        self.addresses: list[Address] = []
        self.series_numbers: dict[tuple[int, int], SeriesNumber] = {}
        self.free_numbers: dict[tuple[int, int, int], SeriesNumber] = {}
        self.number_owners: dict[int, int] = {}

    @contextmanager
    def open_action(self, publication: Publication) -> Iterator[ActionContext]:
        """Open the action of one draft. If the block raises ActionRefused, the site version is as before.

        Raises:
            ClockBehind: the clock of the server is behind the last action.
        """
        number, changed_at = self.site_version.number, self.site_version.changed_at
        has_editions = publication.pk in self.last_numbers
        try:
            yield open_action(
                self.site_version,
                by=self.by,
                publication=publication if has_editions else None,
                differing_windows=self.differing_windows,
            )
        except ActionRefused:
            self.site_version.number, self.site_version.changed_at = number, changed_at
            raise

    def choose_series_number(
        self, publication: Publication, date: datetime, previous: Edition | None, *, may_be_numbered: bool
    ) -> SeriesNumber | None:
        """Return the series number for an edition of a publication.

        It is the number that the publication has, that of its translations, or the next of the year, not stored yet.
        A text that was public without a number, or is dated further back than `MAX_BACKDATING`, gets no new one: what
        was published elsewhere has the number that it is cited by, or none.

        Args:
            may_be_numbered: whether it may get a new number: what was public elsewhere may not.
        """
        kind, current = publication.kind, publication.series_number
        if not kind.is_numbered or (previous and current and previous.series_number_id == current.pk):
            return current
        if current and self._is_taken(current, publication):
            current = None
        year = timezone.localtime(date).year
        is_first = publication.pk not in self.last_numbers  # a cancelled edition has a number of its year
        if current and current.kind_id == kind.pk and (previous or is_first or current.year == year):
            return current
        group = publication.self_and_translations()
        public = Edition.objects.ever_public().filter(publication__in=group.values("pk"), kind=kind)
        if public.filter(series_number=None).exists():
            return current
        translations = group.exclude(pk=publication.pk)
        shared = SeriesNumber.objects.filter(kind=kind, pk__in=translations.values("series_number")).first()
        shared = shared or self.series_numbers.get((kind.pk, publication.source_publication.pk))
        if shared and not (shared.pk and self._is_taken(shared, publication)):
            return shared
        if not may_be_numbered or date < timezone.now() - MAX_BACKDATING:
            return current
        return self._next_number(kind.pk, year)

    def _is_taken(self, number: SeriesNumber, publication: Publication) -> bool:
        """Return whether a text that is no translation of this one has an edition with a number."""
        if (
            self.number_owners.get(number.pk, publication.source_publication.pk)
            != publication.source_publication.pk
        ):
            return True
        others = Edition.objects.exclude(publication__in=publication.self_and_translations().values("pk"))
        return others.filter(series_number=number).exists()

    def _next_number(self, kind: int, year: int) -> SeriesNumber:
        """Return the next number of a kind, by its primary key, in a year: the stored ones are read once.

        One that only deleted drafts have is free: an import that was undone may have named any.
        """
        reserved = [
            series_number.number
            for series_number in self.series_numbers.values()
            if (series_number.kind_id, series_number.year) == (kind, year)
        ]
        if not reserved:
            publications, editions = (
                Exists(model.objects.filter(series_number=OuterRef("pk"))) for model in (Publication, Edition)
            )
            stored = list(
                SeriesNumber.objects.filter(kind=kind, year=year).annotate(is_used=publications | editions)
            )
            reserved = [row.number for row in stored if row.is_used]
            self.free_numbers |= {(kind, year, row.number): row for row in stored if not row.is_used}
        number = max(reserved, default=0) + 1
        return self.free_numbers.get((kind, year, number)) or SeriesNumber(
            kind_id=kind, year=year, number=number
        )

    def reserve(self, publication: Publication) -> None:
        """Reserve the address and the series number that the draft now has, to be stored with the others."""
        address = publication.locale, publication.slug
        if address not in self.owners:
            self.addresses.append(
                Address(locale=publication.locale, slug=publication.slug, publication=publication)
            )
            self.owners[address] = publication.pk
        if not (number := publication.series_number):
            return
        source = publication.source_publication.pk
        if number.pk is None or (number.kind_id, number.year, number.number) in self.free_numbers:
            self.series_numbers[number.kind_id, source] = number
        if number.pk:
            self.number_owners[number.pk] = source


def _lock_publications(pks: Sequence[int]) -> list[Publication]:
    """Return the publications as the database has them now, locked until the transaction ends."""
    locked = (
        Publication.objects.select_for_update(no_key=True, of=("self",)).select_related("kind").in_bulk(pks)
    )
    if len(locked) < len(pks):
        raise Publication.DoesNotExist
    return [locked[pk] for pk in pks]


def _read_owners(publications: Sequence[Publication]) -> AddressOwners:
    """Return the owners of the addresses that the drafts propose, and `GIVEN_UP` for those that nothing may have."""
    slugs = [publication.proposed_slug() for publication in publications]
    rows = Address.objects.filter(slug__in=slugs).values_list("locale", "slug", "publication_id")
    paths = {
        path_of(publication.locale, slug): (publication.locale, slug)
        for publication, slug in zip(publications, slugs, strict=True)
        if slug
    }
    given_up = RedactedAddress.objects.given_up(paths)
    return {(locale, slug): pk for locale, slug, pk in rows} | {paths[path]: GIVEN_UP for path in given_up}


def available_slug(publication: Publication) -> str:
    """Return the slug that publishing will give to a publication, with a number where the address is taken.

    Raises:
        NotReady: the editor chose a slug that another publication has.
    """
    return choose_slug(publication, _read_owners([publication]))


def choose_slug(publication: Publication, owners: Mapping[tuple[str, str], int]) -> str:
    """Return the slug that publishing will give to a publication, as `available_slug`, without reading the owners.

    Args:
        owners: the owners of the proposed address, and of the addresses that the batch has reserved.
    """
    proposed = publication.proposed_slug()
    if owners.get((publication.locale, proposed), publication.pk) == publication.pk:
        return proposed
    if publication.slug and owners[publication.locale, proposed] == GIVEN_UP:
        raise NotReady(
            _("The address “%(slug)s” was given up by a redaction and is never used again. Choose another.")
            % {"slug": proposed}
        )
    if publication.slug:
        raise NotReady(
            _("The address “%(slug)s” belongs to another publication. Choose another.") % {"slug": proposed}
        )
    addresses = Address.objects.filter(locale=publication.locale, slug__startswith=slug_stem(proposed))
    taken = set(addresses.exclude(publication=publication).values_list("slug", flat=True))
    taken |= {
        slug for (locale, slug), pk in owners.items() if locale == publication.locale and pk != publication.pk
    }
    return find_unused_slug(proposed, taken, "publications:detail", locales=[publication.locale])
