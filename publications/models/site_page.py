"""Site pages (about, contact, privacy …) and the links of menu and footer, in both languages."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.fediverse import parse_fediverse_address
from publications.locales import LOCALES, localized_path
from publications.slugs import slugify

from .site_version import cached_for_version
from .translated import TranslatedModel
from .validators import check_link, link_url


class SitePageQuerySet(models.QuerySet):
    def at_address(self, locale: str, slug: str) -> "SitePageQuerySet":
        """The page at an address of a locale, if it has a title and a text in that language."""
        condition = {f"slug_{locale}": slug} if slug else {"pk": None}
        return self.for_locale(locale).filter(**condition)

    def for_locale(self, locale: str) -> "SitePageQuerySet":
        return self.exclude(**{f"title_{locale}": ""}).exclude(**{f"body_{locale}": ""})


class SitePage(TranslatedModel):
    """A page of the site itself, public once saved in each language in which it has a title and a text."""

    title_en = models.CharField(pgettext_lazy("page", "title, English"), max_length=160, blank=True)
    title_sv = models.CharField(pgettext_lazy("page", "title, Swedish"), max_length=160, blank=True)
    slug_en = models.CharField(_("address, English"), max_length=100, blank=True)
    slug_sv = models.CharField(_("address, Swedish"), max_length=100, blank=True)
    summary_en = models.CharField(_("summary, English"), max_length=300, blank=True)
    summary_sv = models.CharField(_("summary, Swedish"), max_length=300, blank=True)
    body_en = models.TextField(_("text, English"), blank=True)
    body_sv = models.TextField(_("text, Swedish"), blank=True)
    html_en = models.TextField(editable=False, blank=True)
    html_sv = models.TextField(editable=False, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    objects = SitePageQuerySet.as_manager()

    class Meta:
        ordering = ["title_en", "title_sv", "pk"]
        verbose_name = _("site page")
        verbose_name_plural = _("site pages")
        constraints = [
            models.UniqueConstraint(
                fields=[f"slug_{locale}"],
                condition=~models.Q(**{f"slug_{locale}": ""}),
                name=f"page_address_once_{locale}",
            )
            for locale in LOCALES
        ]

    def __str__(self) -> str:
        return self.get_translation("title")

    def clean(self) -> None:
        """Set the slug of each language that has a title."""
        if not any(getattr(self, f"title_{locale}") for locale in LOCALES):
            raise ValidationError({"title_en": _("A page has a title, in one language at least.")})
        for locale in LOCALES:
            slug, title = getattr(self, f"slug_{locale}"), getattr(self, f"title_{locale}")
            setattr(self, f"slug_{locale}", slugify(slug or title) if title else "")

    @property
    def locales(self) -> list[str]:
        """The locales in which the page has a title and a text."""
        return [
            locale
            for locale in LOCALES
            if getattr(self, f"title_{locale}") and getattr(self, f"body_{locale}")
        ]


class LinkPlacement(models.TextChoices):
    """Where pages show a link."""

    MENU = "menu", _("Menu")
    FOOTER = "footer", _("Footer")
    SOCIAL = "social", _("Social accounts")


class SiteSection(models.TextChoices):
    """A list of the site that a link may target."""

    PUBLICATIONS = "publications", _("Publications")
    TOPICS = "topics", _("Topics")
    AUTHORS = "authors", _("Authors")


SECTION_VIEWS = {
    SiteSection.PUBLICATIONS: "publications:list",
    SiteSection.TOPICS: "publications:topics",
    SiteSection.AUTHORS: "publications:authors",
}
PAGE_TEXTS = [f"page__{field}_{locale}" for field in ("body", "html") for locale in LOCALES]


class MenuLinkQuerySet(models.QuerySet):
    def with_pages(self) -> "MenuLinkQuerySet":
        """Links with their pages, without the texts of these but annotated with whether they have one."""
        has_text = {
            f"has_text_{locale}": models.ExpressionWrapper(
                ~models.Q(**{f"page__title_{locale}": ""}) & ~models.Q(**{f"page__body_{locale}": ""}),
                models.BooleanField(),
            )
            for locale in LOCALES
        }
        return self.select_related("page").defer(*PAGE_TEXTS).annotate(**has_text)


class MenuLink(TranslatedModel):
    """A link of the menu, the footer or the social accounts, to a section, a site page or an external address."""

    place = models.CharField(_("place"), max_length=10, choices=LinkPlacement, default=LinkPlacement.FOOTER)
    position = models.PositiveSmallIntegerField(_("position"), default=10)
    section = models.CharField(_("section"), max_length=20, choices=SiteSection, blank=True)
    page = models.ForeignKey(
        SitePage,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="links",
        verbose_name=_("site page"),
    )
    address_en = models.CharField(
        _("address elsewhere, English"), max_length=500, blank=True, validators=[check_link]
    )
    address_sv = models.CharField(
        _("address elsewhere, Swedish"), max_length=500, blank=True, validators=[check_link]
    )
    label_en = models.CharField(_("label, English"), max_length=60, blank=True)
    label_sv = models.CharField(_("label, Swedish"), max_length=60, blank=True)

    objects = MenuLinkQuerySet.as_manager()

    class Meta:
        ordering = ["place", "position", "pk"]
        verbose_name = _("menu link")
        verbose_name_plural = _("menu links")

    def __str__(self) -> str:
        return self.label or self.address

    def clean(self) -> None:
        targets = [self.section, self.page_id, self.address_en or self.address_sv]
        if sum(bool(target) for target in targets) != 1:
            raise ValidationError(_("Choose one target: a section, a site page or an address elsewhere."))
        if (self.address_en or self.address_sv) and not (self.label_en or self.label_sv):
            raise ValidationError({"label_en": _("A link to an address elsewhere needs a label.")})

    @property
    def label(self) -> str:
        """Its own label, else the name of its target."""
        return self.get_translation("label") or (
            str(self.page) if self.page_id else str(self.get_section_display())
        )

    @property
    def address(self) -> str:
        return self.get_translation("address")

    def page_locale(self, locale: str) -> str:
        """Return the locale of its page that pages of a locale link to; "" while the page has no text.

        Only for links `with_pages`.
        """
        order = (locale, *(code for code in LOCALES if code != locale))
        return next((code for code in order if getattr(self, f"has_text_{code}")), "")

    def url_in(self, locale: str) -> str:
        """Return its URL on pages of a locale; "" while its page has no text.

        Only for links `with_pages`.
        """
        if self.page_id:
            code = self.page_locale(locale)
            slug = getattr(self.page, f"slug_{code}") if code else ""
            return localized_path(code, "publications:site-page", slug=slug) if code else ""
        if self.section:
            return localized_path(locale, SECTION_VIEWS[SiteSection(self.section)])
        return link_url(self.get_translation("address", locale))


def menu_links() -> list[MenuLink]:
    """Return all links with their pages, cached for the site version. They are shared: not to be changed."""
    return cached_for_version("menu links", lambda: list(MenuLink.objects.with_pages()))


def menu_paths(links: Iterable[MenuLink], locale: str) -> frozenset[str]:
    """Return the URLs of these `menu_links` on pages of a locale, cached for the site version."""
    return cached_for_version(
        ("menu paths", locale), lambda: frozenset(link.url_in(locale) for link in links) - {""}
    )


def social_addresses() -> list[str]:
    """Return the addresses of the social accounts, in the language of the page."""
    accounts = (
        link.get_translation("address") for link in menu_links() if link.place == LinkPlacement.SOCIAL
    )
    return [address for address in accounts if address.startswith("http")]


def site_fediverse_addresses() -> list[str]:
    """Return the addresses of those social accounts that are on the fediverse: "@centre@example.social"."""
    return [address for url in social_addresses() if (address := parse_fediverse_address(url))]
