"""Suggestions for a draft: topics that its text names and similar publications, each with its reason."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from publications import actions
from publications.admin.drafts.suggestions import build_suggestions, find_topics
from publications.models import (
    ActionType,
    AuditEntry,
    ExcludedSuggestion,
    Publication,
    RelatedLink,
    SiteVersion,
    Synonym,
    Tag,
)
from tests.desk_forms import ADD, change, filled
from tests.factories import make_live, make_person, make_publication, make_tag

pytestmark = pytest.mark.django_db

BACKEND = "django.contrib.auth.backends.ModelBackend"
GRAIN = "Grain from Kherson is moved by barge, since the railway and the elevator were shelled."


def suggested_topics(text: str, language: str = "en", exclude: tuple = ()) -> list[str]:
    return [each.label for each in find_topics(text, language, exclude)]


def complete_tag(client, typed: str) -> list[str]:
    return [each["value"] for each in client.get("/desk/tags/", {"q": typed}).json()["results"]]


# Topics


def test_topics_are_found_by_name_in_either_language_and_whatever_the_ending():
    make_tag("Russia", name_sv="Ryssland")
    make_tag("Sanctions")
    make_tag("Foreign policy")

    assert suggested_topics("Russia's sanction. Of foreign policies, and of Russia.") == [
        "Russia",
        "Foreign policy",
        "Sanctions",
    ]
    assert suggested_topics("Rysslands svar.", "sv") == ["Russia"]
    assert suggested_topics("The policy of foreign states.") == []


def test_words_of_addresses_are_no_mentions():
    for name in ("https", "Belarus", "Kherson", "Grain"):
        make_tag(name)
    body = (
        "Of [grain](https://example.org/belarus), see www.example.org/kherson.[^1]\n\n"
        "[^1]: HTTPS://example.org/kherson and <https://example.org/belarus>."
    )

    tags = build_suggestions(make_publication(body=body), [], [])["tags"]

    assert [tag.label for tag in tags] == ["Grain"]


def test_a_short_name_counts_only_as_it_is_spelled():
    make_tag("US")
    make_tag("EU")

    assert suggested_topics("He told us of the EU.") == ["EU"]


def test_equal_spellings_are_found_and_reported():
    make_tag("Belarus")
    Synonym.objects.create(spellings="Belarus\nByelorussia")

    found = find_topics("In Byelorussia, then.", "en")

    assert [(each.label, each.reason) for each in found] == [
        ("Belarus", "named once in the text, as “Byelorussia”")
    ]


def test_tags_have_the_name_of_the_language_of_the_desk_beside_the_one_that_is_typed(desk):
    make_tag("Ukraine", name_sv="Ukraina")
    make_tag("Moldova", name_sv="Moldova")

    with override("sv"):
        suggested = find_topics("In Ukraine and Moldova.", "en")
    found = desk.get("/desk/tags/", {"q": "ukraina"}, headers={"Accept-Language": "sv"}).json()["results"]

    assert {each.label: each.value for each in suggested} == {
        "Moldova": "Moldova",
        "Ukraine (Ukraina)": "Ukraine",
    }
    assert found == [{"value": "Ukraine", "label": "Ukraine", "note": "Ukraina"}]


def test_what_is_taken_already_is_not_offered():
    make_tag("Belarus")

    assert suggested_topics("Belarus.", exclude=("belarus",)) == []


# In the form


def test_the_form_offers_topics_and_publications_with_their_reasons(desk):
    tag = make_tag("Kherson")
    like = make_live(title="Barges", body=GRAIN, tags=(tag,)).publication
    draft = make_publication(title="Elevators", body=GRAIN)

    page = desk.get(change(draft)).text

    assert 'value="tags:Kherson"' in page and "named once in the text" in page
    assert f'value="related:{like.pk}"' in page and "uch the same words" in page


def test_suggestions_follow_what_is_typed(desk):
    make_tag("Kherson")

    page = desk.post("/desk/typed/suggestions/", filled(body="On Kherson."))
    exclude = desk.post("/desk/typed/suggestions/", filled(body="On Kherson.", tags="kherson"))

    assert ('value="tags:Kherson"' in page.text, 'value="tags:Kherson"' in exclude.text) == (True, False)


def test_without_a_script_a_suggestion_is_taken_into_the_form_and_nothing_is_stored(desk):
    make_tag("Kherson")
    target = make_live().publication
    draft = make_publication(title="Stored")

    for expected, shown in (
        ("tags:Kherson", "Old, Kherson</textarea>"),
        (f"related:{target.pk}", f'value="{target.pk}" selected'),
    ):
        page = desk.post(change(draft), filled(draft, title="Typed", tags="Old", _take=expected))

        assert shown in page.text and "Typed" in page.text
    assert Publication.objects.get(pk=draft.pk).title == "Stored" and not draft.tags.exists()


@pytest.mark.parametrize("expected", ["", "x", "related:", "related:x", "related:99999", "body:x", "tags:"])
def test_an_odd_button_takes_nothing(desk, expected):
    draft = make_publication()

    page = desk.post(change(draft), filled(draft, _take=expected))

    assert page.status_code == 200 and draft.revisions.count() == 1


def test_a_draft_is_not_suggested_to_anybody(desk):
    make_publication(title="A hidden one", body=GRAIN)
    draft = make_publication(body=GRAIN)

    assert (
        "A hidden one" not in desk.post("/desk/typed/suggestions/", {**filled(draft), "piece": draft.pk}).text
    )


def test_the_reason_of_a_suggestion_is_kept_with_the_link_and_an_older_one_stays(desk):
    tag = make_tag("Kherson")
    like, other = (make_live(title=name, body=GRAIN, tags=(tag,)).publication for name in ("Barges", "Rails"))
    draft = make_publication(title="Elevators", body=GRAIN, tags=(tag,))
    actions.set_related_links(draft, [other], by=None, reasons=["Because I say so"])

    desk.post(
        change(draft),
        filled(draft, tags="Kherson", related=[other.pk, like.pk], **{"related-chooser": str(other.pk)}),
    )

    reasons = dict(RelatedLink.objects.filter(source=draft).values_list("target", "reason"))
    assert reasons[other.pk] == "Because I say so"
    assert reasons[like.pk].startswith("Both on Kherson")


# For those who link


@pytest.fixture
def linker(client):
    client.force_login(make_person("Linkers"), backend=BACKEND)
    return client


def test_who_links_is_offered_what_is_like_the_public_text_alone(linker):
    like = make_live(title="Barges", body=GRAIN).publication
    publication = make_live(title="Elevators", body=GRAIN).publication
    Publication.objects.filter(pk=publication.pk).update(body="A secret about Kherson.")

    page = linker.get(reverse("desk:related-links-edit", args=[publication.pk]))

    assert [each.value for each in page.context["related"]] == [str(like.pk)]
    assert "secret" not in page.text
    exclude = linker.post(
        reverse("desk:related-links-edit", args=[publication.pk]),
        {"_take": f"related:{like.pk}", "related-chooser": ""},
    )
    assert f'value="{like.pk}" selected' in exclude.text and not publication.related_links.exists()


def test_a_suggestion_can_be_ruled_out_and_let_come_again_without_losing_what_is_chosen(linker):
    publication, like, other = (make_live(title=f"Grain {n}", body=GRAIN).publication for n in range(3))
    page = reverse("desk:related-links-edit", args=[publication.pk])

    ruled = linker.post(page, {"_apart": like.pk, "related": [other.pk], "related-chooser": ""})

    assert str(like.pk) not in {each.value for each in ruled.context["related"]}
    assert f'value="{other.pk}" selected' in ruled.text and not publication.related_links.exists()
    assert like.title in ruled.text and "Not suggested here:" in ruled.text
    assert AuditEntry.objects.first().action == ActionType.APART
    again = linker.post(page, {"_together": like.pk, "related-chooser": ""})
    assert str(like.pk) in {each.value for each in again.context["related"]}


def test_what_cannot_be_ruled_out_changes_nothing(linker):
    publication = make_live(body=GRAIN).publication
    lines = AuditEntry.objects.count()

    for value in ("x", publication.pk, 10**12, "", make_publication().pk):
        linker.post(
            reverse("desk:related-links-edit", args=[publication.pk]),
            {"_apart": value, "related-chooser": ""},
        )

    assert AuditEntry.objects.count() == lines


def test_a_refused_exclusion_is_reported(linker):
    publication, like = (make_live(title=f"Grain {n}", body=GRAIN).publication for n in range(2))
    SiteVersion.objects.update(changed_at=timezone.now() + timedelta(days=1))

    page = linker.post(
        reverse("desk:related-links-edit", args=[publication.pk]), {"_apart": like.pk, "related-chooser": ""}
    )

    assert "The clock of the server" in page.text and not ExcludedSuggestion.objects.exists()


def test_publications_with_few_links_or_with_links_to_what_is_gone_are_listed_apart(linker):
    lone, source, target = (make_live().publication for _number in range(3))
    actions.set_related_links(source, [target], by=None)
    actions.set_related_links(target, [source, lone, make_live(title="z").publication], by=None)

    def listed(only: str) -> set[int]:
        return {each.publication_id for each in linker.get("/desk/links/", {"only": only}).context["page"]}

    assert lone.pk in listed("none") and source.pk not in listed("none")
    assert {lone.pk, source.pk} <= listed("few") and target.pk not in listed("few")
    assert listed("gone") == set()
    actions.withdraw(target, by=None)
    assert listed("gone") == {source.pk}
    assert "No longer public" in linker.get(reverse("desk:related-links-edit", args=[source.pk])).text


def test_a_publication_is_no_choice_for_itself(desk):
    publication, other = make_live(title="Grain").publication, make_live(title="Grain too").publication

    page = desk.get(change(publication), {"related-find": "Grain"}).text

    assert f'data-own="{publication.pk}"' in page
    places = page[page.index('name="related"') :]
    options = places[: places.index("</select>")]
    assert f'value="{other.pk}"' in options and f'value="{publication.pk}"' not in options


# Tags that drafts make


def test_a_tag_of_a_draft_is_offered_to_nobody_until_the_draft_is_public(desk, editor):
    desk.post(ADD, filled(tags="Suwalki"))

    assert complete_tag(desk, "suw") == [] and suggested_topics("In Suwalki.") == []

    publication = Publication.objects.get()
    desk.post(
        change(publication),
        filled(publication, tags="Suwalki", bylines=[make_live().publication.bylines.get().author_id]),
    )
    actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    assert complete_tag(desk, "suw") == ["Suwalki"] == suggested_topics("In Suwalki.")


def test_a_tag_that_is_there_stays_offered_when_a_draft_takes_it(desk):
    make_tag("Suwalki")

    desk.post(ADD, filled(tags="suwalki"))

    assert complete_tag(desk, "suw") == ["Suwalki"]


def test_a_tag_that_an_editor_has_seen_to_is_offered(desk):
    desk.post(ADD, filled(tags="Suwalki"))
    tag = Tag.objects.get()

    desk.post(
        reverse("desk:publications_tag_change", args=[tag.pk]),
        {"name": "Suwalki", "name_sv": "Suwałki", "kind": "theme", "introduction_en": "", "introduction_sv": "",
         "slug": tag.slug, "lead_choice-chooser": "", "responsible_choice-chooser": "", "_save": "Save"},
    )  # fmt: skip

    assert complete_tag(desk, "suw") == ["Suwalki"]


def test_who_links_is_offered_no_draft_and_can_link_to_none(linker):
    draft = make_publication(title="A secret draft")
    publication = make_live(title="Elevators").publication
    page = reverse("desk:related-links-edit", args=[publication.pk])

    opened = linker.get(page)
    searched = linker.post(page, {"_find": "", "related-chooser": "", "related-find": "secret"})
    guessed = linker.post(page, {"_find": "", "related-chooser": "", "related": str(draft.pk)})
    saved = linker.post(page, {"related-chooser": "", "related": str(draft.pk)})

    assert not any("A secret draft" in each.text for each in (opened, searched, guessed, saved))
    assert saved.status_code == 200 and not publication.related_links.exists()


def test_who_links_keeps_a_link_to_a_draft_that_an_editor_has_made(linker):
    draft, other = make_publication(title="A draft"), make_live(title="Barges").publication
    publication = make_live(title="Elevators").publication
    actions.set_related_links(publication, [draft], by=None)

    linker.post(
        reverse("desk:related-links-edit", args=[publication.pk]),
        {"related-chooser": str(draft.pk), "related": [str(draft.pk), str(other.pk)]},
    )

    assert [link.target for link in publication.related_links.all()] == [draft, other]
