"""The images of a draft that have no alternative text: one page asks what each shows, as after reading a Word file.

What is given here is stored in the image library, so that the image has it in every text. Fields may stay empty: the
checks before publishing ask again.
"""

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms.formsets import all_valid
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, images, preflight
from publications.locales import language_label, locale_of
from publications.models import Image, Publication

from .choice_sources import visible_images
from .drafts.preview import library_image_url
from .form_data import RedisplayMixin
from .public_models import refusal_reasons
from .site import get_publication_or_404, render_publication_page, require_permissions


class ImageDescriptionForm(RedisplayMixin, forms.ModelForm):
    """The alternative text of an image in the language of a text, or that it is decorative, and the credit."""

    alt = forms.CharField(
        label=gettext_lazy("Alternative text"),
        max_length=Image._meta.get_field("alt_en").max_length,
        required=False,
        help_text=gettext_lazy("What the picture shows, for readers who do not see it."),
    )

    class Meta:
        model = Image
        fields = ("alt", "is_decorative", "credit")

    def __init__(self, *args, language: str, **kwargs) -> None:
        super().__init__(*args, prefix=kwargs["instance"].key, **kwargs)
        self.alt_column = f"alt_{locale_of(language)}"
        self.url = library_image_url(self.instance, str(images.widths_for(self.instance)[0]), "jpg")

    def clean_alt(self) -> str:
        return " ".join(self.cleaned_data["alt"].split())

    def save(self, *, by) -> None:
        """Store what was given. Raises ActionRefused or ValidationError."""
        setattr(self.instance, self.alt_column, self.cleaned_data["alt"])
        changed = [self.alt_column if name == "alt" else name for name in self.changed_data]
        actions.save_instance(self.instance, by=by, changed=changed)


def describable_images(publication: Publication, user) -> list[Image]:
    """Return the images of a draft without alternative text that a user may describe.

    Without permission to change images, those are the ones that readers do not see: they came with an upload.
    """
    missing = [image.pk for image in preflight.find_images_without_alt(publication)]
    rows = visible_images(Image.objects.filter(pk__in=missing), user)
    if not user.has_perm("publications.change_image"):
        rows = rows.filter(editions=None, portrays=None)
    return sorted(rows, key=lambda image: missing.index(image.pk))


@require_permissions("change_publication", "add_image")
def image_descriptions(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the alternative texts that the images of a draft lack; go on to the draft, or to publishing it."""
    publication = get_publication_or_404(pk)
    data = request.POST or None
    image_forms = [
        ImageDescriptionForm(data, instance=image, language=publication.language)
        for image in describable_images(publication, request.user)
    ]
    if request.method == "POST" and all_valid(image_forms):
        try:
            _store(image_forms, by=request.user)
        except (actions.ActionRefused, ValidationError) as refusal:
            messages.error(request, " ".join(refusal_reasons(refusal)))
        else:
            is_publishing = request.GET.get("to") == "publish"
            page = "desk:publish" if is_publishing else "desk:publications_publication_change"
            return HttpResponseRedirect(reverse(page, args=[pk]))
    return render_publication_page(
        request,
        "image_descriptions",
        publication,
        title=_("Pictures without a description"),
        forms=image_forms,
        has_errors=any(form.errors for form in image_forms),
        language=language_label(publication.locale),
    )


@transaction.atomic
def _store(image_forms: list[ImageDescriptionForm], *, by) -> None:
    for form in image_forms:
        if form.has_changed():
            form.save(by=by)
