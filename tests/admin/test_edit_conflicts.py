"""Two editors of one draft: changes of one are merged, changes of both are shown side by side, nothing is lost."""

import random
import re

import pytest
from django.test import Client
from django.urls import reverse

from publications import actions
from publications.admin.edit_conflicts import base_values
from publications.models import Publication, RelatedLink
from tests.desk_forms import change, filled
from tests.factories import make_author, make_live, make_person, make_publication, make_tag, saved

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def colleague():
    person = make_person("Editors", first_name="Ann")
    known = Client()
    known.force_login(person, backend=BACKEND)
    return known


def choices(page, chosen: str) -> dict:
    """The choices of a refused form, all the same."""
    return {each["key"]: chosen for each in page.context["adminform"].form.conflicts}


def test_fields_that_only_one_side_changed_are_joined(desk, colleague):
    publication = make_publication(title="As it was", summary="As it was.")
    mine, theirs = filled(publication, title="My title"), filled(publication, summary="Their summary.")

    colleague.post(change(publication), theirs)
    page = desk.post(change(publication), mine, follow=True)

    publication.refresh_from_db()
    assert (publication.title, publication.summary) == ("My title", "Their summary.")
    assert re.search(r"Joined with what editors-\d+ saved since you opened it: Summary\.", page.text)


def test_paragraphs_that_only_one_side_changed_are_joined(desk, colleague):
    publication = make_publication(body="One.\n\nTwo.\n\nThree.")
    mine = filled(publication, body="One.\n\nTwo.\n\nThree, as I have it.\n\nFour.")
    theirs = filled(publication, body="One, as they have it.\n\nTwo.\n\nThree.")

    colleague.post(change(publication), theirs)
    desk.post(change(publication), mine)

    publication.refresh_from_db()
    assert publication.body == "One, as they have it.\n\nTwo.\n\nThree, as I have it.\n\nFour."


def test_tags_of_both_are_there_and_what_either_took_out_is_not(desk, colleague):
    publication = make_publication(tags=(make_tag("Belarus"), make_tag("EU")))
    mine, theirs = filled(publication, tags="Belarus, EU, Mine"), filled(publication, tags="EU, Theirs")

    colleague.post(change(publication), theirs)
    desk.post(change(publication), mine)

    assert sorted(tag.name for tag in Publication.objects.get().tags.all()) == ["EU", "Mine", "Theirs"]


def test_authors_are_joined_whole_and_their_order_is_a_change(desk, colleague):
    ann, bo = make_author("Ann"), make_author("Bo")
    publication = make_publication(authors=[ann, bo])
    mine = filled(publication, bylines=[bo.pk, ann.pk])

    colleague.post(change(publication), filled(publication, title="Theirs"))
    desk.post(change(publication), mine)

    publication = Publication.objects.get()
    assert [line.author for line in publication.bylines.all()] == [bo, ann]
    assert publication.title == "Theirs"


def test_what_both_changed_is_refused_and_laid_side_by_side(desk, colleague):
    publication = make_publication(body="The river rose.")
    mine = filled(publication, body="The river rose, which I typed for an hour.")

    colleague.post(change(publication), filled(publication, body="The river fell."))
    page = desk.post(change(publication), mine)

    assert Publication.objects.get().body == "The river fell."
    assert "has saved this publication since you opened it" in page.text
    assert "Choose what is to stand." in page.text and "Please correct the error" not in page.text
    assert "which I typed for an hour." in page.text
    assert "<ins>" in page.text and "fell" in page.text


def test_saving_again_without_a_choice_still_does_not_overwrite(desk, colleague):
    publication = make_publication(body="As it was.")
    mine = filled(publication, body="Mine.")
    colleague.post(change(publication), filled(publication, body="Theirs."))
    page = desk.post(change(publication), mine)

    desk.post(change(publication), mine | {"version": page.context["adminform"].form["version"].value()})

    assert Publication.objects.get().body == "Theirs."


@pytest.mark.parametrize(
    ("chosen", "body"), [("incoming", "Mine."), ("stored", "Theirs."), ("both", "Theirs.\n\nMine.")]
)
def test_a_choice_resolves_it_and_theirs_stays_in_the_history(desk, colleague, chosen, body):
    publication = make_publication(body="As it was.")
    mine = filled(publication, body="Mine.")
    colleague.post(change(publication), filled(publication, body="Theirs."))
    page = desk.post(change(publication), mine)

    desk.post(change(publication), mine | choices(page, chosen))

    assert Publication.objects.get().body == body
    assert any("Theirs." in revision.manuscript for revision in publication.revisions.all())


def test_a_title_that_both_changed_is_one_or_the_other(desk, colleague):
    publication = make_publication(title="As it was")
    mine = filled(publication, title="Mine")
    colleague.post(change(publication), filled(publication, title="Theirs"))
    page = desk.post(change(publication), mine)

    assert page.context["adminform"].form.conflicts[0]["conflict"].choices == ("incoming", "stored")
    desk.post(change(publication), mine | choices(page, "stored"))

    assert Publication.objects.get().title == "Theirs"


def test_a_choice_that_was_made_is_shown_until_all_are_made(desk, colleague):
    publication = make_publication(title="As it was", summary="As it was.")
    mine = filled(publication, title="Mine", summary="Mine.")
    colleague.post(change(publication), filled(publication, title="Theirs", summary="Theirs."))
    first, second = desk.post(change(publication), mine).context["adminform"].form.conflicts

    page = desk.post(change(publication), mine | {first["key"]: "incoming"})
    shown = {each["key"]: each["chosen"] for each in page.context["adminform"].form.conflicts}
    desk.post(change(publication), mine | shown | {second["key"]: "stored"})

    assert shown == {first["key"]: "incoming", second["key"]: ""}
    publication.refresh_from_db()
    assert (publication.title, publication.summary) == ("Mine", "Theirs.")


def test_a_choice_is_required_again_when_the_others_change_it_again(desk, colleague):
    publication = make_publication(body="As it was.")
    mine = filled(publication, body="Mine.")
    colleague.post(change(publication), filled(publication, body="Theirs."))
    page = desk.post(change(publication), mine)
    colleague.post(change(publication), filled(Publication.objects.get(), body="Theirs, twice."))

    desk.post(change(publication), mine | choices(page, "incoming"))

    assert Publication.objects.get().body == "Theirs, twice."


def test_what_stood_unclashed_is_joined_with_what_was_chosen(desk, colleague):
    publication = make_publication(body="One.\n\nTwo.\n\nThree.", summary="Was.")
    mine = filled(publication, body="One, mine.\n\nTwo.\n\nThree.")
    colleague.post(
        change(publication), filled(publication, body="One, theirs.\n\nTwo.\n\nThree, theirs.", summary="Is.")
    )
    page = desk.post(change(publication), mine)

    desk.post(change(publication), mine | choices(page, "incoming"))

    publication = Publication.objects.get()
    assert (publication.body, publication.summary) == ("One, mine.\n\nTwo.\n\nThree, theirs.", "Is.")


def test_the_same_form_sent_twice_clashes_with_nothing(desk):
    publication = make_publication()
    mine = filled(publication, title="Mine")

    desk.post(change(publication), mine)
    page = desk.post(change(publication), mine)

    assert page.status_code == 302
    assert Publication.objects.get().title == "Mine"


def test_an_address_that_publishing_gave_concurrently_stays(desk, editor):
    publication = make_publication(title="On Minsk", slug="")
    mine = filled(publication, summary="Mine.")
    actions.publish(publication, by=editor)

    desk.post(change(publication), mine)

    publication.refresh_from_db()
    assert (publication.slug, publication.summary) == ("on-minsk", "Mine.")


@pytest.mark.parametrize("version", ["", "9999", "-1", "x"])
def test_a_form_of_an_unknown_save_overwrites_nothing(desk, version):
    publication = make_publication(body="As it was.")

    page = desk.post(change(publication), filled(publication, body="Mine.", version=version))

    assert page.status_code == 200
    assert Publication.objects.get().body == "As it was."


def test_what_was_redacted_does_not_come_back_with_an_open_form(desk, editor):
    publication = make_publication(body="Vera Holm said it.\n\nTwo.")
    mine = filled(publication, body="Vera Holm said it.\n\nTwo, mine.")
    actions.redact(publication, "Vera Holm", by=editor)

    desk.post(change(publication), mine)

    assert Publication.objects.get().body == "[redacted] said it.\n\nTwo, mine."


def test_related_publications_that_two_editors_added_are_both_there(desk, colleague):
    publication, one, other, gone = make_publication(), *(make_live().publication for _n in range(3))
    RelatedLink.objects.create(source=publication, target=gone)
    seen = {"related-chooser": str(gone.pk)}

    colleague.post(change(publication), filled(publication, related=[one.pk], **seen))
    desk.post(change(publication), filled(publication, related=[gone.pk, other.pk], **seen))

    assert {link.target for link in RelatedLink.objects.filter(source=publication)} == {one, other}


def test_a_form_that_was_only_open_takes_no_related_publication_away(desk, colleague):
    publication, one = make_publication(), make_live().publication

    colleague.post(change(publication), filled(publication, related=[one.pk]))
    desk.post(change(publication), filled(publication, title="Mine"))

    assert publication.related_links.get().target == one


def test_looking_for_others_takes_no_related_publication_of_a_colleague_away(desk, colleague):
    publication, one, other = make_publication(), make_live().publication, make_live().publication
    mine = filled(publication, related=[other.pk], **{"related-chooser": ""})

    colleague.post(change(publication), filled(publication, related=[one.pk], **{"related-chooser": ""}))
    page = desk.post(change(publication), mine | {"_find": "related"})
    carried = page.context["adminform"].form["related"].value().initial_pks
    desk.post(change(publication), mine | {"related-chooser": ",".join(map(str, carried))})

    assert {link.target for link in RelatedLink.objects.filter(source=publication)} == {one, other}


# Two editors, two hundred edits


class Typist:
    """An editor who types unknown words into a form that may be old, and resolves what clashes."""

    def __init__(self, client: Client, name: str, chance: random.Random) -> None:
        self.client, self.name, self.chance = client, name, chance
        self.typed: list[str] = []
        self.form: dict = {}

    def open(self, publication: Publication) -> None:
        publication = Publication.objects.get(pk=publication.pk)
        tags = ", ".join(sorted(tag.name for tag in publication.tags.all()))
        self.form = filled(
            publication, key_points=publication.key_points, internal_note=publication.internal_note, tags=tags
        )

    def type(self, number: int) -> None:
        word = f"{self.name}{number}word"
        longer = ["summary", *["body"] * 5, "internal_note", "tags", "key_points"]
        field = "title" if number % 20 == 0 else self.chance.choice(longer)
        self.form[field] = self.put(word, field)
        self.typed.append(word)

    def put(self, word: str, field: str) -> str:
        text = self.form[field]
        if field == "tags":
            return f"{text}, {word}".strip(", ")
        if field != "body":
            return f"{text} {word}".strip()
        paragraphs = text.replace("\r\n", "\n").split("\n\n")
        place = self.chance.randrange(len(paragraphs))
        if self.chance.random() < 0.3:
            paragraphs.insert(place, f"A new paragraph with {word} in it.")
        else:
            words = paragraphs[place].split(" ")
            words.insert(self.chance.randrange(len(words) + 1), word)
            paragraphs[place] = " ".join(words)
        return "\n\n".join(paragraphs)

    def save(self, publication: Publication) -> None:
        answer = self.client.post(change(publication), self.form)
        for _attempt in range(3):
            if answer.status_code == 302:
                return
            chosen = {
                each["key"]: self.chance.choice(each["conflict"].choices[::2])
                for each in answer.context["adminform"].form.conflicts
            }
            answer = self.client.post(change(publication), self.form | chosen)
        raise AssertionError(answer.context["adminform"].form.errors.as_text())


def test_two_editors_and_two_hundred_interleaved_edits_lose_no_word(desk, colleague):
    chance = random.Random(1)
    publication = make_publication(
        body="\n\n".join(f"Paragraph {n} of the text as it was." for n in range(12))
    )
    typists = [Typist(desk, "mine", chance), Typist(colleague, "theirs", chance)]
    for each in typists:
        each.open(publication)

    for number in range(200):
        typist = chance.choice(typists)
        typist.type(number)
        if chance.random() < 0.3:
            typist.save(publication)
            typist.open(publication)
    for each in typists:
        each.save(publication)

    publication = Publication.objects.get()
    now = " ".join(
        [
            publication.title,
            publication.summary,
            publication.body,
            publication.internal_note,
            *(t.name for t in publication.tags.all()),
        ]
    )
    history = now + " ".join(publication.revisions.values_list("manuscript", flat=True))
    lost = [word for each in typists for word in each.typed if word not in history]
    assert sum(len(each.typed) for each in typists) == 200
    assert lost == []


# The base


def test_the_base_is_the_draft_as_it_was_at_that_save():
    publication = make_publication(title="First")
    version = publication.version
    saved(publication, title="Second")

    assert base_values(publication, version)["title"] == "First"
    assert base_values(publication, 999) == {}


def opened_with(page) -> str:
    """Return the related publications that a form was opened with, as the page carries them."""
    return re.search(r'name="related-chooser" value="([\d,]*)"', page.text)[1]


@pytest.mark.parametrize("is_conflict", [False, True], ids=["error", "conflict"])
def test_a_refused_save_keeps_the_related_link_of_a_colleague(desk, colleague, is_conflict):
    publication, added = make_publication(body="As it was."), make_publication(title="Added")
    opened = {"related-chooser": opened_with(desk.get(change(publication)))}
    mine = filled(publication, body="Mine.", **opened) | ({} if is_conflict else {"doi": "no DOI"})
    theirs = {"body": "Theirs."} if is_conflict else {}
    colleague.post(change(publication), filled(publication, related=[added.pk], **theirs, **opened))

    page = desk.post(change(publication), mine)
    again = mine | {"doi": "", "related-chooser": opened_with(page)}
    desk.post(change(publication), again | (choices(page, "incoming") if is_conflict else {}))

    assert Publication.objects.get(pk=publication.pk).body == "Mine."
    assert RelatedLink.objects.get().target == added


def test_a_refused_form_of_links_keeps_the_link_of_a_colleague(desk, colleague):
    publication, added, mine = make_live().publication, make_live().publication, make_live().publication
    path = reverse("desk:related-links-edit", args=[publication.pk])
    opened = opened_with(desk.get(path))
    colleague.post(path, {"related": [added.pk], "related-chooser": opened})

    page = desk.post(path, {"related": [mine.pk, mine.pk], "related-chooser": opened})
    desk.post(path, {"related": [mine.pk], "related-chooser": opened_with(page)})

    assert RelatedLink.objects.get().target == added


def test_the_two_sides_of_a_conflict_have_no_space_of_their_own(desk, colleague):
    publication = make_publication(body="As it was.")
    mine = filled(publication, body="Mine.")
    colleague.post(change(publication), filled(publication, body="Theirs."))

    page = desk.post(change(publication), mine)

    paragraphs = re.findall(r'<p class="conflict__words"\s*>(.*?)</p>', page.text, re.DOTALL)
    assert len(paragraphs) == 2 and all(
        text.startswith("<ins>") and text == text.strip() for text in paragraphs
    )
