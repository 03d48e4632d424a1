"""Aids to reading: dates of changes, contents of long reports, links to paragraphs, a line on old comments."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django.utils.html import strip_tags

from publications import actions
from publications.markup import insert_permalinks, render_markdown
from publications.models import Edition, Kind, SeriesNumber
from publications.presentation.publication_page import age_notice
from tests.factories import make_author, make_image, make_live, make_publication, saved

pytestmark = pytest.mark.django_db

WORDS = "Twelve words that stand here to make the text a little longer. "


def page_of(client, edition) -> str:
    return client.get(edition.get_absolute_url()).text


def words_of(client, edition) -> str:
    return " ".join(strip_tags(page_of(client, edition)).split())


def chapters(number: int, words: int) -> str:
    return "\n\n".join(f"## Chapter {n}\n\n{WORDS * (words // 12 // number)}" for n in range(number))


@pytest.fixture
def in_april():
    with time_machine.travel("2026-04-09 10:00Z", tick=False) as clock:
        yield clock


def changed(editor, clock, moment: str, change: str, note: str = ""):
    publication = make_publication()
    actions.publish(publication, by=editor)
    clock.move_to(moment)
    return actions.publish(saved(publication, body="Another text."), by=editor, change=change, note=note)


def test_a_correction_stands_by_the_date_above_the_text_and_below_it(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "correction", "It was 5, not 6.")

    said = words_of(client, edition)

    assert "Published 9 April 2026 · Corrected 12 May 2026 ·" in said
    places = [found.start() for found in re.finditer("Corrected 12 May 2026: It was 5, not 6.", said)]
    assert len(places) == 2
    assert places[0] < said.index("Another text.") < places[1]


def test_an_update_keeps_the_date_of_first_publication_in_sight(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "update")

    assert "Published 9 April 2026 · Updated 12 May 2026 ·" in words_of(client, edition)


def test_a_change_on_the_day_of_publication_tells_its_time(client, editor, in_april):
    edition = changed(editor, in_april, "2026-04-09 15:00Z", "correction", "It was 5.")

    assert "Corrected 9 April 2026 17:00 CEST: It was 5." in words_of(client, edition)


def test_a_later_update_does_not_hide_the_correction_before_it(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "correction", "It was 5.")
    in_april.move_to("2026-06-01 10:00Z")
    edition = actions.publish(
        saved(edition.publication, body="Third text."), by=editor, change="update", note="Since then."
    )

    head = words_of(client, edition).partition("Third text.")[0]

    assert "Updated 1 June 2026: Since then." in head
    assert "Corrected 12 May 2026: It was 5." in head


def test_a_silent_fix_is_not_announced(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "silent")

    said = words_of(client, edition)

    assert "Corrected" not in said and "Updated" not in said and "12 May" not in said
    assert "All editions" in said


def test_an_earlier_edition_tells_only_what_readers_knew_then(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "correction", "zzqlater")

    page = client.get(f"{edition.get_absolute_url()}editions/1/").text

    assert "zzqlater" not in page
    assert "You are reading edition 1, of 9 April 2026." in page
    assert f'href="{edition.get_absolute_url()}editions/2/changes/?from=1"' in page


def test_an_undone_correction_is_shown_nowhere(client, editor, in_april):
    edition = changed(editor, in_april, "2026-05-12 10:00Z", "correction", "zzqmistaken")
    in_april.shift(timedelta(minutes=1))
    restored = actions.undo(edition.publication, by=editor)

    assert "zzqmistaken" not in page_of(client, restored)


@pytest.mark.parametrize(
    ("number", "words", "has_contents"), [(3, 1500, True), (2, 1500, False), (3, 900, False)]
)
def test_long_texts_with_chapters_have_contents(client, number, words, has_contents):
    page = page_of(client, make_live(kind="report", body=chapters(number, words)))

    assert ('class="contents"' in page) == has_contents
    assert ('href="#s-chapter-2"><' not in page) or not has_contents


def test_the_contents_open_without_scripts_and_lead_to_each_heading(client):
    page = page_of(client, make_live(kind="report", body=chapters(30, 3000)))

    listed = page[page.index('class="contents"') : page.index("</details>")]
    assert "<details" in listed
    assert [f'href="#s-chapter-{n}"' in listed for n in range(30)] == [True] * 30


def test_every_paragraph_and_heading_has_a_link_without_words(client):
    page = page_of(client, make_live(body="## Head\n\nOne.\n\n> Two.\n\n- item"))

    links = re.findall(r'<a class="permalink" href="#([^"]+)" aria-label="([^"]+)"></a>', page)
    assert [name for _anchor, name in links] == ["Link to this section", *["Link to this paragraph"] * 2]
    assert all(f'id="{anchor}"' in page for anchor, _name in links)


def test_the_words_of_a_page_with_links_to_paragraphs_are_the_same():
    html = render_markdown("## A & B\n\nOne.[^1]\n\n[^1]: Note.").html

    linked = insert_permalinks(html, 'Link "here" & now', "Section", language="sv")

    assert strip_tags(linked) == strip_tags(html)
    assert 'aria-label="Link &quot;here&quot; &amp; now" lang="sv"' in linked


def test_feeds_carry_no_links_to_paragraphs(client):
    make_live(body="One.")

    assert "permalink" not in client.get("/en/feeds/publications.atom").text


def test_a_comment_of_another_year_says_when_it_was_written(client, in_april):
    edition = make_live(kind="commentary")
    line = "This comment was written on 9 April 2026 and speaks of the situation then."
    fresh = line in words_of(client, edition)
    in_april.shift(timedelta(days=366))

    assert (fresh, line in words_of(client, edition)) == (False, True)


def test_a_report_does_not_grow_old_that_way(client, in_april):
    edition = make_live(kind="report")
    in_april.shift(timedelta(days=800))

    assert "This comment was written" not in words_of(client, edition)


def test_a_number_of_another_kind_makes_no_report_of_a_comment(in_april):
    comment = Edition(
        kind=Kind(pk=1),
        series_number=SeriesNumber(pk=7, kind_id=2),
        published_at=timezone.now() - timedelta(days=366),
    )

    assert age_notice(comment).startswith("This comment was written on 8 April 2025")


def test_a_cover_is_there_at_once_and_pictures_of_the_text_when_they_come_near(client):
    cover, image = make_image(size=(1000, 500)), make_image(colour="red", size=(900, 500))
    page = page_of(client, make_live(cover=cover, body=f"One.\n\n![](image:{image.key})"))

    tags = {
        key: next(tag for tag in re.findall(r"<img [^>]+>", page) if key in tag)
        for key in (cover.key, image.key)
    }
    assert all("width=" in tag and "height=" in tag and 'decoding="async"' in tag for tag in tags.values())
    assert ["lazy" in tags[key] for key in (cover.key, image.key)] == [False, True]


def test_many_authors_of_one_affiliation_show_it_once(client):
    authors = [make_author(f"Author No {n}", affiliation_en="House of Tests") for n in range(12)]
    edition = actions.publish(make_publication(authors=authors), by=None)

    byline = page_of(client, edition).partition('class="byline"')[2].partition("</dl>")[0]

    assert byline.count("House of Tests") == 1
    assert byline.count("byline__name") == 12


def test_the_frame_leads_to_the_translation_from_both_sides_and_a_third_language(client, editor):
    english = make_publication(title="On Minsk")
    swedish = make_publication(title="Om Minsk", language="sv", translation_of=english)
    ukrainian = make_publication(title="Про Мінськ", language="uk", translation_of=english)
    en, sv, uk = (actions.publish(publication, by=editor) for publication in (english, swedish, ukrainian))

    def switch(edition) -> str:
        return page_of(client, edition).partition('class="languages"')[2].partition("</nav>")[0]

    assert f'href="{sv.get_absolute_url()}"' in switch(en)
    assert f'href="{en.get_absolute_url()}"' in switch(sv)
    assert f'href="{sv.get_absolute_url()}"' in switch(uk)
    assert f'href="{uk.get_absolute_url()}"' in page_of(client, en)
