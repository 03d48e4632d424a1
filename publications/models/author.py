"""Authors. An author is never a login account."""

from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.fediverse import (
    MAX_FEDIVERSE_ADDRESS,
    FediverseAccount,
    fediverse_account,
    parse_fediverse_address,
)
from publications.slugs import slug_stem, slugify, strip_marks

from .image import Image
from .name_removal import RedactedAddress, find_unused_slug
from .translated import CountedQuerySet, TranslatedModel
from .validators import check_fediverse_address, check_orcid

AUTHOR_PAGE = "publications:author"
MAX_SIMILAR_NAMES = 5
MIN_SIMILARITY = 0.87  # of two names, from 0 to 1: that of names of twelve letters with one or two slips


class AuthorQuerySet(CountedQuerySet):
    def not_pseudonymous(self) -> "AuthorQuerySet":
        """Authors without a pen name: one with a pen name has no page and is in no list."""
        return self.filter(is_pseudonymous=False)

    def proposed(self) -> "AuthorQuerySet":
        """Authors whom somebody proposed and no editor has accepted yet, the newest first."""
        return self.filter(is_proposed=True).order_by("-pk")

    def with_name(self, name: str) -> "AuthorQuerySet":
        """Authors with this name or alias, compared without case in any alphabet (SQLite folds ASCII alone)."""
        folded = " ".join(name.split()).casefold()
        names = self.values_list("pk", "name", "aliases")
        return self.filter(
            pk__in=[
                pk
                for pk, author_name, aliases in names
                if folded
                in {" ".join(line.split()).casefold() for line in (author_name, *aliases.splitlines())}
            ]
        )

    def with_similar_name(self, name: str) -> "AuthorQuerySet":
        """Authors whose name or alias is spelled like this one or nearly so, in any order of its words."""
        rows = self.values_list("pk", "name", "aliases")
        spellings = [
            (_name_key(line), pk) for pk, own, aliases in rows for line in (own, *aliases.splitlines())
        ]
        keys = dict.fromkeys(key for key, _pk in spellings)
        similar = set(get_close_matches(_name_key(name), keys, n=MAX_SIMILAR_NAMES, cutoff=MIN_SIMILARITY))
        return self.filter(pk__in={pk for key, pk in spellings if key in similar})


def _name_key(name: str) -> str:
    return " ".join(sorted(strip_marks(name).replace(",", " ").split()))


class Author(TranslatedModel):
    """An author as they are now. Editions keep names, titles and affiliations as they were published."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.CharField(_("address"), max_length=120, unique=True, blank=True)
    family_name = models.CharField(
        _("family name"), max_length=120, blank=True,
        help_text=_("What references sort by. The last word of the name when left empty; for somebody of one name, "
                    "the whole name."),
    )  # fmt: skip
    aliases = models.TextField(_("other spellings"), blank=True, help_text=_("One per line."))
    title_en = models.CharField(pgettext_lazy("author", "title, English"), max_length=160, blank=True)
    title_sv = models.CharField(pgettext_lazy("author", "title, Swedish"), max_length=160, blank=True)
    affiliation_en = models.CharField(_("affiliation, English"), max_length=200, blank=True)
    affiliation_sv = models.CharField(_("affiliation, Swedish"), max_length=200, blank=True)
    biography_en = models.TextField(_("biography, English"), blank=True)
    biography_sv = models.TextField(_("biography, Swedish"), blank=True)
    portrait = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="portrays",
        verbose_name=_("portrait"),
    )
    orcid = models.CharField(_("ORCID iD"), max_length=19, blank=True, validators=[check_orcid])
    fediverse_address = models.CharField(
        _("fediverse address"), max_length=MAX_FEDIVERSE_ADDRESS, blank=True, default="", db_default="",
        validators=[check_fediverse_address],
        help_text=_(
            "Such as @ann@example.social, on Mastodon or the like. The page of the author links to it. Mastodon "
            "names it where somebody shares a text, once the author has entered this site under “Author "
            "attribution” there."
        ),
    )  # fmt: skip
    is_guest = models.BooleanField(
        _("guest"), default=False, help_text=_("Writes for the centre, is not of it.")
    )
    is_pseudonymous = models.BooleanField(
        _("pseudonymous"),
        default=False,
        help_text=_(
            "The name is a pen name: no page, portrait, biography, ORCID iD or fediverse address is ever shown."
        ),
    )

    is_organisation = models.BooleanField(
        _("organisation"),
        default=False,
        help_text=_(
            "Not a person but, say, an editorial desk: references give the name as it is, never turned round."
        ),
    )

    is_proposed = models.BooleanField(
        pgettext_lazy("author", "proposed, not yet accepted"), default=False, editable=False
    )

    objects = AuthorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("author")
        verbose_name_plural = _("authors")

    def __str__(self) -> str:
        return self.name

    @property
    def is_mergeable(self) -> bool:
        """Whether the author may become one with another: a merge would say who stands behind a pen name."""
        return not (self.is_pseudonymous or self.is_proposed)

    def clean(self) -> None:
        self.slug = slugify(self.slug)
        self.fediverse_address = parse_fediverse_address(self.fediverse_address) or self.fediverse_address
        self.family_name = " ".join(self.family_name.split())
        if self.family_name not in " ".join(self.name.split()):
            raise ValidationError(
                {"family_name": _("The family name is a part of the name, spelled as there.")}
            )

    def save(self, *args, **kwargs) -> None:
        """Save the author, always with a slug that the URL of their page accepts.

        A new one gets none that a redaction has given up.
        """
        self.slug = slugify(self.slug)
        is_new = self._state.adding and self.slug
        if not self.slug or (is_new and RedactedAddress.objects.has_slug(AUTHOR_PAGE, self.slug)):
            self.slug = self._free_slug()
        super().save(*args, **kwargs)

    @property
    def shown_portrait(self) -> Image | None:
        return None if self.is_pseudonymous else self.portrait

    @property
    def shown_orcid(self) -> str:
        return "" if self.is_pseudonymous else self.orcid

    @property
    def shown_fediverse_address(self) -> str:
        return "" if self.is_pseudonymous else self.fediverse_address

    @property
    def shown_fediverse_account(self) -> FediverseAccount | None:
        return fediverse_account(self.shown_fediverse_address)

    @property
    def profile_urls(self) -> list[str]:
        """The URLs of the profiles elsewhere; none of a pen name."""
        orcid = f"https://orcid.org/{self.shown_orcid}" if self.shown_orcid else ""
        account = self.shown_fediverse_account
        return [url for url in (orcid, account.url if account else "") if url]

    @property
    def biography(self) -> str:
        return "" if self.is_pseudonymous else self.get_translation("biography")

    def frozen_columns(self, language: str) -> dict[str, str]:
        """Return the columns of a byline that an edition in a language freezes."""
        if self.is_pseudonymous:
            return {"name": self.name, "title": "", "affiliation": ""}
        return {
            "name": self.name,
            "title": self.get_translation("title", language, fallback=False),
            "affiliation": self.get_translation("affiliation", language),
        }

    def _free_slug(self) -> str:
        slug = slugify(self.name) or "author"
        taken = set(Author.objects.filter(slug__startswith=slug_stem(slug)).values_list("slug", flat=True))
        return find_unused_slug(slug, taken, AUTHOR_PAGE)
