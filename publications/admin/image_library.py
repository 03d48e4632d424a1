"""The library of images as a dialog of the form of a publication: recent ones, a search, and what one of them says."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from publications import images
from publications.locales import LOCALES, language_label, locale_of
from publications.models import Image

from .choice_sources import CHOICE_SOURCES, visible_images
from .drafts.preview import library_image_url
from .form_data import get_pk
from .images import find_image_uses
from .site import render_desk_page, require_permissions

IMAGES_PER_PAGE = 24
MAX_USES, MAX_PAGES = 5, 10_000


@require_permissions("view_image")
@require_safe
def image_library(request: HttpRequest) -> HttpResponse:
    """Return one page of the images that a query finds, or of all, the newest first, as HTML for a script.

    Parameters: `q`, words of their texts, credits, names or of titles they are shown under; `page`, from 1.
    """
    source, page = CHOICE_SOURCES["images"], min(max(1, get_pk(request.GET, "page")), MAX_PAGES)
    matches = source.search(request.GET.get("q", ""), source.queryset_for(request.user))
    start = (page - 1) * IMAGES_PER_PAGE
    shown = list(matches[start : start + IMAGES_PER_PAGE + 1])
    for image in shown:
        image.thumbnail_url = library_image_url(image, images.PORTRAIT_SIZE, "jpg")
    return render_desk_page(
        request, "image_library_results", images=shown[:IMAGES_PER_PAGE], is_first=page == 1,
        next_page=page + 1 if len(shown) > IMAGES_PER_PAGE else None,
    )  # fmt: skip


@require_permissions("view_image")
@require_safe
def image_choice(request: HttpRequest, key: str) -> HttpResponse:
    """Return an image that may be chosen, with its texts as proposals in the language of the text, as HTML.

    Parameter: `language`, that of the text.
    """
    image = get_object_or_404(visible_images(Image.objects, request.user), key=key)
    locale, source = locale_of(request.GET.get("language", "")), CHOICE_SOURCES["images"]
    uses, alt = find_image_uses(image), image.get_translation("alt", locale, fallback=False)
    return render_desk_page(
        request, "image_choice", image=image, label=source.label(image), uses=uses[:MAX_USES],
        more_uses=len(uses) - MAX_USES,
        alt=alt, other_alts=[] if alt else _alts_in_other_languages(image, locale),
        image_url=library_image_url(image, str(images.widths_for(image)[0]), "jpg"),
    )  # fmt: skip


def _alts_in_other_languages(image: Image, locale: str) -> list[str]:
    """Return the alternative texts in other languages, each with the language, as sentences."""
    text = _("In %(language)s it says: “%(alt)s”")
    return [
        text % {"language": language_label(code), "alt": alt}
        for code in LOCALES
        if code != locale and (alt := image.get_translation("alt", code, fallback=False))
    ]
