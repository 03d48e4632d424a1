"""New from Word: a file becomes a draft at once, and the original can be had again."""

import io

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import intake
from publications.importers import Refusal, docx
from publications.languages import NAMES
from publications.models import Kind, WordFile

from .access import ONE, needs
from .site import desk
from .unsent_forms import UnsentFormMixin

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class WordField(forms.FileField):
    """A Word file, refused before it is read where it is too large."""

    widget = forms.FileInput(attrs={"accept": f".docx,{WORD_TYPE}"})

    def clean(self, data, initial=None):
        file = super().clean(data, initial)
        if file and file.size > docx.LARGEST_FILE:
            raise forms.ValidationError(docx.too_large())
        return file


class WordForm(UnsentFormMixin, forms.Form):
    """A file alone: what it is and which language it is in is taken from it, unless somebody says so."""

    file = WordField(
        label=gettext_lazy("Word file"),
        error_messages={"required": gettext_lazy("Choose the Word file first, then import it.")},
        allow_empty_file=True,
        help_text=gettext_lazy("A .docx of at most 50 MB. Drop it here, or choose it."),
    )
    kind = forms.ModelChoiceField(
        Kind.objects, required=False, label=gettext_lazy("Kind"), to_field_name="slug", empty_label=None
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"),
        required=False,
        choices=[("", gettext_lazy("As in the file")), *NAMES.items()],
    )


@desk.page("word/", "word")
@needs("add_publication", "add_image")
def new(request: HttpRequest) -> HttpResponse:
    """A form with one file; what comes of it is opened in the form of the draft, below its report."""
    is_sent = request.method == "POST"
    form = WordForm(request.POST, request.FILES) if is_sent or request.POST else WordForm()
    if is_sent and form.is_valid() and (row := _taken(request, form)):
        messages.success(
            request, _("A draft was made from “%(file)s”. Nothing is public yet.") % {"file": row.filename}
        )
        return led_on(request, "desk:publications_publication_change", row.publication_id)
    return refused(request, form) or desk.show(request, "word_new", title=_("New from Word"), form=form)


def led_on(request: HttpRequest, page: str, pk: int) -> HttpResponse:
    """On to a page about the piece; a script is told where that is, as it cannot follow without opening it."""
    address = reverse(page, args=[pk])
    return JsonResponse({"to": address}) if _is_script(request) else HttpResponseRedirect(address)


def refused(request: HttpRequest, form: forms.Form) -> HttpResponse | None:
    """Why a file was refused, for a script; people see it at the field."""
    if not (_is_script(request) and form.errors):
        return None
    reasons = [reason for reasons in form.errors.values() for reason in reasons]
    return JsonResponse({"said": " ".join(reasons)})


def _is_script(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get("Accept") == "application/json"


def _taken(request: HttpRequest, form: WordForm) -> WordFile | None:
    file, asked = form.cleaned_data["file"], form.cleaned_data
    kind = (asked["kind"] or Kind.objects.first()).slug
    content = file.read()
    try:
        word = intake.read_word(content, file.name, language=asked["language"], kind=kind)
    except Refusal as refusal:
        form.add_error("file", str(refusal))
        return None
    return intake.take_in_word(word, content, file.name, by=request.user)


@desk.page(f"{ONE}word/<number:file>/original/", "word-original")
@needs("change_publication")
def original(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """The file as it came, for people who may write the piece that it belongs to."""
    row = get_object_or_404(WordFile, pk=file, publication=pk)
    try:
        content = row.content
    except FileNotFoundError as reason:
        raise Http404 from reason
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=row.filename, content_type=WORD_TYPE
    )
