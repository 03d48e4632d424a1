"""Authors whom somebody proposed who may not add one: editors accept them on their page, or say who is meant."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions
from publications.models import AuditEntry, Author, Byline, Publication

from .chooser_forms import ChooserFormMixin
from .choosers import ChooserField
from .form_urls import next_url_of
from .site import render_desk_page, require_permissions

MAX_PROPOSALS = 10  # on the first page of the desk


@dataclass(frozen=True)
class Proposal:
    """A proposed author, who proposed them, and the drafts that have them."""

    author: Author
    proposed_by: str
    drafts: list[Publication]


def describe_proposal(author: Author) -> Proposal:
    return _describe_proposals([author])[0]


def _describe_proposals(authors: Sequence[Author]) -> list[Proposal]:
    """Return the proposals of these authors, in a fixed number of queries: one reads the whole audit trail."""
    pks = [author.pk for author in authors]
    entries = AuditEntry.objects.filter(detail__kind="author", detail__pk__in=pks).order_by("-site_version")
    names = dict(entries.values_list("detail__pk", "actor_name"))  # the first entry of each, as it comes last
    drafts: dict[int, dict[Publication, None]] = {}
    bylines = Byline.objects.filter(author__in=pks, publication__deleted_at=None).select_related(
        "publication"
    )
    bylines = bylines.only("author", "publication__title", "publication__language").order_by(
        "-publication__updated_at", "-publication"
    )
    for byline in bylines:
        drafts.setdefault(byline.author_id, {})[byline.publication] = None
    return [Proposal(author, names.get(author.pk, ""), list(drafts.get(author.pk, ()))) for author in authors]


def list_proposals(user) -> list[Proposal]:
    """Return the newest proposals for users who may accept them; for others none."""
    if not user.has_perm("publications.change_author"):
        return []
    authors = list(Author.objects.proposed()[:MAX_PROPOSALS])
    return _describe_proposals(authors) if authors else []


class ReplacementForm(ChooserFormMixin, forms.Form):
    """The author who is meant by a proposal."""

    replacement = ChooserField(
        "authors", limit=1, label=gettext_lazy("Who is meant"),
        help_text=gettext_lazy("The drafts get this author; the proposed one is deleted."),
    )  # fmt: skip

    def __init__(self, data=None, *, author: Author) -> None:
        similar = (
            Author.objects.exclude(pk=author.pk).with_similar_name(author.name).filter(is_proposed=False)
        )
        super().__init__(
            data, initial={"replacement": [(pk, "") for pk in similar.values_list("pk", flat=True)[:1]]}
        )
        self.author = author

    def clean_replacement(self) -> Author:
        replacement, _role = self.cleaned_data["replacement"][0]
        if replacement == self.author:
            raise forms.ValidationError(_("This is the proposed author. Choose another."))
        return replacement


@require_permissions("change_author", "delete_author")
def replace_author_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask who is meant by a proposed author, and put that author into the drafts."""
    author = get_object_or_404(Author.objects.proposed(), pk=pk)
    form = ReplacementForm(request.POST or None, author=author)
    if request.method == "POST" and form.is_valid() and _replace(request, form):
        return HttpResponseRedirect(next_url_of(request) or reverse("desk:index"))
    return render_desk_page(
        request,
        "author_replace",
        title=_("%(name)s: who is meant?") % {"name": author},
        form=form,
        proposal=describe_proposal(author),
        next_url=next_url_of(request),
    )


def _replace(request: HttpRequest, form: ReplacementForm) -> bool:
    replacement = form.cleaned_data["replacement"]
    try:
        drafts = actions.replace_proposed_author(form.author, replacement, by=request.user)
    except actions.ActionRefused as refusal:
        form.add_error("replacement", refusal.reasons)
        return False
    text = ngettext(
        "%(name)s is the author of %(count)d draft now.",
        "%(name)s is the author of %(count)d drafts now.",
        len(drafts),
    )
    messages.success(request, text % {"name": replacement, "count": len(drafts)})
    return True
