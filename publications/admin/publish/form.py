"""The publish form: kind of change, note to readers, start and end."""

from collections.abc import Container
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, preflight
from publications.locales import datetime_with_zone
from publications.models import Change, Publication, digest_shown, scheduled_end

from ..form_data import RedisplayMixin
from ..form_fields import LocalDateTimeField
from ..planning.entries import planned_publication_time
from .approvals import ApprovalContext
from .change_proposal import ChangeProposal, list_changes

ZONE_CITIES = {
    "Europe/Stockholm": gettext_lazy("Stockholm"),
    "Europe/Brussels": gettext_lazy("Brussels"),
    "Europe/Kyiv": gettext_lazy("Kyiv"),
    "Europe/Tallinn": gettext_lazy("Tallinn"),
    "Europe/London": gettext_lazy("London"),
    "America/New_York": gettext_lazy("New York"),
    "UTC": gettext_lazy("UTC"),
}
REPLACE, KEEP = "replace", "keep"
NOW, LATER = "now", "later"
SCHEDULE_WARNING_DAYS = 366
FORM_ONLY_FIELDS = ("when", "zone", "sure", "shown", "placeholders_meant", "links_pending")


class PublishForm(RedisplayMixin, forms.Form):
    """The publish form.

    Hidden fields say what the page showed: `seen` is the digest of the draft, `shown` that of what is approved with it,
    `after` the number of the last edition, `state` the public state. `sure` is the distant time of publication that the
    editor has to confirm. `waiting` is what becomes of a scheduled edition. The style sheet shows `at` and the label of
    the button by `when`; values posted without it, of programs, are scheduled if they have a moment.
    """

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[(NOW, gettext_lazy("Now")), (LATER, gettext_lazy("At a later moment"))],
        required=False,
        initial=NOW,
        widget=forms.RadioSelect,
    )
    at = LocalDateTimeField(label=gettext_lazy("Publish at"))
    until = LocalDateTimeField(
        label=gettext_lazy("Take down at"), help_text=gettext_lazy("Leave empty to keep it public.")
    )
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone of these times"), required=False, initial=settings.TIME_ZONE, choices=()
    )
    change = forms.ChoiceField(
        label=gettext_lazy("What changes for readers"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what changes for readers: one of these.")},
    )
    note = forms.CharField(
        label=gettext_lazy("Note to readers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A correction needs one: it is shown on the page."),
    )
    waiting = forms.ChoiceField(
        label=gettext_lazy("What becomes of the edition that waits"), widget=forms.RadioSelect
    )
    without_approval = forms.CharField(
        label=gettext_lazy("Say why it cannot wait for a second person"),
        required=False,
        max_length=300,
        help_text=gettext_lazy(
            "For emergencies. The reason stands in the audit trail, and all staff are informed at once."
        ),
    )
    placeholders_meant = forms.BooleanField(
        label=gettext_lazy("What looks like notes is meant: publish it as it is"),
        error_messages={
            "required": gettext_lazy(
                "The text still has what looks like notes to yourself. Mend them, or say that they are meant."
            )
        },
    )
    although_hidden = forms.BooleanField(
        label=gettext_lazy("Publish it although the old site hid it"),
        error_messages={
            "required": gettext_lazy("The old site hid this text. Tick that it is to be public all the same.")
        },
    )
    links_pending = forms.BooleanField(
        label=gettext_lazy("Publish it before the texts that it links to"),
        error_messages={
            "required": gettext_lazy(
                "Readers come to an error page by these links until the texts are public. Publish those first, or tick "
                "that this one is to be public before them."
            )
        },
    )
    seen = forms.CharField(widget=forms.HiddenInput)
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    after = forms.IntegerField(widget=forms.HiddenInput, required=False)
    state = forms.CharField(
        widget=forms.HiddenInput, required=False, empty_value=actions.NEVER_PUBLIC, max_length=40
    )
    sure = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data=None,
        *,
        publication: Publication,
        to_confirm: Container[str] = (),
        approval: ApprovalContext | None = None,
    ) -> None:
        super().__init__(
            data, initial=_initial_state(publication, needs_approval=bool(approval)), label_suffix=""
        )
        self.publication = publication
        self.fields["zone"].choices = [(zone, _zone_label(zone, city)) for zone, city in ZONE_CITIES.items()]
        if not publication.editions.ever_public().exists():
            del self.fields["change"], self.fields["note"]
        else:
            self.fields["change"].required = not self._is_outdated()
            self.fields["change"].choices = list_changes(publication)
        self.approval = approval
        self.lacks_approval = bool(approval) and not (approval.is_complete and self._is_as_approved())
        for issue, name in {
            preflight.PLACEHOLDER: "placeholders_meant", preflight.PENDING_LINK: "links_pending",
        }.items():  # fmt: skip
            if issue not in to_confirm:
                del self.fields[name]
        if not publication.hidden_reason:
            del self.fields["although_hidden"]
        scheduled = publication.editions.scheduled().first()
        may_keep = bool(scheduled) and not self._is_outdated()
        if may_keep:
            self.fields["waiting"].choices = _choices_for_scheduled(
                scheduled.visible_from, needs_reason=bool(approval)
            )
        else:
            del self.fields["waiting"]
        if not (self.lacks_approval or (may_keep and approval)):
            del self.fields["without_approval"]

    def propose(self, proposal: ChangeProposal) -> None:
        """Select the proposed kind of change, and show the reason."""
        if "change" not in self.fields:
            return
        if self.approval and self.approval.is_complete:
            self.initial["change"], self.initial["note"] = self.approval.terms[0]
            self["change"].help_text = _(
                "Approved so. Another choice, or another note, needs an approval anew."
            )
        else:
            self.initial["change"] = proposal.change
            self["change"].help_text = proposal.reason

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("when") == NOW:
            self.errors.pop("at", None)
            cleaned["at"] = None
        if "without_approval" in self.fields and not self.is_approval:
            self._check_reason(cleaned)
        elif cleaned.get("without_approval"):  # Enter in the field presses the first button of the form
            text = _(
                "This is a reason for publishing without a second person, and nothing is approved. Press that button, "
                "or take the reason out to approve."
            )
            self.add_error("without_approval", text)
        if cleaned.get("change") == Change.CORRECTION and not cleaned.get("note", "").strip():
            self.add_error("note", str(actions.MISSING_NOTE))
        at = cleaned.get("at")
        if cleaned.get("when") == LATER and not at and "at" not in self.errors:
            self.add_error("at", _("Say when it is to be public."))
        if (
            at
            and at > timezone.now() + timedelta(days=SCHEDULE_WARNING_DAYS)
            and cleaned.get("sure") != at.isoformat()
        ):
            text = _("That is more than a year away: %(moment)s. Schedule it again if that is meant.")
            self.add_error("at", text % {"moment": datetime_with_zone(at)})
            self.data = self.data.copy()
            self.data["sure"] = at.isoformat()
        return cleaned

    @property
    def is_approval(self) -> bool:
        """Whether the button was pressed that approves what the form says, for others to publish."""
        return self.is_bound and "_approve" in self.data

    def _check_reason(self, cleaned: dict) -> None:
        if actions.is_reason(cleaned.get("without_approval", "")):
            return
        if self.lacks_approval:
            text = _("Say in words why it cannot wait, or wait until somebody else has approved it.")
            self.add_error("without_approval", [actions.approval_refusal(self.publication), text])
        elif cleaned.get("waiting") == KEEP:
            self.add_error("without_approval", actions.kept_schedule_refusal(self.publication))

    def _is_as_approved(self) -> bool:
        """Return whether somebody has approved the submitted change and note."""
        if not self.is_bound or "change" not in self.fields:
            return True
        return (self.data.get("change", ""), self.data.get("note", "").strip()) in self.approval.terms

    def _is_outdated(self) -> bool:
        """Return whether the public state has changed since the page was shown."""
        values = ((name, self.data.get(name, "")) for name in ("after", "state"))
        return self.is_bound and any(value not in ("", str(self.initial[name])) for name, value in values)

    def full_clean(self) -> None:
        """Interpret the times in the chosen zone."""
        zone = self.data.get("zone") if self.is_bound else None
        with timezone.override(ZoneInfo(zone if zone in ZONE_CITIES else settings.TIME_ZONE)):
            super().full_clean()

    @property
    def params(self) -> dict[str, object]:
        """The arguments of the action."""
        params = {
            name: value for name, value in self.cleaned_data.items() if value and name not in FORM_ONLY_FIELDS
        }
        params["keep_scheduled"] = params.pop("waiting", "") == KEEP
        return {**params, "after": self.cleaned_data.get("after")}

    def refresh(self, publication: Publication) -> str:
        """Bind the form to the stored draft after a refusal. Returns the digest that the editor saw."""
        if not self.is_bound:
            return ""
        seen = self.data.get("seen", "")
        current = {
            name: value
            for name, value in _initial_state(publication, needs_approval=bool(self.approval)).items()
            if name in ("seen", "shown", "after", "state")
        }
        self.data = {**self.data.dict(), **current}
        return seen


def _initial_state(publication: Publication, *, needs_approval: bool) -> dict[str, object]:
    last = publication.editions.order_by("-number").values_list("number", flat=True).first()
    return {
        "seen": publication.digest,
        "shown": digest_shown(publication) if needs_approval else "",
        "after": last or 0,
        "state": actions.public_state(publication),
        "until": scheduled_end(publication),
        "at": planned_publication_time(publication),
    }


def _zone_label(zone: str, city: str) -> str:
    """Return a label with the city of a zone, its time and its name."""
    now = timezone.now().astimezone(ZoneInfo(zone))
    return _("%(city)s (there it is %(time)s, %(zone)s)") % {
        "city": city,
        "time": f"{now:%H:%M}",
        "zone": now.tzname(),
    }


def _choices_for_scheduled(start: datetime, *, needs_reason: bool) -> list[tuple[str, str]]:
    values = {"moment": datetime_with_zone(start)}
    if needs_reason:
        keep = _(
            "Keep it: at %(moment)s it takes the place of what you publish now, without your changes. "
            "Nobody has approved that, so give the reason below."
        )
    else:
        keep = _("Keep it: at %(moment)s it takes the place of what you publish now, without your changes.")
    return [
        (REPLACE, _("Cancel it: what you publish here takes its place.") % values),
        (KEEP, keep % values),
    ]
