"""A form that was opened before a redaction: what was not changed in it stands as redacted, the rest is asked."""

import pytest

from publications import deeds
from publications.models import Publication
from tests.desk_forms import change, filled
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db

NAME = "Karelin"
TEXTS = {
    "title": "Karelin returns to Minsk",
    "summary": "What Karelin said there.",
    "body": "On Monday Karelin came back.\n\nMinsk was quiet.\n\nNobody met Karelin at the station.",
    "note": "Thanks to Karelin and others.",
    "key_points": "Karelin is back\nNobody knows why",
}


@pytest.fixture
def piece() -> Publication:
    return make_publication(**TEXTS)


def typed(piece: Publication, **fields) -> dict:
    return filled(piece, note=piece.note, key_points=piece.key_points) | fields


def redact(piece: Publication, **options) -> None:
    deeds.redact(Publication.objects.get(pk=piece.pk), NAME, by=make_person("Administrators"), **options)


def stored() -> dict[str, str]:
    return Publication.objects.values(*TEXTS).get()


def answer(page, chosen: str) -> dict:
    return {each["clash"].key: chosen for each in page.context["adminform"].form.clashes}


@pytest.mark.parametrize("mark", [None, "N.N.", "(the *name* was taken out)"])
def test_a_new_paragraph_is_joined_with_the_redacted_text_without_asking(desk, piece, mark):
    form = typed(piece, body=f"{TEXTS['body']}\n\nOne more paragraph.")
    redact(piece, mark=mark)
    redacted = stored()

    page = desk.post(change(piece), form, follow=True)

    assert stored() == redacted | {"body": f"{redacted['body']}\n\nOne more paragraph."}
    assert "has been redacted since you opened this form" in page.text


def test_changed_paragraphs_without_the_passage_are_joined_without_asking(desk, piece):
    form = typed(piece, body=TEXTS["body"].replace("quiet", "very quiet"))
    redact(piece)

    desk.post(change(piece), form)

    assert stored()["body"] == (
        "On Monday [redacted] came back.\n\nMinsk was very quiet.\n\nNobody met [redacted] at the station."
    )


def test_a_changed_paragraph_that_held_the_passage_is_asked_and_mine_is_without_it(desk, piece):
    form = typed(piece, body=TEXTS["body"].replace("came back", "came back to his house"))
    redact(piece)

    page = desk.post(change(piece), form)
    (clash,) = [each["clash"] for each in page.context["adminform"].form.clashes]
    assert stored()["body"].startswith("On Monday [redacted] came back.")
    assert "A passage was taken out here" in page.text and "both" not in clash.choices

    desk.post(change(piece), form | answer(page, "mine"))

    assert stored()["body"].startswith("On Monday [redacted] came back to his house.\n\nMinsk")
    assert NAME not in str(stored())


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("mark", [None, ""])
def test_answering_mine_everywhere_brings_back_only_what_was_shown(desk, piece, name, mark):
    form = typed(piece, **{name: f"{TEXTS[name]} More of it."})
    redact(piece, mark=mark)

    page = desk.post(change(piece), form)
    shown = [each["clash"] for each in page.context["adminform"].form.clashes]
    desk.post(change(piece), form | answer(page, "mine"))

    with_name = {field for field, text in stored().items() if NAME in text}
    assert with_name <= {clash.name for clash in shown if NAME in clash.ours and clash.is_redacted}
    assert all("A passage was taken out here" in page.text for _clash in shown)


@pytest.mark.parametrize(
    "body",
    [
        "Minsk was quiet.\n\nThen it was Karelin who left.",
        "Nobody met Karelin at the station.\n\nOn Monday Karelin came back.\n\nMinsk was quiet.",
        "On Monday Karelin came back.\n\nMinsk was quiet, and Karelin too.\n\nNobody met Karelin at the station.",
        f"{TEXTS['body']}\n\nLater I heard of Karelin again.",
        "On Monday Karelin\n\ncame back.\n\nMinsk was quiet.\n\nNobody met Karelin\n\nat the station.",
    ],
)
def test_the_passage_never_comes_back_without_being_asked(desk, piece, body):
    form = typed(piece, body=body)
    redact(piece)

    desk.post(change(piece), form)

    assert NAME not in str(stored())


def test_the_address_made_from_the_passage_does_not_come_back(desk):
    piece = make_publication(**TEXTS, slug="karelin-returns")
    form = typed(piece, body=f"{TEXTS['body']}\n\nMore.")
    redact(piece)

    desk.post(change(piece), form)

    assert Publication.objects.get().slug == f"publication-{piece.pk}"
    assert stored()["body"].endswith("More.")


@pytest.mark.parametrize("mark", [None, ""])
@pytest.mark.parametrize("field", ["title", "summary", "note", "key_points"])
def test_a_field_that_was_the_passage_alone_does_not_come_back(desk, mark, field):
    piece = make_publication(**TEXTS | {field: NAME})
    form = typed(piece, body=f"{TEXTS['body']}\n\nMore.")
    redact(piece, mark=mark)

    desk.post(change(piece), form)

    assert NAME not in str(stored())


@pytest.mark.parametrize("mark", [None, ""])
def test_a_form_of_an_unknown_save_brings_no_passage_back(desk, mark):
    piece = make_publication(**TEXTS | {"note": NAME, "title": "On Minsk"})
    form = typed(piece) | {"version": "9999"}
    redact(piece, mark=mark)
    form |= {"version": ""}

    page = desk.post(change(piece), form)

    assert NAME not in str(stored())
    assert "A passage was taken out here" in page.text
