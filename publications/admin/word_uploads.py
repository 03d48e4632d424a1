"""What the forms share that take a Word file: the field, who may use them, and where they redirect to."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from publications import ooxml
from publications.models import Publication

from .image_descriptions import describable_images

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def can_import_word(user) -> bool:
    """Return whether a user may create a draft from a Word file, with its images."""
    return user.has_perms(("publications.add_publication", "publications.add_image"))


class WordFileField(forms.FileField):
    """A Word file; one that is too large is refused before it is read."""

    widget = forms.FileInput(attrs={"accept": f".docx,{WORD_TYPE}"})

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file and file.size > ooxml.MAX_FILE_BYTES:
            raise forms.ValidationError(ooxml.too_large_message())
        return file


def redirect_to_draft(request: HttpRequest, publication: Publication) -> HttpResponse:
    """Redirect to the form of a draft that a file was read into, by way of its images if some lack a description."""
    has_images = bool(describable_images(publication, request.user))
    page = "desk:image-descriptions" if has_images else "desk:publications_publication_change"
    return redirect_after_upload(request, reverse(page, args=[publication.pk]))


def redirect_after_upload(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect to a URL; the response to a script has it as JSON."""
    return JsonResponse({"url": url}) if _is_script(request) else HttpResponseRedirect(url)


def render_refusal(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """Return the errors of the form as JSON for a script; None for a browser, which shows them at the fields."""
    if not (_is_script(request) and form.errors):
        return None
    reasons = [reason for reasons in form.errors.values() for reason in reasons]
    return JsonResponse({"error": " ".join(reasons)})


def _is_script(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("Accept") == "application/json"
