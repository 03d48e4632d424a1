"""Every column and row of a publication reaches every place that must carry it.

The columns are found by introspection: a new one gets a distinct value here by its type, and a place that forgets it
fails and names it. A column that a place leaves out on purpose stands in that test's list of exceptions.
"""

import json
from dataclasses import fields

import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from publications import actions, manuscript
from publications.actions import restore_revision
from publications.admin.history.comparison import build_comparison, build_draft_snapshot
from publications.diff import DiffOperation
from publications.locales import datetime_with_zone
from publications.models import (
    Attachment,
    Byline,
    Comment,
    Edition,
    EditionAttachment,
    EditionByline,
    Kind,
    PressLink,
    Publication,
    RelatedLink,
    Review,
    Revision,
    Tag,
    manuscript_of,
    original_storage,
)
from publications.publication_fields import (
    FIELDS,
    FIELDS_BY_NAME,
    FROZEN_COLUMNS,
    MAX_LENGTHS,
    NON_CONTENT_COLUMNS,
    FieldType,
)
from tests.desk_forms import change
from tests.factories import make_author, make_image, make_live, make_publication, make_tag
from tests.html_forms import forms_of

pytestmark = pytest.mark.django_db

SPECIAL = {
    "language": lambda n: ["en", "uk"][n % 2],
    "slug": lambda n: f"slug-{n}-quillfeather",
    "external_url": lambda n: f"https://example.org/{n}-quillfeather",
    "doi": lambda n: f"10.1234/{n}-quillfeather",
    "isbn": lambda n: ["9789100000004", "9789100000011"][n % 2],
    "kind": lambda n: Kind.objects.get(slug=["commentary", "report"][n % 2]),
    "cover": lambda n: make_image(
        colour=["red", "green"][n % 2], filename=f"field-{n}.png", alt_en=f"Field {n}"
    ),
    "translation_of": lambda n: make_publication(language=["sv", "de"][n % 2]),
    "published_at": lambda n: timezone.make_aware(timezone.datetime(2020 + n, 3, 4, 10, 20)),
    "series_number": lambda n: None,  # given by publishing
}
"""Values of columns that do not take any words."""
CONTENT_ROWS = {field.name for field in FIELDS if field.type is FieldType.RELATED_ROWS}


def content_columns() -> list[models.Field]:
    return [field for field in Publication._meta.concrete_fields if field.name not in NON_CONTENT_COLUMNS]


def text_columns(model: type[models.Model]) -> list[str]:
    """The columns of a table that hold words."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    return [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]


def build_value(field: models.Field, n: int) -> object:
    """A value of this column that no other column has; `n` tells two of them apart."""
    if field.name in SPECIAL:
        return SPECIAL[field.name](n)
    if isinstance(field, models.CharField | models.TextField):
        return f"{field.name.replace('_', ' ')} {n} of Quillfeather"
    raise AssertionError(f"Say in SPECIAL what a value of the new column “{field.name}” looks like.")


def fill(publication: Publication, n: int) -> Publication:
    """Give each column and each kind of row values that only `n` has, and save as the desk does."""
    for field in content_columns():
        setattr(publication, field.name, build_value(field, n))
    publication.save()
    for rows in (publication.bylines, publication.attachments, publication.related_links):
        rows.all().delete()
    Byline.objects.create(publication=publication, author=make_author(f"Author {n}"), role="with", position=0)
    Byline.objects.create(
        publication=publication, author=make_author(f"Second {n}"), role="editor", position=1
    )
    publication.tags.set([make_tag(f"Tag {n}")])
    attach(publication, n)
    RelatedLink.objects.create(source=publication, target=make_publication(), reason=f"Reason {n}")
    Revision.objects.create_from(publication, by=None)
    return Publication.objects.get(pk=publication.pk)


def attach(publication: Publication, n: int) -> None:
    picture = make_image(colour=["blue", "yellow"][n % 2])
    Attachment.objects.create(
        publication=publication, original=picture.original, filename=f"file-{n}-quillfeather.png",
        label=f"Label {n} of Quillfeather", size=original_storage().size(picture.original),
    )  # fmt: skip


def read_content(publication: Publication, *, rows: bool = True) -> dict[str, object]:
    """What a publication says, by column and kind of row."""
    stored = Publication.objects.get(pk=publication.pk)
    content = {field.name: getattr(stored, field.attname) for field in content_columns()}
    if rows:
        content |= {
            "bylines": read_rows(stored.bylines.all(), Byline),
            "attachments": read_rows(stored.attachments.all(), Attachment),
            "tags": sorted(stored.tags.values_list("name", flat=True)),
        }
    return content


def read_rows(rows, *models_: type[models.Model]) -> list[dict[str, object]]:
    """The columns that all these tables have, row by row."""
    names = set.intersection(*({field.attname for field in model._meta.concrete_fields} for model in models_))
    names -= {"id", "publication_id", "edition_id"}
    return [{name: getattr(row, name) for name in sorted(names)} for row in rows]


@pytest.fixture
def filled() -> Publication:
    return fill(make_publication(), 0)


# The declaration


def test_a_manuscript_holds_what_is_declared():
    declared = {field.manuscript_key for field in FIELDS if field.manuscript_key}

    assert {field.name for field in fields(manuscript.Manuscript)} == declared | {
        "uid",
        "images",
        "extra_fields",
    }


def test_every_column_is_declared_or_excepted():
    columns = {field.name for field in Publication._meta.concrete_fields}
    declared = {field.name for field in FIELDS if field.type is not FieldType.RELATED_ROWS}

    assert columns - declared == NON_CONTENT_COLUMNS
    assert declared - columns == set()


def test_rows_are_declared_as_they_are_called():
    for name in CONTENT_ROWS:
        assert hasattr(Publication, name)


def test_limits_are_those_of_the_columns():
    columns = {name: Publication._meta.get_field(name).max_length for name in MAX_LENGTHS if name != "tags"}
    unlimited = {
        field.name
        for field in Publication._meta.concrete_fields
        if isinstance(field, models.CharField)
        and field.name not in {*MAX_LENGTHS, *NON_CONTENT_COLUMNS, "language"}
    }

    assert columns | {"tags": Tag._meta.get_field("name").max_length} == MAX_LENGTHS
    assert unlimited == set()


def test_a_field_is_declared_once():
    assert len(FIELDS_BY_NAME) == len(FIELDS)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("title", " Title ", "Title"),
        ("body", "One.\r\n\r\nTwo.", "One.\n\nTwo."),
        ("key_points", ("First.", "Second."), "First.\nSecond."),
        ("tags", ["Energy", "baltic"], ["Baltic", "energy"]),
        ("cover", [], None),
        ("published_at", timezone.datetime(2026, 6, 9, 7, 0, 59), timezone.datetime(2026, 6, 9, 7, 0)),
    ],
)
def test_values_that_say_the_same_are_equal(name, one, other):
    assert FIELDS_BY_NAME[name].is_equal(one, other)


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("title", "Title", "title"),
        ("key_points", ("First.", "Second."), ("Second.", "First.")),
        ("bylines", [("ann", "author"), ("bo", "author")], [("bo", "author"), ("ann", "author")]),
        ("bylines", [("ann", "author")], [("ann", "editor")]),
        ("tags", ["Energy"], ["Energy", "Baltic"]),
        ("cover", [("image", "")], []),
    ],
)
def test_values_that_say_something_else_are_not_equal(name, one, other):
    assert not FIELDS_BY_NAME[name].is_equal(one, other)


def test_values_are_displayed_as_a_person_reads_them():
    at = timezone.make_aware(timezone.datetime(2026, 6, 9, 7, 0))

    assert FIELDS_BY_NAME["bylines"].display([("Ann", "author"), ("Bo", "editor")]) == "Ann, Bo"
    assert FIELDS_BY_NAME["tags"].display(["Energy", "Baltic"]) == "Energy, Baltic"
    assert FIELDS_BY_NAME["key_points"].display(("First.", "Second.")) == "First.\nSecond."
    assert FIELDS_BY_NAME["published_at"].display(at) == datetime_with_zone(at)
    assert FIELDS_BY_NAME["cover"].display(None) == ""


# Which rows there are


WORK_ROWS = {
    "addresses", "approvals", "audit_entries", "autosaves", "comments", "editions", "editorial_plan", "kept_apart", "linked_from", "news", "presences",
    "press_links", "redirects", "reviews", "revisions", "submission", "tagged", "translation_checks", "translations",
    "word_files", "_publications_archiveimport_created_publications_+",
}  # fmt: skip
"""Tables that lead to a publication and are no part of its text: what is done with them is tested by name."""


def test_every_table_that_leads_to_a_publication_is_known_here():
    tables = {
        relation.name: relation.related_model.__name__ for relation in Publication._meta.related_objects
    }
    unknown = {name: model for name, model in tables.items() if name not in WORK_ROWS | CONTENT_ROWS}

    assert unknown == {}


# Save → revision → restore


def test_a_revision_holds_every_column(filled):
    kept = manuscript.loads(filled.revisions.first().manuscript)
    said = str(kept)

    forgotten = [
        field.name for field in content_columns()
        if isinstance(value := getattr(filled, field.name), str) and value not in said
    ]  # fmt: skip
    assert forgotten == []


def test_a_restore_brings_back_every_column_and_row(filled, editor):
    before = read_content(filled)
    revision = filled.revisions.first()
    changed = fill(filled, 1)
    same = [name for name, value in read_content(changed).items() if value == before[name]]
    assert same == ["series_number"]

    missing = restore_revision(changed, revision, by=editor)

    after = read_content(changed)
    assert missing == []
    assert after == before


# Two editors


def open_form(client, publication: Publication) -> dict[str, list[str]]:
    """What a browser sends when the form is saved as it was opened."""
    path = change(publication)
    (form,) = [form for form in forms_of(client.get(path).text, path) if "body" in form.names]
    return form.submitted() | {"_save": ["Save"]}


def form_columns() -> list[str]:
    return sorted(field.name for field in content_columns() if field.editable)


def test_the_form_has_every_column_that_editors_write(desk, filled):
    path = change(filled)
    (form,) = [form for form in forms_of(desk.get(path).text, path) if "body" in form.names]

    shown = {name.removesuffix("_0") for name in form.names}
    choosers = {"cover": "cover_choice", "translation_of": "translation_choice"}
    forgotten = [name for name in form_columns() if choosers.get(name, name) not in shown]
    assert forgotten == []


def test_every_column_that_editors_write_has_a_name_in_swedish():
    catalogue = read_po((settings.LOCALE_PATHS[0] / "sv/LC_MESSAGES/django.po").open("rb"), locale="sv")

    names = {name: str(Publication._meta.get_field(name).verbose_name) for name in form_columns()}

    unnamed = [name for name, words in names.items() if words not in catalogue and not words.isupper()]
    assert unnamed == []


def test_a_form_opened_before_another_save_takes_nothing_back(desk, filled):
    opened = open_form(desk, filled)
    fill(filled, 1)
    theirs = read_content(filled)

    response = desk.post(change(filled), opened)

    assert response.status_code == 302
    assert read_content(filled) == theirs


TYPED = [
    field.name for field in FIELDS
    if field.merge_rule and field.type in (FieldType.LINE, FieldType.TEXT, FieldType.LINES, FieldType.MARKDOWN, FieldType.URL)
    and field.name not in ("slug", "isbn")
]  # fmt: skip
"""Fields that take any words, or nearly so."""


@pytest.mark.parametrize("name", TYPED)
def test_a_column_that_only_one_editor_changed_is_kept_beside_the_other_changes(desk, filled, name):
    opened = open_form(desk, filled)
    own = getattr(filled, name)
    Publication.objects.filter(pk=fill(filled, 1).pk).update(**{name: own})
    Revision.objects.create_from(Publication.objects.get(pk=filled.pk), by=None)
    theirs = read_content(filled)
    mine = "https://example.org/mine" if name == "external_url" else "10.1234/mine"

    response = desk.post(change(filled), opened | {name: [mine]})

    assert response.status_code == 302
    assert read_content(filled) == theirs | {name: mine}


# Comparison


def test_a_comparison_shows_every_column_that_an_edition_keeps(filled):
    before = build_draft_snapshot(Publication.objects.get(pk=filled.pk))
    after = build_draft_snapshot(fill(filled, 1))

    comparison = build_comparison(before, after)

    changed_fields = {change.name for change in comparison["compared"]["field_changes"]}
    changed = [
        each.text for each in comparison["difference"].passages if each.change is not DiffOperation.KEPT
    ]
    said = " ".join(changed)
    forgotten = [
        field.name for field in FROZEN_COLUMNS
        if field.name not in changed_fields and field.name.replace("_", " ") not in said
    ]  # fmt: skip
    assert forgotten == ["series_number"]


# Pages for readers


NOT_ON_THE_PAGE = {"internal_note": "never public", "isbn": "in the records alone"}


def test_the_page_shows_every_column_of_an_edition(client, filled, editor):
    edition = actions.publish(filled, by=editor)

    page = client.get(edition.get_absolute_url()).text

    stored = Publication.objects.get(pk=filled.pk)
    article = page[page.index("<main") : page.index("</main>")]
    forgotten = [
        field.name for field in content_columns()
        if field.name not in NOT_ON_THE_PAGE
        and isinstance(value := getattr(stored, field.name), str) and value not in article
    ]  # fmt: skip
    assert forgotten == []


# Publish → edition → frozen


NOT_IN_AN_EDITION = {
    "internal_note": "never public",
    "translation_of": "kept as `family`",
    "body": "kept as `markdown`",
}
WINDOW = {
    "id", "is_scheduled", "visible_from", "visible_until", "expires_at", "end_reason", "withdrawal_reason", "record_changed_at", "redaction_count", "published_by",
    "created_at", "uid", "translation_group", "year", "word_count", "content_digest",
}  # fmt: skip
"""Columns of an edition that actions may change, or that are derived for lists."""


def test_an_edition_has_every_column_and_row_of_its_publication(filled, editor):
    edition = Edition.objects.get(pk=actions.publish(filled, by=editor).pk)

    stored = Publication.objects.get(pk=filled.pk)
    names = [field.attname for field in content_columns() if field.name not in NOT_IN_AN_EDITION]
    missing = [name for name in names if not hasattr(edition, name)]
    assert missing == []
    different = [name for name in names if getattr(edition, name) != getattr(stored, name)]
    assert (different, edition.body, edition.translation_group) == ([], stored.body, stored.translation_of_id)
    for rows, model, copies, copy in (
        (stored.bylines.all(), Byline, edition.bylines.all(), EditionByline),
        (stored.attachments.all(), Attachment, edition.attachments.all(), EditionAttachment),
    ):
        assert read_rows(copies, model, copy) == read_rows(rows, model, copy)
    assert {row.tag_id for row in edition.tag_rows.all()} == set(stored.tags.values_list("pk", flat=True))


def build_other_value(field: models.Field, value: object) -> object:
    """A value of the column that differs from this one and that the column can hold."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model.objects.exclude(pk=value)
        return others.values_list("pk", flat=True).first()
    if isinstance(field, models.DateTimeField):
        return (value or timezone.now()) + timezone.timedelta(days=1)
    if isinstance(field, models.JSONField):
        return [["other"]]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.IntegerField):
        return value + 1
    return {"language": "sv", "locale": "sv", "change": "silent"}.get(
        field.name, f"other {value}"[: field.max_length]
    )


@pytest.mark.parametrize("name", sorted({field.name for field in Edition._meta.concrete_fields} - WINDOW))
def test_no_statement_changes_a_column_of_an_edition(filled, editor, name):
    edition = Edition.objects.get(pk=actions.publish(filled, by=editor).pk)
    make_live()
    field = Edition._meta.get_field(name)
    other = build_other_value(field, getattr(edition, field.attname))
    assert other is not None or name in ("series_number", "restored_from")

    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk).update(**{field.attname: other or edition.pk})


# Redaction


NOT_SEARCHED = {"Author", "Image", "NamedTerm", "Tag", "TaggedPublication"}
"""Rows of their own, which are amended by hand: redaction leaves them."""


def find_passage(passage: str, of: Publication) -> list[str]:
    """Every column of every table, of this publication or not, that still holds the passage."""
    found = set()
    for model in apps.get_app_config("publications").get_models():
        if model.__name__ not in NOT_SEARCHED:
            for row in model.objects.values():
                held = [name for name, value in row.items() if passage in str(value).casefold()]
                found |= {f"{model.__name__}.{name}" for name in held}
    return sorted(found)


def test_redaction_reaches_every_column_of_every_table(filled, editor):
    author = make_author(
        "Ann Quillfeather", slug="ann", title_en="Quillfeather Fellow", affiliation_en="Quillfeather House"
    )
    Byline.objects.create(publication=filled, author=author, position=2)
    actions.publish(filled, by=editor)
    changed = fill(filled, 1)
    typed = [
        [name, f"{name} Quillfeather"]
        for name in text_columns(Publication)
        if name not in {*NON_CONTENT_COLUMNS, "language"}
    ]
    changed.autosaves.create(owner=editor, key="key", values=typed)
    changed.comments.create(author_name="Ann Quillfeather", quote="of Quillfeather", text="Quillfeather?")
    review, _token = Review.objects.invite(
        changed.revisions.first(), reader="Quillfeather", days=3, by=editor
    )
    Comment.objects.create(publication=changed, review=review, text="Is it Quillfeather?")
    PressLink.objects.make(
        changed.revisions.first(), recipient="Ann Quillfeather", embargoed_until=timezone.now()
    )
    RelatedLink.objects.filter(source=changed).update(reason="Quillfeather too")
    RelatedLink.objects.create(source=make_publication(), target=changed, reason="The text of Quillfeather")
    actions.publish(changed, by=editor, change="correction", note="Quillfeather is spelled so.")
    before = find_passage("quillfeather", changed)
    assert len(before) > 25

    actions.redact(Publication.objects.get(pk=changed.pk), "Quillfeather", by=editor)

    assert find_passage("quillfeather", changed) == []


# Machines


NOT_IN_THE_API = {"internal_note": "never public", "slug": "within the address", "body": "as html and text"}


def test_the_api_has_every_column_that_an_edition_shows(client, filled, editor):
    actions.publish(filled, by=editor)
    stored = Publication.objects.get(pk=filled.pk)

    answer = client.get(f"/api/v1/publications/{stored.uid}").text

    said = json.dumps(json.loads(answer), ensure_ascii=False)
    missing = [
        field.name for field in content_columns()
        if field.name not in NOT_IN_THE_API
        and isinstance(value := getattr(stored, field.name), str) and value not in said
    ]  # fmt: skip
    assert missing == []


def test_a_manuscript_that_is_written_and_read_again_is_the_same(filled):
    written = manuscript_of(Publication.objects.get(pk=filled.pk))
    empty = manuscript.Manuscript()

    assert manuscript.loads(manuscript.dumps(written)) == written
    unfilled = {
        field.name for field in fields(written) if getattr(written, field.name) == getattr(empty, field.name)
    }
    assert unfilled == {"language", "number", "extra_fields"}
