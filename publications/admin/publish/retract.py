"""The pages of a faulty text: what can be done about it, and the pages of retracting and of expressing a concern.

Each of these shows what readers will see before it performs the action.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions
from publications.locales import format_day
from publications.models import (
    Change,
    Edition,
    EditorialNotice,
    EditorialStatus,
    Publication,
    needs_approval,
    site_settings,
)

from ..site import get_publication_or_404, render_publication_page, require_permissions
from .recipients import describe_notice, describe_withdrawn
from .withdraw import StateForm, perform_action

MAX_NOTICE_CHARACTERS = 2000


@dataclass(frozen=True, kw_only=True)
class StatusPage:
    """The page of one change of the editorial status.

    Attributes:
        consequences: what happens, one sentence each.
        when: when to use it, for the page that compares the remedies.
    """

    url_name: str
    change: actions.StatusChange
    perform: Callable[..., Edition]
    title: Promise
    label: Promise
    done: Promise
    when: Promise
    consequences: tuple[Promise, ...]
    is_danger: bool = False


RETRACT = StatusPage(
    url_name="retract",
    change=actions.RETRACTION,
    perform=actions.retract,
    title=gettext_lazy("Retract"),
    label=gettext_lazy("What is wrong, for readers"),
    done=gettext_lazy("Retracted. Readers still find the text, marked as retracted, with your reason."),
    when=gettext_lazy(
        "The text is wrong so that nobody should rely on it, but readers and those who have cited it are to see what "
        "was published."
    ),
    consequences=(
        gettext_lazy(
            "Everybody can still read the text. Its title begins with RETRACTED, and the notice stands above it and "
            "above its earlier editions, on every page of the PDF, in lists, search, feeds and references."
        ),
        gettext_lazy(
            "The text is not published again: edits of the draft stay drafts. If the retraction is a mistake, take it "
            "back."
        ),
    ),
    is_danger=True,
)
EXPRESS_CONCERN = StatusPage(
    url_name="express-concern",
    change=actions.CONCERN,
    perform=actions.express_concern,
    title=gettext_lazy("Express concern"),
    label=gettext_lazy("What is in doubt, for readers"),
    done=gettext_lazy("The concern is expressed. Readers see it until you lift it or retract the text."),
    when=gettext_lazy("There is serious doubt about the text, and it will take time until you know."),
    consequences=(
        gettext_lazy(
            "Everybody can still read the text. Its title begins with EXPRESSION OF CONCERN, and the notice stands "
            "above it, in the PDF, in lists, search, feeds and references."
        ),
        gettext_lazy("The text can be corrected; the concern stays until you lift it or retract the text."),
    ),
)
LIFT_CONCERN = StatusPage(
    url_name="lift-concern",
    change=actions.LIFTING,
    perform=actions.lift_concern,
    title=gettext_lazy("Lift the concern"),
    label=gettext_lazy("Why the concern is lifted, for readers"),
    done=gettext_lazy("The concern is lifted, and readers read why."),
    when=gettext_lazy("You have examined the text, and it holds, perhaps after a correction."),
    consequences=(
        gettext_lazy(
            "The mark goes from the title and from everywhere else. Below the text readers find both notes."
        ),
    ),
)
STATUS_PAGES = (EXPRESS_CONCERN, LIFT_CONCERN, RETRACT)
"""From the lightest to the gravest."""


class NoticeForm(StateForm):
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=MAX_NOTICE_CHARACTERS,
        help_text=gettext_lazy(
            "In the language of the text, two or three sentences: who found what, and how."
        ),
    )

    def __init__(self, data=None, *, publication: Publication, page: StatusPage) -> None:
        super().__init__(data, publication=publication)
        self.fields["note"].label = page.label


@dataclass(frozen=True)
class Remedy:
    """One remedy for a faulty text, on the page that compares them.

    Attributes:
        mails: who is mailed of it, in sentences.
    """

    title: str
    url: str
    when: str
    consequences: tuple[str, ...]
    is_danger: bool = False
    mails: tuple[str, ...] = ()


@require_permissions("publish_publication")
def faulty_text_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare what can be done about a text that readers should not rely on."""
    publication = get_publication_or_404(pk)
    live = publication.editions.live().first()
    return render_publication_page(
        request, "faulty_text", publication,
        title=_("Withdraw or retract"),
        live=live,
        remedies=list_remedies(publication, live),
        is_retracted=bool(live and live.is_retracted),
    )  # fmt: skip


def list_remedies(publication: Publication, live: Edition | None) -> list[Remedy]:
    remedies, mails = [], tuple(describe_notice(live)) if live else ()
    if live and not live.is_retracted:
        remedies.append(
            Remedy(
                _("Correct"),
                reverse("desk:publications_publication_change", args=[publication.pk]),
                _("A mistake can be put right, and the rest of the text holds."),
                (
                    _(
                        "Write it right, then publish it as a correction with a note: readers see what was wrong."
                    ),
                ),
                mails=mails,
            )
        )
    last = _last_public(publication)
    remedies += [
        Remedy(
            str(page.title),
            reverse(f"desk:{page.url_name}", args=[publication.pk]),
            str(page.when),
            tuple(map(str, page.consequences)),
            page.is_danger,
            mails,
        )
        for page in STATUS_PAGES
        if not actions.status_refusal(live, last, page.change)
    ]
    if live or publication.scheduled_from:
        remedies.append(_withdrawal(publication, live))
    return remedies


def _withdrawal(publication: Publication, live: Edition | None) -> Remedy:
    return Remedy(
        _("Withdraw"),
        reverse("desk:withdraw", args=[publication.pk]),
        _(
            "Nobody is to read the text at all: the law, a contract or somebody’s safety asks for it, or it was "
            "published by mistake."
        ),
        (_("Its address says that it is no longer public. Lists, feeds and search do not have it."),),
        is_danger=True,
        mails=tuple(describe_withdrawn(live)) if live else (),
    )


@require_permissions("publish_publication")
def retract_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _status_page(request, pk, RETRACT)


@require_permissions("publish_publication")
def express_concern_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _status_page(request, pk, EXPRESS_CONCERN)


@require_permissions("publish_publication")
def lift_concern_page(request: HttpRequest, pk: int) -> HttpResponse:
    return _status_page(request, pk, LIFT_CONCERN)


def _status_page(request: HttpRequest, pk: int, page: StatusPage) -> HttpResponse:
    """Show the notice as readers will see it; perform the action once that of the form has been shown."""
    publication = get_publication_or_404(pk)
    form = NoticeForm(request.POST or None, publication=publication, page=page)
    is_seen = request.POST.get("seen", "").split() == request.POST.get("note", "").split() != []
    if is_seen and (
        response := perform_action(
            request, publication, form, lambda: _perform(request, publication, form, page)
        )
    ):
        return response
    live = publication.editions.live().first()
    note = form.cleaned_data["note"] if form.is_bound and not form.is_redisplay and form.is_valid() else ""
    return render_publication_page(
        request, "change_status", publication,
        form=form,
        title=page.title,
        live=live,
        page=page,
        refusal=actions.status_refusal(live, _last_public(publication), page.change),
        scheduled=publication.editions.scheduled().first(),
        is_unapproved=needs_approval(publication),
        mails=describe_notice(live) if live else [],
        has_files=bool(page.change.status and live and live.attachments.exists()),
        open_press_links=publication.press_links.open().count(),
        newer_entries=form.refresh(publication),
        button_label=page.title if note else _("Show what readers will see"),
        is_danger=page.is_danger and bool(note),
        **(_preview_context(live, page, note) if note and live else {}),
    )  # fmt: skip


def _perform(request: HttpRequest, publication: Publication, form: NoticeForm, page: StatusPage) -> str:
    edition = page.perform(publication, by=request.user, **form.cleaned_data)
    return " ".join([str(page.done), *describe_notice(edition)])


def _preview_context(live: Edition, page: StatusPage, note: str) -> dict[str, object]:
    """Return the title and the notice as readers will see them, and the note that they were built from."""
    now = timezone.now()
    if not page.change.status:
        label = Change.LIFTED.label
        return {
            "seen": note,
            "preview_title": live.title,
            "preview_note": f"{label} {format_day(now)}: {note}",
        }
    notice = EditorialNotice(EditorialStatus(page.change.status), note, now, live.language)
    return {
        "seen": note,
        "edition": live,
        "preview_title": notice.mark(live.title),
        "editorial_notice": notice,
        "editorial_notice_heading": notice.heading(site_settings().get_translation("name", live.locale)),
    }


def _last_public(publication: Publication) -> Edition | None:
    return publication.editions.last_public_by(timezone.now())
