"""Save and delete rows that are public at once: authors, tags, kinds, images, site pages, links, settings."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from publications import markup, renditions, search
from publications.locales import LOCALES
from publications.models import (
    ActionType,
    AuditEntry,
    Author,
    Edition,
    EditionByline,
    EditionTag,
    Image,
    Kind,
    Publication,
    SitePage,
    SiteSettings,
    Tag,
)

from .redirects import check_addresses, keep_redirects, stored_addresses
from .transaction import ActionRefused, begin_action

MAX_NAMED = 3  # publications that a refusal names


@transaction.atomic
def save_instance(row: models.Model, *, by, changed: list[str] | None = None) -> models.Model:
    """Store an author, tag, kind, image, site page, menu link or the settings; public pages show it at once.

    Its former addresses redirect to it.

    Args:
        changed: the names of the fields that changed, for the audit entry.

    Returns:
        The stored row.

    Raises:
        ValidationError: it cannot be stored; the messages are at their fields.
    """
    action = begin_action(by=by)
    row.full_clean()
    if isinstance(row, SitePage):
        render_site_page(row)
    addresses = stored_addresses(row)
    _mark_changed_records(row, action.at)
    row.save()
    keep_redirects(row, addresses)
    if getattr(row, "is_pseudonymous", False):
        replace_author_name(row, action.at)
    search.index_names(row)
    action.write_audit_entry(ActionType.AMEND, row, kind=row._meta.model_name, pk=row.pk, changed=changed)
    return row


RECORDED_COLUMNS = {
    Tag: ("name", "name_sv"),
    Kind: ("name_en", "name_sv"),
    SiteSettings: ("name_en", "name_sv"),
    Author: ("family_name", "is_organisation"),
}
"""Columns that the metadata records of editions show as they are now."""


def _mark_changed_records(row: models.Model, moment: datetime) -> None:
    """Mark the live editions whose metadata records change when the row is stored."""
    names = RECORDED_COLUMNS.get(type(row), ())
    stored = type(row).objects.filter(pk=row.pk).values(*names).first() if names else None
    if not stored or all(stored[name] == getattr(row, name) for name in names):
        return
    live = Edition.objects.live().order_by()
    if isinstance(row, Tag):
        live = live.filter(pk__in=EditionTag.objects.filter(tag=row).values("edition"))
    elif isinstance(row, Author):
        live = live.filter(pk__in=EditionByline.objects.filter(author=row).values("edition"))
    elif isinstance(row, Kind):
        live = live.filter(kind=row)
    live.update(record_changed_at=moment)


def render_site_page(page: SitePage) -> None:
    """Check the addresses of a site page and set its HTML from its texts. Nothing is stored.

    Raises:
        ValidationError: an address is taken, a text cannot be rendered, or it shows an image of the library. Those are
            public only through an edition.
    """
    check_addresses(page)
    errors = {}
    for locale in LOCALES:
        try:
            text = markup.render_markdown(getattr(page, f"body_{locale}"), language=locale)
        except markup.Unrenderable as reason:
            errors[f"body_{locale}"] = str(reason)
            continue
        if text.images:
            errors[f"body_{locale}"] = _(
                "A site page shows no pictures of the library: those are public only through a publication. "
                "Take the picture out."
            )
        setattr(page, f"html_{locale}", text.html)
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def delete_instance(row: models.Model, *, by) -> None:
    """Delete an author, tag, image, site page or menu link that nothing refers to.

    Raises:
        ActionRefused: something refers to it; the message says what.
    """
    action = begin_action(by=by)
    check_deletable(row)
    subject, pk = str(row), row.pk
    search.forget_names(row)
    row.delete()
    action.write_audit_entry(ActionType.AMEND, subject, kind=row._meta.model_name, pk=pk, removed=True)


def check_deletable(row: models.Model) -> None:
    """Check that nothing refers to a row.

    Raises:
        ActionRefused: something does; the message says what.
    """
    if isinstance(row, Image) and Publication.objects.filter(body__contains=f"image:{row.key}").exists():
        raise ActionRefused(
            _("“%(what)s” is shown in a publication and stays. Take it out of the text first.")
            % {"what": row}
        )
    try:
        Collector(using=router.db_for_write(type(row)), origin=row).collect([row])
    except models.ProtectedError as reason:
        raise ActionRefused(_describe_uses(row, reason.protected_objects)) from reason


def _describe_uses(row: models.Model, rows: Iterable[models.Model]) -> str:
    if isinstance(row, SitePage):
        message = _("“%(what)s” is linked from the menu or the footer and stays. Take that link away first.")
        return message % {"what": row}
    titles = sorted({str(_owner_of(user)) for user in rows})
    named = ", ".join(f"“{title}”" for title in titles[:MAX_NAMED]) + (
        " …" if len(titles) > MAX_NAMED else ""
    )
    message = _(
        "“%(what)s” is in use and stays: %(where)s. What has been published keeps its authors and topics."
    )
    return message % {"what": row, "where": named}


def _owner_of(row: models.Model) -> models.Model:
    """Return the edition or publication that a row belongs to, else the row itself."""
    names = ("edition", "publication", "content_object")
    return next((owner for name in names if (owner := getattr(row, name, None))), row)


def replace_author_name(author: Author, moment: datetime) -> None:
    """Replace the name of an author by the pen name in all bylines, audit entries and the log of the admin.

    Texts are not searched for the name: `redact` does that.
    """
    bylines = EditionByline.objects.filter(author=author)
    with search.reindex_after(bylines.values_list("edition", flat=True)):
        bylines.update(name=author.name, title="", affiliation="")
    Edition.objects.filter(pk__in=bylines.values("edition")).update(record_changed_at=moment)
    AuditEntry.objects.filter(detail__kind="author", detail__pk=author.pk).update(subject=author.name)
    content_type = ContentType.objects.get_for_model(Author)
    LogEntry.objects.filter(content_type=content_type, object_id=str(author.pk)).update(
        object_repr=author.name
    )
    publications = set(bylines.values_list("edition__publication", flat=True))
    transaction.on_commit(lambda: [renditions.delete_renditions(pk) for pk in publications])
