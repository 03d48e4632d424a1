"""Pictures that are dropped or pasted into a text: they come into the library with their words, or not at all."""

from http import HTTPStatus

from django import forms
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from publications import deeds, renditions
from publications.languages import tree_of
from publications.models import Image

from .access import needs
from .library import ImageForm, in_markdown
from .site import desk


class ArrivalForm(ImageForm):
    """A picture and the words for it. `later` says that it goes into the library though it has none yet."""

    later = forms.BooleanField(required=False)

    class Meta(ImageForm.Meta):
        fields = ("alt_en", "alt_sv", "decorative", "credit")

    def asks_for_words(self, cleaned: dict) -> bool:
        return super().asks_for_words(cleaned) and not cleaned.get("later")

    def _keep_waiting(self, file) -> None:
        """Nothing waits here: the page that sends the picture has it still."""


@desk.page("library/arriving/", "arriving")
@needs("add_image")
@require_POST
def arriving(request: HttpRequest) -> JsonResponse:
    """Take a picture into the library and answer with what stands for it in a text, or with why it is refused.

    `alt` is in the language of the text, `language`.
    """
    form = ArrivalForm(_with_words_in_place(request), request.FILES)
    if not form.is_valid():
        reasons = form.errors.get("file") or [each for errors in form.errors.values() for each in errors]
        return JsonResponse({"said": " ".join(reasons)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    image: Image = form.save(commit=False)
    deeds.amend(image, by=request.user, changed=form.changed_data)
    renditions.make_all(image)
    return JsonResponse({"markdown": in_markdown(image)})


def _with_words_in_place(request: HttpRequest):
    data = request.POST.copy()
    alt = " ".join(data.get("alt", "").split())
    data[f"alt_{tree_of(data.get('language', ''))}"] = alt
    return data
