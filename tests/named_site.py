"""Put a name into every column, file and picture of a site, for tests of its removal."""

import io
import json

import typst
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from PIL import Image as Pixels
from taggit.models import Tag as PlainTag

from publications import actions, renditions
from publications.actions.name_rules import NAME_RULES
from publications.models import (
    Author,
    Autosave,
    Edition,
    Image,
    NameRemovalRecord,
    NewsEvent,
    NewsType,
    Operation,
    OperationRecord,
    PressLink,
    Publication,
    RelatedLink,
    RemovalStage,
    Review,
    Revision,
    Synonym,
    WordFile,
    store_original,
)
from publications.sessions import SessionStore
from subscriptions.models import AlertMailPurpose, AlertState
from tests.factories import make_author, make_image, make_live, make_person, make_tag
from tests.name_outside import NAME
from tests.subscriptions.factories import make_subscriber
from tests.word_files import docx, p

SLUG = "vera-akerholm"
NAMED_PUBLICATIONS = 3


def make_rows(*, by) -> None:
    """Make a row of each table that has rules of its own, beside those of the seeds."""
    make_author("Somebody Else")
    make_tag("Grain")
    make_image()
    Synonym.objects.create(spellings="Kyiv\nKiev\nKijv")
    OperationRecord.objects.update_or_create(operation=Operation.BACKUP, defaults={"at": timezone.now()})
    NewsEvent.objects.create(type=NewsType.IMPORTED)
    NameRemovalRecord.objects.create(stage=RemovalStage.DONE)
    PlainTag.objects.create(name="Rye", slug="rye")
    subscriber = make_subscriber()
    subscriber.mails.create(purpose=AlertMailPurpose.ALERT)
    AlertState.objects.get_or_create(pk=1, defaults={"read_site_version": 0})
    content_type = ContentType.objects.get_for_model(Author)
    LogEntry.objects.create(
        user=by, content_type=content_type, object_id="1", object_repr="", action_flag=CHANGE
    )


def make_site() -> None:
    """Make a small site in an empty database: an administrator, and publications in both languages."""
    make_person("Administrators")
    for language in ("en", "sv") * 2:
        make_live(language=language, tags=(make_tag(),))
    for index in actions.INDEXES:
        actions.rebuild_index(index)


def value_with_name(field: models.Field, rule) -> object:
    """Return a value of a column beside publications that holds the name."""
    if isinstance(field, models.JSONField):
        return {"message": [f"Of {NAME}"]}
    if field.name == "change_message":
        return json.dumps([{"changed": {"object": NAME}}])
    if field.name.startswith("slug"):
        return f"of-{SLUG}"
    if rule.__name__ == "redact_lines":
        return f"One\n{NAME}\nTwo\nÅkerholm, Vera"
    if field.name.startswith(("address", "newsletter")):
        return f"https://example.org/{SLUG}/"
    return f"{NAME} {SLUG}.org"[: field.max_length]


def fill_rows() -> int:
    """Put the name into each column that has a rule, in the last row of its table; return the number of columns."""
    filled = 0
    for label, rules in NAME_RULES.items():
        row = apps.get_model(label)._base_manager.order_by("pk").last()
        for name, rule in rules.items() if isinstance(rules, dict) else ():
            if callable(rule):
                assert row is not None, f"Make a row of {label}."
                value = value_with_name(row._meta.get_field(name), rule)
                type(row)._base_manager.filter(pk=row.pk).update(**{name: value})
                filled += 1
    return filled


def picture_with_name() -> bytes:
    stream, pixels = io.BytesIO(), Pixels.new("RGB", (640, 480), "navy")
    exif = pixels.getexif()
    exif[0x013B], exif[0x010E] = NAME.encode(), f"A portrait of {NAME}".encode()
    pixels.save(stream, "JPEG", exif=exif.tobytes())
    return stream.getvalue()


def fill_publication(publication: Publication, author: Author, *, by) -> None:
    publication.title, publication.slug = f"{NAME}: {publication.pk}", ""
    publication.summary, publication.key_points = f"Of {NAME}.", f"{NAME}\nOther"
    publication.body = f"{NAME} said it.\n\n[She](https://example.org/{SLUG}) wrote _Vera_ **Åkerholm**.[^1]\n\n[^1]: {NAME}."
    publication.internal_note, publication.external_url = f"{NAME}, {SLUG}.docx", ""
    publication.bylines.all().delete()
    publication.bylines.create(author=author)
    for filename, content in (
        (f"{SLUG}.pdf", typst.compile(f'#set document(title: "{NAME}")\nBy {NAME}.'.encode())),
        ("photo.jpg", picture_with_name()),
        ("text.docx", docx(p("By Vera ", "Åkerholm"))),
    ):
        original = store_original(content, filename.rpartition(".")[2])
        publication.attachments.create(original=original, filename=filename, label=NAME, size=len(content))
    publication.save()
    revision = Revision.objects.create_from(publication, by=by)
    WordFile.objects.create(
        publication=publication,
        original=original,
        filename=f"{NAME}.docx",
        text=revision.manuscript,
        report={"lines": []},
    )
    review, _token = Review.objects.invite(revision, reader=NAME, days=3, by=by)
    publication.comments.create(
        review=review, author_name=NAME, text=f"Is {NAME} safe?", quote=NAME, passage=1
    )
    PressLink.objects.make(revision, recipient=NAME, embargoed_until=timezone.now())
    Autosave.objects.create(
        owner=by, publication=publication, key=f"named-{publication.pk}", values=[["title", NAME]]
    )
    RelatedLink.objects.filter(source=publication).update(reason=f"{NAME} wrote both")
    actions.publish(publication, by=by, change="correction", note=f"{NAME} is spelled so.")


def fill_site() -> str:
    """Put the name into a site with publications; return the slug of the author of that name."""
    by = get_user_model().objects.order_by("pk").first()
    author = Author.objects.create(name=NAME, aliases="V. Åkerholm", biography_en=f"{NAME} is an analyst.")
    image = Image(alt_en=NAME, credit=NAME)
    image.store_upload(picture_with_name(), f"{NAME}.jpg")
    image.save()
    renditions.make_image_files(image)
    live = (
        Publication.objects.filter(editions__in=Edition.objects.live().filter(external_url=""))
        .distinct()
        .order_by("pk")
    )
    for publication in list(live[:NAMED_PUBLICATIONS]):
        fill_publication(publication, author, by=by)
    actions.add_redirects(author, [f"/people/{SLUG}"], by=by)
    session = SessionStore()
    session["typed"] = {"title": NAME}
    session.save()
    store_original(f"Left by an upload: {NAME}".encode(), "txt")
    make_rows(by=by)  # the last rows, so that the author keeps their slug
    fill_rows()
    return author.slug
