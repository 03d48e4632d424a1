"""Kinds of publication and their series numbers."""

from collections.abc import Iterable, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from .site_version import cached_for_version
from .translated import TranslatedModel

DASH = " – "
NEWSLETTER = "newsletter"
"""The slug of the kind whose publications are issues of the newsletter: slugs of kinds never change."""


class Kind(TranslatedModel):
    """Quick Comment, Commentary, Report, Newsletter or another kind. First rows: `publications.seeds`."""

    slug = models.SlugField(_("key"), max_length=40, unique=True)
    name_en = models.CharField(_("name, English"), max_length=80)
    name_sv = models.CharField(_("name, Swedish"), max_length=80)
    plural_en = models.CharField(_("plural, English"), max_length=80)
    plural_sv = models.CharField(_("plural, Swedish"), max_length=80)
    type_line_en = models.CharField(
        _("type line, English"),
        max_length=200,
        help_text=_("Stands above the title. {number} and {year} are filled in for numbered kinds."),
    )
    type_line_sv = models.CharField(_("type line, Swedish"), max_length=200)
    disclaimer_en = models.TextField(_("disclaimer, English"), blank=True)
    disclaimer_sv = models.TextField(_("disclaimer, Swedish"), blank=True)
    is_numbered = models.BooleanField(
        _("numbered"), default=False, help_text=_("A number per year, given at first publication and kept.")
    )
    is_guest = models.BooleanField(_("guest kind"), default=False)
    is_scholarly = models.BooleanField(_("scholarly"), default=False, help_text=_("Told to Google Scholar."))
    needs_approval = models.BooleanField(
        _("needs two people"),
        default=False,
        help_text=_("Is published only once another person who may publish has approved the text as it is."),
    )
    is_listed = models.BooleanField(
        _("in lists"),
        default=True,
        db_default=True,
        db_index=True,
        help_text=_(
            "Stands in lists, on the home page, in search results and in the feed of the site. Publications of "
            "other kinds have their pages, and a list and a feed of their kind."
        ),
    )
    schema_type = models.CharField(_("schema.org type"), max_length=40, default="Article")
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "slug"]
        verbose_name = _("kind")
        verbose_name_plural = _("kinds")

    def __str__(self) -> str:
        return self.get_translation("name")

    @property
    def is_newsletter(self) -> bool:
        """Whether its publications are issues of the newsletter, which show what they link to as their contents."""
        return self.slug == NEWSLETTER

    @property
    def plural(self) -> str:
        return self.get_translation("plural")

    def type_line(self, language: str, number: "SeriesNumber | None" = None) -> str:
        """Return the line above the title in a language, with the series number if there is one.

        Without a number, parts between dashes with `{number}` or `{year}` are left out; in place of the first part the
        name of the kind is used.
        """
        name = self.get_translation("name", language)
        line = self.get_translation("type_line", language) or name
        if number:
            return line.replace("{number}", str(number.number)).replace("{year}", str(number.year))
        first, *others = line.split(DASH)
        parts = [
            name if _has_number_placeholder(first) else first,
            *(part for part in others if not _has_number_placeholder(part)),
        ]
        return DASH.join(parts)


def kinds_by_pk() -> Mapping[int, Kind]:
    """Return all kinds in their order, by their primary keys. They are shared: not to be changed."""
    return cached_for_version("kinds", lambda: {kind.pk: kind for kind in Kind.objects.all()})


def attach_kinds(editions: Iterable[models.Model]) -> None:
    """Set the kinds of editions without a query; one newer than the cached kinds is read when needed."""
    kinds = kinds_by_pk()
    for edition in editions:
        if edition.kind_id in kinds:
            edition.kind = kinds[edition.kind_id]


def _has_number_placeholder(part: str) -> bool:
    return "{number}" in part or "{year}" in part


class SeriesNumber(models.Model):
    """A number in the series of a kind: Report No 1, 2023. A text and its translations share one."""

    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="numbers")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "year", "number"], name="one_piece_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"
