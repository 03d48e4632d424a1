"""Decisions on names in sources: followed by every import, won over by its mapping, and ended with what they name."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from publications import actions
from publications.importers.import_cache import ImportCache
from publications.importers.import_decisions import add_decisions, map_authors
from publications.importers.mapping import ImportMapping
from publications.importers.name_proposals import build_proposals, store_decision, value_of_decision
from publications.importers.old_pages import redirect_old_pages
from publications.importers.options import ImportOptions
from publications.importers.run import run_import
from publications.importers.source import OldPage
from publications.importers.source_authors import AuthorList, SourceAuthor
from publications.models import Author, ImportDecision, NameChoice, NameType, Publication, Redirect, Tag
from tests.factories import make_author, make_person, make_tag

from .letter_export import letter_system, render_export

__all__ = ["letter_system"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letter_system")]
PERSON, TOPIC = NameType.PERSON, NameType.TOPIC


def run(tmp_path, *letters: dict, **options):
    path = tmp_path / "old.letters.json"
    path.write_text(render_export(*letters))
    return run_import(ImportOptions(path, **options))


def decide(name_type: NameType, name: str, value: str) -> ImportDecision | None:
    return store_decision(name_type, name, value, by=make_person("Administrators"))


def names_of(title: str) -> tuple[list[str], list[str]]:
    draft = Publication.objects.get(title=title)
    return [author.name for author in draft.authors.all()], sorted(tag.name for tag in draft.tags.all())


def open_candidates(stored: dict, name_type: NameType) -> dict[str, list[str]]:
    return {
        proposal.name.name: [candidate.value for candidate in proposal.candidates]
        for proposal in build_proposals(stored, name_type)
        if proposal.is_open
    }


def test_names_like_others_are_proposed_and_nothing_is_merged_by_itself(tmp_path):
    author, tag = make_author("Anna Berg"), make_tag("Sanctions")
    letters = (
        {
            "title": "Gas",
            "authors": ["A. Berg", "anna  BERG"],
            "tags": ["Sanction", "Uncategorized", "SANCTIONS"],
        },
        {"title": "Oil", "authors": ["B. Lindqvist"], "tags": ["Energy"]},
        {"title": "Coal", "authors": ["Bo Lindqvist", "Eva Ek"], "tags": ["Energy"]},
    )

    report = run(tmp_path, *letters, dry_run=True)

    stored = report.names.as_dict()
    assert open_candidates(stored, PERSON) == {
        "A. Berg": [f"author:{author.pk}"], "B. Lindqvist": ["name:Bo Lindqvist"],
    }  # fmt: skip
    assert open_candidates(stored, TOPIC) == {"Sanction": [f"tag:{tag.pk}"], "Uncategorized": []}
    energy = next(each for each in build_proposals(stored, TOPIC) if each.name.name == "Energy")
    assert (energy.name.texts, energy.name.title, energy.is_open) == (2, "Oil", False)
    run(tmp_path, *letters)
    assert names_of("Gas") == (["A. Berg", "Anna Berg"], ["Sanction", "Sanctions", "Uncategorized"])


def test_every_import_follows_decisions(tmp_path):
    author, tag = make_author("Anna Berg"), make_tag("Security")
    Author.objects.filter(pk=author.pk).update(slug="somebody")
    decide(PERSON, "A. Berg", f"author:{author.pk}")
    decide(PERSON, "B. Lindqvist", "name:Bo Lindqvist")
    decide(TOPIC, "säkerhet", f"tag:{tag.pk}")
    decide(TOPIC, "Uncategorized", NameChoice.LEFT_OUT)
    decide(TOPIC, "Nuclear", "name:Nuclear energy")
    letters = (
        {
            "title": "Gas",
            "authors": ["a.  berg", "Anna Berg"],
            "tags": ["Säkerhet", "Security", "uncategorized"],
        },
        {"title": "Oil", "authors": ["B. Lindqvist"], "tags": ["Nuclear"]},
    )

    run(tmp_path, *letters)

    assert names_of("Gas") == (["Anna Berg"], ["Security"])
    assert names_of("Oil") == (["Bo Lindqvist"], ["Nuclear energy"])
    assert run(tmp_path, *letters).totals()["unchanged"] == 2


def test_a_decision_made_later_reaches_drafts_that_nobody_has_edited(tmp_path):
    run(tmp_path, {"title": "Gas", "authors": ["A. Berg"]})
    decide(PERSON, "A. Berg", f"author:{make_author('Anna Berg').pk}")

    run(tmp_path, {"title": "Gas", "authors": ["A. Berg"]})

    assert names_of("Gas")[0] == ["Anna Berg"]


def test_a_name_that_an_import_makes_is_bound_to_it(tmp_path):
    decide(PERSON, "B. Lindqvist", "name:Bo Lindqvist")
    decide(TOPIC, "Nuclear", "name:Nuclear energy")
    run(tmp_path, {"title": "Oil", "authors": ["B. Lindqvist"], "tags": ["Nuclear"]})

    Author.objects.update(name="Bo L. Lindqvist")
    Tag.objects.update(name="Nuclear power")
    run(tmp_path, {"title": "Gas", "authors": ["B. Lindqvist"], "tags": ["Nuclear"]})

    assert names_of("Gas") == (["Bo L. Lindqvist"], ["Nuclear power"])
    assert set(ImportDecision.objects.values_list("target", flat=True)) == {""}


def test_decisions_lead_from_name_to_name_and_never_in_a_circle():
    decide(PERSON, "A. Berg", "name:A. M. Berg")
    decide(PERSON, "A. M. Berg", "name:Anna Berg")
    decide(PERSON, "X", "name:Y")
    decide(PERSON, "Y", "name:X")
    decide(TOPIC, "Blog", "name:Uncategorized")
    decide(TOPIC, "Uncategorized", NameChoice.LEFT_OUT)
    decide(PERSON, "Eva", NameChoice.SEPARATE)

    mapping = add_decisions(ImportMapping())

    assert mapping.decided_people == {"a. berg": "Anna Berg", "a. m. berg": "Anna Berg"}
    assert mapping.topics == {"blog": "", "uncategorized": ""}


def test_the_mapping_of_an_import_wins(tmp_path):
    decide(PERSON, "A. Berg", f"author:{make_author('Anna Berg').pk}")
    decide(TOPIC, "Energi", f"tag:{make_tag('Energy').pk}")
    mapping = ImportMapping.from_names(people={"A. Berg": "Arne Berg"}, topics={"Energi": ""})

    run(tmp_path, {"title": "Gas", "authors": ["A. Berg"], "tags": ["Energi"]}, mapping=mapping)

    assert names_of("Gas") == (["Arne Berg"], [])


def test_a_decision_replaces_the_earlier_one_and_can_be_taken_back():
    author = make_author("Anna Berg")
    decide(PERSON, "A. Berg", NameChoice.SEPARATE)
    decision = decide(PERSON, "a.  BERG", f"author:{author.pk}")
    assert ImportDecision.objects.get() == decision and value_of_decision(decision) == f"author:{author.pk}"

    assert decide(PERSON, "A. Berg", "") is None
    assert not ImportDecision.objects.exists()


@pytest.mark.parametrize(
    "value", ["author:0", "author:x", "tag:9", "name:", "name:  ", "nothing", "author:²"]
)
def test_a_value_that_names_nothing_decides_nothing(value):
    assert decide(PERSON, "A. Berg", value) is None


def test_a_decision_ends_with_the_author_or_tag_and_does_not_keep_them():
    author, tag, user = make_author("Anna Berg"), make_tag("Security"), make_person("Administrators")
    decide(PERSON, "A. Berg", f"author:{author.pk}")
    decide(TOPIC, "Säkerhet", f"tag:{tag.pk}")

    actions.delete_instance(author, by=user)
    actions.delete_instance(tag, by=user)

    assert not ImportDecision.objects.exists()


def test_a_decision_follows_an_author_who_is_replaced():
    author = make_author("Anna Berg")
    proposed = make_author("Ana Berg", is_proposed=True)
    decide(PERSON, "A. Berg", f"author:{proposed.pk}")

    actions.replace_proposed_author(proposed, author, by=make_person("Administrators"))

    assert ImportDecision.objects.get().author == author


def test_removing_a_name_removes_the_decisions_that_hold_it():
    kept = decide(PERSON, "B. Lind", "name:Bo Lind")
    decide(PERSON, "Vera Åkerholm", NameChoice.SEPARATE)
    decide(PERSON, "vera", "name:Vera Åkerholm")

    actions.remove_name_from_rows(actions.NameRemoval(spellings=("Vera Åkerholm",)), by=None)

    assert ImportDecision.objects.get() == kept


def test_old_pages_of_authors_and_topics_follow_decisions():
    author = make_author("Anna Berg")
    decide(PERSON, "A. Berg", f"author:{author.pk}")
    authors = AuthorList(
        {
            "aberg": SourceAuthor("aberg", "A. Berg", former_paths=("/people/aberg",)),
            "anna": SourceAuthor(author.slug, "Anna Berg", former_paths=("/people/anna",)),
        }
    )

    mapped = map_authors(authors, add_decisions(ImportMapping()))

    assert {each.slug for each in mapped.by_id.values()} == {author.slug}
    assert {each.former_paths for each in mapped.by_id.values()} == {("/people/aberg", "/people/anna")}


def test_the_old_page_of_an_author_known_by_an_id_alone_follows_the_decision_on_the_name():
    author = make_author("Anna Berg")
    decide(PERSON, "A Berg", f"author:{author.pk}")
    options = ImportOptions(Path(), mapping=add_decisions(ImportMapping()))
    pages = {"/author/a-berg/": OldPage(author="a-berg", address="/sv/")}
    source = SimpleNamespace(old_pages=pages, feed_paths=(), base_path="", language="en", entries=())

    assert redirect_old_pages(source, options, AuthorList({}), ImportCache()) == (1, [])

    assert Redirect.objects.get().author == author


def test_a_row_wins_over_a_decision_and_no_id_is_taken_for_the_name_of_another():
    author = make_author("Anna Berg")
    decide(PERSON, "aberg", f"author:{author.pk}")
    decide(PERSON, "Axel Berg", "name:Axel Bergman")

    mapping = add_decisions(ImportMapping.from_names(people={"ek": "Eva Ek", "Eva Ekman": "Eva Ekman"}))

    assert mapping.find_person("aberg", "Aberg") == author.slug
    assert mapping.find_person("aberg", "Axel Berg") == "Axel Bergman"
    assert mapping.find_person("aberg", "Arne Berg") == ""
    assert mapping.find_person("ek", "Axel Berg") == "Eva Ek"
    assert mapping.find_person("aberg", "Eva Ekman") == "Eva Ekman"


def merge(source: Author, target: Author) -> None:
    target.refresh_from_db()
    actions.merge(source, target, seen=actions.plan_merge(source, target).digest, by=None)


def test_an_import_finds_a_merged_author_whose_source_has_the_id_alone():
    target = make_author("Anna Berg")
    make_author("Eva Lind", slug="el")
    for source in (make_author("A. Berg", slug="a-m-berg"), make_author("E. Lind", slug="eva-lind")):
        merge(source, target)

    mapping = add_decisions(ImportMapping())
    assert mapping.find_person("a-m-berg", "A M Berg") == mapping.find_person("x", "A. Berg") == target.slug
    assert mapping.find_person("a-m-berg", "Axel Berg") == mapping.find_person("eva-lind", "Eva Lind") == ""


def test_what_was_decided_on_the_name_of_a_merged_author_does_not_stand_against_its_id():
    decide(PERSON, "A. M. Berg", NameChoice.SEPARATE)
    target = make_author("Anna Berg")

    merge(make_author("A. M. Berg", slug="a-m-berg"), target)

    mapping = add_decisions(ImportMapping())
    assert (
        mapping.find_person("a-m-berg", "A M Berg") == mapping.find_person("x", "A. M. Berg") == target.slug
    )


@pytest.mark.parametrize("fields", [{"name": "Anna Berg"}, {"name": "A. Berg", "aliases": "anna berg"}])
def test_a_merge_decides_nothing_on_a_name_that_a_third_author_has(fields):
    source, target = make_author("Anna Berg", slug="anna"), make_author("A. Bergman")
    make_author(**fields, slug="anna-berg-2")

    merge(source, target)

    assert add_decisions(ImportMapping()).find_person("x", "Anna Berg") == ""


@pytest.mark.parametrize("is_separate", [True, False])
def test_a_merge_keeps_what_was_decided_on_other_names(is_separate):
    other, source, target = make_author("Bo Lind"), make_author("Eva Lind", slug="lind"), make_author("Ek")
    value = NameChoice.SEPARATE if is_separate else f"author:{other.pk}"
    kept = {decide(PERSON, name, value) for name in ("LIND!", "EK")}

    merge(source, target)

    assert set(ImportDecision.objects.exclude(name="Eva Lind")) == kept
    assert {(each.choice, each.author) for each in kept} == {
        (NameChoice.SEPARATE, None) if is_separate else (NameChoice.SAME, other)
    }


@pytest.mark.parametrize("has_alias", [True, False])
def test_removing_a_name_removes_all_decisions_of_the_author_who_had_it(has_alias):
    source, target = make_author("Vera Åkerholm", slug="vakerholm"), make_author("V. Ek")
    merge(source, target)
    if not has_alias:
        Author.objects.update(aliases="")
    kept = decide(PERSON, "B. Lind", f"author:{make_author('Bo Lind', biography_en='With Vera Åkerholm').pk}")

    actions.remove_name_from_rows(actions.NameRemoval(spellings=("Vera Åkerholm",)), by=None)

    assert ImportDecision.objects.get() == kept


def test_no_decision_leads_to_an_author_with_a_pen_name():
    by, authors = (
        make_person("Administrators"),
        [make_author(name) for name in ("Vera Ek", "Eva Ek", "V. Ek")],
    )
    proposed = make_author("Eva Åkerholm", is_proposed=True)
    for author, name in zip((*authors, proposed), ("vakerholm", "evakerholm", "V. Å.", "vera"), strict=True):
        decide(PERSON, name, f"author:{author.pk}")
    removed, signed, replacement = authors

    removal = actions.NameRemoval(spellings=("Vera Åkerholm",), author=removed, replacement="A. Writer")
    rows = actions.remove_name_from_rows(removal, by=by)
    assert rows["publications.ImportDecision"] == 1
    for author in (signed, replacement):
        author.name, author.is_pseudonymous = "A. Writer", True
        actions.save_instance(author, by=by)
    actions.replace_proposed_author(proposed, replacement, by=by)

    assert not ImportDecision.objects.exists()


def test_the_old_page_of_a_listed_author_leads_to_the_one_who_has_the_name_here():
    author = make_author("Eric Mill")
    source = SimpleNamespace(
        old_pages={"/authors/eric/": OldPage(author="eric", address="/en/authors/")},
        feed_paths=(),
        base_path="",
        language="en",
        entries=(),
    )
    authors = AuthorList({"eric": SourceAuthor("eric", "Eric Mill")})

    assert redirect_old_pages(source, ImportOptions(Path()), authors, ImportCache()) == (1, [])

    assert Redirect.objects.get().author == author
