"""A new draft from a Word file. The editor first confirms a file that has made a draft before."""

import io
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.importers.imported_file import ImportRefused
from publications.importers.word import WordDocument, drafts, versions
from publications.locales import LANGUAGE_NAMES
from publications.models import Kind, Publication, WordFile, parse_pk

from .choice_sources import can_read_drafts
from .form_data import RedisplayMixin
from .pending_uploads import PendingUpload, get_pending_upload, store_pending_upload
from .site import get_publication_or_404, render_desk_page, require_permissions
from .status_text import status_text
from .word_uploads import WORD_TYPE, WordFileField, redirect_after_upload, redirect_to_draft, render_refusal
from .word_versions import join_pending_version


class NewFromWordForm(RedisplayMixin, forms.Form):
    """The form of a new draft: only the file is required; kind and language may be taken from it."""

    file = WordFileField(
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
        choices=[("", gettext_lazy("As in the file")), *LANGUAGE_NAMES.items()],
    )


@require_permissions("add_publication", "add_image")
def word_new(request: HttpRequest) -> HttpResponse:
    """Import a Word file as a draft and redirect to it; ask first if a draft seems to be of the same text."""
    is_post = request.method == "POST"
    form = NewFromWordForm(request.POST, request.FILES) if is_post or request.POST else NewFromWordForm()
    if is_post and form.is_valid():
        file, kind = form.cleaned_data["file"], form.cleaned_data["kind"] or Kind.objects.first()
        content, language = file.read(), form.cleaned_data["language"]
        try:
            document = drafts.read_word_file(content, file.name, language=language, kind=kind.slug)
        except ImportRefused as refusal:
            form.add_error("file", str(refusal))
        else:
            if draft := _find_draft_of(content, document, request.user):
                token = store_pending_upload(content, file.name)
                params = {"held": token, "draft": draft.pk, "kind": kind.slug, "language": language}
                url = f"{reverse('desk:word-again')}?{urlencode(params)}"
                return redirect_after_upload(request, url)
            return _create_draft(request, document, content, file.name)
    return render_refusal(request, form) or render_desk_page(
        request, "word_new", title=_("New from Word"), form=form
    )


def _create_draft(
    request: HttpRequest, document: WordDocument, content: bytes, filename: str
) -> HttpResponse:
    word_file = drafts.import_word(document, content, filename, by=request.user)
    text = _("A draft was made from “%(file)s”. Nothing is public yet.")
    messages.success(request, text % {"file": word_file.filename})
    return redirect_to_draft(request, word_file.publication)


def _find_draft_of(content: bytes, document: WordDocument, user) -> Publication | None:
    """Return the newest draft made from this very file, otherwise the newest with the title of the file."""
    if not can_read_drafts(user):
        return None
    if word_file := WordFile.objects.of_content(content).filter(publication__deleted_at=None).first():
        return word_file.publication
    title = document.manuscript.title
    return Publication.objects.filter(title__iexact=title).order_by("-updated_at").first() if title else None


@require_permissions("add_publication", "add_image", "change_publication")
def word_again(request: HttpRequest) -> HttpResponse:
    """Ask whether a file is that of a draft: to go on with the draft, to join them, or to make another draft."""
    upload = get_pending_upload(request.GET.get("held", ""))
    draft = Publication.objects.filter(pk=parse_pk(request.GET.get("draft", ""))).first()
    if not upload or not draft:
        messages.warning(request, _("The file that was kept is gone. Choose it again."))
        return HttpResponseRedirect(reverse("desk:word-new"))
    if request.method == "POST":
        return _answer(request, upload, draft)
    same_file = draft.word_files.of_content(upload.read()).first()
    return render_desk_page(
        request, "word_again", title=_("Is this text here already?"), draft=get_publication_or_404(draft.pk),
        filename=upload.filename, same_file=same_file, status=status_text(get_publication_or_404(draft.pk)),
    )  # fmt: skip


def _answer(request: HttpRequest, upload: PendingUpload, draft: Publication) -> HttpResponse:
    """Join the file with the draft, or make another draft of it."""
    content, is_version = upload.read(), "version" in request.POST
    language = draft.language if is_version else request.GET.get("language", "")
    kind = Kind.objects.filter(slug=request.GET.get("kind", "")).first() or Kind.objects.first()
    try:
        document = drafts.read_word_file(
            content,
            upload.filename,
            language=language if language in LANGUAGE_NAMES else "",
            kind=kind.slug,
        )
    except ImportRefused as refusal:  # as by another release than the one that read it first
        messages.error(request, str(refusal))
        return HttpResponseRedirect(reverse("desk:word-new"))
    if is_version:
        versions.store_pending_version(draft, document, content, upload.filename, by=request.user)
        response = join_pending_version(request, draft)
        response = response or HttpResponseRedirect(reverse("desk:word-replace", args=[draft.pk]))
    else:
        response = _create_draft(request, document, content, upload.filename)
    upload.delete()
    return response


@require_permissions("change_publication")
def word_original(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Return the original Word file to users who may change its publication."""
    word_file = get_object_or_404(WordFile, pk=file_pk, publication=get_publication_or_404(pk))
    try:
        content = word_file.content
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        io.BytesIO(content), as_attachment=True, filename=word_file.filename, content_type=WORD_TYPE
    )
