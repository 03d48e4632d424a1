"""Names of authors and topics in the texts of an import: whose they are is decided once, and remembered.

One page lists what an import has, with proposals; another all decisions, to be changed and removed.
"""

from hashlib import sha256

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.importers.name_proposals import (
    IN_SOURCE,
    NameProposal,
    build_proposals,
    find_new_name,
    store_decision,
    value_of_decision,
)
from publications.importers.source_names import SourceName
from publications.models import ArchiveImport, Author, ImportDecision, NameChoice, NameType, Tag
from publications.slugs import fold_name

from .archive_import_undo import warn_of_other_request
from .form_data import RedisplayMixin, get_pk
from .site import render_desk_page, require_permissions

UNDECIDED = ""
NAMES_PER_PAGE = 60


class SourceNameForm(RedisplayMixin, forms.Form):
    """What becomes of a name of an import. A name that is typed wins over what is chosen."""

    choice = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    name_here = forms.CharField(required=False, max_length=100)
    confirmed_name = forms.CharField(required=False)

    def __init__(self, *args, proposal: NameProposal, stored: dict[str, list[list]], **kwargs) -> None:
        decision = proposal.decision
        initial = {"choice": value_of_decision(decision) if decision else UNDECIDED}
        super().__init__(*args, prefix=_prefix_of(proposal), initial=initial, **kwargs)
        self.proposal = proposal
        self.stored = stored
        self.new_name = self.new_name_label = ""
        is_topic = proposal.type == NameType.TOPIC
        self.fields["choice"].label = _("“%(name)s” is") % {"name": proposal.name.name}
        self.fields["choice"].help_text = _describe_use(proposal.name)
        self.fields["choice"].choices = _list_choices(proposal)
        self.fields["name_here"].label = _("Another topic here") if is_topic else _("Another author here")
        self.fields["name_here"].widget.attrs |= {"list": f"{proposal.type}-names", "autocomplete": "off"}

    def clean(self) -> dict[str, str]:
        """Refuse a typed name that nobody here has, unless that name is confirmed to be new."""
        proposal, typed = self.proposal, self.cleaned_data.get("name_here", "")
        self.new_name = (
            find_new_name(proposal.type, proposal.name.name, typed, self.stored) if typed.strip() else ""
        )
        if self.new_name:
            message, self.new_name_label = describe_new_name(proposal.type, self.new_name)
            if not self.is_confirmed:
                self.add_error("name_here", message)
        return self.cleaned_data

    @property
    def is_confirmed(self) -> bool:
        """Whether the typed name is confirmed to be new."""
        return self.cleaned_data.get("confirmed_name") == self.new_name

    @property
    def value(self) -> str:
        """What `store_decision` takes."""
        name = self.cleaned_data["name_here"].strip()
        return f"{IN_SOURCE}:{name}" if name else self.cleaned_data["choice"]


def describe_new_name(name_type: str, name: str) -> tuple[str, str]:
    """Return why a typed name is to be confirmed, and the label of the checkbox that confirms it."""
    if name_type == NameType.TOPIC:
        message, label = _("No topic here is called “%(name)s”."), _("Make a new topic “%(name)s”")
    else:
        message, label = _("No author here is called “%(name)s”."), _("Make a new author “%(name)s”")
    remedy = _("Choose one from the list, or confirm that it is new.")
    return f"{message % {'name': name}} {remedy}", label % {"name": name}


def _prefix_of(proposal: NameProposal) -> str:
    key = sha256(fold_name(proposal.name.name).encode()).hexdigest()[:12]
    return f"{proposal.type}-{key}"


def _describe_use(name: SourceName) -> str:
    message = ngettext("In %(number)d text: %(title)s", "In %(number)d texts, such as %(title)s", name.texts)
    return escape(message % {"number": name.texts, "title": name.title})


def _list_choices(proposal: NameProposal) -> list[tuple[str, str]]:
    """Return what a name may be, by the values of `store_decision`."""
    is_topic = proposal.type == NameType.TOPIC
    choices = [
        (candidate.value, _label_candidate(candidate.name, candidate.is_here))
        for candidate in proposal.candidates
    ]
    if (decision := proposal.decision) and decision.choice == NameChoice.SAME:
        decided = value_of_decision(decision), _label_candidate(decision.target_name, not decision.target)
        choices = [decided, *(choice for choice in choices if choice[0] != decided[0])]
    choices.append((NameChoice.SEPARATE, _("a topic of its own") if is_topic else _("another person")))
    if is_topic:
        choices.append((NameChoice.LEFT_OUT, _("left out: texts lose it")))
    return [*choices, (UNDECIDED, _("not decided: it comes as it is"))]


def _label_candidate(name: str, is_here: bool) -> str:
    message = _("the same as %(name)s") if is_here else _("the same as %(name)s in these texts")
    return message % {"name": name}


@require_permissions("add_archiveimport")
def archive_import_names_page(request: HttpRequest, pk: int) -> HttpResponse:
    """List the names of an import that are not here, and what they may be the same as; store what is decided."""
    job = get_object_or_404(ArchiveImport, pk=pk)
    import_page = HttpResponseRedirect(reverse("desk:archive-import", args=[pk]))
    if job.is_unfinished:
        warn_of_other_request(request)
        return import_page
    stored = job.report.get("names", {})
    proposals = [each for name_type in NameType for each in build_proposals(stored, name_type)]
    proposals.sort(key=lambda proposal: not proposal.is_open)
    page = Paginator(proposals, NAMES_PER_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        name_forms = [
            SourceNameForm(request.POST, proposal=proposal, stored=stored)
            for proposal in proposals
            if _is_posted(request, proposal)
        ]
        if not any(form.errors for form in name_forms):
            _store_decisions(request, name_forms, job)
            return HttpResponseRedirect(request.get_full_path()) if page.has_other_pages() else import_page
    else:
        name_forms = [SourceNameForm(proposal=proposal, stored=stored) for proposal in page]
    groups = [_build_group(name_type, name_forms) for name_type in NameType]
    return render_desk_page(
        request,
        "import_names",
        title=_("Names in %(file)s") % {"file": job.filename},
        job=job,
        page=page,
        has_errors=any(form.errors for form in name_forms),
        groups=[group for group in groups if group["open_forms"] or group["other_forms"]],
    )


def _is_posted(request: HttpRequest, proposal: NameProposal) -> bool:
    prefix = _prefix_of(proposal)
    return any(f"{prefix}-{name}" in request.POST for name in SourceNameForm.base_fields)


def _build_group(name_type: NameType, name_forms: list[SourceNameForm]) -> dict:
    name_forms = [form for form in name_forms if form.proposal.type == name_type]
    open_forms = [form for form in name_forms if form.proposal.is_open or form.errors]
    return {
        "type": name_type.value,
        "title": _("Topics") if name_type == NameType.TOPIC else _("Authors"),
        "open_forms": open_forms,
        "other_forms": [form for form in name_forms if form not in open_forms],
        "names": list_names_here(name_type),
    }


def list_names_here(name_type: str) -> list[str]:
    """Return the names of authors or topics here, which a field completes."""
    rows = Tag.objects.order_by("name") if name_type == NameType.TOPIC else Author.objects.order_by("name")
    return list(rows.values_list("name", flat=True).distinct())


def _store_decisions(request: HttpRequest, name_forms: list[SourceNameForm], job: ArchiveImport) -> None:
    count = 0
    for form in name_forms:
        if form.has_changed():
            store_decision(form.proposal.type, form.proposal.name.name, form.value, by=request.user)
            count += 1
    if count:
        message = ngettext(
            "%(count)d decision is remembered, for later imports too.",
            "%(count)d decisions are remembered, for later imports too.",
            count,
        )
        next_step = (
            _("Run the command on the server again: it follows them.")
            if job.is_by_command
            else _("Check again to see what they change.")
        )
        messages.success(request, f"{message % {'count': count}} {next_step}")
    else:
        messages.info(request, _("Nothing was decided, and nothing has changed."))


@require_permissions("add_archiveimport")
def import_decisions_page(request: HttpRequest) -> HttpResponse:
    """List what was decided on names of imports; change or remove a decision."""
    typed = _change_decision(request) if request.method == "POST" else {}
    if request.method == "POST" and not typed:
        return HttpResponseRedirect(request.get_full_path())
    decisions = ImportDecision.objects.select_related("author", "tag", "decided_by")
    page = Paginator(decisions, NAMES_PER_PAGE).get_page(request.GET.get("page"))
    for decision in page:
        decision.new_name = typed.get(decision.pk, "")
        decision.message, decision.label = describe_new_name(decision.type, decision.new_name)
    groups = [
        {
            "type": name_type.value,
            "title": _("Topics") if name_type == NameType.TOPIC else _("Authors"),
            "decisions": rows,
            "names": list_names_here(name_type),
            "can_be_left_out": name_type == NameType.TOPIC,
        }
        for name_type in NameType
        if (rows := [decision for decision in page if decision.type == name_type])
    ]
    return render_desk_page(
        request,
        "import_decisions",
        title=_("Names in imports"),
        groups=groups,
        page=page,
        has_errors=bool(typed),
    )


def _change_decision(request: HttpRequest) -> dict[int, str]:
    """Perform the button of a decision.

    Returns:
        By the key of the decision, the typed name that nobody here has and that is to be confirmed; else nothing.
    """
    decision = get_object_or_404(ImportDecision, pk=get_pk(request.POST, "decision"))
    name = request.POST.get("name_here", "").strip()[:100]
    if "remove" in request.POST:
        decision.delete()
        messages.success(request, _("The decision on “%(name)s” is removed.") % {"name": decision})
    elif name:
        new_name = find_new_name(NameType(decision.type), decision.name, name, {})
        if new_name and request.POST.get("confirmed_name") != new_name:
            return {decision.pk: new_name}
        store_decision(NameType(decision.type), decision.name, f"{IN_SOURCE}:{name}", by=request.user)
        values = {"name": decision, "target": name}
        messages.success(request, _("“%(name)s” is now the same as %(target)s.") % values)
    else:
        messages.info(request, _("Write the name here that it is the same as."))
    return {}
