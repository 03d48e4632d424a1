"""Addresses of publications, current and former; `publications.actions` writes them."""

from dataclasses import dataclass
from enum import Enum

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy

from .edition import Edition
from .edition_queryset import EndReason
from .kind import attach_kinds
from .prepared_queries import DATETIME, TEXT, PreparedQuery
from .publication import Publication

_live_edition_at_address = PreparedQuery(
    lambda locale, slug, now: (
        Edition.objects.at_address(locale, slug)
        .live(now)
        .select_related("series_number")
        .order_by()
        .defer("body", "plain_text", "paragraphs")[:1]
    ),
    locale=TEXT,
    slug=TEXT,
    now=DATETIME,
)
_past_edition_at_address = PreparedQuery(
    lambda locale, slug, now: (
        Edition.objects.at_address(locale, slug)
        .ever_public(now)
        .filter(locale=locale, slug=slug)
        .order_by()
        .only("pk")[:1]
    ),
    locale=TEXT,
    slug=TEXT,
    now=DATETIME,
)


class AddressStatus(Enum):
    """The HTTP status of an address."""

    OK = 200
    MOVED = 301
    NOT_FOUND = 404
    GONE = 410


@dataclass(frozen=True)
class ResolvedAddress:
    """The status of an address, and the edition to show, to redirect to, or to describe as gone."""

    status: AddressStatus
    edition: Edition | None = None


class Address(models.Model):
    """A slug in a locale, which belongs to one publication for ever."""

    locale = models.CharField(max_length=2)
    slug = models.CharField(gettext_lazy("address"), max_length=100)
    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="addresses")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("address")
        verbose_name_plural = gettext_lazy("addresses")
        constraints = [models.UniqueConstraint(fields=["locale", "slug"], name="address_of_one_publication")]

    def __str__(self) -> str:
        return f"/{self.locale}/…/{self.slug}/"


def resolve_address(locale: str, slug: str) -> ResolvedAddress:
    """Return the status of the address of a publication.

    OK with the live edition; MOVED with the edition to redirect to; GONE with the last edition; or NOT_FOUND.
    """
    now = timezone.now()
    live = next(iter(_live_edition_at_address(locale=locale, slug=slug, now=now)), None)
    if live and (live.locale, live.slug) == (locale, slug):
        attach_kinds([live])
        return ResolvedAddress(AddressStatus.OK, live)
    if not _past_edition_at_address(locale=locale, slug=slug, now=now):
        return _NOT_FOUND
    last = live or Edition.objects.at_address(locale, slug).ever_public(now).order_by("-visible_from").first()
    is_undone = not live and last.end_reason == EndReason.UNDONE  # the address of a mistake does not redirect
    is_moved = not is_undone and (last.locale, last.slug) != (locale, slug)
    return ResolvedAddress(AddressStatus.MOVED if is_moved else AddressStatus.GONE, last)


def resolve_edition_address(locale: str, slug: str, number: int) -> ResolvedAddress:
    """Return the status of the permanent address of one edition: OK or GONE with it, or as for the publication."""
    resolved = resolve_address(locale, slug)
    if resolved.status is not AddressStatus.OK:
        return resolved
    editions = resolved.edition.publication.editions.ever_public().select_related("kind", "series_number")
    edition = editions.filter(number=number).first()
    if not edition:
        return _NOT_FOUND
    return ResolvedAddress(
        AddressStatus.GONE if edition.is_withdrawn_or_undone else AddressStatus.OK, edition
    )


_NOT_FOUND = ResolvedAddress(AddressStatus.NOT_FOUND)
