"""A removal takes names away and puts a mark or another name in their place: it rewrites no text."""

import pytest

from publications import actions
from publications.actions.name_checks import is_person_name
from publications.models import Publication
from tests.factories import make_live

NAME = "Vera Åkerholm"

NAMES = (
    "Anna Berg", "Ann-Marie O'Brien", "Ursula von der Leyen", "J.R.R. Tolkien", "J.-P. Sartre", "A. B.", "N.N.",
    "Anna von Essen", "Bashar al-Assad", "Valéry Giscard d’Estaing", "Carla dell'Acqua", "Андрій Дем'янюк",
    "Людмила Улицкая", "ვერა ხოლმი", "Վերա Հոլմ", "محمد بن سلمان", "王小明", "अमित शाह", "A\u030angstro\u0308m", "Plato",
    "McDonald", "ANNA BERG", "Kim Jong-Un", "Kim Jong-un", "Yu. M. Lotman", "Yu.M. Lotman", "Shch. Berg", "A" * 60,
)  # fmt: skip
NO_NAMES = (
    "", " ", "is a liar", "Vera is a liar", "Anna  Berg", " Anna Berg", "Anna Berg ", "Anna Berg.", "No, Never", "Anna\nBerg",
    "Anna Berg!", "[redacted]", "[Anna](https://example.org)", "https://example.org", "**Anna**", "<b>Anna</b>",
    "Anna 2", "Anna²", "“Anna”", "von", "von der", "...", "-", "'", "N. n.", ".", "Anna\u200bBerg", "Anna\u00a0Berg",
    "Dr.med. Berg", "Anna-marie", "d'estaing", "A" * 61, "ʼlied ʼagain", "Anna & Bo", "Anna/Bo", "Anna\u202eBerg",
)  # fmt: skip


@pytest.mark.parametrize("text", NAMES)
def test_names_of_any_script_are_names(text):
    assert is_person_name(text)


@pytest.mark.parametrize("text", NO_NAMES)
def test_other_texts_are_none(text):
    assert not is_person_name(text)


@pytest.mark.django_db
@pytest.mark.parametrize("replacement", NO_NAMES)
def test_another_text_in_place_of_a_name_is_refused_by_each_action(editor, replacement):
    publication = make_live(body=f"{NAME} spoke.").publication
    removal = actions.NameRemoval(spellings=(NAME,), replacement=replacement)

    for act in (actions.preview_name_removal, actions.remove_name_from_rows):
        with pytest.raises(actions.ActionRefused, match="does not look like the name of a person"):
            act(removal, by=editor)
    with pytest.raises(actions.ActionRefused, match="at most 60 characters"):
        actions.remove_name_from_publication(publication, removal, by=editor)

    assert publication.editions.get().plain_text == f"{NAME} spoke."


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("replacement", "text"),
    [(None, "[redacted]"), ("N. N.", "N. N."), ("…", "…"), ("Anna Berg", "Anna Berg")],
)
def test_a_mark_or_a_name_stands_in_its_place(editor, replacement, text):
    publication = make_live(body=f"{NAME} spoke.").publication
    removal = actions.NameRemoval(spellings=(NAME,), replacement=replacement)

    assert actions.remove_name_from_publication(publication, removal, by=editor)

    assert publication.editions.get().plain_text == f"{text} spoke."


@pytest.mark.parametrize(
    "spelling",
    ["von Essen", "Will Smith", "Вера", "ვერა ხოლმი", "محمد", "eBay", "The Edge", "vera@example.org"],
)
def test_a_spelling_of_a_name_may_be_removed(spelling):
    actions.check_name(actions.NameRemoval(spellings=(spelling,)))


@pytest.mark.parametrize(
    ("spelling", "message"),
    [
        ("vera holm", "has no capital letter"),
        ("вера", "has no capital letter"),
        ("grain", "has no capital letter"),
        ("ʼgrain", "has no capital letter"),
        ("2026", "has no capital letter"),
        ("The", "stand in every text"),
        ("Will", "stand in every text"),
        ("They Were", "stand in every text"),
        ("För, Att", "stand in every text"),
    ],
)
def test_a_spelling_that_is_no_name_is_refused(spelling, message):
    for spellings in ((spelling,), (NAME, spelling)):
        with pytest.raises(actions.ActionRefused, match=f"“{spelling}” .*{message}"):
            actions.check_name(actions.NameRemoval(spellings=spellings))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("count", "total", "is_broad"),
    [(10, 10, False), (5, 11, False), (6, 11, True), (6, 12, False), (7, 12, True)],
)
def test_a_name_in_more_than_half_of_many_publications_is_broad(editor, count, total, is_broad):
    for number in range(total):
        make_live(body=f"{NAME} spoke." if number < count else "Nobody spoke.")

    preview = actions.preview_name_removal(actions.NameRemoval(spellings=(NAME,)), by=editor)

    assert preview.is_broad is is_broad
    assert preview.extent == f"This name is in {count} of {total} publications."


@pytest.mark.parametrize(
    ("found", "searched", "unsearched", "is_broad"),
    [(3, 5, 6, True), (3, 5, 5, False), (2, 5, 6, False), (0, 0, 11, False)],
)
def test_what_a_preview_had_time_for_stands_for_all(found, searched, unsearched, is_broad):
    refused = [(Publication(), ["No."])] * found

    preview = actions.NamePreview(refused=refused, searched=searched, unsearched=unsearched)

    assert preview.is_broad is is_broad
