"""Save instances that are public at once: authors, tags, kinds, images, site pages, menu links, settings."""

from datetime import datetime
from functools import cache

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from publications import markup, renditions, search
from publications.locales import LOCALES
from publications.models import (
    ActionType,
    AuditEntry,
    Author,
    Edition,
    EditionByline,
    EditionImage,
    EditionTag,
    Image,
    ImportDecision,
    Kind,
    ServedPdf,
    SitePage,
    SiteSettings,
    Tag,
)

from .news import store_picture_news, store_rule_news, store_signature_news
from .recorded_editions import ChangedEditions
from .redirects import check_addresses, check_new_addresses, keep_redirects, stored_addresses
from .transaction import begin_action


@transaction.atomic
def save_instance(instance: models.Model, *, by, changed: list[str] | None = None) -> models.Model:
    """Store an author, tag, kind, image, site page, menu link or the settings; public pages show it at once.

    Its former addresses redirect to it.

    Args:
        changed: the names of the fields that changed, for the audit entry.

    Returns:
        The stored instance.

    Raises:
        ValidationError: it cannot be stored; the messages are at their fields.
    """
    action = begin_action(by=by)
    instance.full_clean()
    if isinstance(instance, SitePage):
        render_site_page(instance)
    old_addresses = stored_addresses(instance)
    check_new_addresses(instance, old_addresses)
    mark_changed_records(instance, action.at)
    rule = _changed_rule(instance)
    is_other_file = _is_changed_image(instance, "original")
    is_other_picture = _is_changed_image(instance, *READ_COLUMNS)
    editions = ChangedEditions(editions_showing(instance) if is_other_file else None)
    is_signed_anew = isinstance(instance, Author) and changes_signature(
        instance.pk, name=instance.name, is_pseudonymous=instance.is_pseudonymous
    )
    instance.save()
    keep_redirects(instance, old_addresses)
    has_pen_name = isinstance(instance, Author) and instance.is_pseudonymous
    entries = replace_author_name(instance, action.at, editions) if has_pen_name else {}
    search.index_names(instance)
    action.write_audit_entry(
        ActionType.AMEND, instance, kind=instance._meta.model_name, pk=instance.pk, changed=changed, two_people=rule,
        recorded_editions=editions.store_digests(), differing=editions.list_differing(), redacted_entries=entries,
    )  # fmt: skip
    if rule:
        store_rule_news(instance, by=by, at=action.at)
    if is_signed_anew:
        store_signature_news(instance, by=by, at=action.at)
    if is_other_picture:
        store_picture_news(instance, by=by, at=action.at)
    return instance


REPLACED_BY = "detail__replaced_by"  # in an audit entry: the author with whom another was merged
READ_COLUMNS = ("original", "alt_en", "alt_sv", "is_decorative", "credit")
"""Columns of an image that say something else to readers once they change."""


def _is_changed_image(instance: models.Model, *columns: str) -> bool:
    """Return whether an instance is an image that is stored with other values in one of these columns."""
    if not isinstance(instance, Image) or not instance.pk:
        return False
    values = {name: getattr(instance, name) for name in columns}
    return not Image.objects.filter(pk=instance.pk, **values).exists()


def changes_signature(author_pk: int | None, *, name: str, is_pseudonymous: bool) -> bool:
    """Return whether an author who is stored so signs what is published in another way, earlier editions too."""
    author = Author.objects.filter(pk=author_pk).first()
    if not author or not EditionByline.objects.filter(author=author).exists():
        return False
    return author.is_pseudonymous != is_pseudonymous or (is_pseudonymous and author.name != name)


def _changed_rule(instance: models.Model) -> str:
    """Return "on" or "off" for a kind that needs two people from now on, or no longer; else ""."""
    if not isinstance(instance, Kind):
        return ""
    is_on = Kind.objects.filter(pk=instance.pk, needs_approval=True).exists()
    return "" if is_on == instance.needs_approval else "on" if instance.needs_approval else "off"


METADATA_COLUMNS = {
    Tag: ("name", "name_sv"),
    Kind: ("name_en", "name_sv"),
    SiteSettings: ("name_en", "name_sv"),
    Author: ("family_name", "is_organisation"),
}
"""Columns that the metadata records of editions show as they are now."""


def mark_changed_records(instance: models.Model, at: datetime) -> None:
    """Mark the live editions whose metadata records change when the instance is stored."""
    names = METADATA_COLUMNS.get(type(instance), ())
    stored = type(instance).objects.filter(pk=instance.pk).values(*names).first() if names else None
    if not stored or all(stored[name] == getattr(instance, name) for name in names):
        return
    editions_showing(instance).live().update(record_changed_at=at)


def editions_showing(instance: models.Model) -> models.QuerySet[Edition]:
    """Return the editions, past ones too, that show an author, tag, kind or image; all for the settings of the site."""
    editions = Edition.objects.order_by()
    match instance:
        case Author():
            return editions.filter(pk__in=EditionByline.objects.filter(author=instance).values("edition"))
        case Tag():
            return editions.filter(pk__in=EditionTag.objects.filter(tag=instance).values("edition"))
        case Image():
            return editions.filter(pk__in=EditionImage.objects.filter(image=instance).values("edition"))
        case Kind():
            return editions.filter(kind=instance)
        case SiteSettings():
            return editions
    return editions.none()


def render_site_page(page: SitePage) -> None:
    """Check the addresses of a site page and set its HTML from its texts. Nothing is stored.

    Raises:
        ValidationError: an address is reserved, or a text cannot be rendered or shows an image of the library. Such
            images are public only through an edition.
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
                "A site page shows no pictures of the image library: those are public only through a publication. "
                "Take the picture out."
            )
        setattr(page, f"html_{locale}", text.html)
    if errors:
        raise ValidationError(errors)


def replace_author_name(author: Author, at: datetime, editions: ChangedEditions) -> dict[int, str]:
    """Replace the name of an author by the pen name in all bylines, audit entries and the log of the admin.

    Decisions on names in imports that lead to the author are deleted: they would connect the two names. Texts are not
    searched for the name: `redact` does that.

    Args:
        editions: those that the action changes; the editions with the bylines are added.

    Returns:
        The audit entries that have changed, which the entry of the action has to record.
    """
    editions.check(editions_showing(author))
    bylines = EditionByline.objects.filter(author=author)
    ImportDecision.objects.filter(author=author).delete()
    with search.reindex_after(bylines.values_list("edition", flat=True)):
        bylines.update(name=author.name, title="", affiliation="")
    Edition.objects.filter(pk__in=bylines.values("edition")).update(record_changed_at=at)
    ServedPdf.forget(bylines.values("edition"))
    redacted: dict[int, str] = {}
    read_recorded = cache(AuditEntry.objects.read_redacted_hashes)
    names = models.Q(detail__pk=author.pk) | models.Q(**{REPLACED_BY: author.pk})
    for entry in AuditEntry.objects.filter(names, detail__kind="author"):
        redacted |= AuditEntry.objects.redact(entry, read_recorded=read_recorded, subject=author.name)
    content_type = ContentType.objects.get_for_model(Author)
    LogEntry.objects.filter(content_type=content_type, object_id=str(author.pk)).update(
        object_repr=author.name
    )
    publications = set(bylines.values_list("edition__publication", flat=True))
    transaction.on_commit(lambda: [renditions.delete_renditions(pk) for pk in publications])
    return redacted
