"""The demonstration, with every state, kind, byline role and attachment type that it lacks."""

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import AccountEvent, EventType, Invitation, link_expiry, new_nonce
from publications import actions, demonstration
from publications.admin import submissions
from publications.attachment_files import ATTACHMENT_TYPES
from publications.models import (
    AuditEntry,
    Autosave,
    Byline,
    BylineRole,
    Image,
    Kind,
    MenuLink,
    OutboxMail,
    PressLink,
    Publication,
    Review,
    SitePage,
    SiteSettings,
    Synonym,
    store_original,
)
from subscriptions.conditions import Choice
from subscriptions.models import AlertMailPurpose
from tests.factories import make_author, make_image, make_live, make_person, make_publication, saved, tomorrow
from tests.subscriptions.factories import make_subscriber
from tests.word_files import make_word_file

SUBSCRIBER = "zzqsubscriber"
"""In the address of a reader, which no page of the desk shows."""


@dataclass
class Newsroom:
    """The rows that addresses of the desk name."""

    publications: dict[str, Publication]
    things: dict[str, object]
    states: frozenset[str] = frozenset()
    """Names of the publications that represent a state; the others represent a kind of content."""


def make_newsroom(person) -> Newsroom:
    """Load the demonstration and add a publication in each state and of each kind of content that it lacks."""
    expired = _publish_expired(person)  # first, as no action may be older than the last
    demonstration.load(by=person, write=lambda _line: None)
    demonstrated, by_state = _select_demonstrated(), {"expired": expired, **_publish_states(person)}
    publications = {**demonstrated, **by_state, **_publish_kinds_of_content()}
    return Newsroom(publications, _make_other_rows(publications["changed"], person), frozenset(by_state))


def _select_demonstrated() -> dict[str, Publication]:
    """Return publications that together have every kind, language, role, attachment type and number of editions."""
    seen: set[str] = set()
    selected: dict[str, Publication] = {}
    for publication in Publication.objects.select_related("kind").prefetch_related(
        "bylines", "attachments", "editions"
    ):
        traits = {
            f"kind {publication.kind.slug}",
            f"language {publication.language}",
            f"{len(publication.editions.all())} editions",
        }
        traits |= {f"role {byline.role}" for byline in publication.bylines.all()}
        traits |= {f"file .{file.filename.rpartition('.')[2]}" for file in publication.attachments.all()}
        if new := traits - seen:
            selected[", ".join(sorted(new))] = publication
            seen |= traits
    return selected


def _publish_expired(person) -> Publication:
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=True):
        return actions.publish(make_publication(), by=person, until=tomorrow()).publication


def _publish_states(person) -> dict[str, Publication]:
    live = make_live().publication
    scheduled = actions.publish(make_publication(), by=person, at=tomorrow()).publication
    changed = saved(
        make_live(tags=()).publication, body="Changed since.\n\n[Nowhere](/en/publications/nowhere/)"
    )
    waiting = make_live().publication
    actions.publish(saved(waiting, body="Later."), by=person, at=tomorrow())
    undone = make_live().publication
    actions.publish(saved(undone, body="Mistaken."), by=person)
    actions.undo(undone, by=person)
    withdrawn = make_live().publication
    actions.withdraw(withdrawn, by=person, note="It was not so.")
    redacted = make_live(body="Vera Holm said it.").publication
    actions.redact(redacted, "Vera Holm", by=person)
    behind, left = (
        make_live(language="sv", translation_of=make_live().publication).publication for _number in range(2)
    )
    actions.publish(saved(behind.translation_of, body="Rye."), by=person, change="correction", note="Rye.")
    actions.withdraw(left.translation_of, by=person, note="It was not so.")
    retracted, doubted = make_live().publication, make_live().publication
    actions.retract(retracted, by=person, note="Made up.")
    actions.express_concern(doubted, by=person, note="In doubt.")
    untitled = Publication.objects.create(kind=Kind.objects.first())
    PressLink.objects.make(scheduled.revisions.first(), recipient="Ann", embargoed_until=tomorrow())
    ready = make_publication()
    submissions.submit_for_checking(ready, by=person)
    Kind.objects.filter(slug="guest-report").update(needs_approval=True)
    approved = make_publication(kind="guest-report")
    actions.approve(approved, by=make_person("Editors"), seen=approved.digest)
    return {
        "draft": make_publication(), "live": live, "scheduled": scheduled, "changed": changed, "waiting": waiting,
        "undone": undone, "withdrawn": withdrawn, "redacted": redacted, "ready": ready,
        "retracted": retracted, "doubted": doubted, "behind": behind, "left": left, "approved": approved,
        "untitled": saved(untitled),
        "unsigned": make_publication(authors=[]),
        "unreadable": saved(make_live().publication, body="> " * 9000),
    }  # fmt: skip


def _publish_kinds_of_content() -> dict[str, Publication]:
    return {
        "roles": _publish_with_every_role(),
        "files": _publish_with_every_attachment_type(),
        "pen name": _publish_and_change(authors=[make_author("Tacit", is_pseudonymous=True)]),
        "link": _publish_and_change(body="", external_url="https://example.org/elsewhere"),
        "right to left": _publish_and_change(language="ar", title="نص", body="نص."),
        "numbered": _publish_and_change(
            kind="report", doi="10.1234/abc-5", isbn="978-91-7402-516-6", key_points="One.\nTwo."
        ),
        "translated": _publish_and_change(
            language="sv", translation_of=_publish_and_change(), cover=make_image(size=(400, 300))
        ),
    }


def _publish_and_change(**fields) -> Publication:
    """Return a live publication whose draft has an unpublished change."""
    publication = make_publication(**fields)
    actions.publish(publication, by=None)
    return saved(Publication.objects.get(pk=publication.pk), summary="Corrected.")


def _publish_with_every_role() -> Publication:
    publication = make_publication()
    for place, role in enumerate(BylineRole.values, start=1):
        Byline.objects.create(publication=publication, author=make_author(), role=role, position=place)
    return _publish_and_change_saved(publication)


def _publish_with_every_attachment_type() -> Publication:
    publication = make_publication()
    for place, extension in enumerate(sorted(ATTACHMENT_TYPES)):
        content = b"%PDF-1.7" if extension == "pdf" else extension.encode()
        publication.attachments.create(
            original=store_original(content, extension), filename=f"f.{extension}", label="A file",
            size=len(content), position=place,
        )  # fmt: skip
    return _publish_and_change_saved(publication)


def _publish_and_change_saved(publication: Publication) -> Publication:
    actions.publish(saved(publication), by=None)
    return saved(Publication.objects.get(pk=publication.pk), summary="Corrected.")


def _make_other_rows(publication: Publication, person) -> dict[str, object]:
    """Return a row of everything else that an address names."""
    colleague = make_person("Contributors")
    _make_subscriber()
    AccountEvent.objects.create(type=EventType.CREATED, account=colleague)
    return {
        "publication": publication.pk, "draft": make_publication().pk, "author": make_author().pk,
        "tag": publication.tags.model.objects.first().pk, "image": Image.objects.first(),
        "kind": Kind.objects.first().pk, "sitesettings": SiteSettings.objects.get().pk, "auditentry": AuditEntry.objects.first().pk,
        "user": colleague.pk, "group": Group.objects.first().pk, "sitepage": SitePage.objects.first().pk,
        "menulink": MenuLink.objects.first().pk, "synonym": Synonym.objects.first().pk,
        "typed": Autosave.objects.create(owner=person, key="window").pk,
        "word": make_word_file(publication).pk,
        "accountevent": AccountEvent.objects.first().pk,
        "outboxmail": OutboxMail.objects.create(key="x", recipient="a@example.org", message_id="x").pk,
        "review": Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=None)[0].pk,
        "invitation_token": _make_invitation(person).token,
        **_make_press_link(),
    }  # fmt: skip


def _make_subscriber() -> None:
    """Make a reader who waits for a mail that failed, and to whom one more is about to be sent."""
    subscriber = make_subscriber(Choice(), Choice(query="grain"), address=f"{SUBSCRIBER}@example.org")
    at = timezone.now()
    for purpose in AlertMailPurpose:
        subscriber.mails.create(
            purpose=purpose, period_end=at, next_attempt_at=at, attempts=1, last_error="450"
        )


def _make_invitation(person) -> Invitation:
    return Invitation.objects.create(
        email="bo@example.org", username="bo", group=Group.objects.first(), language="en", invited_by=person,
        nonce=new_nonce(), expires_at=link_expiry(),
    )  # fmt: skip


def _make_press_link() -> dict[str, str]:
    """Return the token of a press link to a draft, and an access to its text."""
    revision = make_publication().revisions.first()
    link, token, _password = PressLink.objects.make(revision, recipient="Ann", embargoed_until=tomorrow())
    return {"press_token": token, "press_access": link.sign_access()}
