"""Each role × each address of the desk: who may open it, and who reads that they may not.

The addresses come from the URL resolver; one that is not in the table fails the test until it is.
"""

from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, get_resolver, reverse

from accounts.factors import FACTOR_OWNER
from accounts.models import AccountEvent, AddressChange, EventType, Passkey, link_expiry, new_nonce
from publications import actions
from publications.admin.pending_uploads import store_pending_upload
from publications.admin.register import MODEL_ADMINS, admin_site
from publications.models import (
    ArchiveImport,
    ArchiveImportState,
    AuditEntry,
    Autosave,
    Kind,
    MenuLink,
    NameRemovalRecord,
    NewsEvent,
    NewsType,
    OutboxMail,
    PressLink,
    Publication,
    Redirect,
    RemovalStage,
    Review,
    SitePage,
    SiteSettings,
    Submission,
    Synonym,
)
from tests.authenticator import Authenticator
from tests.desk_forms import filled
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    tomorrow,
)
from tests.word_files import docx, make_word_file, p

pytestmark = pytest.mark.django_db

ROLES = ("Contributors", "Editors", "Linkers", "Administrators")
ALL = set(ROLES)
WRITERS = {"Contributors", "Editors", "Administrators"}
PUBLISHERS = {"Editors", "Administrators"}
LINKING = {"Editors", "Linkers", "Administrators"}
ADMINISTRATORS = {"Administrators"}
NOBODY: set[str] = set()

TABLE = {
    "index": ALL,
    "password_change": ALL,
    "password_change_done": ALL,
    "jsi18n": ALL,
    "autocomplete": NOBODY,
    "app_list": ALL,
    "view_on_site": ALL,
    "chooser-search authors": WRITERS,
    "chooser-search publications": ALL,
    "chooser-search images": WRITERS,
    "chooser-search live": ALL,
    "editor-blocks": WRITERS,
    "editor-markdown": WRITERS,
    "link-search": WRITERS,
    "image-library": WRITERS,
    "image-choice": WRITERS,
    "quick-add author": WRITERS,
    "quick-add tag": PUBLISHERS,
    "home-lead": PUBLISHERS,
    "newsletter": PUBLISHERS,
    "newsletter-issues": WRITERS,
    "newsletter-issue": WRITERS,
    "newsletter-mail": WRITERS,
    "newsletter-test": WRITERS,
    "tag-search": WRITERS,
    "related-links": LINKING,
    "related-links-edit": LINKING,
    "editor-image": WRITERS,
    "library-image": WRITERS,
    "image-upload": WRITERS,
    "image-descriptions": WRITERS,
    "carried": ALL,
    "signed-in": ALL,
    "preview": WRITERS,
    "preview-unsaved": WRITERS,
    "word-new": WRITERS,
    "word-again": WRITERS,
    "word-report": WRITERS,
    "word-replace": WRITERS,
    "word-changes": WRITERS,
    "word-original": WRITERS,
    "publish": PUBLISHERS,
    "approve": PUBLISHERS,
    "publish-result": PUBLISHERS,
    "withdraw": PUBLISHERS,
    "faulty-text": PUBLISHERS,
    "retract": PUBLISHERS,
    "express-concern": PUBLISHERS,
    "lift-concern": PUBLISHERS,
    "undo": PUBLISHERS,
    "redact": ADMINISTRATORS,
    "planning": WRITERS,
    "planning-idea": WRITERS,
    "planning-calendar": WRITERS,
    "planning-move": WRITERS,
    "plan": WRITERS,
    "bulk-author": WRITERS,
    "bulk-tags": WRITERS,
    "deleted-drafts": WRITERS,
    "deleted-draft-restore": WRITERS,
    "bulk-withdraw": PUBLISHERS,
    "submission-return": WRITERS,
    "difference": WRITERS,
    "suggestions": WRITERS,
    "comments": WRITERS,
    "comment-update": WRITERS,
    "comment-resolve": WRITERS,
    "reviews": WRITERS,
    "review-update": WRITERS,
    "translation": WRITERS,
    "press-links": PUBLISHERS,
    "press-link-update": PUBLISHERS,
    "restore": WRITERS,
    "history": WRITERS,
    "autosave": WRITERS,
    "presence": WRITERS,
    "autosave-detail": WRITERS,
    "autosave-discard": ALL,
    "revision": WRITERS,
    "publications_publication_changelist": WRITERS,
    "publications_publication_add": WRITERS,
    "publications_publication_change": WRITERS,
    "publications_publication_delete": PUBLISHERS,
    "publications_publication_history": WRITERS,
    "author-replace": PUBLISHERS,
    "author-merge": PUBLISHERS,
    "tag-merge": PUBLISHERS,
    "similar-names": PUBLISHERS,
    "publications_author_changelist": WRITERS,
    "publications_author_add": PUBLISHERS,
    "publications_author_change": WRITERS,
    "publications_author_delete": PUBLISHERS,
    "publications_author_history": WRITERS,
    "publications_tag_changelist": WRITERS,
    "publications_tag_add": PUBLISHERS,
    "publications_tag_change": WRITERS,
    "publications_tag_delete": PUBLISHERS,
    "publications_tag_history": WRITERS,
    "publications_image_changelist": WRITERS,
    "publications_image_add": WRITERS,
    "publications_image_change": WRITERS,
    "publications_image_delete": PUBLISHERS,
    "publications_image_history": WRITERS,
    "publications_kind_changelist": WRITERS,
    "publications_kind_add": ADMINISTRATORS,
    "publications_kind_change": WRITERS,
    "publications_kind_delete": NOBODY,
    "publications_kind_history": WRITERS,
    "publications_sitesettings_changelist": ADMINISTRATORS,
    "publications_sitesettings_add": NOBODY,
    "publications_sitesettings_change": ADMINISTRATORS,
    "publications_sitesettings_delete": NOBODY,
    "publications_sitesettings_history": ADMINISTRATORS,
    "publications_sitepage_changelist": PUBLISHERS,
    "publications_sitepage_add": PUBLISHERS,
    "publications_sitepage_change": PUBLISHERS,
    "publications_sitepage_delete": PUBLISHERS,
    "publications_sitepage_history": PUBLISHERS,
    "publications_menulink_changelist": PUBLISHERS,
    "publications_menulink_add": PUBLISHERS,
    "publications_menulink_change": PUBLISHERS,
    "publications_menulink_delete": PUBLISHERS,
    "publications_menulink_history": PUBLISHERS,
    "publications_synonym_changelist": PUBLISHERS,
    "publications_synonym_add": PUBLISHERS,
    "publications_synonym_change": PUBLISHERS,
    "publications_synonym_delete": PUBLISHERS,
    "publications_synonym_history": PUBLISHERS,
    "publications_auditentry_changelist": PUBLISHERS,
    "publications_auditentry_add": NOBODY,
    "publications_auditentry_change": PUBLISHERS,
    "publications_auditentry_delete": NOBODY,
    "publications_auditentry_history": PUBLISHERS,
    "archive-imports": ADMINISTRATORS,
    "archive-import": ADMINISTRATORS,
    "archive-import-publish": ADMINISTRATORS,
    "archive-import-names": ADMINISTRATORS,
    "archive-import-left": ADMINISTRATORS,
    "archive-import-samples": ADMINISTRATORS,
    "archive-import-rules": ADMINISTRATORS,
    "import-decisions": ADMINISTRATORS,
    "archive-import-undo": ADMINISTRATORS,
    "archive-import-delete": ADMINISTRATORS,
    "help": ALL,
    "my-settings": ALL,
    "reauthenticate": ALL,
    "reauthentication-options": ALL,
    "provider-reauthentication": ALL,
    "security": ALL,
    "passkey-add": ALL,
    "passkey-creation-options": ALL,
    "passkey": ALL,
    "authenticator-app": ALL,
    "recovery-codes": ALL,
    "user-factors": ADMINISTRATORS,
    "news": ALL,
    "news-open": ALL,
    "news-choices": ALL,
    "publications_outboxmail_changelist": ADMINISTRATORS,
    "publications_outboxmail_add": NOBODY,
    "publications_outboxmail_change": ADMINISTRATORS,
    "publications_outboxmail_delete": NOBODY,
    "publications_outboxmail_history": ADMINISTRATORS,
    "accounts_accountevent_changelist": ADMINISTRATORS,
    "accounts_accountevent_add": NOBODY,
    "accounts_accountevent_change": ADMINISTRATORS,
    "accounts_accountevent_delete": NOBODY,
    "accounts_accountevent_history": ADMINISTRATORS,
    "auth_user_changelist": ADMINISTRATORS,
    "auth_user_add": ADMINISTRATORS,
    "auth_user_change": ADMINISTRATORS,
    "auth_user_password_change": ADMINISTRATORS,
    "auth_user_delete": ADMINISTRATORS,
    "auth_user_history": ADMINISTRATORS,
    "account-review": ADMINISTRATORS,
    "account-role": ADMINISTRATORS,
    "account-state": ADMINISTRATORS,
    "account-sessions": ADMINISTRATORS,
    "own-sessions": ALL,
    "own-address": ALL,
    "address-confirm": ALL,
    "role-matrix": ADMINISTRATORS,
    "operations": ADMINISTRATORS,
    "subscribers": PUBLISHERS,
    "subscriber-list": ADMINISTRATORS,
    "subscriber-log": PUBLISHERS,
    "old-addresses": ADMINISTRATORS,
    "old-address-removal": ADMINISTRATORS,
    "name-removals": ADMINISTRATORS,
    "name-removal": ADMINISTRATORS,
    "name-report": ADMINISTRATORS,
    "auth_group_changelist": NOBODY,
    "auth_group_add": NOBODY,
    "auth_group_change": NOBODY,
    "auth_group_delete": NOBODY,
    "auth_group_history": NOBODY,
}
WORD = ("word-report", "word-replace", "word-changes")
OPEN = {
    "calendar", "drill-report", "invitation", "login", "second-step", "second-step-options",
    "passkey-sign-in","passkey-sign-in-options", "provider-sign-in", "provider-return", "logout", "news-stop", "review", "review-picture",
    "press", "press-page", "press-pdf", "press-image", "press-file",
}  # fmt: skip
POSTED = {
    "newsletter-test",
    "approve",
    "autosave",
    "suggestions",
    "preview-unsaved",
    "presence",
    "autosave-discard",
    "planning-move",
    "deleted-draft-restore",
    "review-update",
    "comment-resolve",
    "editor-blocks",
    "editor-markdown",
    "press-link-update",
    "image-upload",
    "carried",
    "reauthentication-options",
    "provider-reauthentication",
    "passkey-creation-options",
}
"""Asked by POST alone: who may come in is told so."""
LED_ON = {"view_on_site", "app_list", "news-open", "publications_sitesettings_changelist"}


def desk_names() -> set[str]:
    """The names of every address under /desk/."""
    found: set[str] = set()
    for resolver in get_resolver().url_patterns:
        if str(resolver.pattern) == "desk/" and getattr(resolver, "namespace", ""):
            found |= {pattern.name for pattern in _leaves(resolver) if pattern.name}
    return found


def _leaves(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _leaves(pattern)


@pytest.fixture
def things(editor):
    """One of everything, and a draft that may be deleted."""
    person = make_person("Contributors")
    live = make_live().publication
    draft = make_publication()
    actions.save_instance(make_author("Nobody's"), by=editor)
    Submission.objects.create(publication=live)
    return {
        "passkey": Authenticator().store(person).pk,
        "proposed": make_author(is_proposed=True).pk,
        "publication": live.pk, "draft": draft.pk, "author": make_author().pk, "tag": make_tag().pk,
        "issue": make_publication(kind="newsletter").pk,
        "image": make_image(), "kind": Kind.objects.first().pk, "sitesettings": SiteSettings.objects.get().pk,
        "accountevent": AccountEvent.objects.create(type=EventType.FAILED).pk,
        "auditentry": AuditEntry.objects.first().pk, "user": person.pk, "group": Group.objects.first().pk,
        "sitepage": SitePage.objects.first().pk, "menulink": MenuLink.objects.first().pk,
        "synonym": Synonym.objects.first().pk,
        "redirect": Redirect.objects.create(path="/old", site_path="/en/").pk,
        "name_removal": NameRemovalRecord.objects.create(stage=RemovalStage.DONE).pk,
        "comment": live.comments.create(text="1").pk,
        "outboxmail": OutboxMail.objects.create(key="x", recipient="xx@xx.xx", message_id="xx").pk,
        "typed": Autosave.objects.create(owner=person, key="window").pk,
        "word-new": make_word_file(live).pk,
        "news": NewsEvent.objects.get(type=NewsType.PUBLISHED, publication=live).pk,
        "review": Review.objects.invite(live.revisions.first(), reader="Ann", days=3, by=None)[0].pk,
        "translation": make_publication(language="sv", translation_of=live).pk,
        "press": PressLink.objects.make(live.revisions.first(), recipient="Ann", embargoed_until=tomorrow())[0].pk,
    }  # fmt: skip


def address(name: str, things: dict) -> str:
    """The address of that name, about the things of the test."""
    if " " in name:
        return reverse(f"desk:{name.split()[0]}", args=[name.split()[1]])
    if name == "editor-image":
        return reverse("desk:editor-image", args=[things["image"].key])
    if name == "library-image":
        return reverse("desk:library-image", args=[things["image"].key, "192s", "jpg"])
    if name == "word-again":
        held = store_pending_upload(docx(p("Text.")), "xx.docx")
        return f"{reverse('desk:word-again')}?{urlencode({'held': held, 'draft': things['draft']})}"
    if name.startswith("archive-import") and name != "archive-imports":
        report = {"stored": 1, "published": 1, "files": []}
        job = ArchiveImport.objects.create(archive="x", size=1, state=ArchiveImportState.DONE, report=report)
        return reverse(f"desk:{name}", args=[job.pk])
    special = {
        "newsletter-issue": [things["issue"]],
        "newsletter-mail": [things["issue"]],
        "newsletter-test": [things["issue"]],
        "word-original": [things["publication"], things["word-new"]],
        "revision": [
            things["publication"],
            Publication.objects.get(pk=things["publication"]).revisions.first().number,
        ],
        "review-update": [things["publication"], things["review"]],
        "comment-update": [things["publication"], things["comment"]],
        "comment-resolve": [things["publication"], things["comment"]],
        "press-link-update": [things["publication"], things["press"]],
        "translation": [things["publication"], things["translation"]],
        "restore": [things["publication"], 1],
        "publish-result": [things["publication"], 1],
        "autosave-detail": [things["typed"]],
        "news-open": [things["news"]],
        "autosave-discard": [things["typed"]],
        "user-factors": [things["user"]],
        "passkey": [things["passkey"]],
        "publications_publication_delete": [things["draft"]],
        "author-replace": [things["proposed"]],
        "author-merge": [things["proposed"]],
        "tag-merge": [things["tag"]],
        "image-choice": [things["image"].key],
        "app_list": ["publications"],
        "name-removal": [things["name_removal"]],
        "name-report": [things["name_removal"]],
        "old-address-removal": [things["redirect"]],
        "account-role": [things["user"]],
        "account-state": [things["user"]],
        "account-sessions": [things["user"]],
        "address-confirm": [things.get("address", "x")],
        "view_on_site": [1, 1],
    }
    if name in special:
        return reverse(f"desk:{name}", args=special[name])
    if name in (
        "related-links-edit",
        "preview",
        "publish",
        "approve",
        "withdraw",
        "faulty-text",
        "retract",
        "express-concern",
        "lift-concern",
        "undo",
        "redact",
        "history",
        "presence",
        "submission-return",
        "deleted-draft-restore",
        "comments",
        "reviews",
        "image-descriptions",
        "plan",
        "planning-move",
        "press-links",
    ):
        return reverse(f"desk:{name}", args=[things["publication"]])
    if name == "difference":
        return reverse("desk:difference", args=[things["publication"]]) + "?from=r1&to=e1"
    if name in WORD:
        return reverse(f"desk:{name}", args=[things["publication"]])
    if (
        name.endswith(("_change", "_delete", "_history")) and name.count("_") >= 2
    ) or name == "auth_user_password_change":
        thing = things[name.split("_")[1]]
        return reverse(f"desk:{name}", args=[getattr(thing, "pk", thing)])
    return reverse(f"desk:{name}")


def test_every_model_at_the_desk_passes_the_checks_of_django():
    assert admin_site.check(None) == []
    assert len(admin_site._registry) == len(MODEL_ADMINS)


def test_every_address_of_the_desk_is_in_the_table():
    known = {name.split()[0] for name in TABLE} | OPEN

    assert desk_names() == known


@pytest.mark.parametrize("role", ROLES)
def test_each_role_comes_in_where_it_may_and_nowhere_else(client, things, role):
    person = make_person(role)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    Autosave.objects.update(owner=person)
    things["address"] = AddressChange.objects.create(
        account=person, email="new@example.org", nonce=new_nonce(), expires_at=link_expiry()
    ).token
    Passkey.objects.update(owner=person)
    session = client.session
    session[FACTOR_OWNER] = person.pk
    session.save()

    found = {name: client.get(address(name, things)).status_code for name in sorted(TABLE)}

    assert {name: status for name, status in found.items() if not is_right(name, role, status)} == {}


def is_right(name: str, role: str, status: int) -> bool:
    if role not in TABLE[name]:
        return status == 403
    # What is in use says so on its own page; Django's histories lead to ours, news to what it is about.
    led_on = name in LED_ON or name.endswith(("_delete", "_history"))
    return status == (405 if name in POSTED else 200) or (led_on and status not in (403, 500))


def test_an_anonymous_visitor_has_to_sign_in(client, things):
    answers = {name: client.get(address(name, things)) for name in sorted(TABLE)}

    led = {
        name
        for name, answer in answers.items()
        if answer.status_code == 302 and answer["Location"].startswith("/desk/login/")
    }
    assert set(TABLE) - led == set()


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("action", ["publish", "withdraw", "undo", "redact"])
def test_an_action_is_done_by_those_who_may(client, things, role, action):
    publication = Publication.objects.get(pk=things["publication"])
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")
    params = {
        "seen": publication.digest,
        "change": "silent",
        "state": actions.public_state(publication),
        "passage": "paragraph",
        "mark": "…",
        "note": "",
        "why": "",
    }
    Publication.objects.filter(pk=publication.pk).update(body="Changed.")
    if action == "redact":
        params["seen"] = actions.preview_redaction(publication, "paragraph", by=None, mark="…").fingerprint

    client.post(address(action, things), params)

    done = publication.audit_entries.filter(by__username__startswith=role.lower()).exists()
    assert done == (role in TABLE[action])


@pytest.mark.parametrize("role", ROLES)
def test_related_links_of_a_live_publication_are_saved_by_those_who_may(client, things, role):
    publication = Publication.objects.get(pk=things["publication"])
    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")
    target = make_live().publication

    client.post(address("related-links-edit", things), {"related": target.pk, "related-chooser": ""})

    assert publication.related_links.exists() == (role in LINKING)


def test_a_contributor_cannot_link_from_a_live_publication_through_the_form(client, things):
    publication = Publication.objects.get(pk=things["publication"])
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")
    params = filled(publication, related=[str(things["draft"])])

    answer = client.post(address("publications_publication_change", things), params)

    assert answer.status_code == 302
    assert not publication.related_links.exists()


def test_a_contributor_deletes_drafts_of_their_own(client):
    person = make_person("Contributors")
    draft = make_publication(created_by=person)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    client.post(reverse("desk:publications_publication_delete", args=[draft.pk]), {"post": "yes"})

    assert not Publication.objects.exists()


def test_who_may_not_come_in_sees_why_at_the_desk(client, things):
    client.force_login(make_person("Linkers"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(address("publish", things))

    assert page.status_code == 403
    assert 'href="/desk/' in page.text


def test_an_administrator_cannot_make_anybody_a_superuser(client, things):
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(address("auth_user_change", things)).text

    assert 'name="is_superuser"' not in page
    assert 'name="user_permissions"' not in page


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_shown_more_by_the_api_than_a_stranger(client, things, role):
    draft = Publication.objects.get(pk=things["draft"])
    paths = [
        *(f"/api/v1/{name}" for name in ("publications", "authors", "topics", "openapi.json")),
        f"/api/v1/publications/{draft.uid}",
    ]
    to_a_stranger = [(answer.status_code, answer.content) for answer in map(client.get, paths)]

    client.force_login(make_person(role), backend="django.contrib.auth.backends.ModelBackend")

    assert [(answer.status_code, answer.content) for answer in map(client.get, paths)] == to_a_stranger


def test_opening_a_page_of_the_desk_waits_for_nobody_who_writes(client, things, settings):
    """SQLite begins a transaction by waiting for its one writer, so that looking would be as slow as saving."""
    settings.MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"  # a session is written
    client.force_login(make_person("Administrators"), backend="django.contrib.auth.backends.ModelBackend")
    started = []

    for name in TABLE:
        path = address(name, things)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        started += [name for query in queries if query["sql"].startswith("SAVEPOINT")]

    assert started == []


def test_the_form_of_a_role_offers_no_permission_without_effect(client):
    person = make_person("Administrators", is_superuser=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("desk:auth_group_change", args=[Group.objects.first().pk]))

    offered = page.context["adminform"].form.fields["permissions"].queryset.values_list("codename", flat=True)
    assert "view_auditentry" in offered
    assert not {"add_auditentry", "delete_auditentry", "delete_outboxmail"} & set(offered)
