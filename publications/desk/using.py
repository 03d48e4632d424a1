"""Where a picture is used: derived from what shows it, so that nothing has to be kept in step.

Site pages show no pictures of the library (see `deeds.amend`); what names one all the same is told of here too.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Model, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from publications.models import Author, Edition, Image, Page, Publication


@dataclass(frozen=True)
class Use:
    """Something that shows a picture: its title, what it is or whether readers see it, and its form at the desk."""

    title: str
    what: str
    url: str


def uses(image: Image) -> list[Use]:
    """All that shows the picture, by title: publications, people, site pages."""
    found = [*_publications(image), *_portraits(image), *_pages(image)]
    return sorted(found, key=lambda use: (use.title.casefold(), use.url))


def _publications(image: Image) -> Iterator[Use]:
    shown = Edition.objects.filter(image_rows__image=image).order_by().values("publication")
    live = set(Edition.objects.live().filter(image_rows__image=image).values_list("publication", flat=True))
    drafts = Publication.objects.filter(Q(cover=image) | Q(body__contains=f"image:{image.key}"))
    in_draft = set(drafts.values_list("pk", flat=True))
    for piece in Publication.objects.filter(Q(pk__in=in_draft) | Q(pk__in=shown)):
        yield Use(str(piece), _where(piece.pk in live, piece.pk in in_draft), _form(piece))


def _where(is_live: bool, is_in_draft: bool) -> str:
    if is_live:
        return _("readers see it")
    return _("in the draft") if is_in_draft else _("in an earlier edition")


def _portraits(image: Image) -> Iterator[Use]:
    for author in Author.objects.filter(portrait=image):
        yield Use(str(author), _("portrait"), _form(author))


def _pages(image: Image) -> Iterator[Use]:
    named = f"image:{image.key}"
    for page in Page.objects.filter(Q(body_en__contains=named) | Q(body_sv__contains=named)):
        yield Use(str(page), _("site page"), _form(page))


def _form(row: Model) -> str:
    return reverse(f"desk:publications_{row._meta.model_name}_change", args=[row.pk])
