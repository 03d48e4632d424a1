"""Delete rows that are public at once, such as authors and tags, if nothing refers to them; delete and purge drafts."""

from collections.abc import Iterable

from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.utils import timezone
from django.utils.translation import gettext as _

from publications import search
from publications.models import ActionType, Edition, Image, Publication, RelatedLink, SitePage

from .transaction import ActionRefused, Outdated, begin_action, lock_for_action

MAX_LISTED_TITLES = 3  # of publications, in a refusal


@transaction.atomic
def delete_instance(instance: models.Model, *, by) -> None:
    """Delete an author, tag, image, site page or menu link that nothing refers to.

    Raises:
        ActionRefused: something refers to it; the message says what.
    """
    action = begin_action(by=by)
    check_deletable(instance)
    subject, pk = str(instance), instance.pk
    search.delete_names(instance)
    instance.delete()
    action.write_audit_entry(ActionType.AMEND, subject, kind=instance._meta.model_name, pk=pk, removed=True)


@transaction.atomic
def delete_draft(publication: Publication, *, by) -> None:
    """Delete a draft that was never public; it stays restorable for `DELETED_DRAFT_RETENTION`.

    Raises:
        Outdated: the draft has been published or scheduled since the page was opened.
    """
    lock_for_action(publication.pk)
    if has_lasting_editions(publication):
        message = _("“%(title)s” has been published or scheduled since, and is not deleted.")
        raise Outdated(message % {"title": publication})
    RelatedLink.objects.filter(target=publication).delete()
    Publication.with_deleted.filter(translation_of=publication).update(translation_of=None)
    publication.presences.all().delete()
    Publication.objects.filter(pk=publication.pk).update(deleted_at=timezone.now(), deleted_by=by)


def has_lasting_editions(publication: Publication) -> bool:
    """Return whether a publication has an edition other than those cancelled before they were public."""
    return publication.editions.not_cancelled().exists()


@transaction.atomic
def purge_deleted_drafts() -> int:
    """Remove for good the drafts that can no longer be restored, and return how many.

    Editions of theirs that were cancelled before they were public go with them; a publication with any other stays.
    """
    ever_scheduled = Edition.objects.not_cancelled().filter(publication=models.OuterRef("pk"))
    drafts = Publication.with_deleted.to_be_purged().exclude(models.Exists(ever_scheduled.order_by()))
    pks = list(
        drafts.select_for_update().values_list("pk", flat=True)
    )  # or else be restored at the same moment
    Edition.objects.filter(publication__in=pks).delete()
    _total, counts = Publication.with_deleted.filter(pk__in=pks).delete()
    return counts.get(Publication._meta.label, 0)


def check_deletable(instance: models.Model) -> None:
    """Check that nothing refers to an instance.

    Raises:
        ActionRefused: something does; the message says what.
    """
    if isinstance(instance, Image):
        showing = Publication.with_deleted.filter(body__contains=f"image:{instance.key}")
        if showing.exists():
            message = _("“%(what)s” is shown in a text and stays: %(where)s. Take it out of the text first.")
            raise ActionRefused(message % {"what": instance, "where": _list_titles(showing)})
    try:
        Collector(using=router.db_for_write(type(instance)), origin=instance).collect([instance])
    except models.ProtectedError as error:
        raise ActionRefused(_describe_uses(instance, error.protected_objects)) from error


def _describe_uses(instance: models.Model, users: Iterable[models.Model]) -> str:
    if isinstance(instance, SitePage):
        message = _("“%(what)s” is linked from the menu or the footer and stays. Take that link away first.")
        return message % {"what": instance}
    message = _(
        "“%(what)s” is in use and stays: %(where)s. What has been published keeps its authors and topics."
    )
    return message % {"what": instance, "where": _list_titles(users)}


def _list_titles(users: Iterable[models.Model]) -> str:
    titles = sorted({_title_of(_owner_of(user)) for user in users})
    named = ", ".join(f"“{title}”" for title in titles[:MAX_LISTED_TITLES])
    return f"{named} …" if len(titles) > MAX_LISTED_TITLES else named


def _title_of(owner: models.Model) -> str:
    if isinstance(owner, Publication) and owner.deleted_at:
        return _("%(title)s (a deleted draft)") % {"title": owner}
    return str(owner)


def _owner_of(instance: models.Model) -> models.Model:
    """Return the publication that an instance belongs to, also by an edition, else the instance itself."""
    names = ("edition", "publication", "content_object")
    owner = next((owner for name in names if (owner := getattr(instance, name, None))), None)
    return _owner_of(owner) if owner else instance
