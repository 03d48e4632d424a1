"""What one person changes of published texts that need two people is news to all staff: pictures, passages, names."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from publications import actions
from publications.models import Edition, Image, Kind, NewsEvent, NewsType, Publication
from publications.name_removal import create_record
from publications.news import NewsText, describe_news
from tests.admin.test_public_models import change, form_data_of
from tests.factories import make_author, make_image, make_live, make_person, picture_bytes, saved, tomorrow

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return make_person("Editors", first_name="Ann")


@pytest.fixture
def bo():
    return make_person("Editors", first_name="Bo")


@pytest.fixture
def image() -> Image:
    return make_image(filename="field.png", credit="Eva Ek")


def make_report(**fields) -> Edition:
    """Return the live edition of a kind that needs two people, without the news of its publication."""
    Kind.objects.filter(slug="report").update(needs_approval=False)
    edition = make_live(kind="report", **fields)
    Kind.objects.filter(slug="report").update(needs_approval=True)
    NewsEvent.objects.all().delete()
    return edition


def news_of(person) -> list[NewsText]:
    events = NewsEvent.objects.visible_to(person).with_rows().filter(type=NewsType.UNAPPROVED)
    return [describe_news(event, person) for event in events]


def save_with(image: Image, by, **values) -> None:
    for name, value in values.items():
        setattr(image, name, value)
    actions.save_instance(image, by=by)


@pytest.mark.parametrize("values", [
    {"file": SimpleUploadedFile("other.png", picture_bytes("red"))}, {"alt_en": "A red field"},
    {"alt_sv": "Ett fält"}, {"is_decorative": "on"}, {"credit": "Somebody Else"},
])  # fmt: skip
def test_another_picture_in_a_published_text_that_needs_two_people_is_news(client, ann, bo, image, values):
    make_report(body=f"![](image:{image.key})")
    client.force_login(ann)
    for file in values.values():
        getattr(file, "seek", lambda _start: None)(0)

    response = client.post(change(image), {**form_data_of(client.get(change(image))), **values})

    assert response.status_code == 302
    (text,) = news_of(bo)
    name = Image.objects.get().filename
    subject = f"Published texts that need two people show another picture, changed by one: “{name}”"
    assert (text.subject, text.url) == (subject, change(image))
    assert news_of(make_person("Contributors")) == [text] and not news_of(ann)


def test_a_picture_of_an_edition_that_is_scheduled_or_of_a_former_kind_is_news(ann, bo, image):
    edition = make_report()
    draft = saved(
        edition.publication, kind=Kind.objects.get(slug="commentary"), series_number=None, cover=image
    )
    actions.publish(draft, by=ann, at=tomorrow(), without_approval="urgent")
    NewsEvent.objects.all().delete()

    save_with(image, ann, credit="Somebody Else")

    assert len(news_of(bo)) == 1


def test_a_picture_that_readers_of_such_a_text_do_not_see_is_no_news(ann, bo, image):
    report = make_report().publication
    saved(report, cover=image)  # in the draft, which is approved with its pictures
    make_live(kind="quick-comment", cover=image)

    save_with(image, ann, credit="Somebody Else")

    assert not news_of(bo)


def test_what_readers_do_not_read_of_a_picture_is_no_news(ann, bo, image):
    make_report(cover=image)

    save_with(image, ann, licence="CC BY", focus_x=10)

    assert not news_of(bo)


def test_news_of_a_picture_does_not_name_the_portrait_of_an_author_with_a_pen_name(ann, bo, image):
    make_author("Eve", is_pseudonymous=True, portrait=image)
    make_report(cover=image)

    save_with(image, ann, credit="Somebody Else")

    (text,) = news_of(bo)
    assert text.subject.endswith("“–”")


def test_a_redacted_passage_of_a_published_text_that_needs_two_people_is_news(bo):
    administrator = make_person("Administrators")
    report = make_report(title="Grain", body="The secret harvest.").publication

    actions.preview_redaction(report, "secret harvest", by=administrator)
    assert not news_of(bo)
    actions.redact(report, "secret harvest", by=administrator)

    for person in (bo, make_person("Contributors"), make_person("Linkers")):
        (text,) = news_of(person)
        assert (text.subject, text.text) == ("Redacted by one: “Grain”", "")
    assert news_of(bo)[0].url == change(report)


def test_a_redaction_of_a_draft_or_of_another_kind_is_no_news(bo):
    make_report()
    draft = Publication.objects.create(kind=Kind.objects.get(slug="report"), title="Rye", body="A secret.")
    other = make_live(kind="quick-comment", body="A secret.").publication

    for publication in (draft, other):
        actions.redact(publication, "secret", by=None)

    assert not news_of(bo)


def test_the_removal_of_a_name_is_news_once_where_texts_need_two_people(bo):
    administrator = make_person("Administrators")
    other = make_person("Administrators")
    for title in ("Grain", "Rye"):
        make_report(title=title, body="By Vera Holm.")

    record = create_record(by=administrator)
    for publication in Publication.objects.all():
        removal = actions.NameRemoval(spellings=("Vera Holm",))
        actions.remove_name_from_publication(publication, removal, by=administrator)

    subject = "A name is removed by one, from published texts that need two people too"
    assert [text.subject for text in news_of(bo)] == [subject]
    assert [text.url for text in news_of(other)] == [reverse("desk:name-removal", args=[record.pk])]
    assert [text.url for text in news_of(bo)] == [reverse("desk:index")]


def test_the_removal_of_a_name_is_no_news_where_nothing_published_needs_two_people(bo):
    make_live(body="By Vera Holm.")

    create_record(by=None)

    assert not news_of(bo)
