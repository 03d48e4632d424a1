"""Querysets of editions: which of them readers see, which a locale lists, and in what order."""

from collections.abc import Collection
from datetime import MINYEAR, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from publications.locales import LOCALES

from .kind import Kind

if TYPE_CHECKING:
    from .edition import Edition


class EndReason(models.TextChoices):
    """Why an edition ended other than by its own end or the next edition."""

    NONE = "", "–"
    CANCELLED = "cancelled", _("Cancelled before it was public")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    UNDONE = "undone", _("Taken back")


WITHDRAWN_OR_UNDONE = (EndReason.UNDONE, EndReason.WITHDRAWN)
"""Reasons after which the text of an edition stays hidden, even if the publication is live again."""


def list_showing_locales(language: str, translations: Collection[str]) -> list[str]:
    """Return the locales that show a text in a language, given those of its live translations.

    The rule of `EditionQuerySet.for_locale`, for editions that are not live yet.
    """
    languages = {language, *translations}
    others = [code for code in LOCALES if code not in languages]
    is_fallback = language == LOCALES[0] or LOCALES[0] not in languages
    return [code for code in LOCALES if code == language or (is_fallback and code in others)]


class ListQuerySet(models.QuerySet):
    """What a list is read from: editions, or rows of editions with copies of the columns of lists.

    Attributes:
        edition_lookup: the lookup of the primary key of the edition.
        publication_lookup: the lookup of the primary key of its publication.
    """

    edition_lookup: str
    publication_lookup: str

    def live(self, at: datetime | None = None) -> Self:
        """Those that readers see now, or at the given moment, which several queries of one page share."""
        now = at or timezone.now()
        return self.filter(visible_from__lte=now, visible_until__gt=now)

    def for_locale(self, locale: str | None, at: datetime | None = None) -> Self:
        """Those of editions that a locale shows; all without a locale. See `EditionQuerySet.for_locale`."""
        raise NotImplementedError

    def listed(self) -> Self:
        """Those of kinds that stand in lists: the one rule for all places that are not about a kind.

        Pages, records, harvesters and the archive have publications of the other kinds as well.
        """
        return self.exclude(kind__in=Kind.objects.filter(is_listed=False).order_by().values("pk"))

    def newest_first(self) -> Self:
        return self.order_by("-published_at", f"-{self.edition_lookup}")


class EditionQuerySet(ListQuerySet):
    edition_lookup = "pk"
    publication_lookup = "publication"

    def not_cancelled(self) -> Self:
        """Editions without those cancelled before they started."""
        return self.exclude(end_reason=EndReason.CANCELLED)

    def in_effect(self) -> Self:
        """Editions that were neither cancelled nor undone."""
        return self.exclude(end_reason__in=(EndReason.CANCELLED, EndReason.UNDONE))

    def ever_public(self, at: datetime | None = None) -> Self:
        """Editions that are or were public."""
        return self.not_cancelled().filter(
            visible_from__lte=at or timezone.now(), visible_until__gt=F("visible_from")
        )

    def readable(self, at: datetime | None = None) -> Self:
        """Editions whose text is served at their permanent address while the publication is live."""
        return self.ever_public(at).exclude(end_reason__in=WITHDRAWN_OR_UNDONE)

    def scheduled(self) -> Self:
        """Editions that will become live later."""
        return self.filter(end_reason=EndReason.NONE, visible_from__gt=timezone.now())

    def last_public_by(self, at: datetime) -> "Edition | None":
        """Return the last of these that had started by the given moment, or None."""
        return self.not_cancelled().filter(visible_from__lte=at).order_by("-visible_from").first()

    def latest(self) -> "Edition | None":
        return self.order_by("-number").first()

    def next_number(self) -> int:
        """Return the next number; those of cancelled editions are not used again."""
        last = self.order_by("-number").values_list("number", flat=True).first()
        return (last or 0) + 1

    def at_address(self, locale: str, slug: str) -> Self:
        """Editions of the publication that an address belongs to, current or former."""
        return self.filter(publication__addresses__locale=locale, publication__addresses__slug=slug)

    def for_locale(self, locale: str | None, at: datetime | None = None) -> Self:
        """One edition of each translation group: in the language of the locale, else of the first locale, else any."""
        return self.filter(self._is_shown_in(locale, at or timezone.now())) if locale else self

    def hidden_in_locale(self, locale: str, at: datetime) -> Self:
        """Live editions that the locale leaves out, found among groups with a translation: fast for counts of many."""
        translated = self.model.objects.exclude(translation_group=F("publication")).order_by()
        groups = self.live(at).order_by().filter(translation_group__in=translated.values("translation_group"))
        return groups.exclude(self._is_shown_in(locale, at))

    def _is_shown_in(self, locale: str, at: datetime) -> Q:
        """Return the condition that an edition is the one of its translation group that a locale shows."""
        live = self.model.objects.live(at)
        group = live.filter(translation_group=OuterRef("translation_group")).order_by()
        has_locale = Exists(group.filter(language=locale))
        has_first_locale = Exists(group.filter(language=LOCALES[0]))
        return Q(language=locale) | (~has_locale & (Q(language=LOCALES[0]) | ~has_first_locale))

    def tagged(self, tag) -> Self:
        """Those that the page of a tag lists."""
        return self.listed().filter(tag_rows__tag=tag)

    def authored_by(self, author) -> Self:
        """Those that the page of an author lists."""
        return self.listed().filter(bylines__author=author)

    def with_portrait(self, image) -> Self:
        """Editions of which an author, who has a page, has this portrait."""
        return self.filter(bylines__author__portrait=image, bylines__author__is_pseudonymous=False)

    def counterpart_of(self, publication: int) -> "Edition | None":
        """Return the one of these that is the live edition of a publication or of a translation of it, or None."""
        live = self.model.objects.live().filter(publication=publication).order_by()
        return self.filter(translation_group__in=live.values("translation_group")).first()

    def published_in(self, year: int) -> Self:
        """Editions dated in a year: a range of the index of lists. Years 0 and 1, without bounds in UTC, have none."""
        return self.filter(published_at__year=year) if year > MINYEAR else self.none()

    def without_texts(self) -> Self:
        """Editions whose long text columns are deferred."""
        return self.defer("body", "html", "plain_text", "paragraphs")
