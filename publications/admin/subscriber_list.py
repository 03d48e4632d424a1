"""Lists of subscribers from other systems: imported at the desk, for readers who have agreed to mails before."""

from collections.abc import Sequence

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from publications.locales import LANGUAGE_LABELS, LOCALES, current_locale
from publications.models import FACETS, KIND, NEWSLETTER, Kind
from subscriptions.conditions import Choice
from subscriptions.labels import NEWSLETTER_LABEL
from subscriptions.list_import import (
    MAX_CONSENT_CHARACTERS,
    MAX_LIST_BYTES,
    MAX_REQUEST_LINES,
    ListImport,
    import_list,
)
from subscriptions.list_rows import count_entries
from subscriptions.models import Timing

from .form_data import RedisplayMixin
from .site import render_desk_page, require_permissions

FILE_AGAIN = gettext_lazy("Choose the file again: browsers forget it when a page is shown anew.")


LISTED_LINES = {
    "unsubscribed": ngettext_lazy(
        "%(count)d line says in a column that its owner has left or not agreed, and is left out: %(lines)s.",
        "%(count)d lines say in a column that their owners have left or not agreed, and are left out: %(lines)s.",
        "count",
    ),
    "refused": ngettext_lazy(
        "%(count)d line has no mail address, or one that no reader has (line %(lines)s).",
        "%(count)d lines have no mail address, or one that no reader has (lines %(lines)s).",
        "count",
    ),
    "shortened": ngettext_lazy(
        "%(count)d line has several mail addresses, of which the first was read (line %(lines)s).",
        "%(count)d lines have several mail addresses, of which the first was read (lines %(lines)s).",
        "count",
    ),
}
"""What is said of the lines of a list, by the attribute of `ListImport` that has them."""


class SubscriberListForm(RedisplayMixin, forms.Form):
    """A list of addresses, what they are informed of, and what proves that their owners have agreed."""

    file = forms.FileField(
        label=gettext_lazy("List of addresses"),
        help_text=gettext_lazy(
            "A text or a table (.csv, .txt) with one address in each line. The file is not kept. "
            "Rows that say that somebody has unsubscribed are left out."
        ),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What they are informed of"), required=False,
        help_text=gettext_lazy("They can change it themselves by the link in each mail."),
    )  # fmt: skip
    timing = forms.ChoiceField(
        label=gettext_lazy("How often"), choices=Timing.choices, initial=Timing.WEEKLY,
        help_text=gettext_lazy("The newsletter comes as soon as an issue is published, whatever is chosen here."),
    )  # fmt: skip
    locale = forms.ChoiceField(
        label=gettext_lazy("Language of the mails"),
        choices=[(code, LANGUAGE_LABELS[code]) for code in LOCALES],
    )
    consent = forms.CharField(
        label=gettext_lazy("What proves that they have agreed"), max_length=MAX_CONSENT_CHARACTERS,
        help_text=gettext_lazy(
            "Such as “Newsletter of the old site, confirmed by mail, 2019 to 2026; list kept by Ann Berg”. It is kept "
            "with each of them."
        ),
    )  # fmt: skip

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        facet = FACETS[KIND]
        kinds = [(row.slug, _label_of_kind(row)) for row in facet.model.objects.all()]
        self.fields["kind"].choices = [("", _("All publications")), *kinds]
        self.fields["kind"].initial = NEWSLETTER
        self.fields["locale"].initial = current_locale()
        if self.is_redisplay:
            self.fields["file"].help_text = f"{FILE_AGAIN} {self.fields['file'].help_text}"

    def clean(self) -> dict:
        """Mark the file wherever anything is wrong: no browser keeps it."""
        cleaned = super().clean()
        if self.errors and "file" in cleaned:
            self.add_error("file", str(FILE_AGAIN))
        return cleaned

    def clean_file(self) -> str:
        """Return the text of the file."""
        file = self.cleaned_data["file"]
        if file.size > MAX_LIST_BYTES:
            text = _("The file is larger than %(size)d MB: divide it.")
            raise forms.ValidationError(text % {"size": MAX_LIST_BYTES // 1_000_000})
        try:
            text = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is no text in UTF-8: save it as such.")) from error
        if (count := count_entries(text.splitlines())) > MAX_REQUEST_LINES:
            message = _(
                "The list has %(count)d lines or addresses, and this page takes %(limit)d at a time: divide it. Or run "
                "the command manage.py import_subscribers on the server, which takes lists of any length."
            )
            raise forms.ValidationError(message % {"count": count, "limit": MAX_REQUEST_LINES})
        return text


def _label_of_kind(kind: Kind) -> str:
    return str(NEWSLETTER_LABEL if kind.is_newsletter else FACETS[KIND].label_of(kind))


@require_permissions("change_subscriber", app="subscriptions")
def subscriber_list_page(request: HttpRequest) -> HttpResponse:
    """Import a list of addresses whose owners have agreed to mails."""
    data = request.POST or None  # a form that was restored is filled in, whatever the method
    form = SubscriberListForm(data, None if data is None else request.FILES)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        filters = {KIND: chosen["kind"]} if chosen["kind"] else {}
        result = import_list(
            chosen["file"], Choice(filters), timing=Timing(chosen["timing"]), locale=chosen["locale"],
            consent_note=chosen["consent"], by=request.user, request=request,
        )  # fmt: skip
        messages.success(request, _render_result(_describe_result(result)))
        return HttpResponseRedirect(reverse("desk:subscribers"))
    return render_desk_page(request, "subscriber_list", title=_("Import a list of subscribers"), form=form)


def _render_result(sentences: Sequence[str]) -> SafeString:
    items = format_html_join("", "<li>{}</li>", ((sentence,) for sentence in sentences))
    return format_html("<ul>{}</ul>", items)


def _describe_result(result: ListImport) -> list[str]:
    sentences = [
        ngettext("%d subscriber was added.", "%d subscribers were added.", result.added) % result.added,
    ]
    if earlier := result.added - result.new:
        sentences.append(
            ngettext(
                "%d of them was a reader before, and now gets this as well.",
                "%d of them were readers before, and now get this as well.",
                earlier,
            )
            % earlier
        )
    if result.known:
        sentences.append(
            ngettext("%d was subscribed to it before.", "%d were subscribed to it before.", result.known)
            % result.known
        )
    if result.suppressed:
        text = ngettext(
            "%d has left before, and stays away.", "%d have left before, and stay away.", result.suppressed
        )
        sentences.append(text % result.suppressed)
    if result.repeated:
        text = ngettext(
            "%d line has an address of an earlier one.",
            "%d lines have addresses of earlier ones.",
            result.repeated,
        )
        sentences.append(text % result.repeated)
    for name, text in LISTED_LINES.items():
        if (lines := getattr(result, name)).count:
            sentences.append(text % {"count": lines.count, "lines": lines})
    return sentences
