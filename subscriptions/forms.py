"""The forms of readers: what they choose, how often they get mail, their address. They need no cookie, no script."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import LANGUAGE_NAMES, LOCALES, current_locale
from publications.models import KIND, NEWSLETTER, live_choices

from . import addresses
from .conditions import ALERT_FACETS, Choice, list_timings, read_choice
from .labels import NEWSLETTER_LABEL, describe_condition
from .models import Timing
from .signup import MAX_CHOICES, MAX_SUBSCRIPTIONS

FILTER_NAMES = (*ALERT_FACETS, "q")
COMMON_NAMES = (KIND, "topic", "author")
"""What most readers choose by: the other fields are shown once they are opened, as seven are many on a phone."""
LINKED_NAMES = (*FILTER_NAMES, "publication")
"""What an address of the form may say, so that any page can link to it with a choice."""
ADD_MORE = "more"
"""What the button says whose fields stay open, for another choice."""
MAX_CODE_CHARACTERS = 2_000
MAX_CODE_FIELDS = 20
MAX_PAUSE = timedelta(days=366)
PAUSE_DAY = "paused_until"
SHOWN_FIELD = "shown"
"""The hidden field with what stands in the others when the page of a reader is opened, as in an address."""
MAX_SHOWN_FIELDS = MAX_SUBSCRIPTIONS + 10


@dataclass(frozen=True)
class ListedChoice:
    """A choice in the list of a form.

    Attributes:
        code: stands for it in the form: "topic=energy&q=grid".
    """

    code: str
    choice: Choice

    @property
    def label(self) -> str:
        return describe_condition(self.choice.build_condition())


class ChoiceList:
    """The choices of a form: those in its list, and the one that its fields make.

    Attributes:
        error: why something was refused; it is left out of the list.
        fields: what stands in the fields.
        is_open: whether the fields are shown.
    """

    more = ADD_MORE

    def __init__(self) -> None:
        self.is_open = False
        self.listed: list[ListedChoice] = []
        self.error = ""
        self.fields: Mapping[str, str] = {}

    @classmethod
    def from_address(cls, params: QueryDict) -> "ChoiceList":
        """Return the list for an address of the form; parameters that are not of the form are ignored."""
        choices = cls()
        if values := {name: params[name] for name in LINKED_NAMES if params.get(name, "").strip()}:
            choices._add(urlencode(values))
        return choices

    @classmethod
    def from_form(cls, data: QueryDict) -> "ChoiceList":
        choices = cls()
        for code in data.getlist("choice")[: MAX_CHOICES + 1]:
            choices._add(code)
        removed = data.get("remove", "")
        choices.listed = [listed for listed in choices.listed if listed.code != removed]
        choices.fields = {name: data[name] for name in FILTER_NAMES if data.get(name, "").strip()}
        if choices.fields and not removed and choices._add(urlencode(choices.fields)):
            choices.fields = {}
        choices.is_open = bool(choices.fields) or data.get("add") == ADD_MORE
        return choices

    def _add(self, code: str) -> bool:
        """Add a choice to the list; return whether it could be."""
        try:
            listed = ListedChoice(code, read_choice(_parse_code(code)))
        except ValidationError as error:
            self.error = error.message
            return False
        if any(listed.choice.digest == other.choice.digest for other in self.listed):
            return True
        if len(self.listed) >= MAX_CHOICES:
            self.error = _("At most %(count)d choices can be made at a time.") % {"count": MAX_CHOICES}
            return False
        self.listed.append(listed)
        return True

    @property
    def choices(self) -> list[Choice]:
        return [listed.choice for listed in self.listed]

    @property
    def has_issues(self) -> bool:
        """Whether issues of the newsletter are among the choices, which come at once."""
        return any(self._issue_flags)

    @property
    def has_only_issues(self) -> bool:
        """Whether nothing else is: how often mails come is then no choice."""
        return self.has_issues and all(self._issue_flags) and not self.is_open

    @property
    def _issue_flags(self) -> list[bool]:
        return [len(list_timings(listed.choice.filters)) == 1 for listed in self.listed]

    @property
    def common_fields(self) -> Iterable[dict[str, Any]]:
        """The select fields of what most readers choose by."""
        return self._facet_fields(COMMON_NAMES)

    @property
    def rare_fields(self) -> Iterable[dict[str, Any]]:
        """The other select fields."""
        return self._facet_fields(name for name in ALERT_FACETS if name not in COMMON_NAMES)

    @property
    def has_rare_values(self) -> bool:
        """Whether something stands in a field that is not a common one."""
        return any(name not in COMMON_NAMES for name in self.fields)

    def _facet_fields(self, names: Iterable[str]) -> Iterable[dict[str, Any]]:
        """Yield select fields with their values, those of the fields selected."""
        for name in names:
            facet = ALERT_FACETS[name]
            values = sorted(live_choices(facet, None, {}), key=lambda value: str(value.label).casefold())
            options = [
                {"value": value, "label": label, "selected": value == self.fields.get(name)}
                for value, label, _count in values
            ]
            if name == KIND:
                options.append(self._newsletter_option())
            yield {"name": name, "label": facet.label, "all_label": facet.all_label, "options": options}

    def _newsletter_option(self) -> dict[str, Any]:
        """Return the choice of the newsletter, whose issues are not counted among publications."""
        is_selected = self.fields.get(KIND) == NEWSLETTER
        return {"value": NEWSLETTER, "label": NEWSLETTER_LABEL, "selected": is_selected}

    @property
    def query_text(self) -> str:
        return self.fields.get("q", "")


def _parse_code(code: str) -> dict[str, str]:
    try:
        if len(code) > MAX_CODE_CHARACTERS:
            raise ValueError("long")
        return dict(parse_qsl(code, keep_blank_values=True, max_num_fields=MAX_CODE_FIELDS))
    except ValueError as error:
        raise ValidationError(_("This choice is not complete. Please make it again.")) from error


class OptionsForm(forms.Form):
    """How often, and in which language."""

    timing = forms.ChoiceField(choices=Timing.choices, required=False)
    locale = forms.ChoiceField(choices=[(code, LANGUAGE_NAMES[code]) for code in LOCALES], required=False)

    def clean_timing(self) -> Timing:
        return Timing(self.cleaned_data["timing"] or Timing.AT_ONCE)

    def clean_locale(self) -> str:
        return self.cleaned_data["locale"] or current_locale()


class SignUpForm(OptionsForm):
    """The address, and a field that people do not see: whoever fills it in is a program."""

    email = forms.CharField(
        max_length=4 * addresses.MAX_ADDRESS_CHARACTERS,
        error_messages={"required": gettext_lazy("Please enter your email address.")},
    )
    checked = forms.CharField(required=False)
    website = forms.CharField(required=False)

    def clean_email(self) -> str:
        return addresses.clean_address(self.cleaned_data["email"])

    @property
    def suggestion(self) -> str:
        """The address that the reader may have meant instead; "" once they have checked this one."""
        email = self.cleaned_data["email"]
        return "" if self.cleaned_data["checked"] == email else addresses.suggest_address(email)

    @property
    def is_spam(self) -> bool:
        return bool(self.data.get("website"))


class Pause(TextChoices):
    """What a reader chooses of a pause."""

    KEEP = "keep", gettext_lazy("No pause")
    RESUME = "resume", gettext_lazy("Get emails again now")
    WEEK = "week", gettext_lazy("For a week")
    MONTH = "month", gettext_lazy("For a month")
    DAY = "day", gettext_lazy("Until a date")


PAUSE_PERIODS = {Pause.WEEK: timedelta(days=7), Pause.MONTH: timedelta(days=30)}


class ManageForm(OptionsForm):
    """What a reader stores at once, and until when no mail is sent: the day of the next one."""

    pause = forms.ChoiceField(choices=Pause.choices, required=False)
    paused_until = forms.DateField(
        required=False,
        error_messages={"invalid": gettext_lazy("Please choose a day, such as 2026-12-31.")},
    )

    def clean_timing(self) -> Timing | None:
        """Return how often mails of what is added come; None: as those that the reader gets."""
        timing = self.cleaned_data["timing"]
        return Timing(timing) if timing else None

    def clean_pause(self) -> Pause:
        """Return what was chosen; the button to get mails again comes before the choice that is ticked.

        A day that is typed beside a choice that stays as it was is chosen: without a script it ticks nothing.
        """
        if Pause.RESUME in self.data.getlist("pause"):
            return Pause.RESUME
        pause = Pause(self.cleaned_data["pause"] or Pause.KEEP)
        is_day_typed = bool(self.data.get(PAUSE_DAY)) and self.is_changed(PAUSE_DAY)
        was_kept = self._shown.get("pause", Pause.KEEP) == Pause.KEEP
        return Pause.DAY if pause == Pause.KEEP and was_kept and is_day_typed else pause

    def clean_paused_until(self) -> datetime | None:
        """Return the end of a pause that is chosen; None without one."""
        pause, day = self.cleaned_data.get("pause"), self.cleaned_data[PAUSE_DAY]
        today = timezone.localdate()
        if pause in PAUSE_PERIODS:
            day = today + PAUSE_PERIODS[pause]
        elif pause != Pause.DAY:
            return None
        if not day:
            raise ValidationError(_("Please choose a day."))
        if not today < day <= today + MAX_PAUSE:
            raise ValidationError(_("Please choose a day after today, within a year."))
        return timezone.make_aware(datetime.combine(day, time()))

    @property
    def subscriber_values(self) -> dict[str, Any]:
        """What a valid form changes of the subscriber, by column."""
        values: dict[str, Any] = {"locale": self.cleaned_data["locale"]} if self.is_changed("locale") else {}
        paused_until = self.cleaned_data[PAUSE_DAY]
        if paused_until or self.cleaned_data["pause"] == Pause.RESUME:
            values["paused_until"] = paused_until
        return values

    def is_changed(self, name: str) -> bool:
        """Return whether a field differs from what the page has shown: another page may have stored more since."""
        return self.data.get(name) != self._shown.get(name)

    def write_shown(self, stored: Mapping[str, str]) -> str:
        """Return what the hidden field of the page says, on which a form that was refused is shown again."""
        pause = {"pause": self.cleaned_data.get("pause", Pause.KEEP), PAUSE_DAY: self.data.get(PAUSE_DAY, "")}
        return urlencode({**stored, **self._shown, **pause})

    @cached_property
    def _shown(self) -> dict[str, str]:
        """What stood in the fields, by their names; of the pause it is what this page has shown, not the first one."""
        try:
            return dict(parse_qsl(self.data.get(SHOWN_FIELD, ""), max_num_fields=MAX_SHOWN_FIELDS))
        except ValueError:
            return {}
