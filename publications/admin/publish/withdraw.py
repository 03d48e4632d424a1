"""The pages of withdraw, undo and redact. Each shows its effects before it performs the action."""

from collections.abc import Callable, Iterator

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.mail import can_send_mail
from publications import actions
from publications.locales import datetime_with_zone
from publications.models import ArchiveImport, Change, Publication, needs_approval

from ..form_data import RedisplayMixin
from ..history.audit_text import AuditEntryText, describe_actions_since
from ..related_links import editions_linking_to
from ..site import get_publication_or_404, render_publication_page, require_permissions
from .issues_with import describe_issues_with, describe_scheduled_issues
from .recipients import describe_notice, describe_taken_back, describe_withdrawn

MAX_LINKING_EDITIONS = 100


class StateForm(RedisplayMixin, forms.Form):
    """The form of an action, with the public state that the page showed."""

    state = forms.CharField(
        widget=forms.HiddenInput, required=False, empty_value=actions.NEVER_PUBLIC, max_length=40
    )

    def __init__(self, data=None, *, publication: Publication) -> None:
        super().__init__(data, initial={"state": actions.public_state(publication)})

    def refresh(self, publication: Publication) -> list[AuditEntryText]:
        """Replace the posted state by the current one. Returns the actions between the two."""
        if not self.is_bound:
            return []
        state = self.data.get("state", "")
        self.data = {**self.data.dict(), "state": actions.public_state(publication)}
        return describe_actions_since(publication, state)


class ReasonForm(RedisplayMixin, forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Reason, for readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown at the address of the piece. May be left empty."),
    )


class WithdrawForm(ReasonForm, StateForm):
    pass


class RedactForm(RedisplayMixin, forms.Form):
    passage = forms.CharField(
        label=gettext_lazy("Name or passage to take out"),
        help_text=gettext_lazy(
            "Capitals and small letters are alike. Whole words are looked for, and their endings."
        ),
    )
    mark = forms.ChoiceField(label=gettext_lazy("What stands in its place"))
    why = forms.CharField(label=gettext_lazy("Reason, for the audit trail"), required=False)

    def __init__(self, data=None, *, publication: Publication) -> None:
        super().__init__(data)
        self.fields["mark"].choices = [(mark, mark) for mark in actions.redaction_marks(publication.language)]

    def clean_passage(self) -> str:
        passage = self.cleaned_data["passage"]
        try:
            actions.check_passage(passage)
        except actions.ActionRefused as refusal:
            raise ValidationError(refusal.reasons) from refusal
        return passage


@require_permissions("publish_publication")
def withdraw_page(request: HttpRequest, pk: int) -> HttpResponse:
    publication = get_publication_or_404(pk)
    form = WithdrawForm(request.POST or None, publication=publication)
    if response := perform_action(request, publication, form, lambda: _withdraw(request, publication, form)):
        return response
    last = publication.editions.ever_public().order_by("-visible_from").first()
    live = publication.editions.live().first()
    return render_publication_page(
        request, "withdraw", publication, form=form, title=_("Withdraw"), last=last,
        can_withdraw=live or publication.editions.scheduled().exists(),
        is_unapproved=live and needs_approval(publication),
        mails=describe_withdrawn(live) + describe_issues_with(publication) if live else [],
        open_press_links=publication.press_links.open().count(),
        linking_editions=list(editions_linking_to([publication])[:MAX_LINKING_EDITIONS]),
        newer_entries=form.refresh(publication),
    )  # fmt: skip


def _withdraw(request: HttpRequest, publication: Publication, form: forms.Form) -> str:
    live = publication.editions.live().first()
    mails = describe_withdrawn(live) if live else []
    actions.withdraw(publication, by=request.user, **form.cleaned_data)
    done = _("Withdrawn. Its address now says that it is no longer public; nothing has been deleted.")
    return " ".join([done, *mails])


UNDO_NAMES = {
    actions.UndoType.CANCEL: gettext_lazy("Cancel the schedule"),
    actions.UndoType.RESTORE: gettext_lazy("Take back the last publication"),
    actions.UndoType.WITHDRAW: gettext_lazy("Take back the last publication"),
    actions.UndoType.REPUBLISH: gettext_lazy("Publish again as it was"),
}
UNDO_NAMES_OF_CHANGES = {
    Change.RETRACTION: gettext_lazy("Take back the retraction"),
    Change.CONCERN: gettext_lazy("Take back the expression of concern"),
    Change.LIFTED: gettext_lazy("Take back that the concern is lifted"),
}
UNDO_LABELS = UNDO_NAMES | {
    actions.UndoType.RESTORE: gettext_lazy("Take back: show edition %(restored)s again"),
    actions.UndoType.WITHDRAW: gettext_lazy("Take back: withdraw the publication"),
}
UNDO_MESSAGES = {
    actions.UndoType.CANCEL: gettext_lazy(
        "Cancelled. Nothing changes for readers, and your draft is as it was."
    ),
    actions.UndoType.RESTORE: gettext_lazy(
        "Taken back. Readers see the text of the edition before again; your draft is as it was."
    ),
    actions.UndoType.WITHDRAW: gettext_lazy("Taken back. Your draft is as it was."),
    actions.UndoType.REPUBLISH: gettext_lazy(
        "Published again as it was. Readers see the text that was withdrawn; your draft is as it was."
    ),
}


def undo_name(plan: actions.UndoPlan | None) -> str:
    """Return the name of an undo from its plan (see `plan_undo`)."""
    if plan and plan.type is actions.UndoType.RESTORE:
        change = Change.RETRACTION if plan.edition.is_retracted else plan.edition.change
        return str(UNDO_NAMES_OF_CHANGES.get(change, UNDO_NAMES[plan.type]))
    return str(UNDO_NAMES[plan.type if plan else actions.UndoType.RESTORE])


def undo_label(plan: actions.UndoPlan) -> str:
    """Return the label of the button of an undo."""
    restored = plan.restored.number if plan.restored else ""
    return str(UNDO_LABELS[plan.type]) % {"restored": restored}


def undo_context(plan: actions.UndoPlan | None) -> dict[str, object]:
    """Return the context of `desk/undo_plan.html` and of its button."""
    return {
        "plan": plan,
        "undo_name": undo_name(plan),
        "undo_label": undo_label(plan) if plan else "",
        "mails": _describe_mails(plan),
        "undo_is_final": bool(plan) and plan.type in (actions.UndoType.RESTORE, actions.UndoType.WITHDRAW),
        "undo_until": datetime_with_zone(plan.until) if plan and plan.has_end else "",
    }


def _describe_mails(plan: actions.UndoPlan | None) -> list[str]:
    if plan and plan.type is actions.UndoType.CANCEL:
        mails = [_("No reader has been mailed about it, and none will be.")] if can_send_mail() else []
        has_live = plan.edition.publication.editions.live().exists()
        return mails if has_live else mails + describe_scheduled_issues(plan.edition.publication)
    if plan and plan.type is actions.UndoType.REPUBLISH:
        return describe_notice(plan.edition)
    is_taken_back = plan and plan.type in (actions.UndoType.RESTORE, actions.UndoType.WITHDRAW)
    return describe_taken_back(plan.edition) if is_taken_back else []


@require_permissions("publish_publication")
def undo_page(request: HttpRequest, pk: int) -> HttpResponse:
    publication = get_publication_or_404(pk)
    plan = actions.plan_undo(publication)
    form = StateForm(request.POST or None, publication=publication)
    if response := perform_action(
        request, publication, form, lambda: _undo(request, publication, form, plan)
    ):
        return response
    newer_entries = form.refresh(publication)
    return render_publication_page(
        request,
        "undo",
        publication,
        form=form,
        title=undo_name(plan),
        **undo_context(plan),
        newer_entries=newer_entries,
    )


def _undo(request: HttpRequest, publication: Publication, form: forms.Form, plan) -> str:
    mails = _describe_mails(plan)
    actions.undo(publication, by=request.user, state=form.cleaned_data["state"])
    return " ".join([str(UNDO_MESSAGES[plan.type]), *mails])


@require_permissions("redact_publication")
def redact_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Render a preview of a redaction, then redact if the preview is still valid; of a deleted draft too."""
    publication = get_publication_or_404(pk, or_deleted=True)
    form = RedactForm(request.POST or None, publication=publication)
    seen = request.POST.get("seen", "")
    if seen and (
        response := perform_action(
            request, publication, form, lambda: _redact(request, publication, form, seen)
        )
    ):
        return response
    preview = _preview_redaction(request, publication, form)
    label = _("Redact everywhere") if preview else _("Show what would go")
    return render_publication_page(
        request,
        "redact",
        publication,
        form=form,
        title=_("Redact"),
        preview=preview,
        button_label=label,
        open_press_links=publication.press_links.open().count(),
        archive_imports=ArchiveImport.objects.defer("report", "earlier_report"),
        may_import=request.user.has_perm("publications.add_archiveimport"),
    )


def _preview_redaction(
    request: HttpRequest, publication: Publication, form: forms.Form
) -> actions.RedactionReport | None:
    """Return what would be redacted, or None if a field has an error."""
    if not form.is_bound or form.is_redisplay or set(form.errors) - {NON_FIELD_ERRORS}:
        return None
    values = form.cleaned_data
    try:
        return actions.preview_redaction(publication, values["passage"], by=request.user, mark=values["mark"])
    except actions.ActionRefused as refusal:
        if not form.non_field_errors():
            form.add_error(None, refusal.reasons)
        return None


def _redact(request: HttpRequest, publication: Publication, form: forms.Form, seen: str) -> str:
    values = form.cleaned_data
    report = actions.redact(
        publication, values["passage"], by=request.user, reason=values["why"], mark=values["mark"], seen=seen
    )
    return " ".join(_describe_redaction(report))


def _describe_redaction(report: actions.RedactionReport) -> Iterator[str]:
    editions, links = len(report.editions), len(report.links)
    if editions:
        yield ngettext(
            "Taken out of %(count)d edition, the draft and its history.",
            "Taken out of %(count)d editions, the draft and its history.",
            editions,
        ) % {"count": editions}
    else:
        yield _("Taken out of the draft, its history and what stands beside it. No edition held it.")
    if links:
        yield ngettext(
            "%(count)d link that named it leads nowhere any more; its words stay.",
            "%(count)d links that named it lead nowhere any more; their words stay.",
            links,
        ) % {"count": links}


def perform_action(
    request: HttpRequest, publication: Publication, form: forms.Form, perform: Callable[[], str]
) -> HttpResponse | None:
    """Perform the action if the form is valid, and redirect to the publication; a refusal becomes form errors."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        messages.success(request, perform())
    except actions.ActionRefused as refusal:
        form.add_error(None, refusal.reasons)
        return None
    return HttpResponseRedirect(reverse("desk:publications_publication_change", args=[publication.pk]))
