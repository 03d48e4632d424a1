"""Two ways in which a Word file changes a draft that has been worked on: its changes are rejected, or the next comes.

Both join three texts. What only a person can decide is asked side by side; nothing changes until all is answered.
"""

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds, intake
from publications.difference import compare_texts
from publications.importers import Refusal, docx
from publications.models import Publication, WordFile

from .access import ONE, needs, piece_or_404
from .site import desk
from .unsent_forms import UnsentFormMixin
from .word import WordField, led_on, refused
from .word_report import changes_in_words

FIELDS = {
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "key_points": gettext_lazy("Key points"),
    "body": gettext_lazy("Text"),
}


class ReplaceForm(UnsentFormMixin, forms.Form):
    file = WordField(
        label=gettext_lazy("The author’s next Word file"),
        allow_empty_file=True,
        help_text=gettext_lazy("A .docx of at most 50 MB. Drop it here, or choose it."),
    )


@desk.page(f"{ONE}word/replace/", "word-replace")
@needs("change_publication", "add_image")
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """The author's next file: joined with the draft at once where nothing is to be asked."""
    piece = piece_or_404(pk)
    form = ReplaceForm()
    if request.method == "POST":
        if "discard" in request.POST:
            return _discard(request, piece)
        form = ReplaceForm(request.POST, request.FILES)
        is_answer = not request.FILES and piece.word_files.waiting().exists()
        if is_answer or (form.is_valid() and _offer(request, piece, form)):
            taken = _take_offered(request, piece)
            page = "desk:publications_publication_change" if taken else "desk:word-replace"
            if taken or not is_answer:
                return led_on(request, page, pk)
            form = ReplaceForm()
    if response := refused(request, form):
        return response
    waiting = piece.word_files.waiting().first()
    joint = intake.joint_of(waiting) if waiting else None
    return desk.show_piece(
        request, "word_next_version", piece, title=_("Replace from Word"), form=form, waiting=waiting,
        questions=questions_of(joint, request.POST), last=piece.word_files.taken().first(),
    )  # fmt: skip


def _discard(request: HttpRequest, piece: Publication) -> HttpResponse:
    for waiting in piece.word_files.waiting():
        intake.forget(waiting)
    messages.success(request, _("The file was given up. The draft is as it was."))
    return _to_the_form(piece.pk)


def _offer(request: HttpRequest, piece: Publication, form: ReplaceForm) -> bool:
    """Read the file and keep it beside the draft; a refusal is said at the field."""
    file = form.cleaned_data["file"]
    content = file.read()
    try:
        word = intake.read_word(content, file.name, language=piece.language)
    except Refusal as refusal:
        form.add_error("file", str(refusal))
        return False
    intake.offer(piece, word, content, file.name, by=request.user)
    return True


def _take_offered(request: HttpRequest, piece: Publication) -> bool:
    """Join the file that waits with the draft, if nothing is left to be asked."""
    waiting = piece.word_files.waiting().first()
    if not waiting:
        return False
    try:
        word = intake.read_word(waiting.content, waiting.filename, language=piece.language)
    except (Refusal, FileNotFoundError):
        said = _(
            "“%(file)s” is no longer kept, so it cannot be joined. Choose it again: the draft is as it was."
        )
        messages.error(request, said % {"file": waiting.filename})
        return False
    with transaction.atomic():
        deeds.hold(piece.pk)
        waiting.publication.refresh_from_db()
        joint = intake.joint_of(waiting)
        if joint.open(request.POST):
            return False
        intake.take_offered(waiting, word, joint.texts(request.POST), by=request.user)
    said = _("The draft was joined with “%(file)s”. The text before is in the history.")
    messages.success(request, said % {"file": waiting.filename})
    return True


@desk.page(f"{ONE}word/changes/", "word-changes")
@needs("change_publication")
def changes(request: HttpRequest, pk: int) -> HttpResponse:
    """The tracked changes of the file: accept all, or reject all."""
    piece = piece_or_404(pk)
    row = piece.word_files.taken().first()
    questions: list = []
    if request.method == "POST" and row and piece.open_changes:
        try:
            if _settled(request, piece, row):
                return _to_the_form(pk)
            questions = questions_of(intake.rejected(row)[0], request.POST)
        except (Refusal, FileNotFoundError):
            messages.error(request, _("The file was given up, so its changes can only be accepted."))
    return desk.show_piece(
        request, "word_changes", piece, title=_("Tracked changes"), row=row, questions=questions,
        changes=row.report.get("changes", []) if row else [],
        counted=changes_in_words(row.report) if row and piece.open_changes else "",
    )  # fmt: skip


def _settled(request: HttpRequest, piece: Publication, row: WordFile) -> bool:
    if request.POST.get("changes") == docx.Tracked.ACCEPT:
        intake.accept_changes(row)
        messages.success(request, _("All tracked changes are accepted. The draft has them already."))
        return True
    with transaction.atomic():
        deeds.hold(piece.pk)
        row.publication.refresh_from_db()
        joint, word = intake.rejected(row)
        if joint.open(request.POST):
            return False
        intake.reject_changes(row, word, joint.texts(request.POST), by=request.user)
    messages.success(request, _("All tracked changes are rejected: the draft is without them."))
    return True


def questions_of(joint: intake.Joint | None, answers: Mapping[str, str]) -> list[dict]:
    """What is to be asked, with what each side did and what was chosen so far."""
    return [
        {
            "key": question.key,
            "label": FIELDS[question.field],
            "ours": compare_texts(question.base, question.ours).passages if question.ours else (),
            "theirs": compare_texts(question.base, question.theirs).passages if question.theirs else (),
            "chosen": answers.get(question.key, ""),
        }
        for question in (joint.questions if joint else ())
    ]


def _to_the_form(pk: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[pk]))
