"""Merge two authors, or two tags, that are one: proposed by their names, confirmed on a page that says what follows."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from publications import actions
from publications.actions import MERGEABLE_ROWS, MergeableRow, MergePlan
from publications.importers.name_proposals import store_decision
from publications.importers.similar_names import find_similar_rows, list_similar_pairs
from publications.models import Author, NameChoice, NameType, Tag

from .form_data import RedisplayMixin, get_pk
from .site import render_desk_page, require_permissions

MAX_PROPOSALS = 12
MAX_PAIRS = 50
SIMILAR_NAMES_PERMISSIONS = ("change_author", "delete_author", "change_tag", "delete_tag")


@dataclass(frozen=True)
class MergeableModel:
    """A model whose rows can be merged, and how the desk names it."""

    model: type[MergeableRow]
    name_type: NameType
    plural: Promise

    @property
    def name(self) -> str:
        return self.model._meta.model_name


AUTHORS = MergeableModel(Author, NameType.PERSON, gettext_lazy("Authors"))
TAGS = MergeableModel(Tag, NameType.TOPIC, gettext_lazy("Tags"))


class MergeForm(RedisplayMixin, forms.Form):
    """Which author or tag stays: one of those with similar names, or any other by its name."""

    into = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    other_name = forms.CharField(
        required=False,
        max_length=120,
        help_text=gettext_lazy("A name that is typed here wins over what is chosen above."),
    )

    def __init__(self, data, *, row: MergeableRow, kind: MergeableModel) -> None:
        super().__init__(data)
        self.row, self.kind = row, kind
        others = find_similar_rows(row)[:MAX_PROPOSALS]
        chosen = kind.model.objects.filter(pk=get_pk(self.data, "into")).exclude(pk=row.pk).first()
        others += [chosen] if chosen and chosen not in others else []
        self.fields["into"].label = _("“%(name)s” is the same as") % {"name": row}
        self.fields["into"].choices = _label_rows(others, kind)
        self.fields["other_name"].label = _("Another author") if kind is AUTHORS else _("Another tag")
        self.fields["other_name"].widget.attrs |= {"list": "names-here", "autocomplete": "off"}
        if not others:
            del self.fields["into"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if name := cleaned.get("other_name", "").strip():
            cleaned["target"] = self._find_by_name(name)
        elif cleaned.get("into"):
            cleaned["target"] = self.kind.model.objects.filter(pk=cleaned["into"]).first()
        elif not self.errors:
            self.add_error("other_name", _("Choose one, or write the name."))
        return cleaned

    def _find_by_name(self, name: str) -> MergeableRow | None:
        rows = self.kind.model.objects.exclude(pk=self.row.pk)
        matches = list(rows.with_name(name) if self.kind is AUTHORS else rows.filter(name__iexact=name))
        if len(matches) == 1:
            return matches[0]
        message = (
            _("There are %(count)d of the name “%(name)s”. Open the one that is to go, and choose there.")
            if matches
            else _("There is nobody and nothing else of the name “%(name)s” here.")
        )
        self.add_error("other_name", message % {"count": len(matches), "name": name})
        return None


def _label_rows(rows: list[MergeableRow], kind: MergeableModel) -> list[tuple[str, str]]:
    """Return choices that tell rows of one name apart."""
    counts = _count_editions(rows, kind)
    return [(str(row.pk), ", ".join(_describe_row(row, counts.get(row.pk, 0)))) for row in rows]


def _describe_row(row: MergeableRow, editions: int) -> list[str]:
    parts = [row.name]
    if isinstance(row, Author):
        parts += [row.get_translation("title"), row.get_translation("affiliation"), row.orcid]
    else:
        parts += [row.name_sv, str(row.get_kind_display())]
    message = ngettext("in %(count)d published edition", "in %(count)d published editions", editions)
    parts.append(message % {"count": editions} if editions else _("never published"))
    return [part for part in parts if part]


def _count_editions(rows: list[MergeableRow], kind: MergeableModel) -> dict[int, int]:
    published = (
        MERGEABLE_ROWS[kind.model].edition_rows.objects.filter(**{f"{kind.name}__in": rows}).order_by()
    )
    return dict(published.values_list(kind.name).annotate(count=Count("edition")))


def _build_page(kind: MergeableModel):
    """Return the view that merges rows of a model."""

    @require_permissions(f"change_{kind.name}", f"delete_{kind.name}")
    def merge_page(request: HttpRequest, pk: int) -> HttpResponse:
        """Ask with which other one it is merged, say what follows, then do it. The address carries the choice."""
        row = get_object_or_404(kind.model, pk=pk)
        form = MergeForm(request.GET if request.GET else None, row=row, kind=kind)
        plan = _plan(request, row, form, kind)
        if request.method == "POST" and plan and _merge(request, plan):
            url = reverse(f"desk:publications_{kind.name}_change", args=[plan.target.pk])
            return HttpResponseRedirect(url)
        return render_desk_page(
            request,
            "merge",
            title=_("Merge %(name)s with another") % {"name": row},
            row=row,
            form=form,
            plan=plan,
            is_possible=bool(plan and not plan.reasons),
            filled=_describe_filled(plan) if plan else [],
            names_here=kind.model.objects.order_by("name").values_list("name", flat=True).distinct(),
            list_url=reverse(f"desk:publications_{kind.name}_changelist"),
            list_label=kind.plural,
            row_url=reverse(f"desk:publications_{kind.name}_change", args=[pk]),
            merge_url_name=f"desk:{kind.name}-merge",
            is_author=kind is AUTHORS,
        )

    return merge_page


def _plan(request: HttpRequest, row: MergeableRow, form: MergeForm, kind: MergeableModel) -> MergePlan | None:
    """Return what merging would change: with the row that was posted, or that the form has chosen."""
    if request.method == "POST":
        target = kind.model.objects.filter(pk=get_pk(request.POST, "target")).first()
    else:
        target = form.cleaned_data.get("target") if form.is_bound and form.is_valid() else None
    return actions.plan_merge(row, target) if target else None


def _merge(request: HttpRequest, plan: MergePlan) -> bool:
    source, target = str(plan.source), str(plan.target)
    try:
        actions.merge(plan.source, plan.target, seen=request.POST.get("seen", ""), by=request.user)
    except actions.ActionRefused as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    message = _("“%(source)s” is merged: all that had it has “%(target)s” now.")
    messages.success(request, message % {"source": source, "target": target})
    return True


def _describe_filled(plan: MergePlan) -> list[tuple[str, str]]:
    """Return the labels and values of what the row that stays takes over."""
    model = type(plan.source)
    return [
        (str(model._meta.get_field(name).verbose_name), str(value)) for name, value in plan.filled.items()
    ]


author_merge_page = _build_page(AUTHORS)
tag_merge_page = _build_page(TAGS)


@require_permissions(*SIMILAR_NAMES_PERMISSIONS)
def similar_names_page(request: HttpRequest) -> HttpResponse:
    """List authors and tags of similar names: a person merges them, or says once that a name is nobody else's."""
    if request.method == "POST":
        _store_separate(request)
        return HttpResponseRedirect(reverse("desk:similar-names"))
    groups = []
    for kind in (AUTHORS, TAGS):
        pairs = list_similar_pairs(kind.name_type)
        shown = pairs[:MAX_PAIRS]
        counts = _count_editions([row for pair in shown for row in pair], kind)
        groups.append(
            {
                "key": kind.name,
                "title": kind.plural,
                "merge_url_name": f"desk:{kind.name}-merge",
                "pairs": [_describe_pair(pair, counts) for pair in shown],
                "more": len(pairs) - len(shown),
            }
        )
    return render_desk_page(request, "similar_names", title=_("Similar names"), groups=groups)


def _describe_pair(pair: tuple[MergeableRow, MergeableRow], counts: dict[int, int]) -> dict:
    source, target = pair
    return {
        "source": source,
        "target": target,
        "labels": [", ".join(_describe_row(row, counts.get(row.pk, 0))) for row in pair],
    }


def _store_separate(request: HttpRequest) -> None:
    """Remember that a name is not that of another."""
    kind = TAGS if request.POST.get("type") == TAGS.name else AUTHORS
    row = kind.model.objects.filter(pk=get_pk(request.POST, "row")).first()
    if not row:
        messages.warning(request, _("It is no longer there: nothing has changed."))
        return
    store_decision(kind.name_type, row.name, NameChoice.SEPARATE, by=request.user)
    message = _("It is remembered that “%(name)s” is not the same as another.")
    messages.success(request, message % {"name": row})
