"""The actions, one behaviour each: what they do, what they refuse, what they leave behind."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from publications import actions, snapshot
from publications.models import (
    AuditEntry,
    Author,
    Change,
    Edition,
    EditionTag,
    EndReason,
    Kind,
    Publication,
    Revision,
    SiteVersion,
    use_existing_names,
)
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_publication,
    make_tag,
    saved,
    tomorrow,
    yesterday,
)

pytestmark = pytest.mark.django_db


def live(publication: Publication) -> Edition | None:
    return publication.editions.live().first()


def test_publishing_makes_the_text_live_at_once(editor):
    publication = make_publication(title="Lavrov visits China")

    edition = actions.publish(publication, by=editor)

    assert live(publication) == edition
    assert (edition.number, edition.change, edition.title) == (1, Change.FIRST, "Lavrov visits China")


def test_editing_a_live_publication_changes_nothing_public(editor):
    publication = make_publication(title="As published")
    actions.publish(publication, by=editor)

    saved(publication, title="As being edited")

    assert live(publication).title == "As published"


def test_an_edition_keeps_names_and_affiliations_as_they_were_published(editor):
    author = make_author("Ann Berg", affiliation_en="Centre A", title_en="Analyst")
    edition = actions.publish(make_publication(authors=[author]), by=editor)

    author.affiliation_en = "Centre B"
    actions.save_instance(author, by=editor)

    byline = edition.bylines.get()
    assert (byline.name, byline.title, byline.affiliation) == ("Ann Berg", "Analyst", "Centre A")


@pytest.mark.parametrize(
    ("lacking", "reason"),
    [
        ({"title": ""}, "title"),
        ({"summary": ""}, "summary"),
        ({"body": " "}, "text"),
        ({"authors": []}, "author"),
    ],
)
def test_what_readers_are_owed_is_named_and_nothing_is_published(editor, lacking, reason):
    publication = make_publication(**lacking)

    with pytest.raises(actions.NotReady, match=reason):
        actions.publish(publication, by=editor)

    assert not publication.editions.exists()
    assert not AuditEntry.objects.exists()


def test_a_draft_that_changed_since_it_was_seen_is_not_published(editor):
    publication = make_publication()
    seen = publication.digest
    saved(publication, body="Somebody else wrote this meanwhile.")

    with pytest.raises(actions.Outdated):
        actions.publish(publication, by=editor, seen=seen)

    assert live(publication) is None


def test_a_second_press_of_the_button_makes_no_second_edition(editor):
    publication = make_publication()
    actions.publish(publication, by=editor)

    with pytest.raises(actions.ActionRefused, match="Nothing has changed"):
        actions.publish(publication, by=editor)

    assert publication.editions.count() == 1


def test_a_start_in_the_past_is_refused(editor):
    with pytest.raises(actions.ActionRefused, match="past"):
        actions.publish(make_publication(), by=editor, at=yesterday())


def test_an_end_before_the_start_is_refused(editor):
    with pytest.raises(actions.ActionRefused, match="end before it begins"):
        actions.publish(make_publication(), by=editor, at=tomorrow(), until=tomorrow() - timedelta(hours=1))


def test_a_correction_needs_a_note(editor):
    publication = make_publication()
    actions.publish(publication, by=editor)
    saved(publication, body="Corrected.")

    with pytest.raises(actions.ActionRefused, match="note"):
        actions.publish(publication, by=editor, change=Change.CORRECTION)


def test_a_silent_fix_keeps_the_date_and_an_update_moves_it(editor):
    with time_machine.travel("2026-05-03 10:00Z") as clock:
        publication = make_publication()
        first = actions.publish(publication, by=editor)
        clock.move_to("2026-05-04 10:00Z")
        fixed = actions.publish(saved(publication, body="A typo mended."), by=editor, change=Change.SILENT)
        clock.move_to("2026-05-05 10:00Z")
        updated = actions.publish(saved(publication, body="New facts."), by=editor, change=Change.UPDATE)

    assert fixed.published_at == first.published_at
    assert updated.published_at.isoformat() == "2026-05-05T10:00:00+00:00"


def test_the_date_an_editor_writes_is_the_date_readers_see(editor):
    publication = make_publication(published_at=yesterday().replace(second=0, microsecond=0))

    assert actions.publish(publication, by=editor).published_at == publication.published_at


def test_a_scheduled_edition_takes_over_at_its_very_moment(editor):
    with time_machine.travel("2026-05-03 10:00Z") as clock:
        publication = make_publication(body="Old.")
        actions.publish(publication, by=editor)
        moment = timezone.now() + timedelta(days=1)
        actions.publish(saved(publication, body="New."), by=editor, at=moment)

        clock.move_to(moment - timedelta(microseconds=1))
        assert live(publication).body == "Old."
        clock.move_to(moment)
        assert live(publication).body == "New."


def test_publishing_replaces_a_scheduled_edition_and_records_it(editor):
    publication = make_publication(body="Waits.")
    scheduled = actions.publish(publication, by=editor, at=tomorrow())

    actions.publish(saved(publication, body="Now."), by=editor)

    scheduled.refresh_from_db()
    assert publication.audit_entries.first().detail["replaced"] == scheduled.number
    assert scheduled.end_reason == EndReason.CANCELLED and scheduled.visible_from == scheduled.visible_until


def test_of_two_scheduled_editions_the_later_action_stands(editor):
    publication = make_publication(body="First plan.")
    actions.publish(publication, by=editor, at=tomorrow())

    second = actions.publish(
        saved(publication, body="Second plan."), by=editor, at=tomorrow() + timedelta(days=2)
    )

    assert list(publication.editions.scheduled()) == [second]


def test_cancelling_what_waits_gives_the_live_edition_its_own_end_back(editor):
    end = tomorrow() + timedelta(days=10)
    publication = make_publication()
    actions.publish(publication, by=editor, until=end)
    actions.publish(saved(publication, body="Next."), by=editor, at=tomorrow())

    actions.undo(publication, by=editor)

    assert live(publication).visible_until == end


def test_a_window_may_end_before_the_next_begins(editor):
    with time_machine.travel("2026-05-03 10:00Z") as clock:
        publication = make_publication()
        actions.publish(publication, by=editor, until=timezone.now() + timedelta(hours=1))
        actions.publish(saved(publication, body="Later."), by=editor, at=timezone.now() + timedelta(hours=3))

        clock.shift(timedelta(hours=2))
        assert live(publication) is None
        clock.shift(timedelta(hours=2))
        assert live(publication).body == "Later."


def test_withdrawing_ends_what_is_live_and_cancels_what_waits(editor):
    publication = make_publication()
    first = actions.publish(publication, by=editor)
    waiting = actions.publish(saved(publication, body="Next."), by=editor, at=tomorrow())

    actions.withdraw(publication, by=editor, note="Facts were wrong.")

    first.refresh_from_db(), waiting.refresh_from_db()
    assert live(publication) is None
    assert (first.end_reason, first.withdrawal_reason, waiting.end_reason) == (
        EndReason.WITHDRAWN,
        "Facts were wrong.",
        EndReason.CANCELLED,
    )


def test_what_is_not_public_cannot_be_withdrawn(editor):
    with pytest.raises(actions.ActionRefused, match="not public"):
        actions.withdraw(make_publication(), by=editor)


def test_a_withdrawn_publication_can_be_published_again_as_the_next_number(editor):
    publication = make_publication()
    actions.publish(publication, by=editor)
    actions.withdraw(publication, by=editor)

    again = actions.publish(publication, by=editor)

    assert (again.number, live(publication)) == (2, again)


def test_undo_brings_back_the_text_before_as_a_new_edition(editor):
    publication = make_publication(body="Right.", tags=(make_tag("China"),))
    actions.publish(publication, by=editor)
    mistaken = actions.publish(saved(publication, body="Wrong."), by=editor)

    restored = actions.undo(publication, by=editor)

    mistaken.refresh_from_db()
    assert (restored.number, live(publication).body, mistaken.end_reason) == (3, "Right.", EndReason.UNDONE)
    assert [row.tag.name for row in restored.tag_rows.all()] == ["China"]
    assert restored.bylines.count() == 1


def test_a_restored_edition_carries_no_rows_of_the_edition_it_was_copied_from(editor):
    publication = make_publication(tags=(make_tag("China"),))
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Wrong."), by=editor)

    restored = actions.undo(publication, by=editor)

    assert list(restored.tag_rows.all()) == list(EditionTag.objects.filter(edition=restored))


def test_undo_leaves_the_working_copy_as_it_is(editor):
    publication = make_publication(body="Right.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Wrong."), by=editor)

    actions.undo(publication, by=editor)

    assert Publication.objects.get(pk=publication.pk).body == "Wrong."


def test_undoing_the_first_edition_withdraws_it(editor):
    publication = make_publication()
    actions.publish(publication, by=editor)

    assert actions.plan_undo(publication).type is actions.UndoType.WITHDRAW
    actions.undo(publication, by=editor)

    assert live(publication) is None


def test_an_undo_cannot_be_undone_so_that_a_second_press_does_nothing(editor):
    publication = make_publication(body="One.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Two."), by=editor)
    actions.undo(publication, by=editor)

    with pytest.raises(actions.ActionRefused, match="nothing to take back"):
        actions.undo(publication, by=editor)


def test_a_withdrawn_text_returns_with_its_date_and_end_and_the_withdrawn_edition_stays_hidden(editor):
    publication, until = make_publication(body="One."), tomorrow()
    first = actions.publish(publication, by=editor, until=until)
    actions.withdraw(publication, by=editor)

    again = actions.undo(publication, by=editor)

    assert (again.number, again.body, again.published_at) == (2, "One.", first.published_at)
    assert again.visible_until == until and live(publication) == again
    assert list(publication.editions.readable()) == [again]
    with pytest.raises(actions.ActionRefused, match="nothing to take back"):
        actions.undo(publication, by=editor)


def test_a_withdrawn_text_that_would_have_ended_by_now_does_not_return(editor):
    publication, until = make_publication(), tomorrow()
    actions.publish(publication, by=editor, until=until)
    actions.withdraw(publication, by=editor)

    with time_machine.travel(until + timedelta(seconds=1)):
        assert actions.plan_undo(publication) is None


def test_undo_refuses_an_edition_that_is_not_the_last(editor):
    publication = make_publication(body="One.")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Two."), by=editor)

    with pytest.raises(actions.Outdated):
        actions.undo(publication, by=editor, edition=1)


def test_two_actions_at_one_instant_follow_each_other(editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(body="One.")
        first = actions.publish(publication, by=editor)
        second = actions.publish(saved(publication, body="Two."), by=editor)
        clock.shift(timedelta(microseconds=1))

        assert second.visible_from - first.visible_from == timedelta(microseconds=1)
        assert live(publication) == second


def test_a_clock_that_has_gone_back_is_refused_and_nothing_is_lost(editor):
    with time_machine.travel("2026-05-03 10:00Z") as clock:
        publication = make_publication(body="One.")
        actions.publish(publication, by=editor)
        clock.move_to("2026-05-03 08:00Z")
        saved(publication, body="Two.")

        with pytest.raises(actions.ClockBehind, match="clock"):
            actions.publish(publication, by=editor)
        with pytest.raises(actions.ClockBehind):
            actions.withdraw(publication, by=editor)

        clock.move_to("2026-05-03 10:01Z")
        assert live(publication).body == "One."


def test_each_action_leaves_one_audit_line_and_a_new_generation(editor):
    before = SiteVersion.objects.get().number
    publication = make_publication()

    actions.publish(publication, by=editor)
    actions.withdraw(publication, by=editor)

    lines = AuditEntry.objects.order_by("site_version")
    assert [(line.action, line.by, line.site_version) for line in lines] == [
        ("publish", editor, before + 1),
        ("withdraw", editor, before + 2),
    ]


def test_a_report_gets_the_next_number_of_its_year_and_keeps_it(editor):
    first = actions.publish(make_publication(kind="report", published_at=timezone.now()), by=editor)
    publication = make_publication(kind="report", published_at=timezone.now())
    second = actions.publish(publication, by=editor)
    again = actions.publish(saved(publication, body="Mended."), by=editor)

    year = timezone.localtime().year
    assert [each.type_line for each in (first, second, again)] == [
        f"SCEEUS Report No 1, {year}",
        f"SCEEUS Report No 2, {year}",
        f"SCEEUS Report No 2, {year}",
    ]


def stop_numbering(**words) -> Kind:
    kind = Kind.objects.get(slug="report")
    for name, value in {"is_numbered": False, **words}.items():
        setattr(kind, name, value)
    kind.save()
    return kind


def of_now(publication: Publication) -> Publication:
    return Publication.objects.get(pk=publication.pk)


@pytest.mark.parametrize("words", [{}, {"type_line_en": "Report"}])
def test_a_report_is_cited_by_its_number_though_its_kind_gives_none_any_more(editor, client, words):
    first = actions.publish(make_publication(kind="report"), by=editor)
    stop_numbering(**words)
    preview = snapshot.build_snapshot(of_now(first.publication)).edition

    again = actions.publish(saved(of_now(first.publication), body="Mended."), by=editor)

    assert (preview.type_line, preview.series_number) == (first.type_line, first.series_number)
    assert (again.type_line, again.series_number) == (first.type_line, first.series_number)
    for edition in (first, again):
        record = client.get(f"{edition.permanent_url.rstrip('/')}/").text
        assert first.type_line in record
    assert "IS  - 1/" in client.get(again.get_absolute_url().rstrip("/") + ".ris").text
    assert "TY  - RPRT" in client.get(again.get_absolute_url().rstrip("/") + ".ris").text


def test_a_draft_of_a_kind_that_gives_no_numbers_any_more_has_none(editor, client):
    waiting = make_publication(kind="report")
    actions.publish(waiting, by=editor, at=tomorrow())
    actions.withdraw(waiting, by=editor)
    stop_numbering()

    editions = [
        actions.publish(of_now(publication), by=editor)
        for publication in (waiting, make_publication(kind="report"))
    ]

    for edition in editions:
        assert (edition.type_line, edition.series_number) == ("Report", None)
        assert "IS  - " not in client.get(edition.get_absolute_url().rstrip("/") + ".ris").text


def test_a_publication_of_another_kind_shows_no_number_and_finds_its_own_again(editor):
    first = actions.publish(make_publication(kind="report"), by=editor)
    publication = of_now(first.publication)
    publication.kind = Kind.objects.get(slug="commentary")
    as_commentary = actions.publish(saved(publication), by=editor)
    publication = of_now(publication)
    publication.kind = Kind.objects.get(slug="report")

    again = actions.publish(saved(publication, body="Mended."), by=editor)

    assert as_commentary.series_number is None and again.series_number == first.series_number


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("SCEEUS – Report No {number}, {year}", "SCEEUS"),
        ("Report No {number} – research by SCEEUS", "Report – research by SCEEUS"),
        ("R – {year}", "R"),
        ("Report {year}", "Report"),
        ("SCEEUS – No {number} – {year} – research", "SCEEUS – research"),
        ("No {number} – {year}", "Report"),
        ("SCEEUS Report", "SCEEUS Report"),
    ],
)
def test_without_a_number_no_part_that_waits_for_one_is_published(editor, line, shown):
    stop_numbering(type_line_en=line)

    assert actions.publish(make_publication(kind="report"), by=editor).type_line == shown


def test_a_preview_of_a_report_shows_no_words_that_wait_for_a_number():
    assert snapshot.build_snapshot(make_publication(kind="report")).edition.type_line == "Report"


def test_a_translation_shares_the_number_of_its_original(editor):
    original = make_publication(kind="report")
    translation = make_publication(kind="report", language="sv", translation_of=original)

    english = actions.publish(original, by=editor)
    swedish = actions.publish(translation, by=editor)

    assert swedish.series_number == english.series_number
    assert swedish.type_line.startswith("SCEEUS-rapport nr 1,")


def test_an_address_made_from_the_title_steps_aside_where_it_is_taken(editor):
    actions.publish(make_publication(title="Belarus votes"), by=editor)

    second = actions.publish(make_publication(title="Belarus votes"), by=editor)

    assert second.slug == "belarus-votes-2"


def test_an_address_never_passes_to_another_publication(editor):
    publication = make_publication(slug="belarus")
    actions.publish(publication, by=editor)
    actions.publish(saved(publication, slug="minsk"), by=editor)

    with pytest.raises(actions.NotReady, match="another publication"):
        actions.publish(make_publication(slug="belarus"), by=editor)


def test_paragraph_ids_are_carried_from_edition_to_edition(editor):
    publication = make_publication(body="The first paragraph stands.\n\nThe second paragraph stands too.")
    first = actions.publish(publication, by=editor)

    second = actions.publish(
        saved(
            publication,
            body="A new opening, added today.\n\nThe first paragraph stands.\n\nThe second paragraph stands, too.",
        ),
        by=editor,
    )

    assert [anchor for anchor, _text in second.paragraphs][1:] == [
        anchor for anchor, _text in first.paragraphs
    ]


def test_relating_is_public_at_once_and_needs_no_draft(editor):
    publication, target = make_live().publication, make_live().publication

    assert actions.set_related_links(publication, [target], by=editor, reasons=["both on Belarus"])

    link = publication.related_links.get()
    assert (link.target, link.reason) == (target, "both on Belarus")
    assert AuditEntry.objects.first().action == "relate"


def test_relating_the_same_again_is_no_action(editor):
    publication, target = make_live().publication, make_live().publication
    actions.set_related_links(publication, [target], by=editor)
    before = SiteVersion.objects.get().number

    assert not actions.set_related_links(publication, [target], by=editor)

    assert SiteVersion.objects.get().number == before


def test_a_publication_is_not_related_to_itself(editor):
    publication = make_live().publication

    with pytest.raises(actions.ActionRefused, match="itself"):
        actions.set_related_links(publication, [publication], by=editor)


def test_relating_does_not_touch_the_digest_of_the_draft(editor):
    publication, target = make_live().publication, make_live().publication

    actions.set_related_links(publication, [target], by=editor)

    assert Revision.objects.create_from(publication, by=editor).digest == live(publication).digest


def test_what_is_in_use_stays(editor):
    author = make_author("Ann Berg")
    make_publication(authors=[author])

    with pytest.raises(actions.ActionRefused, match="in use"):
        actions.delete_instance(author, by=editor)


def test_a_passage_that_stands_nowhere_is_refused(editor):
    with pytest.raises(actions.ActionRefused, match="nowhere"):
        actions.redact(make_live().publication, "not to be found", by=editor)


def test_a_picture_is_public_through_the_editions_that_show_it(editor):
    image = make_image()
    edition = actions.publish(make_publication(body=f"Look:\n\n![A field](image:{image.key})"), by=editor)

    assert list(edition.images.all()) == [image]


def test_undo_never_brings_back_what_was_withdrawn(editor):
    publication = make_publication(body="Defamatory.")
    actions.publish(publication, by=editor)
    actions.withdraw(publication, by=editor)
    actions.publish(saved(publication, body="Clean."), by=editor)

    actions.undo(publication, by=editor)

    assert live(publication) is None


def test_undo_gives_the_text_before_its_own_end_back(editor):
    publication = make_publication(body="For ever.")
    first = actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Until tomorrow."), by=editor, until=tomorrow())

    restored = actions.undo(publication, by=editor)

    assert restored.visible_until == first.expires_at > tomorrow()


def test_links_that_somebody_else_has_changed_in_between_are_not_overwritten(editor):
    publication, first, second = (make_live().publication for _n in range(3))
    actions.set_related_links(publication, [first], by=editor)

    with pytest.raises(actions.Outdated):
        actions.set_related_links(publication, [second], by=editor, seen=[])

    assert [link.target for link in publication.related_links.all()] == [first]


def test_a_cancelled_schedule_leaves_no_date_behind(editor):
    publication = make_publication()
    first = actions.publish(publication, by=editor)
    actions.publish(saved(publication, body="Later."), by=editor, at=tomorrow(), change="update")
    actions.undo(publication, by=editor)

    assert actions.publish(saved(publication, body="Now."), by=editor).published_at == first.published_at


def test_a_date_for_readers_that_is_still_to_come_is_refused(editor):
    with pytest.raises(actions.ActionRefused, match="after the moment"):
        actions.publish(make_publication(published_at=tomorrow()), by=editor)


def test_a_moment_far_off_is_refused(editor):
    with pytest.raises(actions.ActionRefused, match="too far off"):
        actions.publish(make_publication(), by=editor, at=datetime(9500, 1, 1, tzinfo=UTC))


def test_a_long_address_that_is_taken_steps_aside_within_its_length(editor):
    title = "word " * 30
    actions.publish(make_publication(title=title), by=editor)

    assert len(actions.publish(make_publication(title=title), by=editor).slug) <= 100


def test_a_corrected_name_of_an_author_reaches_the_byline(editor):
    author = make_author("Ann Brg")
    publication = make_publication(authors=[author])
    actions.publish(publication, by=editor)
    author.name = "Ann Berg"
    actions.save_instance(author, by=editor)

    assert actions.publish(publication, by=editor).bylines.get().name == "Ann Berg"


def test_a_clock_that_was_ahead_can_be_trusted_again(editor):
    with time_machine.travel("2036-05-03 10:00Z"):
        actions.publish(make_publication(), by=editor)
    with pytest.raises(actions.ClockBehind):
        actions.publish(make_publication(), by=editor)

    actions.trust_clock()

    assert actions.publish(make_publication(), by=editor).is_live


def test_a_tag_typed_by_its_swedish_name_is_the_same_tag():
    make_tag("Ukraine", name_sv="Ukraina"), make_tag("Energi")

    assert use_existing_names(["ukraina", "Ukraine", "energi", "Råg"]) == ["Ukraine", "Energi", "Råg"]


def test_tags_and_authors_are_one_whatever_the_case_in_any_alphabet():
    make_tag("Украина"), make_author("Östen Åberg", aliases="Остен Оберг")

    assert use_existing_names(["украина"]) == ["Украина"]
    assert (
        Author.objects.with_name("östen åberg").exists() and Author.objects.with_name("остен оберг").exists()
    )
