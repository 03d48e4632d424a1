"""The demonstration with what it has no place for: every state, kind, role of a byline and sort of attachment."""

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import AccountEvent, EventType
from publications import actions, demonstration
from publications.admin import worklists
from publications.admin.drafts.form import ATTACHMENT_TYPES
from publications.models import (
    AuditEntry,
    Autosave,
    Byline,
    BylineRole,
    Image,
    Kind,
    MenuLink,
    Publication,
    Review,
    SitePage,
    SiteSettings,
    Synonym,
    store_original,
)
from tests.factories import make_author, make_image, make_live, make_person, make_publication, saved, tomorrow
from tests.word_files import make_word_file


@dataclass
class Newsroom:
    """What the addresses of the desk are about."""

    publications: dict[str, Publication]
    things: dict[str, object]
    states: frozenset[str] = frozenset()
    """The names of the publications that stand for a state; the others stand for a sort."""


def make_newsroom(person) -> Newsroom:
    """Load the demonstration, and make beside it a publication in each state and of each sort that it lacks."""
    expired = _expired(person)  # first, as no action may be older than the last
    demonstration.load(by=person, write=lambda _line: None)
    of_the_demonstration, in_states = _of_the_demonstration(), {"expired": expired, **_in_states(person)}
    publications = {**of_the_demonstration, **in_states, **_of_sorts()}
    return Newsroom(publications, _things(publications["changed"], person), frozenset(in_states))


def _of_the_demonstration() -> dict[str, Publication]:
    """Publications that have every kind, language, role, type of attachment and number of editions between them."""
    seen: set[str] = set()
    found: dict[str, Publication] = {}
    for each in Publication.objects.select_related("kind").prefetch_related(
        "bylines", "attachments", "editions"
    ):
        sorts = {
            f"kind {each.kind.slug}",
            f"language {each.language}",
            f"{len(each.editions.all())} editions",
        }
        sorts |= {f"role {line.role}" for line in each.bylines.all()}
        sorts |= {f"file .{file.filename.rpartition('.')[2]}" for file in each.attachments.all()}
        if new := sorts - seen:
            found[", ".join(sorted(new))] = each
            seen |= sorts
    return found


def _expired(person) -> Publication:
    with time_machine.travel(timezone.now() - timedelta(days=3), tick=True):
        return actions.publish(make_publication(), by=person, until=tomorrow()).publication


def _in_states(person) -> dict[str, Publication]:
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
    untitled = Publication.objects.create(kind=Kind.objects.first())
    ready = make_publication()
    worklists.submit_for_checking(ready, by=person)
    return {
        "draft": make_publication(), "live": live, "scheduled": scheduled, "changed": changed, "waiting": waiting,
        "undone": undone, "withdrawn": withdrawn, "redacted": redacted, "ready": ready,
        "untitled": saved(untitled),
        "unsigned": make_publication(by=[]),
        "unreadable": saved(make_live().publication, body="> " * 9000),
    }  # fmt: skip


def _of_sorts() -> dict[str, Publication]:
    return {
        "roles": _signed_in_every_role(),
        "files": _with_every_sort_of_attachment(),
        "pen name": _live(by=[make_author("Tacit", is_pseudonymous=True)]),
        "link": _live(body="", external_url="https://example.org/elsewhere"),
        "right to left": _live(language="ar", title="نص", body="نص."),
        "numbered": _live(
            kind="report", doi="10.1234/abc-5", isbn="978-91-7402-516-6", key_points="One.\nTwo."
        ),
        "translated": _live(language="sv", translation_of=_live(), cover=make_image(size=(400, 300))),
    }


def _live(**fields) -> Publication:
    """A publication that is live, with a correction that is saved and not published."""
    publication = make_publication(**fields)
    actions.publish(publication, by=None)
    return saved(Publication.objects.get(pk=publication.pk), summary="Corrected.")


def _signed_in_every_role() -> Publication:
    publication = make_publication()
    for place, role in enumerate(BylineRole.values, start=1):
        Byline.objects.create(publication=publication, author=make_author(), role=role, position=place)
    return _live_again(publication)


def _with_every_sort_of_attachment() -> Publication:
    publication = make_publication()
    for place, extension in enumerate(sorted(ATTACHMENT_TYPES)):
        content = b"%PDF-1.7" if extension == "pdf" else extension.encode()
        publication.attachments.create(
            original=store_original(content, extension), filename=f"f.{extension}", label="A file",
            size=len(content), position=place,
        )  # fmt: skip
    return _live_again(publication)


def _live_again(publication: Publication) -> Publication:
    actions.publish(saved(publication), by=None)
    return saved(Publication.objects.get(pk=publication.pk), summary="Corrected.")


def _things(publication: Publication, person) -> dict[str, object]:
    """One of everything else that an address names."""
    colleague = make_person("Contributors")
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
        "review": Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=None)[0].pk,
    }  # fmt: skip
