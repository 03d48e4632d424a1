"""The publish page publishes once, and only what it showed; the result page links onwards and back."""

from datetime import UTC, datetime, timedelta

import lxml.html
import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.admin.publish.result import (
    MAX_SOCIAL_CHARACTERS,
    edition_url,
    newsletter_entry,
    social_post,
    truncate_text,
)
from publications.models import Edition, EditorialPlan, Publication
from tests.factories import (
    make_author,
    make_image,
    make_live,
    make_person,
    make_publication,
    make_tag,
    saved,
    tomorrow,
    tomorrow_noon,
)

pytestmark = pytest.mark.django_db


def publish_url(publication: Publication) -> str:
    return reverse("desk:publish", args=[publication.pk])


def publish_form_data(desk, publication: Publication, **fields) -> dict:
    """The form as the page shows it, with what an editor changes in it."""
    form = desk.get(publish_url(publication)).context["form"]
    shown = {name: form[name].value() for name in form.fields} | ({"when": "later"} if "at" in fields else {})
    return {name: value for name, value in {**shown, **fields}.items() if value is not None}


# The page


def test_publishing_puts_the_publication_before_its_readers(desk):
    publication = make_publication(title="On Minsk")

    desk.post(publish_url(publication), publish_form_data(desk, publication))

    assert desk.get("/en/publications/on-minsk/").status_code == 200


def test_addresses_are_shown_decoded(desk):
    publication = make_live(title="Åäö").publication
    publication.slug = "ny-ämne"
    saved(publication)

    page = desk.get(publish_url(publication)).text

    assert "<code>/en/publications/ny-ämne/</code>" in page and "<code>/en/publications/åäö/</code>" in page


def test_what_is_missing_is_said_with_the_way_to_mend_it_and_nothing_can_be_published(desk):
    publication = make_publication(summary="", authors=[])

    page = desk.get(publish_url(publication)).text
    desk.post(publish_url(publication), {"seen": publication.digest})

    assert "The summary is missing" in page and "An author is missing." in page
    assert f"{reverse('desk:publications_publication_change', args=[publication.pk])}#id_summary" in page
    assert '<button type="submit" class="default">' not in page
    assert not publication.editions.exists()


@pytest.mark.parametrize("summary", ["", "A summary."])
def test_a_box_to_tick_is_named_only_where_the_page_has_it(desk, summary):
    publication = make_publication(summary=summary, body="It rose by [figure to be checked].")

    page = desk.get(publish_url(publication)).text

    assert "Is this meant for readers?" in page
    assert ("tick below" in page) == ('name="placeholders_meant"' in page) == bool(summary)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("See [this](/en/publications/nowhere/).", "leads nowhere"),
        ("So.[^1]", "There is no footnote “1”"),
        ("So {++not++} it is.", "is not settled"),
    ],
)
def test_what_forbids_publishing_is_refused_though_the_form_is_sent(desk, body, said):
    publication = make_publication(body=body)

    page = desk.post(publish_url(publication), {"seen": publication.digest})

    assert said in page.text
    assert not publication.editions.exists()


def test_advice_is_given_and_does_not_forbid(desk):
    publication = make_publication(body="## One\n\nText.\n\n#### Three\n\nText.")

    page = desk.get(publish_url(publication)).text
    desk.post(publish_url(publication), publish_form_data(desk, publication))

    assert "Worth a look" in page and "“Three” is of level 4" in page
    assert publication.editions.live().exists()


def test_a_draft_without_fault_is_said_to_be_so(desk):
    assert "found nothing to mend" in desk.get(publish_url(make_publication(tags=(make_tag(),)))).text


def test_the_page_shows_word_by_word_what_changes_for_readers(desk):
    publication = make_live(body="The river rose on Monday.").publication
    saved(publication, body="The river rose on Tuesday.")

    page = desk.get(publish_url(publication)).text

    assert "<del>" in page and "Monday" in page and "Tuesday" in page
    assert "1 passage changed, 1 word added, 1 word removed" in page.lower()


def test_what_changes_beside_the_text_is_shown_too(desk):
    publication = make_live().publication
    publication.tags.set([make_tag("Belarus")])
    saved(publication)

    page = desk.get(publish_url(publication)).text

    assert "The words are the same." in page
    assert "Belarus</ins>" in page


def test_the_page_names_the_address_and_the_one_that_will_lead_to_it(desk):
    publication = make_live(title="On Minsk").publication
    saved(publication, slug="minsk-again")

    page = desk.get(publish_url(publication)).text

    assert "/en/publications/minsk-again/" in page
    assert "<code>/en/publications/on-minsk/</code>, will lead there" in page


def test_an_address_of_another_publication_is_to_be_mended_first(desk):
    make_live(title="On Minsk")
    publication = make_publication(slug="on-minsk")

    page = desk.get(publish_url(publication)).text

    assert "belongs to another publication" in page
    assert '<button type="submit" class="default">' not in page


def test_a_title_that_is_taken_shows_the_address_that_it_will_have(desk):
    make_live(title="On Minsk")

    assert "/en/publications/on-minsk-2/" in desk.get(publish_url(make_publication(title="On Minsk"))).text


def test_the_preview_stands_on_the_page_at_three_widths_without_a_script(desk):
    page = desk.get(publish_url(make_publication())).text

    assert page.count("<iframe") == 3


def test_a_framed_preview_opens_its_links_elsewhere(desk):
    publication = make_publication()
    address = reverse("desk:preview", args=[publication.pk])

    assert '<base target="_blank">' in desk.get(f"{address}?framed").text
    assert "<base" not in desk.get(address).text


# What was seen is what is published


def test_what_was_seen_is_what_is_published(desk):
    publication = make_publication(body="As I saw it.")
    form = publish_form_data(desk, publication)
    saved(publication, body="As a colleague left it.")

    page = desk.post(publish_url(publication), form)

    assert not publication.editions.exists()
    assert "The draft has changed since you saw it" in page.text
    assert "I saw" in page.text and "a colleague left" in page.text


def test_after_having_seen_the_change_the_same_page_publishes_it(desk):
    publication = make_publication(body="As I saw it.")
    form = publish_form_data(desk, publication)
    saved(publication, body="As a colleague left it.")
    shown_again = desk.post(publish_url(publication), form).context["form"]

    desk.post(
        publish_url(publication), {"seen": shown_again["seen"].value(), "after": shown_again["after"].value()}
    )

    assert publication.editions.live().get().body == "As a colleague left it."


@pytest.mark.parametrize("params", [{}, {"at": "2026-06-09T07:00"}, {"until": "2026-07-01T07:00"}])
def test_a_second_press_makes_no_second_edition_and_leads_to_the_same_page(desk, params):
    with time_machine.travel("2026-06-01 10:00Z"):
        publication = make_publication()
        form = publish_form_data(desk, publication, **params)

        first = desk.post(publish_url(publication), form)
        second = desk.post(publish_url(publication), form)

    assert first["Location"] == second["Location"]
    assert publication.editions.count() == 1


def test_a_second_press_of_a_correction_makes_no_second_edition(desk):
    publication = make_live().publication
    form = publish_form_data(
        desk, saved(publication, body="Mended."), change="correction", note="It was wrong."
    )

    first, second = desk.post(publish_url(publication), form), desk.post(publish_url(publication), form)

    assert first["Location"] == second["Location"]
    assert publication.editions.count() == 2


def test_a_second_press_that_asks_for_something_else_is_no_second_press(desk):
    publication = make_live().publication
    form = publish_form_data(desk, saved(publication, body="Mended."), change="silent")
    desk.post(publish_url(publication), form)

    page = desk.post(publish_url(publication), {**form, "change": "correction", "note": "It was wrong."})

    assert "Another edition has been published since you saw this page" in page.text
    assert publication.editions.count() == 2


def test_what_a_colleague_has_published_concurrently_is_reported(desk):
    publication = make_publication()
    form = publish_form_data(desk, publication)
    actions.publish(publication, by=make_person("Editors"))

    page = desk.post(publish_url(publication), form)

    assert page.status_code == 200
    assert publication.editions.count() == 1


# When


def test_a_moment_is_read_in_the_zone_of_the_centre(desk):
    with time_machine.travel("2026-06-01 10:00Z"):
        publication = make_publication()

        page = desk.post(
            publish_url(publication), publish_form_data(desk, publication, at="2026-06-09T07:00"), follow=True
        )

    assert publication.editions.get().visible_from == datetime(2026, 6, 9, 5, 0, tzinfo=UTC)
    assert "9 June 2026 07:00 CEST" in page.text


def test_a_moment_is_read_in_the_zone_that_is_chosen(desk):
    with time_machine.travel("2026-06-01 10:00Z"):
        publication = make_publication()

        desk.post(
            publish_url(publication),
            publish_form_data(desk, publication, at="2026-06-09T07:00", zone="Europe/Kyiv"),
        )

    assert publication.editions.get().visible_from == datetime(2026, 6, 9, 4, 0, tzinfo=UTC)


def test_zones_are_named_by_their_city_and_what_clocks_show_there(desk):
    with time_machine.travel("2026-06-01 10:00Z"):
        page = desk.get(publish_url(make_publication())).text

    assert "Stockholm (there it is 12:00, CEST)" in page
    assert "Kyiv (there it is 13:00, EEST)" in page


def test_a_time_that_clocks_skip_is_refused(desk):
    with time_machine.travel("2026-03-01 10:00Z"):
        publication = make_publication()

        page = desk.post(
            publish_url(publication), publish_form_data(desk, publication, at="2026-03-29T02:30")
        )

    assert "The clocks change that night" in page.text
    assert not publication.editions.exists()


def test_a_forged_zone_is_refused_with_a_page(desk):
    publication = make_publication()

    page = desk.post(publish_url(publication), publish_form_data(desk, publication, zone="../../etc/passwd"))

    assert page.status_code == 200
    assert not publication.editions.exists()


# What becomes of what waits


@pytest.fixture
def scheduled_publication(editor):
    publication = make_publication(body="Later.")
    actions.publish(publication, by=editor, at=tomorrow())
    return saved(publication, body="Now.")


def test_publishing_over_an_edition_that_waits_asks_what_becomes_of_it(desk, scheduled_publication):
    page = desk.get(publish_url(scheduled_publication)).text
    desk.post(publish_url(scheduled_publication), {"seen": scheduled_publication.digest})

    assert "What becomes of the edition that waits" in page
    assert not scheduled_publication.editions.live().exists()


def test_an_edition_that_waits_can_be_replaced(desk, scheduled_publication):
    page = desk.post(
        publish_url(scheduled_publication),
        publish_form_data(desk, scheduled_publication, waiting="replace"),
        follow=True,
    ).text

    assert not scheduled_publication.editions.scheduled().exists()
    assert "It replaces edition 1, which waited." in page


def test_an_edition_that_waits_can_be_kept(desk, scheduled_publication):
    page = desk.post(
        publish_url(scheduled_publication),
        publish_form_data(desk, scheduled_publication, waiting="keep"),
        follow=True,
    ).text

    assert scheduled_publication.editions.live().get().body == "Now."
    assert scheduled_publication.editions.scheduled().get().body == "Later."
    assert "The edition that waited goes public at its moment, as edition 3." in page


def test_pressing_twice_while_keeping_what_waits_makes_one_edition(desk, scheduled_publication):
    form = publish_form_data(desk, scheduled_publication, waiting="keep")

    first, second = (
        desk.post(publish_url(scheduled_publication), form),
        desk.post(publish_url(scheduled_publication), form),
    )

    assert first["Location"] == second["Location"]
    assert scheduled_publication.editions.count() == 3


# The page after


def result_url(edition: Edition) -> str:
    return reverse("desk:publish-result", args=[edition.publication_id, edition.number])


def test_the_page_after_publishing_has_all_that_is_copied(desk):
    edition = make_live(title="On Minsk", summary="They met.", author=make_author("Ann Berg"))

    page = desk.get(result_url(edition)).text

    assert 'value="http://127.0.0.1:8000/en/publications/on-minsk/"' in page
    assert "On Minsk\n\nThey met.\n\nhttp://127.0.0.1:8000/en/publications/on-minsk/" in page
    assert "Berg, A. (" in page and "On Minsk [Quick Comment]" in page


def test_the_page_after_publishing_says_what_the_change_is_to_readers(desk, editor):
    first = make_live(body="Right.")
    publication = first.publication
    assert "To readers it is" not in desk.get(result_url(first)).text

    silent = actions.publish(saved(publication, body="Right, too."), by=editor, change="silent")
    assert "it is a silent fix" in desk.get(result_url(silent)).text

    correction = actions.publish(
        saved(publication, body="Wrong."), by=editor, change="correction", note="So."
    )
    assert "it is a correction" in desk.get(result_url(correction)).text
    assert "it is a silent fix" not in desk.get(result_url(silent)).text  # it is no longer public


def test_the_way_on_comes_before_what_takes_the_text_back(desk):
    page = desk.get(result_url(make_live())).text

    assert page.index("View live") < page.index("Back to the form") < page.index("Take back: withdraw")
    assert 'class="danger"' not in page


def test_after_scheduling_it_is_said_what_readers_see_until_then(desk, editor):
    first = actions.publish(make_publication(), by=editor, at=tomorrow())
    live = make_live().publication
    second = actions.publish(saved(live, body="Next."), by=editor, at=tomorrow())

    unseen, seen = desk.get(result_url(first)).text, desk.get(result_url(second)).text

    assert "Until then readers see nothing of it." in unseen and "The address works from" in unseen
    assert "Until then readers see the text as it is now." in seen and "The address works from" not in seen


def test_an_address_is_copied_as_it_is_read(desk):
    page = desk.get(result_url(make_live(title="Elnätet"))).text

    assert page.count("/en/publications/elnätet/") >= 3  # the address, the post, the citation
    copied = page.partition('id="texts"')[2].partition("</section>")[0]
    assert "%C3%A4" not in copied


def test_undo_is_one_press_on_the_page_after(desk, editor):
    publication = make_live(body="Right.").publication
    wrong = actions.publish(saved(publication, body="Wrong."), by=editor)
    page = desk.get(result_url(wrong))

    desk.post(reverse("desk:undo", args=[publication.pk]), {"state": page.context["state"]})

    assert "Readers will see the text of edition 1 again" in page.text
    assert publication.editions.live().get().body == "Right."


def test_an_edition_that_another_has_followed_offers_no_undo(desk, editor):
    publication = make_live().publication
    actions.publish(saved(publication, body="Next."), by=editor)

    page = desk.get(result_url(publication.editions.get(number=1)))

    assert "No longer public" in page.text
    assert page.context["plan"] is None


def test_an_edition_of_another_publication_has_no_page_here(desk):
    edition, other = make_live(), make_live().publication
    actions.publish(saved(other, body="Next."), by=None)

    assert desk.get(reverse("desk:publish-result", args=[edition.publication_id, 2])).status_code == 404


@pytest.mark.parametrize("length", [10, 150, 250, 2000])
def test_a_post_fits_into_the_shortest_network(length):
    edition = make_live(title=("word " * (length // 10))[:250], summary="more " * (length // 5))

    post = social_post(edition)

    assert len(post) <= MAX_SOCIAL_CHARACTERS
    assert post.endswith(edition_url(edition))


def test_a_text_is_cut_after_a_word():
    assert truncate_text("one two three", 9) == "one two…"
    assert truncate_text("one two", 7) == "one two"
    assert truncate_text("unbreakable", 5) == "unbr…"


def test_an_entry_for_the_newsletter_is_in_the_language_of_the_publication():
    edition = make_live(language="sv", title="Om Minsk", published_at=datetime(2026, 5, 3, tzinfo=UTC))

    assert "3 maj 2026" in newsletter_entry(edition)


def test_a_picture_without_words_keeps_a_publication_from_its_readers_until_it_has_some(desk):
    image = make_image(alt_en="")
    publication = make_publication(body=f"![](image:{image.key})")
    desk.post(publish_url(publication), {"seen": publication.digest})
    image.alt_en = "A field"
    image.save()

    desk.post(publish_url(publication), {"seen": publication.digest})

    assert publication.editions.count() == 1


def test_the_button_says_schedule_for_a_later_moment_and_nothing_is_scheduled_for_now(desk):
    publication = make_publication()
    page = desk.get(publish_url(publication))
    shown = {"seen": publication.digest, "after": 0}
    moment = tomorrow_noon()

    without_moment = desk.post(publish_url(publication), {**shown, "when": "later"}).text

    assert 'value="now"' in page.text and "Schedule</span>" in page.text
    assert "Say when it is to be public." in without_moment and not publication.editions.exists()
    desk.post(publish_url(publication), {**shown, "when": "later", "at": moment})
    assert publication.editions.get().is_scheduled


def test_a_form_that_is_refused_says_so_at_the_top_and_links_to_its_fields(desk):
    publication = make_publication()

    page = desk.post(publish_url(publication), {"seen": publication.digest, "after": 0, "when": "later"})

    tree = lxml.html.fromstring(page.text)
    [link] = tree.xpath("//ul[contains(@class, 'field-errors')][@autofocus]//a")
    [field] = tree.xpath("//*[@id=$name]", name=link.get("href").removeprefix("#"))
    assert (link.text, field.get("name")) == ("Publish at", "at")
    assert tree.xpath("string(//p[@class='errornote'])").startswith("Nothing is published yet")
    assert tree.findtext(".//title").startswith("Error: ")
    assert "field-errors" not in desk.get(publish_url(publication)).text


def test_a_question_is_not_shown_as_an_error(desk):
    page = lxml.html.fromstring(desk.get(publish_url(make_publication(body="A word, TK."))).text)

    [question] = page.xpath("//section[@aria-labelledby='confirm']")
    assert "findings--blocking" not in question.get("class") and question.get("role") != "alert"


@pytest.mark.parametrize("hidden_value", [pytest.param(tomorrow_noon(), id="tomorrow"), "2026-02-31T99:00"])
def test_a_moment_that_is_not_shown_any_more_does_not_count(desk, hidden_value):
    publication = make_publication()

    desk.post(
        publish_url(publication), {"seen": publication.digest, "after": 0, "when": "now", "at": hidden_value}
    )

    assert publication.editions.live().exists()


# When


def make_planned(day, **fields):
    publication = make_publication(**fields)
    EditorialPlan.objects.create(publication=publication, planned_on=day)
    return publication


def test_the_planned_day_is_proposed_for_a_schedule(desk):
    day = timezone.localdate() + timedelta(days=3)

    form = desk.get(publish_url(make_planned(day))).context["form"]

    assert f"{form['at'].value():%Y-%m-%d %H:%M}" == f"{day} 09:00"
    assert form["when"].value() == "now"


def test_a_planned_day_that_is_over_is_not_proposed(desk):
    publication = make_planned(timezone.localdate() - timedelta(days=1))

    assert desk.get(publish_url(publication)).context["form"]["at"].value() is None


def test_a_proposed_moment_does_not_schedule_what_is_published_now(desk):
    publication = make_planned(timezone.localdate() + timedelta(days=3))

    desk.post(publish_url(publication), publish_form_data(desk, publication))

    assert publication.editions.live().exists()
