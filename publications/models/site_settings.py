"""Settings of the site: the names under which the centre publishes, and the lead of its home page."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy

from .publication import Publication
from .site_version import cached_for_version
from .translated import SingleRowModel, TranslatedModel
from .validators import check_link


class SiteSettings(TranslatedModel, SingleRowModel):
    """The names under which the centre publishes, and the lead of its home page. There is one row."""

    short_name = models.CharField(gettext_lazy("short name"), max_length=60, default="SCEEUS")
    name_en = models.CharField(
        gettext_lazy("name, English"), max_length=160, default="Stockholm Centre for Eastern European Studies"
    )
    name_sv = models.CharField(
        gettext_lazy("name, Swedish"), max_length=160, default="Centrum för Östeuropastudier"
    )
    description_en = models.CharField(gettext_lazy("description, English"), max_length=300, blank=True)
    description_sv = models.CharField(gettext_lazy("description, Swedish"), max_length=300, blank=True)
    publisher_en = models.TextField(
        gettext_lazy("who publishes, English"),
        blank=True,
        help_text=gettext_lazy("A few lines at the foot of every page: host, funder."),
    )
    publisher_sv = models.TextField(gettext_lazy("who publishes, Swedish"), blank=True)
    newsletter = models.CharField(
        gettext_lazy("newsletter"),
        max_length=500,
        blank=True,
        validators=[check_link],
        help_text=gettext_lazy("The address of a sign-up page, or an e-mail address."),
    )
    lead = models.ForeignKey(
        Publication,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("lead of the home page"),
        help_text=gettext_lazy("While it is public it leads the home page; else the newest piece does."),
    )

    class Meta(SingleRowModel.Meta):
        verbose_name = gettext_lazy("name of the site")
        verbose_name_plural = gettext_lazy("name of the site")

    def __str__(self) -> str:
        return self.short_name

    @classmethod
    def current(cls) -> Self:
        """Return the row as the database has it, or the defaults where there is none."""
        return cls.objects.first() or cls()

    @property
    def name(self) -> str:
        return self.get_translation("name")

    @property
    def description(self) -> str:
        return self.get_translation("description")

    @property
    def publisher(self) -> str:
        return self.get_translation("publisher")


def site_settings() -> SiteSettings:
    """Return the settings of the site, cached for the site version. They are shared: not to be changed."""
    return cached_for_version("site", SiteSettings.current)


def site_names() -> list[str]:
    """Return every name of the site, uncached, for the check that no password is made of them."""
    return [
        name for row in SiteSettings.objects.values_list("short_name", "name_en", "name_sv") for name in row
    ]
