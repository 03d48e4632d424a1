"""Removing a name takes it out of every table, in steps that can be repeated, and stores it nowhere."""

import re
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from publications import actions
from publications.actions.name_rules import NAME_RULES, NoRule, rule_of
from publications.integrity.checks import CHECKS, find_faults
from publications.locales import LOCALES
from publications.markup import NameRedaction
from publications.models import (
    AuditEntry,
    Author,
    Autosave,
    EditionByline,
    Image,
    Kind,
    MailPurpose,
    MenuLink,
    OutboxMail,
    Publication,
    Redirect,
    ServedPdf,
    SitePage,
    SiteSettings,
    SiteVersion,
    Synonym,
    Tag,
    digest_of_draft,
)
from publications.name_search import NameMatcher, search_database
from publications.sessions import SessionStore
from subscriptions.conditions import Choice
from subscriptions.models import Condition, Subscription
from tests.factories import make_author, make_image, make_live, make_publication, make_tag, saved
from tests.named_site import fill_rows, make_rows
from tests.subscriptions.factories import make_subscriber

pytestmark = pytest.mark.django_db

NAME, SLUG = "Vera Åkerholm", "vera-akerholm"
SPELLINGS = (NAME, "Åkerholm, Vera")
REMOVAL = actions.NameRemoval(spellings=SPELLINGS)


def places(*names: str) -> list[str]:
    return [occurrence.place for occurrence in search_database(NameMatcher(names or SPELLINGS))]


def remove(removal: actions.NameRemoval = REMOVAL, *, by=None) -> None:
    actions.remove_name_from_rows(removal, by=by)
    for publication in actions.publications_to_search():
        actions.remove_name_from_publication(publication, removal, by=by)


def faults() -> dict[str, list[str]]:
    """What `verify` finds, but for indexes that no rebuild has made in a database of tests."""
    checks = [
        check
        for check in CHECKS
        if not (check.is_restored or check.is_note or check.name.endswith("-release"))
    ]
    return {check.name: found for check in checks if (found := find_faults(check, lambda *_: None))}


def text_columns() -> list[tuple[str, str]]:
    types = (models.CharField, models.TextField, models.JSONField, models.FileField)
    return [
        (model._meta.label, field.name)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, types)
    ]


@pytest.mark.parametrize(("model", "column"), text_columns())
def test_each_text_column_of_each_model_has_a_rule(model, column):
    assert rule_of(model, column) is not None, "Say in NAME_RULES what becomes of a name in it."


def test_the_table_names_no_column_that_there_is_not():
    columns = set(text_columns())
    named = {
        (model, name) for model, rules in NAME_RULES.items() if isinstance(rules, dict) for name in rules
    }

    assert named - columns == set() and set(NAME_RULES) - {model for model, _name in columns} == set()


# Rows beside publications


@pytest.fixture
def rows(editor) -> None:
    make_rows(by=editor)


def test_a_name_in_every_column_beside_publications_goes(rows):
    make_live()
    filled = fill_rows()
    assert filled > 40 and len(places()) >= filled

    remove()

    assert places() == []
    tag, page = Tag.objects.get(), SitePage.objects.order_by("pk").last()
    assert (
        tag.name == "[redacted] [redacted]"
        and tag.name_sv.startswith("[maskerat]")
        and tag.slug == f"tag-{tag.pk}"
    )
    assert "[redacted]" in page.html_en and page.slug_sv == f"sitepage-{page.pk}"
    assert Author.objects.order_by("pk").last().aliases == "One\nTwo"


def test_rows_that_cannot_be_redacted_are_deleted(editor):
    session = SessionStore()
    session["typed"] = {"title": NAME}
    session.save()
    other = SessionStore()
    other["typed"] = "Nobody"
    other.save()
    Autosave.objects.create(owner=editor, key="a", path="/desk/author/", values=[["name", NAME]])
    Autosave.objects.create(owner=editor, key="b", path="/desk/author/", values=[["name", "Nobody"]])
    Redirect.objects.create(path=f"/people/{SLUG}", tag=make_tag("Grain"))
    mail = OutboxMail.objects.create(
        purpose=MailPurpose.NEWS, key="1", recipient="vera.akerholm@example.org", message_id="1"
    )

    remove()

    assert places() == [] and not OutboxMail.objects.filter(pk=mail.pk).exists()
    assert Autosave.objects.get().key == "b" and SessionStore(other.session_key).load()["typed"] == "Nobody"


def follow(*choices: Choice) -> list[int]:
    """The conditions of a reader who chooses each of these."""
    subscriptions = make_subscriber(*choices).subscriptions.order_by("pk")
    return list(subscriptions.values_list("condition", flat=True))


def test_what_readers_subscribe_to_goes_where_it_holds_the_name(editor):
    author = make_author("Somebody Else", slug=SLUG)
    named = follow(Choice({"author": SLUG}), Choice(query=f'grain "{NAME}"'), Choice({"topic": f"of-{SLUG}"}))
    publication = make_live().publication_id
    others = follow(
        Choice(), Choice({"author": "vera-holm"}), Choice(query="vera"), Choice(publication=publication)
    )

    preview = actions.preview_name_removal(REMOVAL, by=editor)
    remove()

    author.refresh_from_db()
    assert preview.rows["subscriptions.Condition"] == len(named) and places() == []
    assert author.slug != SLUG and set(Condition.objects.values_list("pk", flat=True)) == set(others)
    assert Subscription.objects.count() == len(others)


def test_nobody_follows_an_author_whose_page_goes(editor):
    """Their address, and the former ones, are no spellings of the name, and yet lead to who it was."""
    author = make_author(NAME, slug="the-analyst")
    actions.add_redirects(author, ["/en/authors/v-holm/"], by=editor)
    follow(Choice({"author": "the-analyst"}), Choice({"author": "v-holm", "topic": "grain"}))
    (other,) = follow(Choice({"author": "another"}))

    remove(actions.NameRemoval(spellings=SPELLINGS, author=author, replacement="Anna Berg"), by=editor)

    assert Condition.objects.get().pk == other


def test_accounts_are_listed_and_stay(editor):
    editor.first_name, editor.last_name = "Vera", "Åkerholm"
    editor.save()

    preview = actions.preview_name_removal(REMOVAL, by=editor)
    remove()

    editor.refresh_from_db()
    assert preview.accounts == [editor.username] and editor.last_name == "Åkerholm"


def test_a_site_page_that_cannot_be_rendered_is_listed_and_the_other_rows_go_on(editor):
    """One that was stored before a rule was stricter, as with a picture of the library."""
    broken, *_others = SitePage.objects.order_by("pk")
    picture = f"![A](image:{make_image().key})"
    SitePage.objects.filter(pk=broken.pk).update(title_en=f"On {NAME}", body_en=f"{NAME} {picture}")
    tag = make_tag(NAME)

    preview = actions.preview_name_removal(REMOVAL, by=editor)
    rows = actions.remove_name_from_rows(REMOVAL, by=editor)

    tag.refresh_from_db()
    assert preview.rows == rows == {"publications.Tag": 1} and tag.name == "[redacted]"
    ((page, reasons),) = preview.refused
    assert str(page) == f"On {NAME}" and "image library" in reasons[0] and "Edit the page" in reasons[-1]
    assert {place.partition(".")[0] for place in places()} == {"publications_sitepage"}


def test_two_tags_of_one_name_stay_two():
    first, second = make_tag(NAME), make_tag(f"{NAME}s")
    Tag.objects.filter(pk=second.pk).update(name="Åkerholm, Vera")

    remove()

    names = set(Tag.objects.values_list("name", flat=True))
    assert names == {"[redacted]", f"[redacted] {second.pk}"} and first.pk


@pytest.mark.parametrize("model", [Tag, Author, SitePage])
def test_a_neutral_address_that_another_row_has_is_numbered(model):
    make_tag(NAME), make_tag("Rye"), make_author(NAME), make_author("Somebody Else")
    named, other = model.objects.order_by("pk")[:2]
    address = "slug_en" if model is SitePage else "slug"
    neutral = f"{model._meta.model_name}-{named.pk}"
    model.objects.filter(pk=named.pk).update(**{address: SLUG})
    model.objects.filter(pk=other.pk).update(**{address: neutral})

    remove()

    named.refresh_from_db()
    assert getattr(named, address) == f"{neutral}-2"


def test_equal_spellings_of_which_one_is_left_go():
    Synonym.objects.all().delete()
    Synonym.objects.create(spellings=f"{NAME}\nVera Å.")

    remove()

    assert not Synonym.objects.exists() and places("Vera") == []


# Publications, and all together


@pytest.fixture
def author() -> Author:
    return make_author(
        NAME, family_name="Åkerholm", aliases="V. Åkerholm", title_en="Analyst of Minsk", biography_en=f"{NAME} is.",
        orcid="0000-0002-1825-0097", fediverse_address="@vera.akerholm@example.social",
    )  # fmt: skip


@pytest.fixture
def publications(author, editor) -> list[Publication]:
    """Two publications that hold the name, and one that does not; a deleted draft that does."""
    first = make_publication(title=f"On {NAME}", body=f"{NAME} said it. See {SLUG}.docx.", authors=[author])
    actions.publish(first, by=editor)
    actions.publish(
        saved(first, body=f"Åkerholm, Vera.\n\n{NAME}s."), by=editor, change="correction", note=NAME
    )
    second = make_publication(title="Other", language="sv", summary=f"Av {NAME}.", internal_note=SLUG)
    actions.publish(second, by=editor)
    third = make_live(title="Third").publication
    draft = make_publication(title=f"A draft of {NAME}")
    actions.delete_draft(draft, by=editor)
    return [first, second, third, draft]


def test_a_name_goes_from_all_publications_and_the_chain_stays_whole(author, publications, editor):
    remove(actions.NameRemoval(spellings=SPELLINGS, author=author, reason=f"Asked by {NAME}"), by=editor)

    assert places() == []
    author.refresh_from_db()
    assert (author.name, author.is_pseudonymous, author.aliases, author.orcid) == ("[redacted]", True, "", "")
    assert places("Åkerholm") == [] and places("Analyst of Minsk") == []
    assert publications[1].editions.get().summary == "Av [maskerat]."
    assert faults() == {}


def test_a_pen_name_stands_everywhere(author, publications, editor):
    remove(actions.NameRemoval(spellings=SPELLINGS, author=author, replacement="Anna Berg"), by=editor)

    author.refresh_from_db()
    assert places() == [] and (author.name, author.is_pseudonymous) == ("Anna Berg", True)
    edition = publications[0].editions.get(number=2)
    assert edition.plain_text == "Anna Berg.\n\nAnna Bergs." and edition.title == "On Anna Berg"
    assert set(EditionByline.objects.filter(author=author).values_list("name", flat=True)) == {"Anna Berg"}


@pytest.mark.parametrize(
    "column",
    ["family_name", "aliases", "orcid", "fediverse_address", *(f"{name}_{locale}" for name in ("title", "affiliation", "biography")
                                          for locale in LOCALES)],
)  # fmt: skip
def test_an_author_who_has_the_pen_name_already_keeps_nothing_else(column, editor):
    author = make_author("Anna Berg", is_pseudonymous=True)
    Author.objects.filter(pk=author.pk).update(**{column: "0000-0002-1825-0097"})
    removal = actions.NameRemoval(spellings=SPELLINGS, author=author, replacement="Anna Berg")

    rows = actions.remove_name_from_rows(removal, by=editor)

    author.refresh_from_db()
    assert getattr(author, column) == "" and rows == {"publications.Author": 1}
    assert (author.name, author.is_pseudonymous) == ("Anna Berg", True)
    assert actions.remove_name_from_rows(removal, by=editor) == {}


@pytest.mark.parametrize(("body", "is_indexed"), [("Nobody.", False), (f"{NAME}.", True)])
def test_an_edition_is_indexed_anew_only_if_it_held_the_name(editor, body, is_indexed):
    publication = make_live(title="Grain", body=body).publication
    saved(publication, internal_note=NAME)

    with CaptureQueriesContext(connection) as queries:
        assert actions.remove_name_from_publication(publication, REMOVAL, by=editor)

    stored = [
        query for query in queries if re.search(r"INSERT [A-Z ]*INTO publications_search \(", query["sql"])
    ]
    assert bool(stored) == is_indexed and faults() == {}


@pytest.mark.parametrize("model", [Tag, Image, Author, Kind])
def test_pdfs_that_a_row_with_the_name_is_in_are_forgotten(editor, model):
    named, other = (
        make_live(
            tags=(make_tag(title),), cover=make_image(), authors=[make_author(title)], title=title, kind=kind
        )
        for title, kind in (("First", "commentary"), ("Second", "report"))
    )
    row = {
        Tag: named.tag_rows, Image: named.image_rows, Author: named.bylines, Kind: None
    }[model]  # fmt: skip
    pk = row.values_list(model._meta.model_name, flat=True).get() if row else named.kind_id
    column = {Tag: "name", Image: "credit", Author: "biography_sv", Kind: "disclaimer_en"}[model]
    model.objects.filter(pk=pk).update(**{column: f"By {NAME}"})
    for edition in (named, other):
        ServedPdf.objects.create(digest=f"{edition.pk:064}", edition=edition)

    remove()

    assert ServedPdf.objects.get().edition == other


def test_the_name_of_the_site_is_in_all_pdfs(editor):
    edition = make_live()
    ServedPdf.objects.create(digest="1" * 64, edition=edition)
    SiteSettings.objects.update(short_name=NAME)

    remove()

    assert not ServedPdf.objects.exists()


def test_what_is_done_twice_changes_nothing_more(author, publications, editor):
    removal = actions.NameRemoval(spellings=SPELLINGS, author=author)
    remove(removal, by=editor)
    before = SiteVersion.objects.get().number, AuditEntry.objects.count()

    assert actions.remove_name_from_rows(removal, by=editor) == {}
    assert not any(
        actions.remove_name_from_publication(publication, removal, by=editor) for publication in publications
    )
    assert (SiteVersion.objects.get().number, AuditEntry.objects.count()) == before


def test_an_interruption_keeps_what_is_done(publications):
    actions.remove_name_from_rows(REMOVAL, by=None)
    done, *others = actions.publications_to_search()
    actions.remove_name_from_publication(done, REMOVAL, by=None)
    with (
        patch("publications.actions.redact.build_report", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        actions.remove_name_from_publication(others[0], REMOVAL, by=None)

    assert actions.publications_to_search(after=done.pk) == others
    assert actions.remove_name_from_publication(done, REMOVAL, by=None) is None
    assert actions.remove_name_from_publication(others[0], REMOVAL, by=None)


def test_a_preview_says_what_goes_and_changes_nothing(author, publications, editor):
    before = places(), SiteVersion.objects.get().number
    removal = actions.NameRemoval(spellings=SPELLINGS, author=author)

    preview = actions.preview_name_removal(removal, by=editor)

    assert (places(), SiteVersion.objects.get().number) == before
    assert {publication.pk for publication, _report in preview.publications} == {
        publications[0].pk, publications[1].pk, publications[3].pk
    }  # fmt: skip
    assert preview.rows == actions.remove_name_from_rows(removal, by=editor)
    assert preview.refused == [] and preview.rows["publications.Author"] == 1


def test_a_publication_that_refuses_is_listed_and_the_others_go_on(editor):
    make_live(title=f"{NAME} " + "x" * 230)
    other = make_live(body=NAME).publication
    removal = actions.NameRemoval(spellings=(NAME,), replacement="Somebody Of A Much Longer Name Than That")

    preview = actions.preview_name_removal(removal, by=editor)

    assert [publication.title[:4] for publication, _reasons in preview.refused] == ["Vera"]
    assert [publication.pk for publication, _report in preview.publications] == [other.pk]


@pytest.mark.parametrize(
    ("removal", "message"),
    [
        (actions.NameRemoval(spellings=()), "Give the name"),
        (actions.NameRemoval(spellings=("ab",)), "too short"),
        (actions.NameRemoval(spellings=("?!?",)), "too short"),
        (actions.NameRemoval(spellings=("x" * 501,)), "too long"),
        (actions.NameRemoval(spellings=tuple(f"Name {n}" for n in range(21))), "at most 20"),
        (actions.NameRemoval(spellings=("Vera Holm", "Holm"), replacement="Ann Holm"), "holds the name"),
        (actions.NameRemoval(spellings=("Vera Holm",), replacement="vera-holm"), "holds the name"),
    ],
)
def test_a_name_that_cannot_be_removed_safely_is_refused(removal, message):
    for act in (actions.remove_name_from_rows, actions.preview_name_removal):
        with pytest.raises(actions.ActionRefused, match=message):
            act(removal, by=None)


def test_a_longer_spelling_goes_before_one_within_it():
    redaction = NameRedaction(["Holm", "Vera Holm"], "[x]")

    assert redaction.redact_text("Vera Holm, Holm, vera-holm.pdf. Holms") == "[x], [x], [x]. [x]s"
    assert (
        NameRedaction(["Holm, Vera", "Vera Holm"], "[x]").redact_markdown(
            "*Vera* **Holm** [Vera Holm](/holm/) vera-holm.se"
        )
        == "[x] [[x]](/holm/) [x]"
    )
    assert redaction.addresses >= {"vera-holm.pdf"} and "Holm" in redaction.spellings


def test_the_natural_order_of_a_name_goes_before_the_other():
    redaction = NameRedaction(["Holm, Vera", "Vera Holm", "Holm", "Vera Anna Holm"], "[x]")

    assert redaction.passages == ["Vera Anna Holm", "Vera Holm", "Holm, Vera", "Holm"]
    assert (
        redaction.redact_text("By Vera Holm, Vera said. Vera Holm, vera-holm.docx")
        == "By [x], Vera said. [x], [x]"
    )


def test_a_text_that_names_an_author_in_its_byline_alone_is_as_public_as_before(editor):
    author = make_author(NAME)
    publication = make_live(author=author, title="Grain").publication

    remove(actions.NameRemoval(spellings=SPELLINGS, author=author), by=editor)
    publication.refresh_from_db()

    edition = publication.editions.get()
    assert edition.digest == publication.digest == digest_of_draft(publication) and faults() == {}
    assert places() == []


def test_menu_links_and_settings_have_rows():
    """The seeds make them: without a row, the test of every column would skip them."""
    assert MenuLink.objects.exists() and SiteSettings.objects.exists() and Kind.objects.exists()


def test_the_table_says_for_what_reason_a_column_is_left():
    assert rule_of("auth.User", "username") is NoRule.ACCOUNT and rule_of("nothing", "x") is None
