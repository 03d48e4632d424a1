"""Kinds that need two people: approvals of the very text, at the desk and in the actions."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.history.audit_text import describe_entry
from publications.admin.publish.approvals import build_approval_context
from publications.admin.submissions import submit_for_checking
from publications.admin.worklists import Worklist, worklist_publications
from publications.integrity.approvals import find_wrong_approvals
from publications.models import (
    Approval,
    AuditEntry,
    Image,
    Kind,
    NewsEvent,
    NewsType,
    Publication,
    Revision,
    Submission,
    UserSettings,
)
from publications.news import describe_news
from tests.admin.test_public_models import form_data_of
from tests.factories import (
    make_author,
    make_image,
    make_person,
    make_publication,
    picture_bytes,
    tomorrow,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Publication:
    Kind.objects.filter(slug="report").update(needs_approval=True)
    return make_publication(kind="report", title="Grain")


@pytest.fixture
def ann():
    return make_person("Editors", first_name="Ann")


@pytest.fixture
def bo():
    return make_person("Editors", first_name="Bo")


def approve(publication: Publication, user, **terms) -> Approval:
    publication.refresh_from_db()
    return actions.approve(publication, by=user, seen=publication.digest, **terms)


def write(publication: Publication, by, **values) -> None:
    """Save a draft with other values, as the form does."""
    publication.refresh_from_db()
    for name, value in values.items():
        setattr(publication, name, value)
    publication.save()
    actions.store_revision(publication, by=by)


def post_approval(client, publication: Publication, **data):
    return post_publish(client, publication, _approve="1", **data)


def post_button(client, publication: Publication, name: str):
    return client.post(reverse("desk:approve", args=[publication.pk]), {name: "1"}, follow=True)


def publish_data(client, publication: Publication, **data) -> dict:
    form = client.get(reverse("desk:publish", args=[publication.pk])).context["form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields()}
    return {**{name: value for name, value in hidden.items() if value is not None}, "when": "now", **data}


def post_publish(client, publication: Publication, **data):
    url = reverse("desk:publish", args=[publication.pk])
    return client.post(url, publish_data(client, publication, **data), follow=True)


def test_nobody_publishes_alone_what_needs_two_people(draft, ann):
    approve(draft, ann)

    with pytest.raises(actions.ActionRefused, match="A Report needs two people"):
        actions.publish(draft, by=ann)

    assert (
        not draft.editions.exists()
        and not AuditEntry.objects.filter(publication=draft, action="publish").exists()
    )


def test_another_persons_approval_lets_one_publish_and_is_recorded(draft, ann, bo):
    approve(draft, bo)

    edition = actions.publish(draft, by=ann)

    entry = AuditEntry.objects.get(publication=draft, action="publish")
    assert edition.is_live and entry.detail["approved_by"] == [bo.get_username()]
    assert "without_approval" not in entry.detail


def test_a_change_of_the_text_makes_an_approval_void(draft, ann, bo):
    approve(draft, bo)
    draft.title = "Grain and rye"
    draft.save()
    Revision.objects.create_from(draft, by=ann)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def test_the_next_edition_needs_an_approval_of_its_own(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    draft.refresh_from_db()
    draft.title = "Rye"
    draft.save()
    Revision.objects.create_from(draft, by=ann)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def test_another_kind_does_not_escape_the_second_person(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    draft.refresh_from_db()
    draft.kind, draft.series_number = Kind.objects.get(slug="commentary"), None
    draft.save()
    Revision.objects.create_from(draft, by=ann)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


@pytest.mark.parametrize("role", ["Contributors", "Linkers"])
def test_only_who_may_publish_approves(client, draft, ann, role):
    person = make_person(role)
    approve(draft, person)
    client.force_login(person)

    assert client.post(reverse("desk:publish", args=[draft.pk]), {"_approve": "1"}).status_code == 403
    assert post_button(client, draft, "withdraw").status_code == 403
    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def test_the_approval_of_a_deactivated_account_does_not_count(draft, ann, bo):
    approve(draft, bo)
    bo.is_active = False
    bo.save()

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def test_scheduling_and_the_command_line_need_approval_too(draft, ann):
    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann, at=tomorrow())
    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=None)
    (result,) = actions.publish_many([draft], by=ann)
    assert isinstance(result, actions.ActionRefused)


def test_other_kinds_are_published_by_one_person(draft, ann):
    assert actions.publish(make_publication(kind="quick-comment"), by=ann).is_live


def test_in_an_emergency_one_person_publishes_and_all_staff_are_informed(client, draft, ann, bo):
    client.force_login(ann)
    refused = post_publish(client, draft)
    assert "needs two people" in refused.text and not draft.editions.exists()

    post_publish(client, draft, without_approval="Troops cross the border")

    edition = draft.editions.get()
    entry = AuditEntry.objects.get(publication=draft)
    assert edition.is_live and entry.detail["without_approval"] == "Troops cross the border"
    contributor = make_person("Contributors")
    for person in (bo, contributor):
        event = NewsEvent.objects.visible_to(person).with_rows().get(type=NewsType.UNAPPROVED)
        text = describe_news(event, person)
        assert "without a second person" in text.subject and text.text == "Troops cross the border"
        assert UserSettings.of(person).timing(NewsType.UNAPPROVED) == "at_once"
    history = client.get(reverse("desk:history", args=[draft.pk])).text
    assert "without a second person (Troops cross the border)" in history


def test_the_reasons_are_read_with_the_news(draft, ann, bo, django_assert_num_queries):
    for publication in (draft, make_publication(kind="report", title="Rye")):
        actions.publish(publication, by=ann, without_approval=f"{publication} is urgent")
    events = list(NewsEvent.objects.visible_to(bo).with_rows().filter(type=NewsType.UNAPPROVED))

    with django_assert_num_queries(0):
        texts = {describe_news(event, bo).text for event in events}

    assert texts == {"Grain is urgent", "Rye is urgent"}


def test_a_reason_is_not_recorded_where_somebody_has_approved(draft, ann, bo):
    approve(draft, bo)

    actions.publish(draft, by=ann, without_approval="In haste")

    assert "without_approval" not in AuditEntry.objects.get(publication=draft, action="publish").detail
    assert not NewsEvent.objects.filter(type=NewsType.UNAPPROVED).exists()


def test_two_editors_publish_with_two_buttons(client, draft, ann, bo):
    client.force_login(ann)
    page = post_approval(client, draft)
    assert "Take my approval back" in page.text
    event = NewsEvent.objects.visible_to(bo).get(type=NewsType.APPROVED)
    assert describe_news(event, bo).url == reverse("desk:publish", args=[draft.pk])

    client.force_login(bo)
    assert "Approved by Ann: you may publish." in client.get(describe_news(event, bo).url).text
    post_publish(client, draft)

    assert draft.editions.get().is_live
    assert not NewsEvent.objects.visible_to(bo).filter(type=NewsType.APPROVED).exists()


def test_an_approval_is_of_what_the_page_showed(client, draft, ann):
    client.force_login(ann)

    page = post_approval(client, draft, seen="0" * 64)

    assert "changed since you saw it" in page.text and not Approval.objects.exists()


def _rename_author(draft: Publication, by) -> None:
    author = draft.authors.get()
    author.name = "Somebody Else"
    actions.save_instance(author, by=by)


def _replace_image(draft: Publication, by) -> None:
    image = Image.objects.get()
    image.store_upload(picture_bytes(size=(40, 30)), "other.png")
    actions.save_instance(image, by=by)


def _reword_kind(draft: Publication, by) -> None:
    draft.kind.disclaimer_en = "Not the opinion of the centre."
    actions.save_instance(draft.kind, by=by)


@pytest.mark.parametrize("change", [_rename_author, _replace_image, _reword_kind])
def test_what_was_changed_while_the_page_was_open_is_not_approved(client, draft, ann, bo, change):
    draft.bylines.all().delete()
    draft.bylines.create(author=make_author("Eva Ek"))
    write(draft, ann, body=f"![A field](image:{make_image().key})")
    client.force_login(bo)
    data = publish_data(client, draft, _approve="1")

    change(draft, ann)
    draft.refresh_from_db()
    page = client.post(reverse("desk:publish", args=[draft.pk]), data, follow=True)

    assert "has changed since you saw this page" in page.text and not Approval.objects.exists()
    seen_now = {name: page.context["form"].data[name] for name in ("seen", "shown", "after", "state")}
    client.post(reverse("desk:publish", args=[draft.pk]), data | seen_now)
    assert Approval.objects.get().approved_by == bo


def test_an_approval_can_be_taken_back_and_is_stored_once(client, draft, ann):
    client.force_login(ann)
    post_approval(client, draft)
    post_approval(client, draft)
    assert Approval.objects.count() == NewsEvent.objects.filter(type=NewsType.APPROVED).count() == 1

    page = post_button(client, draft, "withdraw")

    assert not Approval.objects.exists() and "Approve this text" in page.text


def test_without_approval_publishing_is_a_closed_part_with_a_button_of_its_own(client, draft, ann, bo):
    client.force_login(ann)
    url = reverse("desk:publish", args=[draft.pk])

    page = client.get(url).text

    start = page.index('<details class="field-without-approval">')
    folded = page[start : page.index("</details>", start)]
    assert 'name="when"' in folded and 'name="without_approval"' in folded
    assert "Publish without a second person" in folded and 'class="publish-now">Publish</span>' not in page
    approve(draft, bo)
    page = client.get(url).text
    assert 'class="publish-now">Publish</span>' in page and 'name="when"' in page


def test_enter_in_the_field_of_the_reason_approves_nothing(client, draft, ann, bo):
    """It presses the first button of the form, which approves."""
    write(draft, ann, title="Rye")
    client.force_login(bo)

    page = post_approval(client, draft, without_approval="It cannot wait.")

    assert (
        "nothing is approved" in page.text and not Approval.objects.exists() and not draft.editions.exists()
    )


def test_whoever_has_approved_needs_no_other_approval(client, draft, ann):
    client.force_login(ann)

    page = post_approval(client, draft).text

    assert "You have approved it; somebody else publishes it." in page
    assert "obody else has approved" not in page and "Approve this text" not in page


def test_an_author_is_not_offered_to_approve_a_text_of_her_own(client, draft, ann, bo):
    write(draft, ann, title="Rye")
    client.force_login(ann)
    url = reverse("desk:publish", args=[draft.pk])
    assert "Approve this text" not in client.get(url).text
    post_button(client, draft, "hand_over")
    assert "Approve this text" not in client.get(url).text
    client.force_login(bo)
    assert "Approve this text" in client.get(url).text

    write(draft, bo, title="Rye bread")

    assert "Approve this text" in client.get(url).text
    client.force_login(ann)
    assert "Approve this text" not in client.get(url).text


def test_the_author_of_an_earlier_edition_approves_what_another_has_changed(client, draft, ann, bo):
    write(draft, ann, title="Rye")
    approve(draft, bo)
    actions.publish(draft, by=ann)
    write(draft, bo, title="Rye bread")
    client.force_login(ann)

    assert client.get(reverse("desk:publish", args=[draft.pk])).context["may_approve"]


def test_a_retracted_text_waits_for_nobodys_approval(client, draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    actions.retract(draft, by=ann, note="Made up.")
    client.force_login(ann)

    page = client.get(reverse("desk:publish", args=[draft.pk])).text

    assert "Ask for approval" not in page and "Two people" not in page


def test_an_approval_of_her_own_does_not_hide_that_an_author_can_hand_it_over(client, draft, ann):
    write(draft, ann, title="Rye")
    approve(draft, ann)
    client.force_login(ann)

    assert "Ask for approval" in client.get(reverse("desk:publish", args=[draft.pk])).text


def test_the_form_leads_to_the_approval_and_says_who_has_approved(client, draft, ann, bo):
    write(draft, ann, title="Rye")
    submit_for_checking(draft, by=ann)
    form, publish = (
        reverse(f"desk:{name}", args=[draft.pk]) for name in ("publications_publication_change", "publish")
    )
    client.force_login(ann)
    assert f"{publish}#approval" not in client.get(form).text
    client.force_login(bo)
    assert f'<a href="{publish}#approval">Check and approve…</a>' in client.get(form).text

    approve(draft, bo)

    for person in (ann, bo):
        client.force_login(person)
        page = client.get(form).text
        assert "Approved by Bo, as it is now." in page and f"{publish}#approval" not in page


def test_what_one_has_approved_is_not_to_be_checked_by_them(draft, ann, bo):
    eva = make_person("Editors", first_name="Eva")
    submit_for_checking(draft, by=ann)
    people = (ann, bo, eva)
    assert [worklist_publications(Worklist.CHECK, person).count() for person in people] == [1, 1, 1]

    approve(draft, bo)
    assert [worklist_publications(Worklist.CHECK, person).count() for person in people] == [1, 0, 1]

    write(draft, ann, title="Rye")
    assert [worklist_publications(Worklist.CHECK, person).count() for person in people] == [1, 1, 1]


def test_lists_name_no_approval_that_another_name_of_the_author_has_ended(client, draft, ann, bo):
    author = make_author("Eva Ek")
    draft.bylines.all().delete()
    draft.bylines.create(author=author)
    write(draft, ann)
    submit_for_checking(draft, by=ann)
    approve(draft, bo)
    client.force_login(ann)
    assert "approved by Bo" in client.get(reverse("desk:index")).text

    author.name = "Eva Berg"
    actions.save_instance(author, by=ann, changed=["name"])

    assert "approved by Bo" not in client.get(reverse("desk:index")).text
    assert draft in worklist_publications(Worklist.CHECK, bo)


def test_queries_about_approvals_grow_with_what_is_of_each_person_alone(draft, ann):
    def count_queries() -> int:
        with CaptureQueriesContext(connection) as queries:
            build_approval_context(Publication.objects.get(pk=draft.pk), ann)
        return len(queries)

    write(draft, ann, body=f"![A field](image:{make_image().key})")
    counts = [count_queries()]
    for _number in range(3):
        approve(draft, make_person("Editors"))
        counts.append(count_queries())

    assert counts[3] - counts[2] <= 3


def test_imports_are_published_by_one_person_and_say_so(draft, ann):
    (edition,) = actions.publish_many([draft], by=ann, without_approval="import")

    assert edition.is_live
    assert AuditEntry.objects.get(publication=draft).detail["without_approval"] == "import"


def test_an_import_that_brings_no_news_informs_staff_that_nobody_approved(draft, ann, bo):
    actions.publish_many([draft], by=ann, without_approval="import")

    assert [event.type for event in NewsEvent.objects.visible_to(bo)] == [NewsType.UNAPPROVED]


def test_the_page_of_other_kinds_says_nothing_of_two_people(client, ann):
    client.force_login(ann)
    page = client.get(reverse("desk:publish", args=[make_publication().pk]))

    assert "Two people" not in page.text and "without_approval" not in page.text


STATUS_CHANGES = {
    "retract": ("retraction", "Retracted without a second person: “Grain”"),
    "express_concern": ("concern", "Concern expressed without a second person: “Grain”"),
    "lift_concern": ("lifted", "Concern lifted without a second person: “Grain”"),
}


@pytest.fixture
def report(draft, ann, bo) -> Publication:
    approve(draft, bo)
    actions.publish(draft, by=ann)
    return draft


@pytest.mark.parametrize(
    ("action", "change", "subject"), [(name, *rest) for name, rest in STATUS_CHANGES.items()]
)
def test_one_person_retracts_at_once_and_all_staff_are_informed(
    client, report, ann, bo, action, change, subject
):
    if action == "lift_concern":
        actions.express_concern(report, by=None, note="In doubt.")

    edition = getattr(actions, action)(report, by=ann, note="Made up.")

    assert edition.is_live
    assert AuditEntry.objects.filter(publication=report).first().detail["without_approval"] == change
    for person in (bo, make_person("Contributors"), make_person("Linkers")):
        event = NewsEvent.objects.visible_to(person).get(type=NewsType.UNAPPROVED, edition=edition)
        text = describe_news(event, person)
        assert (text.subject, text.text) == (subject, "Made up.")
    client.force_login(ann)
    assert "without a second person: Made up." in client.get(reverse("desk:history", args=[report.pk])).text


def test_one_person_withdraws_at_once_and_all_staff_are_informed(client, report, ann, bo):
    client.force_login(ann)
    assert "This you may do alone, at once" in client.get(reverse("desk:withdraw", args=[report.pk])).text

    actions.withdraw(report, by=ann, note="Made up.")

    assert AuditEntry.objects.filter(publication=report).first().detail["without_approval"] == "withdrawal"
    (event,) = unapproved_news_of(bo)
    text = describe_news(event, bo)
    assert (text.subject, text.text) == ("Withdrawn without a second person: “Grain”", "Made up.")
    assert "without a second person: Made up." in client.get(reverse("desk:history", args=[report.pk])).text


def test_a_withdrawal_of_another_kind_or_of_what_waits_alone_is_no_news_of_that_sort(draft, ann):
    draft.kind.needs_approval = False
    actions.publish(draft, by=ann, at=tomorrow(), without_approval="urgent")
    NewsEvent.objects.all().delete()
    other = actions.publish(make_publication(kind="quick-comment"), by=ann).publication

    actions.withdraw(draft, by=ann)
    actions.withdraw(other, by=ann)

    assert not NewsEvent.objects.filter(type=NewsType.UNAPPROVED).exists()
    assert not AuditEntry.objects.filter(detail__without_approval="withdrawal").exists()


def test_no_redaction_takes_from_the_audit_trail_that_one_person_published(client, draft, ann, bo):
    actions.publish(draft, by=ann, without_approval="Zebra crossing closed")

    actions.redact(draft, "Zebra crossing closed", by=ann)

    entry = AuditEntry.objects.get(publication=draft, action="publish")
    assert entry.detail["without_approval"] == "[redacted]"
    client.force_login(bo)
    assert "without a second person ([redacted])" in client.get(reverse("desk:history", args=[draft.pk])).text
    AuditEntry.objects.filter(pk=entry.pk).update(detail={**entry.detail, "without_approval": ""})
    assert "without a second person (–)" in client.get(reverse("desk:history", args=[draft.pk])).text
    actions.withdraw(draft, by=ann)
    NewsEvent.objects.all().delete()

    actions.undo(draft, by=ann)

    assert len(unapproved_news_of(bo)) == 1


@pytest.mark.parametrize("name", ["retract", "express-concern"])
def test_the_page_says_beforehand_that_one_person_is_enough_and_all_are_informed(client, report, ann, name):
    client.force_login(ann)
    other = actions.publish(make_publication(kind="quick-comment"), by=ann).publication

    pages = [
        client.get(reverse(f"desk:{name}", args=[publication.pk])).text for publication in (report, other)
    ]

    assert ["This you may do alone, at once" in page for page in pages] == [True, False]


def test_a_retraction_of_another_kind_says_nothing_of_a_second_person(ann):
    publication = actions.publish(make_publication(kind="quick-comment"), by=ann).publication

    actions.retract(publication, by=ann, note="Made up.")

    assert "without_approval" not in AuditEntry.objects.filter(publication=publication).first().detail
    assert not NewsEvent.objects.filter(type=NewsType.UNAPPROVED).exists()


def unapproved_news_of(person):
    return list(NewsEvent.objects.visible_to(person).with_rows().filter(type=NewsType.UNAPPROVED))


def test_ending_an_edition_does_not_hide_that_nobody_approved_it(draft, ann, bo):
    actions.publish(draft, by=ann, without_approval="urgent")

    actions.withdraw(draft, by=ann)

    assert len(unapproved_news_of(bo)) == 2  # the withdrawal is one person's, too


def test_publishing_an_unapproved_text_again_says_so(draft, ann, bo):
    actions.publish(draft, by=ann, without_approval="urgent")
    actions.withdraw(draft, by=ann)

    edition = actions.undo(draft, by=ann)

    entry = AuditEntry.objects.filter(publication=draft).first()
    assert edition.is_live and entry.detail["without_approval"] == "urgent"
    assert "without a second person (urgent)" in describe_entry(entry).description
    news = [event for event in unapproved_news_of(bo) if event.edition == edition]
    assert [describe_news(event, bo).text for event in news] == ["urgent"]


def test_an_unapproved_edition_that_is_kept_stays_in_the_news(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    draft.refresh_from_db()
    approved, draft.title = draft.title, "Nobody has seen this"
    draft.save()
    Revision.objects.create_from(draft, by=ann)
    actions.publish(draft, by=ann, at=tomorrow(), without_approval="urgent")
    draft.refresh_from_db()
    draft.title = f"{approved}s"
    draft.save()
    Revision.objects.create_from(draft, by=ann)
    approve(draft, bo)

    actions.publish(draft, by=ann, keep_scheduled=True, without_approval="still urgent")

    kept, first = unapproved_news_of(bo)
    entry = AuditEntry.objects.filter(publication=draft).first()
    assert kept.edition.number == entry.detail["kept"] and first.edition.number == entry.detail["replaced"]
    assert [describe_news(event, bo).text for event in (kept, first)] == ["still urgent", "urgent"]
    assert "without a second person (still urgent)" in describe_entry(entry).description


@pytest.fixture
def scheduled_report(report, ann, bo) -> Publication:
    """A report whose second edition waits and was approved, with an approved draft of a third."""
    write(report, ann, title="Rye")
    approve(report, bo, change="silent")
    actions.publish(report, by=ann, at=tomorrow())
    write(report, ann, title="Barley")
    approve(report, bo, change="silent")
    return report


def test_a_schedule_is_kept_with_a_reason_that_is_recorded_and_news(scheduled_report, ann, bo):
    with pytest.raises(actions.ActionRefused, match="nobody has approved that the edition that waits"):
        actions.publish(scheduled_report, by=ann, keep_scheduled=True)

    actions.publish(scheduled_report, by=ann, keep_scheduled=True, without_approval="It was agreed")

    entry = AuditEntry.objects.filter(publication=scheduled_report).first()
    assert entry.detail["kept_without_approval"] == "It was agreed" and "without_approval" not in entry.detail
    (event,) = unapproved_news_of(bo)
    assert event.edition.number == entry.detail["kept"] and describe_news(event, bo).text == "It was agreed"


def test_the_form_requires_the_reason_for_keeping_a_schedule_alone(client, scheduled_report, ann):
    client.force_login(ann)

    page = post_publish(client, scheduled_report, change="silent", waiting="keep")
    assert "nobody has approved that the edition that waits" in page.text
    post_publish(client, scheduled_report, change="silent", waiting="replace")

    assert scheduled_report.editions.live().get().title == "Barley"


def test_what_an_undo_restores_by_one_person_is_news(report, ann, bo):
    actions.express_concern(report, by=ann, note="In doubt.")

    edition = actions.undo(report, by=ann)

    entry = AuditEntry.objects.filter(publication=report).first()
    assert "again, without a second person" in describe_entry(entry).description
    (event,) = [event for event in unapproved_news_of(bo) if event.edition == edition]
    assert "An earlier text is public again without a second person" in describe_news(event, bo).subject


def test_a_notice_on_an_unapproved_text_says_so_anew(draft, ann, bo):
    actions.publish(draft, by=ann, without_approval="urgent")

    actions.express_concern(draft, by=ann, note="In doubt.")
    noted = AuditEntry.objects.filter(publication=draft).first()
    actions.retract(draft, by=ann, note="Made up.")
    actions.undo(draft, by=ann)

    assert "its text without a second person (urgent)" in describe_entry(noted).description
    assert AuditEntry.objects.filter(publication=draft).first().detail["without_approval"] == "urgent"


def test_an_emergency_with_the_text_of_an_approved_edition_is_restored_as_one(draft, ann, bo):
    author = make_author("Eva Ek")
    draft.bylines.create(author=author)
    write(draft, ann)
    approve(draft, bo)
    actions.publish(draft, by=ann)
    author.name = "Somebody Else"
    actions.save_instance(author, by=ann)
    actions.publish(draft, by=ann, without_approval="urgent")
    assert len(set(draft.editions.values_list("digest", flat=True))) == 1
    actions.withdraw(draft, by=ann)

    actions.undo(draft, by=ann)

    assert AuditEntry.objects.filter(publication=draft).first().detail["without_approval"] == "urgent"


@pytest.mark.parametrize("reason", [".", "\u200b", " . ", "a1", "42 000"])
def test_a_reason_has_letters(draft, ann, reason):
    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann, without_approval=reason)


@pytest.mark.parametrize(("is_on", "entry_text", "subject"), [
    (True, "needs two people: on", "two people publish a “Report”"),
    (False, "needs two people: off", "A “Report” does not need two people any more"),
])  # fmt: skip
def test_a_change_of_the_rule_is_news_and_its_entry_has_the_direction(
    client, ann, bo, is_on, entry_text, subject
):
    kind = Kind.objects.get(slug="report")
    Kind.objects.filter(pk=kind.pk).update(needs_approval=not is_on)
    administrator = make_person("Administrators")
    client.force_login(administrator)
    url = reverse("desk:publications_kind_change", args=[kind.pk])
    data = {**form_data_of(client.get(url)), "needs_approval": "on" if is_on else ""}

    client.post(url, data)

    assert entry_text in describe_entry(AuditEntry.objects.first()).description
    (event,) = unapproved_news_of(bo)
    news = describe_news(event, bo)
    assert subject in news.subject and client.get(news.url).status_code == 200
    assert not unapproved_news_of(administrator)


def test_the_rule_is_changed_after_a_recent_proof_only(client):
    client.force_login(make_person("Administrators"))
    kind = Kind.objects.get(slug="report")
    url = reverse("desk:publications_kind_change", args=[kind.pk])
    data = {**form_data_of(client.get(url)), "needs_approval": "on"}

    with time_machine.travel(timezone.now() + timedelta(minutes=33)):
        response = client.post(url, data)

    kind.refresh_from_db()
    assert response.status_code == 403 and not kind.needs_approval


def test_an_approval_is_spent_by_publishing(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    write(draft, ann, title="Rye")
    approve(draft, bo, change="silent")
    actions.publish(draft, by=ann)
    write(draft, ann, title="Grain")

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


@pytest.mark.parametrize("values", [
    {"change": "correction", "note": "The figure was wrong."},
    {"change": "update", "note": "Words of ann"},
    {"change": "update"},
    {},
])  # fmt: skip
def test_another_change_or_note_than_the_approved_needs_approval_anew(draft, ann, bo, values):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    write(draft, ann, title="Rye")
    approve(draft, bo, change="update", note="Words of bo")

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann, **values)

    assert actions.publish(draft, by=ann, change="update", note="Words of bo").is_live


def test_the_note_is_approved_in_the_form_and_proposed_to_who_publishes(client, draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    write(draft, ann, title="Rye")
    client.force_login(bo)
    assert "A correction needs a note" in post_approval(client, draft, change="correction").text
    post_approval(client, draft, change="correction", note="It was rye.")

    client.force_login(ann)
    form = client.get(reverse("desk:publish", args=[draft.pk])).context["form"]

    assert (form["change"].value(), form["note"].value()) == ("correction", "It was rye.")
    refused = post_publish(client, draft, change="correction", note="Words of ann")
    assert "needs two people" in refused.text and "without_approval" in refused.context["form"].fields
    post_publish(client, draft, change="correction", note="It was rye.")
    assert draft.editions.latest().change_note == "It was rye."


def test_a_renamed_author_makes_an_approval_void(draft, ann, bo):
    author = make_author("Eva Ek")
    draft.bylines.create(author=author)
    write(draft, ann)
    approve(draft, bo)
    author.name = "Somebody Else"
    actions.save_instance(author, by=ann)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def _replace_file(image) -> None:
    image.store_upload(picture_bytes("red"), "other.png")
    image.save()


@pytest.mark.parametrize("change", [
    _replace_file,
    lambda image: Image.objects.filter(pk=image.pk).update(alt_en="A red field"),
    lambda image: Image.objects.filter(pk=image.pk).update(credit="Somebody"),
    lambda image: Image.objects.filter(pk=image.pk).update(is_decorative=True),
    lambda image: Image.objects.filter(pk=image.pk).update(focus_x=1),
    lambda _image: Kind.objects.filter(slug="report").update(type_line_en="Report by guests"),
    lambda _image: Kind.objects.filter(slug="report").update(disclaimer_en="Not our words."),
])  # fmt: skip
def test_a_change_of_what_is_shown_with_the_text_ends_an_approval_and_the_page_says_so(
    client, draft, ann, bo, change
):
    image = make_image()
    write(draft, ann, cover=image)
    approve(draft, bo)
    change(image)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)

    client.force_login(ann)
    page = client.get(reverse("desk:publish", args=[draft.pk]))
    assert "ended: an author, a picture or a text of the kind has changed since." in page.text


def test_the_terms_of_each_approver_are_accepted(client, draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    write(draft, ann, title="Rye")
    approve(draft, bo, change="silent")
    approve(draft, make_person("Editors", first_name="Eva"), change="correction", note="It was rye.")
    client.force_login(ann)

    post_publish(client, draft, change="correction", note="It was rye.")

    assert draft.editions.latest().change_note == "It was rye."


def test_taking_the_first_edition_back_does_not_end_the_rule(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)
    actions.undo(draft, by=ann)
    draft.refresh_from_db()
    write(draft, ann, title="Other words", kind=Kind.objects.get(slug="commentary"), series_number=None)

    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)


def test_it_is_news_for_all_that_an_approved_draft_leaves_the_rule(draft, ann, bo):
    approve(draft, bo)
    write(draft, ann, kind=Kind.objects.get(slug="commentary"))

    (event,) = unapproved_news_of(bo)
    assert "got another kind" in describe_news(event, bo).subject


def test_the_public_part_says_whether_two_people_were_needed_and_who_approved(draft, ann, bo):
    approval = approve(draft, bo)
    entry = AuditEntry.objects.get(action="approve")
    assert entry.by == bo and entry.public_part["approved"] == approval.snapshot_digest
    actions.publish(draft, by=ann)
    assert AuditEntry.objects.first().public_part["two_people"] == [entry.site_version]
    write(draft, ann, title="Rye")

    actions.publish(draft, by=ann, without_approval="urgent")

    assert AuditEntry.objects.first().public_part["two_people"] == []
    actions.publish(make_publication(), by=ann)
    assert "two_people" not in AuditEntry.objects.first().public_part


def verify_approvals() -> list[str]:
    return list(find_wrong_approvals(lambda *_numbers: None))


def test_approvals_are_as_the_log_has_recorded_them(draft, ann, bo):
    approve(draft, ann)
    approve(draft, bo)
    actions.revoke_approval(draft, by=ann)
    write(draft, ann, title="Rye")
    approve(draft, bo)

    assert verify_approvals() == []
    assert Approval.objects.count() == 1


@pytest.mark.parametrize("change", [
    lambda approvals, ann: approvals.update(approved_by=ann),
    lambda approvals, ann: approvals.update(snapshot_digest="0" * 64),
    lambda approvals, ann: approvals.update(site_version=99),
    lambda approvals, ann: approvals.all().delete(),
    lambda approvals, ann: approvals.create(
        digest="0", after=0, snapshot_digest="0", site_version=approvals.get().site_version, approved_by=ann
    ),
])  # fmt: skip
def test_forged_and_deleted_approvals_are_found(draft, ann, bo, change):
    approve(draft, bo)

    change(draft.approvals, ann)

    assert verify_approvals()


@pytest.mark.parametrize("change", [
    lambda approval: approval.delete(),
    lambda approval: None,
])  # fmt: skip
def test_a_forged_approval_is_not_used_and_its_use_is_found(draft, ann, bo, change):
    """It is a row without an entry, and one that points at the entry of somebody else."""
    real = approve(draft, ann)
    change(real)
    forged = draft.approvals.create(
        digest=draft.digest, after=0, snapshot_digest=real.snapshot_digest, site_version=real.site_version,
        approved_by=bo,
    )  # fmt: skip
    with pytest.raises(actions.ActionRefused, match="needs two people"):
        actions.publish(draft, by=ann)
    forged.delete()
    actions.publish(draft, by=ann, without_approval="urgent")
    entry = AuditEntry.objects.get(action="publish")
    for versions in ([real.site_version], [99]):
        AuditEntry.objects.filter(pk=entry.pk).update(
            public_part={**entry.public_part, "two_people": versions}
        )

        (fault,) = verify_approvals()

        assert f"names version {versions[0]} as an approval by another person" in fault


def test_an_approval_that_was_taken_back_or_spent_is_no_approval_of_an_edition(draft, ann, bo):
    approval = approve(draft, bo)
    actions.publish(draft, by=ann)
    assert verify_approvals() == []
    write(draft, ann, title="Rye")
    approve(draft, bo, change="silent")
    actions.publish(draft, by=ann)
    entry = AuditEntry.objects.first()
    AuditEntry.objects.filter(pk=entry.pk).update(
        public_part={**entry.public_part, "two_people": [approval.site_version]}
    )

    assert len(verify_approvals()) == 1


def test_a_spent_approval_may_be_gone(draft, ann, bo):
    approve(draft, bo)
    actions.publish(draft, by=ann)

    draft.approvals.all().delete()

    assert verify_approvals() == []


def test_saving_says_whose_approval_ended_and_informs_them(client, draft, ann, bo):
    approve(draft, bo)
    client.force_login(ann)
    url = reverse("desk:publications_publication_change", args=[draft.pk])

    page = client.post(url, {**form_data_of(client.get(url)), "title": "Grain and rye"}, follow=True)

    assert "The approval by Bo ended, since the text changed." in page.text
    event = NewsEvent.objects.visible_to(bo).get(type=NewsType.ENDED)
    assert "Your approval of “Grain and rye” ended" in describe_news(event, bo).subject
    assert not NewsEvent.objects.visible_to(make_person("Editors")).filter(type=NewsType.ENDED).exists()
    assert not NewsEvent.objects.visible_to(ann).filter(type=NewsType.APPROVED).exists()
    check = client.get(reverse("desk:publish", args=[draft.pk]))
    assert "Bo approved an earlier text" in check.text
    (ended,) = check.context["approval"].ended
    assert "Grain and rye" in client.get(ended.url).text
    approve(draft, bo)
    assert not NewsEvent.objects.visible_to(bo).filter(type=NewsType.ENDED).exists()


def _replace_author(draft: Publication, by) -> None:
    actions.replace_proposed_author(draft.authors.get(), make_author("Bo Ek"), by=by)


def _remove_name(draft: Publication, by) -> None:
    removal = actions.NameRemoval(spellings=("Eva Ek",), author=draft.authors.get())
    actions.remove_name_from_rows(removal, by=by)


@pytest.mark.parametrize("action", [
    _replace_author,
    _remove_name,
    lambda draft, by: actions.redact(draft, "first paragraph", by=by),
])  # fmt: skip
def test_other_actions_that_store_a_revision_inform_who_approved_the_text(draft, ann, bo, action):
    draft.bylines.all().delete()
    draft.bylines.create(author=make_author("Eva Ek", is_proposed=True))
    write(draft, ann)
    approve(draft, bo)

    action(draft, ann)

    assert NewsEvent.objects.visible_to(bo).filter(type=NewsType.ENDED).exists()


@pytest.mark.parametrize("data", [{}, {"without_approval": "\u200b"}])
def test_a_missing_reason_is_named_at_the_top(client, draft, ann, data):
    client.force_login(ann)
    page = client.get(reverse("desk:publish", args=[draft.pk]))
    assert page.text.index("A second person first") < page.text.index("What readers see now")

    page = post_publish(client, draft, **data)

    assert page.text.index("Nothing is published yet") < page.text.index('href="#id_without_approval"')
    assert page.text.index('href="#id_without_approval"') < page.text.index("A second person first")


def test_who_wrote_a_draft_is_offered_to_hand_it_over(client, draft, ann, bo):
    write(draft, ann, title="Rye")
    client.force_login(ann)
    url = reverse("desk:publish", args=[draft.pk])
    assert '<button type="submit" name="hand_over" value="1" class="button default">' in client.get(url).text

    page = post_button(client, draft, "hand_over")

    assert Submission.objects.filter(publication=draft, submitted_by=ann).exists()
    assert "Ask for approval" not in page.text
    client.force_login(bo)
    page = client.get(url)
    assert "Ask for approval" not in page.text
    assert 'name="_approve" value="1" class="default"' in page.text
    assert "You have approved it; somebody else publishes it." in post_approval(client, draft).text
    assert draft not in worklist_publications(Worklist.CHECK, bo)
    client.force_login(ann)
    assert "approved by Bo" in client.get(reverse("desk:index")).text
