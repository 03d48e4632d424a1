"""The addresses and series numbers that publishing claims: for one draft, or for many that are published together."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import ROWS, Address, Edition, Publication, SeriesNumber, SiteVersion
from publications.slugs import numbered_slug, slug_stem
from publications.snapshot import RenderedAhead

from .transaction import ActionContext, ActionRefused, NotReady, open_action

AddressOwners = dict[tuple[str, str], int]
"""The primary keys of the publications that addresses belong to, by locale and slug."""


class Batch:
    """What drafts that are published together share: the site version, and the addresses and numbers they claim.

    Args:
        keys: the primary keys of the publications, which are locked until the transaction ends.
        prepared: texts that were rendered ahead.

    Raises:
        Publication.DoesNotExist: a publication is missing.
    """

    def __init__(self, keys: Sequence[int], *, by: User | None, prepared: RenderedAhead) -> None:
        self.by, self.prepared = by, prepared
        self.site_version = SiteVersion.objects.select_for_update().get()
        self.publications = _lock_publications(keys)
        prefetch_related_objects(self.publications, *ROWS)
        editions = Edition.objects.filter(publication__in=keys).order_by()
        self.last_numbers = dict(editions.values_list("publication").annotate(Max("number")))
        self.owners = _read_owners(self.publications)
        self.addresses: list[Address] = []
        self.series_numbers: dict[tuple[int, int], SeriesNumber] = {}

    @contextmanager
    def open_action(self, publication: Publication) -> Iterator[ActionContext]:
        """Open the action of one draft; where it is refused, its site version is not used up. Raises ClockBehind."""
        number, changed_at = self.site_version.number, self.site_version.changed_at
        has_editions = publication.pk in self.last_numbers
        try:
            yield open_action(
                self.site_version, by=self.by, publication=publication if has_editions else None
            )
        except ActionRefused:
            self.site_version.number, self.site_version.changed_at = number, changed_at
            raise

    def choose_series_number(
        self, publication: Publication, date: datetime, previous: Edition | None
    ) -> SeriesNumber | None:
        """Return the number it has, that of its translations, or the next of the year, which is not stored yet."""
        kind, own = publication.kind, publication.series_number
        if not kind.is_numbered:
            return own
        year = timezone.localtime(date).year
        if own and own.kind_id == kind.pk and (previous or own.year == year):
            return own
        siblings = publication.translation_set().exclude(pk=publication.pk)
        shared = SeriesNumber.objects.filter(kind=kind, pk__in=siblings.values("series_number")).first()
        shared = shared or self.series_numbers.get((kind.pk, publication.source_publication.pk))
        return shared or SeriesNumber(kind=kind, year=year, number=self._next_number(kind.pk, year))

    def _next_number(self, kind: int, year: int) -> int:
        claimed = [
            row.number for row in self.series_numbers.values() if (row.kind_id, row.year) == (kind, year)
        ]
        return max(claimed, default=SeriesNumber.objects.highest(kind, year)) + 1

    def claim(self, publication: Publication) -> None:
        """Claim the address and the series number that the draft now has, to be stored with the others."""
        address = publication.locale, publication.slug
        if address not in self.owners:
            self.addresses.append(
                Address(locale=publication.locale, slug=publication.slug, publication=publication)
            )
            self.owners[address] = publication.pk
        if (number := publication.series_number) and number.pk is None:
            self.series_numbers[number.kind_id, publication.source_publication.pk] = number


def _lock_publications(keys: Sequence[int]) -> list[Publication]:
    """Return the publications as the database has them now, locked until the transaction ends."""
    locked = (
        Publication.objects.select_for_update(no_key=True, of=("self",)).select_related("kind").in_bulk(keys)
    )
    if len(locked) < len(keys):
        raise Publication.DoesNotExist
    return [locked[pk] for pk in keys]


def _read_owners(publications: Sequence[Publication]) -> AddressOwners:
    """Return the owners of the addresses that the drafts propose."""
    slugs = [publication.proposed_slug() for publication in publications]
    rows = Address.objects.filter(slug__in=slugs).values_list("locale", "slug", "publication_id")
    return {(locale, slug): pk for locale, slug, pk in rows}


def slug_to_claim(publication: Publication) -> str:
    """Return the slug that publishing will give to a publication; a number makes a taken one unique.

    Raises:
        NotReady: the editor chose a slug that another publication has.
    """
    return choose_slug(publication, _read_owners([publication]))


def choose_slug(publication: Publication, owners: Mapping[tuple[str, str], int]) -> str:
    """Return the same, given the owners of the address that it proposes and of those claimed since."""
    proposed = publication.proposed_slug()
    if owners.get((publication.locale, proposed), publication.pk) == publication.pk:
        return proposed
    if publication.slug:
        raise NotReady(
            _("The address “%(slug)s” belongs to another publication. Choose another.") % {"slug": proposed}
        )
    addresses = Address.objects.filter(locale=publication.locale, slug__startswith=slug_stem(proposed))
    taken = set(addresses.exclude(publication=publication).values_list("slug", flat=True))
    taken |= {
        slug for (locale, slug), pk in owners.items() if locale == publication.locale and pk != publication.pk
    }
    return numbered_slug(proposed, taken)
