"""The editions of a publication and the changes between them: all that was public, nothing else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import strip_tags

from publications import actions
from publications.models import Publication
from tests.factories import make_author, make_publication, saved, tomorrow

pytestmark = pytest.mark.django_db

SLUG = "minsk"


def address(name: str, locale: str = "en", **parts) -> str:
    with translation.override(locale):
        return reverse(f"publications:{name}", kwargs={"slug": SLUG, **parts})


def changes(number: int, query: str = "") -> str:
    return address("changes", number=number) + query


def words_of(response) -> str:
    return " ".join(strip_tags(response.text).split())


def publication_with(editor, body: str = "Text one.", **fields) -> Publication:
    publication = make_publication(title="On Minsk", slug=SLUG, body=body, **fields)
    actions.publish(publication, by=editor)
    return publication


@pytest.fixture
def corrected(editor) -> Publication:
    """Published in April, fixed the same day, corrected in May, updated in June."""
    with time_machine.travel("2026-04-09 10:00Z", tick=False) as clock:
        publication = publication_with(editor, body="Prices rose by a third.\n\nNobody else came.")
        for moment, change, old, new, note in [
            ("2026-04-09 12:00Z", "silent", "Nobody", "No one", ""),
            ("2026-05-12 10:00Z", "correction", "a third", "a quarter", "It was a quarter, not a third."),
            ("2026-06-01 10:00Z", "update", "came.", "came by June.", ""),
        ]:
            clock.move_to(moment)
            actions.publish(
                saved(publication, body=publication.body.replace(old, new)),
                by=editor,
                change=change,
                note=note,
            )
    return publication


def test_editions_are_listed_newest_first_with_their_labels(client, corrected):
    said = words_of(client.get(address("editions")))

    order = [
        "Edition 4 current Update 1 June 2026 12:00 CEST", "Edition 3 Correction 12 May 2026 12:00 CEST It was a quarter, not a third.",
        "Edition 2 Small fix, no change of substance 9 April 2026 14:00 CEST", "Edition 1 First publication 9 April 2026 12:00 CEST",
    ]  # fmt: skip
    places = [said.index(words) for words in order]
    assert places == sorted(places)


def test_each_edition_is_linked_at_its_permanent_address_and_to_what_changed(client, corrected):
    page = client.get(address("editions")).text

    assert all(f'href="{address("edition", number=number)}"' in page for number in (1, 2, 3, 4))
    assert [f'href="{changes(number)}"' in page for number in (1, 2, 3, 4)] == [False, True, True, True]


@pytest.mark.parametrize("name", ["detail", "editions", "changes"])
def test_datetime_attributes_are_valid_html(client, editor, name):
    with time_machine.travel("2026-05-03 10:00:00.123456Z", tick=False) as clock:
        publication = publication_with(editor)
        clock.shift(timedelta(seconds=1))
        actions.publish(saved(publication, body="Text two."), by=editor, change="correction", note="Mended.")

        page = client.get(address(name, **({"number": 2} if name == "changes" else {}))).text

    moments = re.findall(r'datetime="([^"]+)"', page)
    assert moments and not [moment for moment in moments if "." in moment]


def test_addresses_of_editions_are_those_of_today(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, slug="kyiv"), by=editor)

    page = client.get(address("editions"), follow=True)

    assert page.redirect_chain == [("/en/publications/kyiv/editions/", 301)]
    assert 'href="/en/publications/kyiv/editions/1/"' in page.text


def test_a_change_is_marked_by_word_and_announced_to_screen_readers(client, corrected):
    page = client.get(changes(3))

    assert (
        words_of(page).count(
            "Prices rose by a [removed:] third [end of what was removed] [added:] quarter [end"
        )
        == 1
    )
    assert "<del>" in page.text and "<ins>" in page.text
    assert "1 passage changed, 1 word added, 1 word removed." in words_of(page)


def test_any_two_editions_can_be_compared(client, corrected):
    said = words_of(client.get(changes(4, "?from=1")))

    assert "2 passages changed" in said
    assert "From Edition 1" in said and "To Edition 4" in said


def test_a_comparison_over_several_editions_has_all_notes_and_no_label(client, editor):
    publication = publication_with(editor, body="It was 3 May, in Minsk.")
    for body, note in (
        ("It was 4 May, in Minsk.", "It was 4 May."),
        ("It was 4 May, in Brest.", "It was Brest."),
    ):
        actions.publish(saved(publication, body=body), by=editor, change="correction", note=note)

    whole = words_of(client.get(changes(3, "?from=1")))
    last = words_of(client.get(changes(3)))
    back = words_of(client.get(changes(1, "?from=3")))

    assert whole.index("It was 4 May. It was Brest.") < whole.index("In the text below")
    assert "What changed – Correction" not in whole
    assert "What changed – Correction" in last and "It was Brest." in last and "It was 4 May." not in last
    assert "It was Brest." not in back and "– First publication" not in back


def test_title_summary_authors_notes_and_links_are_compared(client, editor):
    author = make_author("Ann Berg", affiliation_en="Old House")
    publication = publication_with(
        editor, body="See [it](https://a.example/1).[^1]\n\n[^1]: Tass.", authors=[author]
    )
    author.affiliation_en = "New House"
    author.save()
    body = "See [it](https://a.example/2).[^1]\n\n[^1]: Interfax."
    actions.publish(
        saved(publication, title="On Kyiv", summary="Now in Kyiv.", key_points="First.", body=body), by=editor
    )

    said = words_of(client.get(changes(2)))

    assert all(
        word in said
        for word in ("Kyiv", "First.", "Old", "New", "https://a.example/1", "Interfax", "Footnote")
    )


def test_unchanged_passages_are_folded_in_details_elements(client, editor):
    body = "\n\n".join(f"Paragraph {n} stays." for n in range(14))
    publication = publication_with(editor, body=body)
    actions.publish(saved(publication, body=f"{body}\n\nThe last is new."), by=editor)

    page = client.get(changes(2)).text

    assert "16 passages unchanged" in page
    assert "<details" in page and "Paragraph 3 stays." in page


def test_the_template_adds_no_white_space_to_a_passage():
    run = {"stripped_text": "code", "role": "", "change": "kept"}

    block = render_to_string(
        "partials/diff_block.html", {"labelled": {"runs": [run], "passage": {"kind": "code"}}}
    )

    assert '<p class="diff-block__words">code</p>' in block


def test_an_edition_with_the_same_words_says_so(client, editor):
    publication = publication_with(editor, body="Some *words*.")
    actions.publish(saved(publication, body="Some **words**."), by=editor)

    assert "The words are the same." in words_of(client.get(changes(2)))


def test_comparisons_are_kept_out_of_search_engines_and_point_to_the_publication(client, corrected):
    page = client.get(changes(2)).text

    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address("detail")}">' in page


@pytest.mark.parametrize(
    "query",
    [
        "?from=9",
        "?from=0",
        "?from=4",
        "?from=-1",
        "?from=x",
        "?from=",
        "?from=1.0",
        "?from=" + "9" * 5000,
        "?from=٣",
    ],
)
def test_a_comparison_that_cannot_be_made_is_not_found(client, corrected, query):
    assert client.get(changes(4, query)).status_code == 404


def test_the_first_edition_has_nothing_to_be_compared_with(client, corrected):
    assert client.get(changes(1)).status_code == 404


def test_a_scheduled_edition_is_listed_nowhere(client, editor):
    publication = publication_with(editor)
    actions.publish(
        saved(publication, body="zzqwaiting"), by=editor, at=tomorrow(), change="correction", note="zzqnote"
    )

    listed = client.get(address("editions")).text

    assert "zzq" not in listed and address("edition", number=2) not in listed
    assert [client.get(path).status_code for path in (changes(2), changes(1, "?from=2"))] == [404, 404]


def test_a_cancelled_edition_is_listed_nowhere(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, body="zzqcancelled"), by=editor, at=tomorrow())
    actions.publish(saved(publication, body="Text three."), by=editor)

    listed = client.get(address("editions")).text

    assert "Edition 2" not in listed
    assert "What changed since edition 1" in listed
    assert client.get(changes(3)).status_code == 200
    assert client.get(changes(3, "?from=2")).status_code == 404


def test_only_the_number_of_an_undone_edition_is_shown(client, editor):
    publication = publication_with(editor)
    actions.publish(saved(publication, body="zzqmistake"), by=editor, change="correction", note="zzqnote")
    actions.undo(publication, by=editor)

    listed = client.get(address("editions"))

    assert "Edition 2 This edition was taken back." in words_of(listed)
    assert "The text of edition 1 again, as edition 2 was taken back" in words_of(listed)
    assert "zzq" not in listed.text and changes(2) not in listed.text
    assert [client.get(path).status_code for path in (changes(2), changes(3, "?from=2"))] == [410, 404]
    assert "zzq" not in client.get(changes(2)).text
    assert client.get(changes(3)).status_code == 200


@pytest.mark.parametrize("name", ["editions", "changes"])
def test_the_editions_and_changes_pages_have_the_status_of_the_publication(client, editor, name):
    path = address(name, **({"number": 2} if name == "changes" else {}))
    with time_machine.travel("2026-05-03 10:00Z", tick=False) as clock:
        publication = make_publication(title="On Minsk", slug=SLUG)
        draft = client.get(path).status_code
        actions.publish(publication, by=editor)
        clock.shift(timedelta(seconds=1))
        actions.publish(
            saved(publication, body="zzqsecond"), by=editor, until=timezone.now() + timedelta(hours=1)
        )
        live = client.get(path).status_code
        clock.shift(timedelta(hours=1))
        expired = client.get(path)

    assert (draft, live, expired.status_code) == (404, 200, 410)
    assert "zzq" not in expired.text


def test_a_redacted_passage_is_in_no_list_and_no_comparison(client, editor):
    publication = publication_with(editor, body="Vera Holm told us.")
    note = "Vera Holm told us once."
    actions.publish(
        saved(publication, body="Vera Holm told us twice."), by=editor, change="correction", note=note
    )
    actions.redact(publication, "Vera Holm", by=editor)

    for path in (address("editions"), changes(2), address("detail")):
        assert "Vera" not in client.get(path).text
    assert "[redacted] told us" in words_of(client.get(changes(2)))


@pytest.mark.parametrize("locale", ["en", "sv"])
def test_the_list_of_editions_says_which_were_redacted(client, editor, locale):
    publication = publication_with(editor, body="Vera Holm told us.", language=locale)
    actions.publish(saved(publication, body="Somebody told us."), by=editor, change="silent")
    url = address("editions", locale)
    exception, redacted = {
        "en": ("The one exception", "Redacted on"),
        "sv": ("Det enda undantaget", "Maskerad"),
    }[locale]
    assert exception not in client.get(url).text

    actions.redact(publication, "Vera Holm", by=editor)

    page = client.get(url).text
    assert exception in page and page.count(redacted) == 1
    assert page.index(redacted) > page.index("/1/")


def test_markup_in_a_text_stays_text_in_a_comparison(client, editor):
    publication = publication_with(editor, body="`<b>one</b>`")
    actions.publish(saved(publication, title="<script>alert(1)</script>", body="`<b>two</b>`"), by=editor)

    page = client.get(changes(2)).text

    assert "<script>alert" not in page and "<b>" not in page


def queries(client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["detail", "editions", "changes"])
def test_the_number_of_queries_does_not_depend_on_the_number_of_editions(client, editor, name):
    publication = publication_with(editor, authors=[make_author(), make_author()])
    actions.publish(saved(publication, body="Text 2."), by=editor)
    path = address(name, **({"number": 2} if name == "changes" else {}))
    few = queries(client, path)

    for number in range(3, 9):
        actions.publish(
            saved(publication, body=f"Text {number}."), by=editor, change="correction", note="Mended."
        )

    assert queries(client, path) == few


def test_a_comparison_shows_only_the_name_of_a_pseudonymous_author(client, editor):
    author = make_author("A Historian", title_en="Colonel", affiliation_en="Hidden Institute")
    publication = publication_with(editor, authors=[author])
    author.title_en, author.is_pseudonymous = "Major", True
    actions.save_instance(author, by=editor)
    actions.publish(saved(publication, body="Text 2."), by=editor)

    page = client.get(address("changes", number=2)).text

    assert "Colonel" not in page
    assert "Hidden Institute" not in page


def test_a_withdrawn_edition_stays_withdrawn_after_republication(client, editor):
    publication = publication_with(editor, body="First libel.")
    actions.publish(saved(publication, body="Second libel."), by=editor)
    actions.withdraw(publication, by=editor)
    actions.publish(saved(publication, body="A fair text."), by=editor)

    responses = [client.get(address("edition", number=number)).status_code for number in (1, 2, 3)]
    pages = client.get(address("editions")).text + client.get(address("changes", number=3)).text

    assert responses == [410, 410, 200]
    assert "libel" not in pages


def test_the_list_of_editions_links_to_that_of_the_translation(client, editor):
    publication = publication_with(editor)
    translated = make_publication(title="Om Minsk", slug=SLUG, language="sv", translation_of=publication)
    actions.publish(translated, by=editor)

    assert f'href="{address("editions", locale="sv")}"' in client.get(address("editions")).text
    assert f'href="{address("editions")}"' in client.get(address("editions", locale="sv")).text
