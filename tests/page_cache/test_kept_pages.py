"""Pages kept across changes: each is what a new process would render, after every kind of change."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from publications import actions
from publications.models import AuditEntry, RelatedLink, SiteVersion
from tests.factories import saved
from tests.page_caches import CachedClient
from tests.related_site import (
    KEEPING_CHANGES,
    LISTS,
    OTHER_CHANGES,
    RelatedSite,
    publish_a_first_edition,
    publish_a_silent_fix,
    publish_a_withdrawn_one_again,
    publish_another_subject,
    publish_on_nothing_known,
    publish_what_others_link_to,
    rename_the_site,
    schedule_a_first_edition,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(django_capture_on_commit_callbacks) -> RelatedSite:
    return RelatedSite(lambda: django_capture_on_commit_callbacks(execute=True))


def test_a_kept_page_is_what_a_new_process_renders_after_every_kind_of_change(site):
    client = CachedClient(max_bytes=60_000_000)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        compare_pages(site, client)
        for change in (*KEEPING_CHANGES, *OTHER_CHANGES, publish_a_withdrawn_one_again):
            clock.shift(1)
            with site.commit():
                change(site)
            kept = compare_pages(site, client)
            assert (kept > 0) is (change not in OTHER_CHANGES), change.__name__


def compare_pages(site: RelatedSite, client: CachedClient) -> int:
    """Request all pages; compare those that were kept with those of a new process, and return how many these are."""
    new_process, hits = CachedClient(max_bytes=60_000_000), 0
    for path in site.paths():
        kept = client.get(path)
        if kept.cache_status != "pages; hit":
            continue
        hits, new = hits + 1, new_process.get(path)
        without_status = [
            {name: value for name, value in response.headers.items() if name != "Cache-Status"}
            for response in (kept, new)
        ]
        assert (kept.status, kept.text) == (new.status, new.text), path
        assert without_status[0] == without_status[1], path
    return hits


def test_a_window_that_starts_outdates_every_page(site):
    client = CachedClient(max_bytes=60_000_000)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        with site.commit():
            schedule_a_first_edition(site)
        compare_pages(site, client)
        clock.shift(timedelta(days=1, seconds=1))

        assert compare_pages(site, client) == 0


def test_a_process_that_misses_changes_keeps_only_what_none_of_them_changed(site):
    client = CachedClient(max_bytes=60_000_000)
    compare_pages(site, client)
    with site.commit():
        publish_a_first_edition(site)
    with site.commit():
        publish_a_silent_fix(site)

    assert compare_pages(site, client) > 0

    with site.commit():
        rename_the_site(site)
    with site.commit():
        publish_on_nothing_known(site)

    assert compare_pages(site, client) == 0


def test_a_page_of_no_publication_is_rendered_again_after_every_change(site):
    client = CachedClient()
    for _change in range(2):
        with site.commit():
            actions.exclude_suggestion(site.grain[0], site.grain[1], by=None)
            actions.allow_suggestion(site.grain[0], site.grain[1], by=None)
        assert [client.get(path).cache_status for path in LISTS] == ["pages; fwd=miss; stored"] * len(LISTS)


def changed_publications() -> set[int] | None:
    """Return the publications whose pages the last action changed."""
    publications = AuditEntry.objects.latest("site_version").changed_publications
    return None if publications is None else set(publications)


def test_what_a_replaced_edition_was_suggested_for_changes_too(site):
    publish_another_subject(site)

    assert {publication.pk for publication in site.courts} <= changed_publications()


def test_an_action_records_the_pages_that_it_changes_and_no_others(site):
    shown_by = RelatedLink.objects.filter(target=site.draft).values_list("source", flat=True)
    publish_what_others_link_to(site)

    assert {site.draft.pk, *shown_by} <= changed_publications()
    assert site.alone.pk not in changed_publications()


def test_an_action_of_an_earlier_release_outdates_every_page(site):
    client = CachedClient(max_bytes=60_000_000)
    compare_pages(site, client)
    with site.commit():
        publish_a_first_edition(site)
        AuditEntry.objects.filter(site_version=SiteVersion.objects.get().number).update(
            changed_publications=None
        )

    assert compare_pages(site, client) == 0


def test_a_restored_site_outdates_every_page_though_it_reaches_the_same_version(site):
    client = CachedClient(max_bytes=60_000_000)
    savepoint = transaction.savepoint_create()
    with site.commit():
        lost = site.publish("Grain, lost", "harvest wheat", topic=0)
    path = lost.editions.get().get_absolute_url()
    assert client.get(path).status == 200
    transaction.savepoint_rollback(savepoint)
    with site.commit():
        actions.set_related_links(site.alone, [site.courts[0]], by=None)

    assert client.get(path).status == 404
    assert compare_pages(site, client) == 0


def test_a_restored_site_is_found_without_a_signal(site):
    client = CachedClient(max_bytes=60_000_000)
    savepoint = transaction.savepoint_create()
    lost = site.publish("Grain, lost", "harvest wheat", topic=0)
    path = lost.editions.get().get_absolute_url()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert client.get(path).status == 200
        transaction.savepoint_rollback(savepoint)
        clock.shift(5)
        actions.set_related_links(site.alone, [site.courts[0]], by=None)

        assert client.get(path).status == 404


def test_an_age_notice_appears_at_midnight_and_at_no_other_time(site):
    morning = timezone.localtime().replace(hour=8, minute=0) + timedelta(days=1)
    client = CachedClient(max_bytes=60_000_000)
    with time_machine.travel(morning, tick=False) as clock:
        with site.commit():
            publication = saved(
                site.make("Old", "lantern", topic=2), published_at=morning - timedelta(days=365, hours=-1)
            )
            edition = actions.publish(publication, by=None)
        before = client.get(edition.get_absolute_url()).text
        clock.shift(timedelta(hours=2))

        assert before == CachedClient().get(edition.get_absolute_url()).text
        assert "speaks of the situation then" in before
