"""Rows that stand beside the editions: two people at one row, questions asked once, and what cannot be right."""

from datetime import timedelta

import lxml.html
import pytest
from django.urls import reverse
from django.utils import timezone

from publications import actions
from publications.models import Author, Image, Publication, SitePage, Tag
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db


def change(row) -> str:
    return reverse(f"desk:publications_{row._meta.model_name}_change", args=[row.pk])


def as_shown(answer) -> dict:
    """The form of a page as a browser would send it back; line ends are those of browsers."""
    [form] = lxml.html.fromstring(answer.text).xpath("//form[@id]")
    values = {name: value for name, value in form.form_values() if not name.startswith("_")}
    return {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in values.items()}


def amended(row, editor, **fields) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    actions.save_instance(row, by=editor)


def make_page(editor, **fields) -> SitePage:
    texts = {
        "title_en": "Press",
        "body_en": "Write to us.\n\nSoon.",
        "title_sv": "Press",
        "body_sv": "Skriv.",
        **fields,
    }
    return actions.save_instance(SitePage(slug_en="press", slug_sv="press", **texts), by=editor)


def test_what_both_have_changed_is_not_overwritten_unseen(desk, editor):
    tag = make_tag("Belarus", introduction_en="As it was.")
    form = as_shown(desk.get(change(tag)))
    amended(tag, editor, introduction_en="A colleague's words.")

    page = desk.post(change(tag), {**form, "introduction_en": "My words."})

    assert Tag.objects.get(pk=tag.pk).introduction_en == "A colleague's words."
    assert "Somebody else has saved this" in page.text
    assert "My words." in page.text
    assert "It now reads: “A colleague&#x27;s words.”" in page.text


def test_who_has_seen_what_a_colleague_saved_may_replace_it(desk, editor):
    tag = make_tag("Belarus", introduction_en="As it was.")
    form = as_shown(desk.get(change(tag)))
    amended(tag, editor, introduction_en="A colleague's words.")
    again = as_shown(desk.post(change(tag), {**form, "introduction_en": "My words."}))

    desk.post(change(tag), again)

    assert Tag.objects.get(pk=tag.pk).introduction_en == "My words."


def test_what_each_has_changed_elsewhere_is_merged(desk, editor):
    row = make_page(editor, summary_en="", summary_sv="")
    form = as_shown(desk.get(change(row)))
    amended(row, editor, summary_en="For journalists.", body_en="Call us.\n\nNow.")

    answer = desk.post(change(row), {**form, "summary_sv": "För journalister."})

    stored = SitePage.objects.get(pk=row.pk)
    assert answer.status_code == 302
    assert (stored.summary_en, stored.summary_sv) == ("For journalists.", "För journalister.")
    assert stored.body_en == "Call us.\n\nNow."


def test_a_chooser_that_a_colleague_has_changed_keeps_the_change(desk, editor):
    tag = make_tag("Belarus")
    person = make_author("Ann Berg")
    form = as_shown(desk.get(change(tag)))
    amended(tag, editor, responsible=person)

    desk.post(change(tag), {**form, "name_sv": "Vitryssland"})

    stored = Tag.objects.get(pk=tag.pk)
    assert (stored.name_sv, stored.responsible) == ("Vitryssland", person)


def test_of_a_long_text_the_part_that_differs_is_shown(desk, editor):
    long = "The same words again and again. " * 40
    row = make_page(editor, body_en=long)
    form = as_shown(desk.get(change(row)))
    amended(row, editor, body_en=f"{long}Theirs.")

    page = desk.post(change(row), {**form, "body_en": f"{long}Mine."}).text

    [said] = [line for line in page.splitlines() if "It now reads" in line]
    assert "again. Theirs." in said
    assert len(said) < 500


def test_an_empty_line_parts_paragraphs_wherever_it_was_typed(desk, client):
    tag = make_tag("Belarus")
    make_live(tags=[tag])
    form = as_shown(desk.get(change(tag)))

    desk.post(change(tag), {**form, "introduction_en": "One.\r\n\r\nTwo."})

    assert Tag.objects.get(pk=tag.pk).introduction_en == "One.\n\nTwo."
    assert "<p>Two.</p>" in client.get("/en/topics/belarus/").text


def test_a_language_is_taken_from_readers_only_when_asked_twice(desk, editor):
    row = make_page(editor)
    form = {**as_shown(desk.get(change(row))), "title_en": ""}

    params = desk.post(change(row), form)
    still = SitePage.objects.get(pk=row.pk).trees
    done = desk.post(change(row), as_shown(params))

    assert "no longer public in English" in params.text
    assert list(still) == ["en", "sv"]
    assert done.status_code == 302
    assert list(SitePage.objects.get(pk=row.pk).trees) == ["sv"]


def test_an_author_of_a_known_name_is_made_only_when_asked_twice(desk):
    make_author("Oskar Hedmyr", title_en="Analyst")
    add = reverse("desk:publications_author_add")
    form = {**as_shown(desk.get(add)), "name": "oskar  hedmyr"}

    params = desk.post(add, form)
    number = Author.objects.count()
    desk.post(add, as_shown(params))

    assert "There is an author of this name: Oskar Hedmyr, Analyst." in params.text
    assert number == 1
    assert Author.objects.count() == 2


@pytest.mark.parametrize(
    ("before", "question"),
    [
        (False, "the name that stood there is not kept"),
        (True, "This shows readers who stands behind the name"),
    ],
)
def test_a_published_author_hides_or_shows_behind_a_pen_name_only_when_asked_twice(desk, before, question):
    author = make_author("Ann Berg", is_pseudonymous=before)
    make_live(by_whom=author)
    form = as_shown(desk.get(change(author)))
    form = (
        {**form, "is_pseudonymous": "on"}
        if not before
        else {k: v for k, v in form.items() if k != "is_pseudonymous"}
    )

    params = desk.post(change(author), form)
    still = Author.objects.get(pk=author.pk).is_pseudonymous
    desk.post(change(author), as_shown(params))

    assert question in params.text
    assert (still, Author.objects.get(pk=author.pk).is_pseudonymous) == (before, not before)


def test_only_a_piece_on_the_topic_leads_its_page(desk):
    tag, other = make_tag("Belarus"), make_live(title="On budgets")
    on_it = make_live(title="On Belarus", tags=[tag])
    form = as_shown(desk.get(change(tag)))

    refused = desk.post(change(tag), {**form, "lead_choice": other.publication_id})
    lead = Tag.objects.get(pk=tag.pk).lead
    desk.post(change(tag), {**form, "lead_choice": on_it.publication_id})

    assert "“On budgets” is not on this topic" in refused.text
    assert lead is None
    assert Tag.objects.get(pk=tag.pk).lead_id == on_it.publication_id


def test_the_focus_of_a_picture_lies_within_it(desk):
    image = make_image()
    form = as_shown(desk.get(change(image)))

    page = desk.post(change(image), {**form, "focus_x": "500"})

    assert "Give a number from 0 to 100" in page.text
    assert Image.objects.get(pk=image.pk).focus_x == image.focus_x


def test_a_topic_or_author_that_readers_can_see_has_a_way_there(desk):
    tag, author = make_tag("Belarus"), make_author("Ann Berg")
    before = desk.get(change(tag)).text + desk.get(change(author)).text
    make_live(tags=[tag], by_whom=author)

    assert "View live" not in before
    assert 'href="/sv/amnen/belarus/"' in desk.get(change(tag)).text
    assert 'href="/en/authors/ann-berg/"' in desk.get(change(author)).text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("0026-05-01T10:00", "The year 26 cannot be right"),
        ("9999-05-01T10:00", "The year 9999 cannot be right"),
        ("0001-01-01T00:00", "cannot be right"),
        ("2026-03-29T02:30", "The clocks change that night"),
    ],
)
def test_a_date_that_cannot_be_right_is_refused_with_all_that_was_typed(desk, typed, said):
    publication = make_publication(title="A draft")
    form = as_shown(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "summary": "Typed.", "published_at": typed})

    assert page.status_code == 200
    assert said in page.text
    assert "Typed." in page.text
    assert Publication.objects.get(pk=publication.pk).published_at is None


def test_a_translation_is_in_a_language_of_its_own(desk):
    original = make_live(title="Original").publication
    publication = make_publication(title="Another", language="en")
    form = as_shown(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "translation_choice": original.pk})

    assert "“Original” is in English too" in page.text
    assert Publication.objects.get(pk=publication.pk).translation_of is None


def test_two_translations_into_one_language_are_refused(desk):
    original = make_live(title="Original").publication
    make_publication(title="Översatt", language="sv", translation_of=original)
    publication = make_publication(title="Också översatt", language="sv")
    form = as_shown(desk.get(change(publication)))

    page = desk.post(change(publication), {**form, "translation_choice": original.pk})

    assert "“Översatt” is in Svenska too" in page.text


def test_a_contributor_is_promised_nothing_that_is_not_there(client, editor):
    from tests.factories import make_person

    publication = make_live().publication
    saved(publication, body="More.")
    client.force_login(make_person("Contributors"), backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(change(publication)).text

    assert "Related publications are public as soon" not in page


def test_a_moment_of_summer_time_is_taken(desk):
    publication = make_publication(title="A draft")
    form = as_shown(desk.get(change(publication)))

    desk.post(change(publication), {**form, "published_at": "2026-07-01T10:00"})

    stored = Publication.objects.get(pk=publication.pk).published_at
    assert timezone.localtime(stored).utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize("typed", ["marten", "HÅKANSSON", "hakans marten", "rachi"])
def test_people_are_found_by_whoever_has_not_their_letters(desk, typed):
    for name in ("Mårten Håkansson", "Doina Răchitaru", "Mart Nool"):
        make_author(name)

    found = desk.get(reverse("desk:chooser-search", args=["authors"]), {"q": typed}).json()["found"]

    assert [each["label"] for each in found] == [
        "Doina Răchitaru" if typed == "rachi" else "Mårten Håkansson"
    ]
