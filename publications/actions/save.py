"""Save and delete what stands beside the editions: authors, tags, kinds, images, site pages, links, settings."""

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

NAMED = 3  # pieces that a refusal names


@transaction.atomic
def save_instance(thing: models.Model, *, by, changed: list[str] | None = None) -> models.Model:
    """Store an author, tag, kind, image, site page, menu link or the settings; public pages show it at once.

    Addresses that it leaves redirect to it.

    Args:
        changed: the names of the fields that changed, for the audit entry.

    Returns:
        The stored row.

    Raises:
        ValidationError: it cannot be stored; the messages are at their fields.
    """
    action = begin_action(by=by)
    thing.full_clean()
    if isinstance(thing, SitePage):
        render_site_page(thing)
    left = stored_addresses(thing)
    _touch(thing, action.at)
    thing.save()
    keep_redirects(thing, left)
    if getattr(thing, "is_pseudonymous", False):
        forget_old_name(thing, action.at)
    search.index_names(thing)
    action.write_audit_entry(
        ActionType.AMEND, thing, kind=thing._meta.model_name, pk=thing.pk, changed=changed
    )
    return thing


RECORDED_COLUMNS = {
    Tag: ("name", "name_sv"),
    Kind: ("name_en", "name_sv"),
    SiteSettings: ("name_en", "name_sv"),
    Author: ("family_name", "is_organisation"),
}
"""What the records of editions say that is not kept with the editions."""


def _touch(thing: models.Model, moment: datetime) -> None:
    """Mark the live editions whose records will say something else once the thing is stored."""
    names = RECORDED_COLUMNS.get(type(thing), ())
    stored = type(thing).objects.filter(pk=thing.pk).values(*names).first() if names else None
    if not stored or all(stored[name] == getattr(thing, name) for name in names):
        return
    live = Edition.objects.live().order_by()
    if isinstance(thing, Tag):
        live = live.filter(pk__in=EditionTag.objects.filter(tag=thing).values("edition"))
    elif isinstance(thing, Author):
        live = live.filter(pk__in=EditionByline.objects.filter(author=thing).values("edition"))
    elif isinstance(thing, Kind):
        live = live.filter(kind=thing)
    live.update(record_changed_at=moment)


def render_site_page(page: SitePage) -> None:
    """Check the addresses of a site page and render its texts, each in its language. Nothing is stored.

    Raises:
        ValidationError: an address is taken, a text cannot be rendered, or it shows an image. Images are public only
            through an edition, which keeps those of drafts from readers.
    """
    check_addresses(page)
    wrong = {}
    for locale in LOCALES:
        try:
            text = markup.render_markdown(getattr(page, f"body_{locale}"), language=locale)
        except markup.Unrenderable as reason:
            wrong[f"body_{locale}"] = str(reason)
            continue
        if text.images:
            wrong[f"body_{locale}"] = _(
                "A site page shows no pictures of the library: those are public only through a publication. "
                "Take the picture out."
            )
        setattr(page, f"html_{locale}", text.html)
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def delete_instance(thing: models.Model, *, by) -> None:
    """Delete an author, tag, image, site page or menu link that nothing refers to.

    Raises:
        ActionRefused: something refers to it; the message says what.
    """
    action = begin_action(by=by)
    check_deletable(thing)
    subject, pk = str(thing), thing.pk
    search.forget_names(thing)
    thing.delete()
    action.write_audit_entry(ActionType.AMEND, subject, kind=thing._meta.model_name, pk=pk, removed=True)


def check_deletable(thing: models.Model) -> None:
    """Check that nothing refers to a row.

    Raises:
        ActionRefused: something does; the message says what.
    """
    if isinstance(thing, Image) and Publication.objects.filter(body__contains=f"image:{thing.key}").exists():
        raise ActionRefused(
            _("“%(what)s” is shown in a publication and stays. Take it out of the text first.")
            % {"what": thing}
        )
    try:
        Collector(using=router.db_for_write(type(thing)), origin=thing).collect([thing])
    except models.ProtectedError as reason:
        raise ActionRefused(_in_use(thing, reason.protected_objects)) from reason


def _in_use(thing: models.Model, rows: Iterable[models.Model]) -> str:
    if isinstance(thing, SitePage):
        said = _("“%(what)s” is linked from the menu or the footer and stays. Take that link away first.")
        return said % {"what": thing}
    pieces = sorted({str(_piece_of(row)) for row in rows})
    named = ", ".join(f"“{piece}”" for piece in pieces[:NAMED]) + (" …" if len(pieces) > NAMED else "")
    said = _(
        "“%(what)s” is in use and stays: %(where)s. What has been published keeps its authors and topics."
    )
    return said % {"what": thing, "where": named}


def _piece_of(row: models.Model) -> models.Model:
    """The edition or publication that a row belongs to, for whoever has to find it."""
    names = ("edition", "publication", "content_object")
    return next((found for name in names if (found := getattr(row, name, None))), row)


def forget_old_name(author: Author, moment: datetime) -> None:
    """Sign every edition with the pen name alone, and call the author so in what the desk has written down.

    Texts that name the author are not searched: redact takes a name out of those.
    """
    signed = EditionByline.objects.filter(author=author)
    with search.reindex_after(signed.values_list("edition", flat=True)):
        signed.update(name=author.name, title="", affiliation="")
    Edition.objects.filter(pk__in=signed.values("edition")).update(record_changed_at=moment)
    AuditEntry.objects.filter(detail__kind="author", detail__pk=author.pk).update(subject=author.name)
    own = ContentType.objects.get_for_model(Author)
    LogEntry.objects.filter(content_type=own, object_id=str(author.pk)).update(object_repr=author.name)
    pieces = set(signed.values_list("edition__publication", flat=True))
    transaction.on_commit(lambda: [renditions.delete_renditions(piece) for piece in pieces])
