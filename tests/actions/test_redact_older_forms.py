"""A form that was opened before a redaction: what was not changed in it stays redacted, the rest is a conflict."""

import re

import pytest

from publications import actions
from publications.admin import redacted_passages
from publications.diff import FieldConflict, tokens_of
from publications.models import ActionType, AuditEntry, Publication
from tests.actions.former_marks import redact_with_former_mark
from tests.desk_forms import change, filled
from tests.factories import make_person, make_publication

pytestmark = pytest.mark.django_db

NAME = "Karelin"
TEXTS = {
    "title": "Karelin returns to Minsk",
    "summary": "What Karelin said there.",
    "body": "On Monday Karelin came back.\n\nMinsk was quiet.\n\nNobody met Karelin at the station.",
    "internal_note": "Thanks to Karelin and others.",
    "key_points": "Karelin is back\nNobody knows why",
}


@pytest.fixture
def publication() -> Publication:
    return make_publication(**TEXTS)


def typed(publication: Publication, **fields) -> dict:
    return (
        filled(publication, internal_note=publication.internal_note, key_points=publication.key_points)
        | fields
    )


def redact(publication: Publication, mark: str | None = None) -> None:
    stored, person = Publication.objects.get(pk=publication.pk), make_person("Administrators")
    if mark is None:
        actions.redact(stored, NAME, by=person)
    else:
        redact_with_former_mark(stored, NAME, mark, by=person)


def stored() -> dict[str, str]:
    return Publication.objects.values(*TEXTS).get()


def clashes_of(page) -> list[FieldConflict]:
    """The questions of the form; none where it was saved."""
    context = page.context or {}
    return (
        [each["conflict"] for each in context["adminform"].form.conflicts] if "adminform" in context else []
    )


def answer(page, chosen: str) -> dict:
    return {clash.key: chosen for clash in clashes_of(page)}


@pytest.mark.parametrize("mark", [None, "N.N.", "(the *name* was taken out)"])
def test_a_new_paragraph_is_joined_with_the_redacted_text_without_asking(desk, publication, mark):
    form = typed(publication, body=f"{TEXTS['body']}\n\nOne more paragraph.")
    redact(publication, mark=mark)
    redacted = stored()

    page = desk.post(change(publication), form, follow=True)

    assert stored() == redacted | {"body": f"{redacted['body']}\n\nOne more paragraph."}
    assert "has been redacted since you opened this form" in page.text


def test_changed_paragraphs_without_the_passage_are_joined_without_asking(desk, publication):
    form = typed(publication, body=TEXTS["body"].replace("quiet", "very quiet"))
    redact(publication)

    desk.post(change(publication), form)

    assert stored()["body"] == (
        "On Monday [redacted] came back.\n\nMinsk was very quiet.\n\nNobody met [redacted] at the station."
    )


def test_a_changed_paragraph_that_held_the_passage_is_a_conflict_and_mine_is_without_it(desk, publication):
    form = typed(publication, body=TEXTS["body"].replace("came back", "came back to his house"))
    redact(publication)

    page = desk.post(change(publication), form)
    (clash,) = [each["conflict"] for each in page.context["adminform"].form.conflicts]
    assert stored()["body"].startswith("On Monday [redacted] came back.")
    assert "A passage was taken out here" in page.text and "both" not in clash.choices

    desk.post(change(publication), form | answer(page, "incoming"))

    assert stored()["body"].startswith("On Monday [redacted] came back to his house.\n\nMinsk")
    assert NAME not in str(stored())


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("mark", [None, ""])
def test_answering_mine_everywhere_brings_back_only_what_was_shown(desk, publication, name, mark):
    form = typed(publication, **{name: f"{TEXTS[name]} More of it."})
    redact(publication, mark=mark)

    page = desk.post(change(publication), form)
    shown = [each["conflict"] for each in page.context["adminform"].form.conflicts]
    desk.post(change(publication), form | answer(page, "incoming"))

    with_name = {field for field, text in stored().items() if NAME in text}
    assert with_name <= {clash.name for clash in shown if NAME in clash.incoming and clash.is_guarded}
    assert shown
    assert "A passage was taken out here" in page.text


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
def test_the_passage_never_returns_without_a_choice(desk, publication, body):
    form = typed(publication, body=body)
    redact(publication)

    desk.post(change(publication), form)

    assert NAME not in str(stored())


@pytest.mark.parametrize(
    "sentence", ["It was Karelins house.", "It was Karelin's house.", "It was an anti-Karelin vote."]
)
def test_the_passage_is_known_where_it_stood_within_a_word(desk, sentence):
    publication = make_publication(title="On Minsk", summary="", body=sentence)
    form = filled(publication, body=f"{sentence}\n\nLater I heard of Karelin again.")
    redact(publication)

    page = desk.post(change(publication), form)

    assert NAME not in str(stored())
    assert "A passage was taken out here" in page.text


BESIDE = [
    "Karelin, who had been in exile for ten years, came back to Minsk.",
    "According to the opposition press, Karelin came back to Minsk.",
    "Yesterday Karelin came back to Minsk.",
    "Karelin, came back to Minsk.",
]


@pytest.mark.parametrize("body", BESIDE)
def test_words_typed_beside_the_passage_are_a_conflict_and_not_dropped(desk, body):
    publication = make_publication(title="On Minsk", summary="", body="Karelin came back to Minsk.")
    form = filled(publication, body=body)
    redact(publication)

    page = desk.post(change(publication), form)
    (clash,) = clashes_of(page)

    assert (clash.name, clash.incoming, clash.is_guarded) == ("body", body, True)
    assert stored()["body"] == "[redacted] came back to Minsk."


@pytest.mark.parametrize("body", BESIDE)
def test_a_passage_beside_typed_words_is_a_conflict_in_a_new_paragraph_too(desk, body):
    publication = make_publication(title="On Minsk", summary="", body="Karelin came back to Minsk.")
    form = filled(publication, body=f"{body}\n\nLater I heard of Karelin again.")
    redact(publication)

    page = desk.post(change(publication), form)

    assert any("Later I heard of Karelin again." in clash.incoming for clash in clashes_of(page))


def test_words_typed_beside_the_passage_in_a_title_are_a_conflict(desk):
    publication = make_publication(title="President Karelin returns to Minsk", summary="", body="Quiet.")
    form = filled(publication, title="President Karelin of the opposition returns to Minsk")
    redact(publication)

    page = desk.post(change(publication), form)

    assert [(each.name, each.incoming) for each in clashes_of(page)] == [("title", form["title"])]


def test_a_word_in_place_of_another_beside_the_passage_is_a_conflict(desk, publication):
    form = typed(publication, body=TEXTS["body"].replace("On Monday", "On Tuesday"))
    redact(publication)

    page = desk.post(change(publication), form)

    assert [each.incoming.split(" came")[0] for each in clashes_of(page)] == ["On Tuesday Karelin"]


def test_a_new_paragraph_that_begins_like_a_redacted_one_is_not_replaced(desk):
    publication = make_publication(title="On Minsk", summary="", body="The Karelin\n\nQuiet.")
    form = filled(publication, body="The Karelin\n\nQuiet.\n\nThe minister of defence came late")
    redact(publication)

    page = desk.post(change(publication), form)

    kept = [stored()["body"], *(clash.incoming for clash in clashes_of(page))]
    assert any("The minister of defence came late" in text for text in kept)


def test_a_passage_of_several_words_is_known_by_their_number(desk):
    publication = make_publication(title="On Minsk", summary="", body="Then Ivan Karelins house burned.")
    form = filled(publication, body="Then Ivan Karelins house burned.\n\nMore.")
    actions.redact(publication, "Ivan Karelin", by=make_person("Administrators"))

    desk.post(change(publication), form)

    assert stored()["body"] == "Then [redacted]s house burned.\n\nMore."
    assert AuditEntry.objects.get(action=ActionType.REDACT).detail["words"] == 2


def test_a_mark_that_the_form_had_is_no_conflict_again(desk, publication):
    actions.redact(publication, "Minsk", by=make_person("Administrators"))
    publication.refresh_from_db()
    text = {name: getattr(publication, name) for name in TEXTS}
    form = typed(publication, body=f"{text['body']}\n\nMore.")
    redact(publication)

    page = desk.post(change(publication), form, follow=True)

    assert stored()["body"].endswith("[redacted] at the station.\n\nMore.")
    assert "A passage was taken out here" not in page.text


def test_a_redaction_that_kept_no_number_of_words_is_a_conflict(desk, publication):
    form = typed(publication, body=f"{TEXTS['body']}\n\nMore.")
    redact(publication)
    line = AuditEntry.objects.get(action=ActionType.REDACT)
    AuditEntry.objects.filter(pk=line.pk).update(detail={"mark": line.detail["mark"]})

    page = desk.post(change(publication), form)

    assert {"title", "summary", "body"} <= {clash.name for clash in clashes_of(page)}
    assert NAME not in str(stored())


def test_each_paragraph_is_divided_into_words_once(monkeypatch):
    calls = []
    monkeypatch.setattr(redacted_passages, "tokens_of", lambda text: calls.append(text) or tokens_of(text))
    draft = [f"Then [redacted] said thing {number} of many." for number in range(40)]
    form = [text.replace("[redacted]", NAME) for text in draft]
    redactions = redacted_passages.RedactedPassages({"[redacted]": frozenset({1})}, are_all_known=True)

    clean = redactions.redact_paragraphs("\n\n".join([*form[::-1], "More."]), "\n\n".join(draft))

    assert clean == "\n\n".join([*draft[::-1], "More."])
    assert len(calls) == len(set(calls)) <= 82
    assert redactions.passages == {NAME}


@pytest.mark.parametrize("address", ["minister-returns", "karelin-returns"])
def test_an_address_that_was_typed_is_not_dropped_without_a_word(desk, address):
    publication = make_publication(**TEXTS, slug="karelin-returns")
    form = typed(publication, slug=address)
    redact(publication)

    page = desk.post(change(publication), form, follow=True)

    if address == "karelin-returns":
        assert re.search(r"Joined with what [^.]*: [^.]*Address", page.text)
    else:
        assert [(each.name, each.incoming) for each in clashes_of(page)] == [("slug", address)]


def test_the_address_made_from_the_passage_does_not_come_back(desk):
    publication = make_publication(**TEXTS, slug="karelin-returns")
    form = typed(publication, body=f"{TEXTS['body']}\n\nMore.")
    redact(publication)

    desk.post(change(publication), form)

    assert Publication.objects.get().slug == f"publication-{publication.pk}"
    assert stored()["body"].endswith("More.")


@pytest.mark.parametrize("mark", [None, ""])
@pytest.mark.parametrize("field", ["title", "summary", "internal_note", "key_points"])
def test_a_field_that_was_the_passage_alone_does_not_come_back(desk, mark, field):
    publication = make_publication(**TEXTS | {field: NAME})
    form = typed(publication, body=f"{TEXTS['body']}\n\nMore.")
    redact(publication, mark=mark)

    desk.post(change(publication), form)

    assert NAME not in str(stored())


@pytest.mark.parametrize("mark", [None, ""])
def test_a_form_of_an_unknown_save_brings_no_passage_back(desk, mark):
    publication = make_publication(**TEXTS | {"internal_note": NAME, "title": "On Minsk"})
    form = typed(publication) | {"version": "9999"}
    redact(publication, mark=mark)
    form |= {"version": ""}

    page = desk.post(change(publication), form)

    assert NAME not in str(stored())
    assert "A passage was taken out here" in page.text
