"""The columns that a draft and its editions share."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from publications.locales import LANGUAGE_NAMES
from publications.publication_fields import MAX_LENGTHS

from .image import Image
from .kind import Kind, SeriesNumber
from .validators import check_doi, check_external_url, check_isbn


class PublicationContent(models.Model):
    """The columns of `publication_fields` that both a draft and its editions have."""

    kind = models.ForeignKey(
        Kind, on_delete=models.PROTECT, related_name="%(class)ss", verbose_name=_("kind")
    )
    language = models.CharField(
        _("language of the text"), max_length=10, choices=LANGUAGE_NAMES, default="en"
    )
    title = models.CharField(_("title"), max_length=MAX_LENGTHS["title"], blank=True)
    slug = models.CharField(
        _("address"),
        max_length=MAX_LENGTHS["slug"],
        blank=True,
        help_text=_("Made from the title when left empty."),
    )
    summary = models.TextField(_("summary"), max_length=MAX_LENGTHS["summary"], blank=True)
    key_points = models.TextField(_("key points"), blank=True, help_text=_("One per line, three to five."))
    body = models.TextField(_("text"), blank=True)
    external_url = models.CharField(
        _("address of a text elsewhere"), max_length=MAX_LENGTHS["external_url"], blank=True,
        validators=[check_external_url],
        help_text=_("Of an article in a newspaper, for instance. Readers are led there; the text may then stay empty."),
    )  # fmt: skip
    published_at = models.DateTimeField(
        _("date readers see"), null=True, blank=True, help_text=_("Set at publication when left empty.")
    )
    cover = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cover")
    )
    series_number = models.ForeignKey(
        SeriesNumber, on_delete=models.PROTECT, null=True, editable=False, related_name="+"
    )
    doi = models.CharField(_("DOI"), max_length=MAX_LENGTHS["doi"], blank=True, validators=[check_doi])
    isbn = models.CharField(_("ISBN"), max_length=MAX_LENGTHS["isbn"], blank=True, validators=[check_isbn])

    class Meta:
        abstract = True

    @property
    def key_points_list(self) -> list[str]:
        return [line.strip() for line in self.key_points.splitlines() if line.strip()]
