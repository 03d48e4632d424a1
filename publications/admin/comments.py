"""Comments on a draft, for the staff who may change it: threads beside the text, replies, and their resolution.

A form with `is_fragment` is of the script, which shows the returned threads; other forms lead back to the draft.
"""

import json
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import chain
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from publications import markup
from publications.models import (
    MAX_COMMENT_CHARACTERS,
    MAX_DRAFT_COMMENTS,
    MAX_QUOTE_CHARACTERS,
    Comment,
    NewsEvent,
    NewsType,
    Publication,
    parse_pk,
)

from .form_data import RedisplayMixin
from .site import get_publication_or_404, render_publication_page, require_permissions

MAX_CONTEXT_CHARACTERS = 64
MARKS_FIELD = "_comment_marks"
"""The field of the form of a draft in which the editor sends where its marks of comments are; it is never kept."""
SENT_TWICE = timedelta(minutes=1)
"""The same comment of the same person on the same words within this time is one that was sent twice."""


class CommentForm(RedisplayMixin, forms.Form):
    """A comment, and the words that it is about, with where they were selected."""

    text = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=MAX_COMMENT_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_COMMENT_CHARACTERS}),
    )
    quote = forms.CharField(
        label=gettext_lazy("About these words of the text"),
        help_text=gettext_lazy("Leave it empty for a comment on the draft as a whole."),
        max_length=MAX_QUOTE_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    start = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)
    prefix = forms.CharField(
        max_length=MAX_CONTEXT_CHARACTERS, required=False, strip=False, widget=forms.HiddenInput
    )
    suffix = forms.CharField(
        max_length=MAX_CONTEXT_CHARACTERS, required=False, strip=False, widget=forms.HiddenInput
    )

    def clean_quote(self) -> str:
        lines = (" ".join(line.split()) for line in self.cleaned_data["quote"].splitlines())
        return "\n".join(filter(None, lines))

    def place(self, comment: Comment) -> None:
        """Set the words that a comment is about, and where they are in the draft as it is saved."""
        values = self.cleaned_data
        comment.quote = values["quote"]
        text = markup.anchor_text(comment.publication.body)
        context = {name: values[name].replace("\r\n", "\n") for name in ("prefix", "suffix")}
        comment.place(text, markup.find_quote(text, comment.quote, near=values["start"] or 0, **context))


class CommentMark(NamedTuple):
    """A mark of the editor: its words, where they start in the text of the editor, and what is around them."""

    start: int
    words: str
    prefix: str
    suffix: str


def comments_context(request: HttpRequest, publication: Publication | None) -> dict[str, object]:
    """Return the threads of a draft for its form, those that are resolved apart; {} for a draft that is not saved."""
    if not publication or not request.user.has_perm("publications.change_publication"):
        return {}
    threads = list(publication.comments.threads())
    for comment in chain(threads, *(thread.replies.all() for thread in threads)):
        comment.is_own = comment.author_id == request.user.pk
    _set_context(publication, threads)
    return {
        "comment_form": CommentForm(auto_id="comment-%s", label_suffix=""),
        "threads": [thread for thread in threads if not thread.resolved_at],
        "resolved_threads": [thread for thread in threads if thread.resolved_at],
        "open_comment_count": sum(not (thread.resolved_at or thread.is_approval) for thread in threads),
        "max_comment_characters": MAX_COMMENT_CHARACTERS,
        "max_quote_characters": MAX_QUOTE_CHARACTERS,
        "max_context_characters": MAX_CONTEXT_CHARACTERS,
    }


def _set_context(publication: Publication, threads: Sequence[Comment]) -> None:
    """Set what is around the words of threads in the saved text, by which the editor finds them in its own."""
    placed = [thread for thread in threads if thread.range and not thread.resolved_at]
    text = markup.anchor_text(publication.body) if placed else ""
    for thread in placed:
        thread.prefix = text[max(0, thread.start - MAX_CONTEXT_CHARACTERS) : thread.start]
        thread.suffix = text[thread.end :][:MAX_CONTEXT_CHARACTERS]


def place_as_marked(publication: Publication, marks: str) -> None:
    """Place the comments on a draft, which was just saved, where the editor has their marks.

    Others stay where they are, as do those of whose words hardly any are left.

    Args:
        marks: JSON of the editor: the key of each thread with the values of its `CommentMark`.
    """
    marks_by_pk = _read_marks(marks)
    if not marks_by_pk:
        return
    text = markup.anchor_text(publication.body)
    comments = list(publication.comments.filter(thread=None, pk__in=marks_by_pk))
    for comment in comments:
        start, words, prefix, suffix = marks_by_pk[comment.pk]
        text_range = markup.find_quote(text, words, near=start, prefix=prefix, suffix=suffix)
        if text_range and not markup.is_remnant(words, comment.quote):
            comment.place(text, text_range)
    Comment.objects.store_ranges(comments)


def _read_marks(marks: str) -> dict[int, CommentMark]:
    """Return the marks by the key of their thread; {} for what no editor sends."""
    try:
        return {
            parse_pk(str(pk)): CommentMark(
                int(start),
                str(words),
                str(prefix)[-MAX_CONTEXT_CHARACTERS:],
                str(suffix)[:MAX_CONTEXT_CHARACTERS],
            )
            for pk, start, words, prefix, suffix in json.loads(marks or "[]")
        }
    except (ValueError, TypeError, OverflowError, RecursionError):
        return {}


@require_permissions("change_publication")
def comments_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the threads of a draft, and add a comment."""
    publication = get_publication_or_404(pk)
    form = _build_form(request)
    if request.method != "POST" or not form.is_valid() or not _has_room(publication, form):
        return _render(request, publication, form=form)
    with transaction.atomic():
        comment = Comment(publication=_lock(pk), author=request.user, text=form.cleaned_data["text"])
        form.place(comment)
        _store_once(comment)
    return _respond(request, publication, _("The comment is stored."), comment)


@require_permissions("change_publication")
def comment_update(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Reply to a comment, change it or delete it; without a button, show its form."""
    publication = get_publication_or_404(pk)
    comment = get_object_or_404(publication.comments, pk=number)
    comment.is_own = comment.author_id == request.user.pk
    form = _build_form(request)
    perform = next((perform for name, perform in BUTTONS.items() if name in request.POST), None)
    if request.method != "POST" or not perform or not (perform is _delete or form.is_valid()):
        return _render(request, publication, form=form, comment=comment)
    if perform is _reply and not _has_room(publication, form):
        return _render(request, publication, form=form, comment=comment)
    if perform is not _reply and not comment.is_own:
        raise PermissionDenied
    with transaction.atomic():
        _lock(pk)
        text = perform(request, comment, form)
    return _respond(request, publication, text, comment if comment.pk else None)


@require_permissions("change_publication")
@require_POST
def comment_resolve(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Resolve a thread, or reopen it."""
    publication = get_publication_or_404(pk)
    thread = get_object_or_404(publication.comments.filter(thread=None), pk=number)
    if "resolve" in request.POST:
        values, text = (timezone.now(), request.user), _("The comment is resolved.")
    else:
        values, text = (None, None), _("The comment is open again.")
    thread.resolved_at, thread.resolved_by = values
    thread.save(update_fields=["resolved_at", "resolved_by"])
    return _respond(request, publication, text, thread)


def _build_form(request: HttpRequest) -> CommentForm:
    return CommentForm(request.POST or None, auto_id="comment-%s", label_suffix="")


def _has_room(publication: Publication, form: CommentForm) -> bool:
    """Return whether the draft can have another comment; else the form says what to do."""
    if not publication.comments.is_full():
        return True
    message = _(
        "This draft has %(count)d open comments, as many as it can have. Resolve some that are settled first."
    )
    form.add_error(None, message % {"count": MAX_DRAFT_COMMENTS})
    return False


def _lock(pk: int) -> Publication:
    """Lock a draft, so that a comment is placed either in its text before a save or in the one after it."""
    return Publication.objects.select_for_update(no_key=True).get(pk=pk)


def _store_once(comment: Comment) -> None:
    """Store a comment and its news, unless it was just sent before."""
    same = Comment.objects.filter(
        publication=comment.publication, author=comment.author, text=comment.text, quote=comment.quote,
        start=comment.start, thread=comment.thread, created_at__gt=timezone.now() - SENT_TWICE,
    ).first()  # fmt: skip
    if same:
        comment.pk = same.pk
        return
    comment.save()
    NewsEvent.objects.create(
        type=NewsType.REVIEWED, publication=comment.publication, comment=comment, by=comment.author
    )


def _reply(request: HttpRequest, comment: Comment, form: CommentForm) -> str:
    """Add a reply to a thread; one that is resolved is open again."""
    thread = comment.thread or comment
    Comment.objects.filter(pk=thread.pk).update(resolved_at=None, resolved_by=None)
    text = form.cleaned_data["text"]
    _store_once(Comment(publication=thread.publication, thread=thread, author=request.user, text=text))
    return _("The reply is stored.")


def _edit(_request: HttpRequest, comment: Comment, form: CommentForm) -> str:
    if form.cleaned_data["text"] != comment.text:
        comment.text, comment.edited_at = form.cleaned_data["text"], timezone.now()
        comment.save(update_fields=["text", "edited_at"])
    return _("The comment is changed.")


def _delete(_request: HttpRequest, comment: Comment, _form: CommentForm) -> str:
    if comment.replies.exists():
        return _("A comment with replies is not deleted. Resolve it instead.")
    comment.delete()
    return _("The comment is deleted.")


BUTTONS: dict[str, Callable[[HttpRequest, Comment, CommentForm], str]] = {
    "reply": _reply,
    "edit": _edit,
    "delete": _delete,
}
"""What the buttons of a comment do; each returns what the page says then."""


def _respond(
    request: HttpRequest, publication: Publication, text: str, comment: Comment | None = None
) -> HttpResponse:
    if "is_fragment" in request.POST:
        return _render(request, publication, comment_status=text, comment_pk=comment.pk if comment else "")
    messages.info(request, text)
    url = reverse("desk:publications_publication_change", args=[publication.pk])
    return HttpResponseRedirect(url + (comment.fragment if comment else "#comments"))


def _render(
    request: HttpRequest, publication: Publication, *, form: CommentForm | None = None, **context
) -> HttpResponse:
    """Render the threads for the script, with what is wrong in its form, or the page of comments."""
    context = {"original": publication, **comments_context(request, publication), **context}
    if "is_fragment" in (request.POST or request.GET):
        if form and form.is_bound:
            context["comment_status"] = " ".join(chain.from_iterable(form.errors.values()))
        return render(request, "desk/comment_threads.html", context)
    context["comment_form"] = form
    return render_publication_page(request, "comments_page", publication, title=_("Comments"), **context)
