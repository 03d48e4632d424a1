"""The status of each address in each state of a publication, to the microsecond."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone, translation

from publications import actions
from publications.models import Edition, Publication
from tests.factories import make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

SLUG = "minsk"


def address(slug: str = SLUG, locale: str = "en") -> str:
    with translation.override(locale):
        return reverse("publications:detail", kwargs={"slug": slug})


def status(client, path: str) -> int:
    return client.get(path).status_code


def publication_with(editor, body: str = "Text one.", **window) -> Publication:
    publication = make_publication(title="On Minsk", slug=SLUG, body=body)
    actions.publish(publication, by=editor, **window)
    return publication


def api_state(client, publication: Publication) -> tuple[int, bool]:
    """Return the status of the publication in the API, and whether the API lists it."""
    listed = client.get("/api/v1/publications").json()["items"]
    return status(client, f"/api/v1/publications/{publication.uid}"), any(
        each["id"] == str(publication.uid) for each in listed
    )


def is_listed(client) -> bool:
    return any("On Minsk" in client.get(path).text for path in ("/en/", "/sv/", "/en/publications/"))


def test_a_draft_is_public_nowhere(client, editor):
    make_publication(title="On Minsk", slug=SLUG)

    assert [status(client, path) for path in (address(), f"{address()}editions/1/")] == [404, 404]
    assert not is_listed(client)


def test_a_scheduled_first_edition_is_public_nowhere_before_its_time(client, editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        moment = timezone.now() + timedelta(days=1)
        publication_with(editor, at=moment)

        clock.move_to(moment - timedelta(microseconds=1))
        assert [status(client, path) for path in (address(), f"{address()}editions/1/")] == [404, 404]
        assert not is_listed(client)

        clock.move_to(moment)
        assert status(client, address()) == 200
        assert is_listed(client)


def test_a_live_publication_is_at_all_its_addresses_and_in_all_lists(client, editor):
    publication_with(editor)

    assert status(client, address()) == 200
    assert is_listed(client)


def test_the_live_edition_has_an_address_of_its_own_that_points_to_the_publication(client, editor):
    publication_with(editor)

    page = client.get(f"{address()}editions/1/")

    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address()}">' in page.text


def test_with_a_later_edition_scheduled_the_live_one_is_shown(client, editor):
    publication = publication_with(editor, body="Text one.")
    actions.publish(saved(publication, body="Text two."), by=editor, at=tomorrow())

    assert "Text one." in client.get(address()).text
    assert status(client, f"{address()}editions/2/") == 404


def test_a_superseded_edition_says_so_and_links_to_the_live_one(client, editor):
    publication = publication_with(editor, body="Text one.")
    actions.publish(saved(publication, body="Text two."), by=editor)

    page = client.get(f"{address()}editions/1/")

    assert page.status_code == 200
    assert "Text one." in page.text
    assert "A later one has taken its place." in page.text
    assert f'href="{address()}"' in page.text


def test_an_expired_publication_is_gone_and_says_so(client, editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication_with(editor, until=timezone.now() + timedelta(hours=1))
        clock.shift(timedelta(hours=1))

        assert [status(client, path) for path in (address(), f"{address()}editions/1/")] == [410, 410]
        assert not is_listed(client)
        assert "Text one." not in client.get(address()).text


def test_a_withdrawn_publication_is_gone_and_says_why(client, editor):
    publication = publication_with(editor)
    actions.withdraw(publication, by=editor, note="The source has taken it back.")

    page = client.get(address())

    assert page.status_code == 410
    assert "The source has taken it back." in page.text
    assert status(client, f"{address()}editions/1/") == 410
    assert not is_listed(client)
    assert "On Minsk" not in page.text


def test_a_mistaken_edition_undone_is_gone_and_the_text_before_is_a_new_one(client, editor):
    publication = publication_with(editor, body="Text one.")
    actions.publish(saved(publication, body="Mistaken."), by=editor)
    actions.undo(publication, by=editor)

    assert "Text one." in client.get(address()).text
    assert [status(client, f"{address()}editions/{n}/") for n in (1, 2, 3)] == [200, 410, 200]


def test_a_former_address_leads_to_the_current_one_for_ever(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, slug="kyiv"), by=editor)

    for path, target in [
        (address(), address("kyiv")),
        (f"{address()}editions/1/", f"{address('kyiv')}editions/1/"),
    ]:
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (301, target)


def test_a_former_address_still_leads_on_when_the_publication_is_withdrawn(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, slug="kyiv"), by=editor)
    actions.withdraw(publication, by=editor)

    assert status(client, address()) == 301
    assert status(client, address("kyiv")) == 410


def test_after_an_undone_change_of_address_both_addresses_lead_to_the_publication(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, slug="kyiv"), by=editor)
    actions.undo(publication, by=editor)

    assert status(client, address()) == 200
    assert client.get(address("kyiv"))["Location"] == address()


def test_a_scheduled_new_address_is_reserved_and_404_before_its_time(client, editor):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = publication_with(editor)
        clock.shift(timedelta(seconds=1))
        actions.publish(saved(publication, slug="kyiv"), by=editor, at=timezone.now() + timedelta(hours=1))

        assert (status(client, address()), status(client, address("kyiv"))) == (200, 404)
        clock.shift(timedelta(hours=1))
        assert (status(client, address()), status(client, address("kyiv"))) == (301, 200)


def test_a_redacted_publication_stands_at_its_addresses_without_the_passage(client, editor):
    publication = publication_with(editor, body="Vera Holm told us.\n\nAnd more.")
    actions.publish(saved(publication, body="Vera Holm told us twice.\n\nAnd more."), by=editor)
    actions.redact(publication, "Vera Holm", by=editor)

    for path in (address(), f"{address()}editions/1/"):
        page = client.get(path)
        assert page.status_code == 200
        assert "Vera Holm" not in page.text
        assert "[redacted] told us" in page.text


def test_a_swedish_text_has_an_address_in_the_swedish_locale_only(client, editor):
    actions.publish(make_publication(title="Om Minsk", slug=SLUG, language="sv"), by=editor)

    assert address(locale="sv") == "/sv/publikationer/minsk/"
    assert (status(client, address(locale="sv")), status(client, address())) == (200, 404)


def test_a_text_in_a_third_language_has_its_address_in_the_first_locale(client, editor):
    edition = actions.publish(make_publication(title="Переговоры в Минске", language="ru"), by=editor)

    page = client.get(edition.get_absolute_url())

    assert edition.locale == "en"
    assert page.status_code == 200
    assert 'lang="ru"' in page.text


def test_a_text_in_one_language_only_is_listed_in_the_other_locale_with_its_language(client, editor):
    actions.publish(make_publication(title="Only in English"), by=editor)

    page = client.get("/sv/publikationer/").text

    assert "Only in English" in page
    assert 'lang="en"' in page


def test_a_translated_text_is_listed_once_in_each_locale(client, editor):
    original = make_publication(title="On Minsk")
    translated = make_publication(title="Om Minsk", language="sv", translation_of=original)
    for publication in (original, translated):
        actions.publish(publication, by=editor)

    english, swedish = client.get("/en/publications/").text, client.get("/sv/publikationer/").text

    assert ("On Minsk" in english, "Om Minsk" in english) == (True, False)
    assert ("On Minsk" in swedish, "Om Minsk" in swedish) == (False, True)


def test_translations_are_linked_to_each_other(client, editor):
    original = make_publication(title="On Minsk", slug=SLUG)
    for publication in (
        original,
        make_publication(title="Om Minsk", slug=SLUG, language="sv", translation_of=original),
    ):
        actions.publish(publication, by=editor)

    page = client.get(address()).text

    assert 'hreflang="sv" href="http://127.0.0.1:8000/sv/publikationer/minsk/"' in page
    assert 'href="/sv/publikationer/minsk/"' in page


def test_a_withdrawn_translation_is_not_linked_any_more(client, editor):
    original = make_publication(title="On Minsk", slug=SLUG)
    translated = make_publication(title="Om Minsk", slug=SLUG, language="sv", translation_of=original)
    for publication in (original, translated):
        actions.publish(publication, by=editor)
    actions.withdraw(translated, by=editor)

    assert "/sv/publikationer/minsk/" not in client.get(address()).text


def test_no_edition_of_another_publication_is_reached_through_an_address(client, editor):
    publication_with(editor)
    other = actions.publish(make_publication(slug="riga"), by=editor)

    assert Edition.objects.at_address("en", SLUG).filter(pk=other.pk).count() == 0


STATES = {
    "draft": (404, False),
    "waiting": (404, False),
    "cancelled": (404, False),
    "live": (200, True),
    "a later edition waits": (200, True),
    "superseded": (200, True),
    "address changed": (200, True),
    "undone": (200, True),
    "redacted": (200, True),
    "expired": (410, False),
    "withdrawn": (410, False),
    "withdrawn, and waits to come back": (410, False),
}


def never_public(editor, state: str, later) -> Publication:
    publication = make_publication(title="On Minsk", slug=SLUG)
    if state != "draft":
        actions.publish(publication, by=editor, at=later)
    if state == "cancelled":
        actions.withdraw(publication, by=editor)
    return publication


def in_state(editor, state: str, clock) -> Publication:
    """A publication in a state, a day later."""
    later, day = timezone.now() + timedelta(days=9), timedelta(days=1)
    if state in ("draft", "waiting", "cancelled"):
        return never_public(editor, state, later)
    publication = publication_with(
        editor, body="Vera Holm.", until=timezone.now() + day if state == "expired" else None
    )
    clock.shift(day / 2)
    if state.startswith("withdrawn"):
        actions.withdraw(publication, by=editor)
    if state == "redacted":
        actions.redact(publication, "Vera Holm", by=editor)
    if state in ("superseded", "undone", "address changed"):
        slug = "kyiv" if state == "address changed" else SLUG
        actions.publish(saved(publication, body="Two.", slug=slug), by=editor)
    if state == "undone":
        actions.undo(publication, by=editor)
    if "wait" in state:
        actions.publish(saved(publication, body="Two."), by=editor, at=later)
    clock.shift(day)
    return publication


@pytest.mark.parametrize("state", STATES)
def test_feeds_api_and_oai_agree_with_the_address_of_a_publication(client, editor, state):
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = in_state(editor, state, clock)

        assert api_state(client, publication) == STATES[state]
        assert is_listed(client) == STATES[state][1]


@pytest.mark.parametrize("end", [actions.undo, actions.withdraw])
@pytest.mark.parametrize("below", ["", "editions/1/", "card.png"])
def test_nothing_leads_to_the_address_of_an_undone_edition_where_no_other_is_public(
    client, editor, end, below
):
    publication = publication_with(editor)
    end(publication, by=editor)
    publication = Publication.objects.get(pk=publication.pk)
    actions.publish(saved(publication, slug="mistaken", body="Mistaken."), by=editor)
    assert status(client, address()) == 301  # while it is public
    actions.undo(publication, by=editor)

    responses = [client.get(f"{address(slug)}{below}") for slug in (SLUG, "mistaken")]

    assert [response.status_code for response in responses] == [410, 410]
    assert "mistaken" not in responses[0].text
