"""What the form showed, what was saved, the revision, the preview, the review page, the edition and the restore agree.

Every field of the form and every column gets a random value, so that one that is forgotten on the way is named. A
column of `Publication` is either filled in here or in a short list of those that no form has.
"""

import random
from dataclasses import fields

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.urls import reverse
from django.utils.html import escape

from publications import actions, manuscript, snapshot
from publications.admin.drafts.form import PublicationForm
from publications.locales import LANGUAGE_NAMES
from publications.models import (
    Attachment,
    Byline,
    BylineRole,
    Edition,
    EditionAttachment,
    EditionByline,
    Kind,
    Publication,
    Review,
    Revision,
    manuscript_of,
)
from publications.publication_fields import FIELDS, FieldType
from tests.desk_forms import ADD, change
from tests.factories import make_author, make_image, make_publication, make_tag
from tests.html_forms import forms_of

pytestmark = pytest.mark.django_db

SEEDS = range(4)
WORDS = ["Київ", "åtgärder", "reform", "“quoted”", "Năstase", "energy-market", "2027", "<b>", "&", "½", "Ő"]
NO_FIELD = {
    "id",
    "uid",
    "series_number",
    "undecided_changes",
    "hidden_reason",
    "version",
    "digest",
    "created_by",
    "created_at",
    "updated_at",
    "deleted_at",
    "deleted_by",
}
"""Columns of a publication that the desk or an action writes, and no form shows."""
BY_CHOOSER = {"cover": "cover_choice", "translation_of": "translation_choice"}
NOT_SENT = {"detach", "version"}
"""Fields of the form that only speak of what is stored already."""
NOT_PUBLISHED = {*NO_FIELD, "translation_of", "body", "internal_note", "published_at", "slug"}
"""Columns that editions hold under another name, never, or as publishing sets them."""
LEFT_BY_RESTORE = {"related"}
"""Of a manuscript: what a restore leaves as it is."""


class Writer:
    """Random values for every field of the form."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.seed = seed

    def text(self, length: int = 6) -> str:
        return " ".join(self.random.choices(WORDS, k=length)).strip() + f" {self.random.randrange(10**6)}"

    def form(self) -> dict[str, object]:
        """What is sent; the body is no shorter than two paragraphs and shows a picture."""
        picture, language = make_image(colour="green"), self.random.choice(["en", "sv", "uk", "ru"])
        authors = [make_author(self.text(2)) for _role in BylineRole.values]
        others = [name for name in LANGUAGE_NAMES if name != language]
        plain_texts = [field.name for field in FIELDS if field.type in (FieldType.LINE, FieldType.TEXT)]
        return dict.fromkeys(plain_texts, self.text()) | {
            "title": self.text(), "summary": self.text(12), "key_points": f"{self.text()}\n{self.text()}",
            "body": f"{self.text(20)}\n\n{self.text(20)}\n\n![](image:{picture.key})",
            "bylines": [str(item.pk) for item in authors],
            "bylines-role": self.random.sample(BylineRole.values, len(BylineRole.values)),
            "tags": f"{make_tag().name}, {self.text(1).replace(' ', '')}",
            "related": [str(make_publication().pk) for _number in range(2)],
            "cover_choice": [str(make_image(colour="red").pk)],
            "translation_choice": [str(make_publication(language=self.random.choice(others)).pk)],
            "published_at": f"20{self.random.randrange(10, 25)}-0{self.random.randrange(1, 10)}-11T10:2{self.random.randrange(10)}",
            "kind": str(self.random.choice(Kind.objects.exclude(slug="quick-comment")).pk), "language": language,
            "slug": f"address-{self.random.randrange(10**6)}",
            "external_url": f"https://example.org/{self.random.randrange(10**6)}",
            "doi": f"10.1234/abc-{self.random.randrange(10**6)}", "isbn": self.isbn(), "internal_note": self.text(),
            "attach": SimpleUploadedFile(f"file-{self.seed}.csv", self.text().encode()), "attach_label": self.text(3),
        }  # fmt: skip

    def isbn(self) -> str:
        digits = [int(digit) for digit in f"97891{self.random.randrange(10**7):07}"]
        check = -sum(digit * (1, 3)[place % 2] for place, digit in enumerate(digits)) % 10
        return "".join(map(str, [*digits, check]))


def send(client, path: str, values: dict[str, object], **more) -> Publication:
    """Save the form, as a browser sends it. Returns the publication as it is stored."""
    choosers = {
        f"{name}-chooser": "" for name in ("bylines", "related", "cover_choice", "translation_choice")
    }
    response = client.post(path, {**values, **choosers, **more, "_save": "Save"})
    assert response.status_code == 302, response.context["adminform"].form.errors
    return Publication.objects.order_by("-updated_at").first()


@pytest.fixture(params=SEEDS)
def written(request, desk) -> tuple[dict[str, object], Publication]:
    """What was typed into a new form, and what is stored of it."""
    values = Writer(request.param).form()
    return values, send(desk, ADD, values)


def read_back(publication: Publication) -> manuscript.Manuscript:
    """The stored publication, read back as text."""
    stored = Publication.objects.get(pk=publication.pk)
    return manuscript.loads(manuscript.dumps(manuscript_of(stored)))


def differing(one: manuscript.Manuscript, other: manuscript.Manuscript) -> dict[str, tuple]:
    pairs = {item.name: (getattr(one, item.name), getattr(other, item.name)) for item in fields(one)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def plain(value: object) -> object:
    return value.pk if isinstance(value, Model) else value


def shared(source: type[Model], copy: type[Model], left_out: set[str]) -> set[str]:
    names = [{field.name for field in model._meta.concrete_fields} for model in (source, copy)]
    return (names[0] & names[1]) - left_out


# Nothing is forgotten here


def test_every_field_of_the_form_and_every_column_has_a_value_here(db):
    sent = set(Writer(0).form())
    columns = {field.name for field in Publication._meta.concrete_fields} - NO_FIELD

    assert set(PublicationForm.base_fields) - NOT_SENT == sent - {"bylines-role"}
    assert {BY_CHOOSER.get(name, name) for name in columns} <= sent


def test_every_part_of_a_manuscript_is_filled_by_the_form(written):
    _values, publication = written
    empty, kept = manuscript.Manuscript(), read_back(publication)

    same = {item.name for item in fields(kept) if getattr(kept, item.name) == getattr(empty, item.name)}
    assert same - {"language"} == {
        "extra_fields",
        "number",
    }  # a number is given by publishing; English is the default


# The way of the words


def test_what_was_sent_is_stored_and_shown_in_the_form_again(desk, written):
    values, publication = written

    path = change(publication)
    (form,) = [item for item in forms_of(desk.get(path).text, path) if "body" in item.names]

    sent = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    shown = form.typed()
    skipped = {"attach", "attach_label"}
    result = {name: shown.get(name) for name in sent if name not in skipped}
    expected = {name: sent[name] for name in result}
    for pairs in (result, expected):  # names of tags stand in their own order
        pairs["tags"] = [sorted(pairs["tags"][0].split(", "))]
    assert result == expected


def test_the_revision_is_what_is_stored(written):
    _values, publication = written

    kept = manuscript.loads(publication.revisions.first().manuscript)

    assert differing(kept, read_back(publication)) == {}


def test_the_revision_of_a_later_save_is_what_is_stored_then(desk, written):
    _values, publication = written
    other = Writer(3000).form()

    changed = send(desk, change(publication), other, version=str(publication.version))

    kept = manuscript.loads(changed.revisions.first().manuscript)
    assert differing(kept, read_back(changed)) == {}


def test_the_preview_and_the_review_page_show_what_is_stored(desk, client, written):
    _values, publication = written
    token = Review.objects.invite(publication.revisions.first(), reader="Ann", days=3, by=None)[1]

    preview = desk.get(reverse("desk:preview", args=[publication.pk]))
    review = client.get(reverse("desk:review", args=[token]))

    for page in (preview, review):
        edition = page.context["edition"]
        different = {
            name for name in shared(Publication, Edition, NOT_PUBLISHED)
            if plain(getattr(edition, name)) != plain(getattr(publication, name))
        }  # fmt: skip
        assert (different, edition.body) == (set(), publication.body)
        signed = [escape(line.author.name) for line in publication.bylines.select_related("author")]
        assert [name for name in signed if name not in page.text] == []
    assert [
        file.filename for file in publication.attachments.all() if file.filename not in preview.text
    ] == []
    composed = snapshot.build_snapshot(Publication.objects.get(pk=publication.pk)).bylines
    assert [(line.author_id, line.role) for line in composed] == [
        (line.author_id, line.role) for line in publication.bylines.all()
    ]


def test_the_edition_is_what_is_stored_column_by_column_and_row_by_row(editor, written):
    _values, publication = written

    edition = Edition.objects.get(pk=actions.publish(publication, by=editor).pk)

    stored = Publication.objects.get(pk=publication.pk)
    columns = shared(Publication, Edition, NOT_PUBLISHED)
    assert {name: plain(getattr(edition, name)) for name in columns} == {
        name: plain(getattr(stored, name)) for name in columns
    }
    assert (edition.body, edition.slug, edition.published_at) == (
        stored.body,
        stored.slug,
        stored.published_at,
    )
    assert edition.translation_group == stored.translation_of_id
    assert rows(edition.bylines, Byline, EditionByline) == rows(stored.bylines, Byline, EditionByline)
    assert rows(edition.attachments, Attachment, EditionAttachment) == rows(
        stored.attachments, Attachment, EditionAttachment
    )
    assert {row.tag_id for row in edition.tag_rows.all()} == {tag.pk for tag in stored.tags.all()}
    shown = {image.key for image in edition.images.all()}
    assert shown == {picture.key for picture in read_back(stored).images} and len(shown) == 2


def rows(related, source: type[Model], copy: type[Model]) -> list[dict[str, object]]:
    names = sorted(shared(source, copy, {"id", "publication", "edition"}))
    return [{name: plain(getattr(row, name)) for name in names} for row in related.order_by("position")]


def test_a_restore_brings_back_everything_that_was_saved(desk, written):
    _values, publication = written
    first = read_back(publication)
    other = Writer(1000).form()
    attached = publication.attachments.get()
    changed = send(
        desk, change(publication), other, version=str(publication.version), detach=[str(attached.pk)]
    )
    between = differing(first, read_back(changed)).keys()

    desk.post(reverse("desk:restore", args=[publication.pk, 1]), {"seen": str(changed.version)})

    assert between >= {item.name for item in fields(first)} - {
        "uid",
        "extra_fields",
        "number",
        "kind",
        "language",
    }
    assert differing(first, read_back(publication)).keys() <= LEFT_BY_RESTORE
    assert publication.revisions.first().reason == "restored"


def test_a_restored_edition_says_what_the_first_one_said(desk, editor, written):
    _values, publication = written
    first = Edition.objects.get(pk=actions.publish(publication, by=editor).pk)
    number = Revision.objects.filter(publication=publication).first().number
    other = Writer(2000).form() | {"language": first.language, "translation_choice": []}
    send(desk, change(publication), other, version=str(Publication.objects.get(pk=publication.pk).version))
    actions.publish(Publication.objects.get(pk=publication.pk), by=editor)
    version = Publication.objects.get(pk=publication.pk).version

    desk.post(reverse("desk:restore", args=[publication.pk, number]), {"seen": str(version)})
    again = actions.publish(Publication.objects.get(pk=publication.pk), by=editor)

    again = Edition.objects.get(pk=again.pk)
    own = {
        "id",
        "number",
        "change",
        "visible_from",
        "visible_until",
        "expires_at",
        "created_at",
        "digest",
        "content_digest",  # also of the number
        "type_line",
        "editor",
        "record_changed_at",
        "series_number",  # once given, a publication keeps its number
    }
    names = {field.name for field in Edition._meta.concrete_fields} - own
    assert {name: plain(getattr(again, name)) for name in names} == {
        name: plain(getattr(first, name)) for name in names
    }
    assert rows(again.bylines, Byline, EditionByline) == rows(first.bylines, Byline, EditionByline)
