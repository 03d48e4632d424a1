"""A form of an action that was opened before somebody else did another one: it is refused, or harmless by nature."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from lxml import html

from publications import actions
from publications.models import Edition, Publication, RelatedLink
from tests.desk_forms import change, filled
from tests.factories import (
    make_author,
    make_live,
    make_person,
    make_publication,
    saved,
    tomorrow,
    tomorrow_noon,
)
from tests.html_forms import submitted_values

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    person = make_person("Administrators")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def colleague(db):
    return make_person("Editors")


def changed_publication() -> Publication:
    """A publication that is live in its second edition, with a draft that differs from both."""
    publication = make_live(title="On Minsk", body="The river rose.").publication
    saved(publication, body="The river rose on Monday.")
    actions.publish(publication, by=None)
    return saved(Publication.objects.get(pk=publication.pk), body="The river rose on Tuesday.")


def public_text(publication: Publication) -> list[str]:
    """What readers see and will see of a publication."""
    editions = publication.editions.live() | publication.editions.scheduled()
    return [f"{each.visible_from > timezone.now()} {each.body}" for each in editions.order_by("number")]


def withdraw(publication, by):
    actions.withdraw(publication, by=by, note="It was not so.")


def undo(publication, by):
    actions.undo(publication, by=by)


def publish(publication, by):
    actions.publish(publication, by=by)


def schedule(publication, by):
    actions.publish(publication, by=by, at=tomorrow())


def withdraw_and_publish(publication, by):
    actions.withdraw(publication, by=by)
    actions.publish(publication, by=by)


def redact(publication, by):
    actions.redact(publication, "river", by=by)


ACTIONS_SINCE = [withdraw, undo, publish, schedule, withdraw_and_publish]
SAID = {
    withdraw: "Withdrawn",
    undo: "Taken back",
    publish: "Published",
    schedule: "Scheduled",
    withdraw_and_publish: "Withdrawn",
}


def fields_of(answer) -> dict[str, list[str]]:
    """The fields of the form of a page, as a browser sends them."""
    [form] = [
        each for each in html.fromstring(answer.text).forms if each.method == "POST" and _is_of_page(each)
    ]
    values: dict[str, list[str]] = {}
    for name, value in submitted_values(form):
        values.setdefault(name, []).append(value)
    return values


def _is_of_page(form) -> bool:
    return not (form.get("action") or "").startswith("/desk/log") and form.get("id") != "logout-form"


def opened(client, address: str) -> dict[str, list[str]]:
    return fields_of(client.get(address))


@pytest.mark.parametrize("concurrent", ACTIONS_SINCE)
@pytest.mark.parametrize(
    ("page", "typed"),
    [
        ("publish", {"change": "silent"}),
        ("publish", {"change": "silent", "at": tomorrow_noon()}),
        ("withdraw", {"note": ""}),
        ("undo", {}),
    ],
)
def test_an_action_is_refused_after_another_one_that_its_page_did_not_show(
    administrator, colleague, page, typed, concurrent
):
    publication = changed_publication()
    address = reverse(f"desk:{page}", args=[publication.pk])
    shown = opened(administrator, address)
    concurrent(Publication.objects.get(pk=publication.pk), colleague)
    before = public_text(publication)

    answer = administrator.post(address, {**shown, **typed})

    assert public_text(publication) == before
    assert answer.status_code == 200
    assert SAID[concurrent] in answer.text and colleague.username in answer.text


@pytest.mark.parametrize("page", ["publish", "withdraw", "undo"])
def test_an_action_is_refused_after_the_schedule_that_it_showed_is_cancelled(administrator, colleague, page):
    publication = changed_publication()
    actions.publish(publication, by=None, at=tomorrow())
    address = reverse(f"desk:{page}", args=[publication.pk])
    shown = opened(administrator, address)
    undo(Publication.objects.get(pk=publication.pk), colleague)
    before = public_text(publication)

    answer = administrator.post(address, {**shown, "change": "silent", "waiting": "replace"})

    assert public_text(publication) == before
    assert "Schedule cancelled" in answer.text


def test_a_schedule_is_not_cancelled_after_its_edition_has_become_public(administrator):
    publication = changed_publication()
    actions.publish(publication, by=None, at=tomorrow())
    address = reverse("desk:undo", args=[publication.pk])
    shown = opened(administrator, address)
    with time_machine.travel(tomorrow() + timedelta(hours=1), tick=True):
        before = public_text(publication)
        answer = administrator.post(address, shown)
        after = public_text(publication)

    assert after == before
    assert "has changed since you saw this page" in answer.text


@pytest.mark.parametrize("page", ["publish", "withdraw", "undo"])
def test_what_was_refused_is_done_once_it_was_seen(administrator, colleague, page):
    publication = changed_publication()
    address = reverse(f"desk:{page}", args=[publication.pk])
    shown = opened(administrator, address)
    withdraw_and_publish(Publication.objects.get(pk=publication.pk), colleague)
    saved(Publication.objects.get(pk=publication.pk), body="The river rose on Friday.")
    before = public_text(publication)
    again = administrator.post(address, {**shown, "change": "silent"})

    answer = administrator.post(address, {**fields_of(again), "change": "silent"})

    assert answer.status_code == 302
    assert public_text(publication) != before


def test_many_are_not_withdrawn_that_were_published_after_the_page_was_shown(administrator, colleague):
    live, draft = changed_publication(), make_publication()
    address = f"{reverse('desk:bulk-withdraw')}?{urlencode({'of': f'{live.pk},{draft.pk}'})}"
    shown = opened(administrator, address)
    publish(draft, colleague)

    answer = administrator.post(address, shown, follow=True)

    assert not live.editions.live().exists()
    assert draft.editions.live().exists()
    assert "has changed since you saw this page" in answer.text


def test_many_are_not_published_at_once_that_were_withdrawn_after_the_page_was_shown(
    administrator, colleague
):
    publication = make_live().publication
    address = f"{reverse('desk:bulk-tags')}?of={publication.pk}"
    shown = opened(administrator, address)
    withdraw(publication, colleague)

    administrator.post(address, {**shown, "add": "Belarus", "publish": "on"})

    assert not publication.editions.live().exists()


def test_drafts_are_not_published_many_at_once_that_were_public_and_withdrawn_in_between(
    administrator, colleague
):
    publication = make_publication()
    address = f"{reverse('desk:bulk-author')}?of={publication.pk}"
    shown = opened(administrator, address)
    publish(publication, colleague)
    withdraw(publication, colleague)

    administrator.post(address, {**shown, "author": make_author().pk, "publish": "on"})

    assert not publication.editions.live().exists()


@pytest.mark.parametrize("concurrent", [*ACTIONS_SINCE, redact])
def test_harmless_by_nature_saving_and_restoring_a_draft_change_nothing_public(
    administrator, colleague, concurrent
):
    publication = changed_publication()
    restoring = reverse("desk:restore", args=[publication.pk, 1])
    shown = opened(administrator, restoring)
    draft = filled(publication, title="Another title", tags="")
    concurrent(Publication.objects.get(pk=publication.pk), colleague)
    before = public_text(publication)

    administrator.post(restoring, shown)
    administrator.post(change(publication), draft)

    assert public_text(publication) == before


@pytest.mark.parametrize("concurrent", ACTIONS_SINCE)
def test_harmless_by_nature_a_redaction_reaches_every_edition(administrator, colleague, concurrent):
    """One of a text that is another now is refused by its report; nothing that was taken back returns."""
    publication = changed_publication()
    address = reverse("desk:redact", args=[publication.pk])
    shown = fields_of(administrator.post(address, {"passage": "river", "mark": "…"}))
    concurrent(Publication.objects.get(pk=publication.pk), colleague)
    before = len(public_text(publication))

    administrator.post(address, shown)

    assert len(public_text(publication)) == before


def test_harmless_by_nature_links_of_what_was_withdrawn_are_shown_to_nobody(administrator, colleague):
    publication, target = changed_publication(), make_live().publication
    address = reverse("desk:related-links-edit", args=[publication.pk])
    shown = opened(administrator, address)
    withdraw(publication, colleague)

    answer = administrator.post(address, {**shown, "related": str(target.pk)})

    assert answer.status_code == 404
    assert not RelatedLink.objects.exists()
    assert not Edition.objects.live().filter(publication=publication).exists()
