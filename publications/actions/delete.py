"""Delete instances that are public at once, such as authors and tags, if nothing refers to them."""

from collections.abc import Iterable

from django.db import models, router, transaction
from django.db.models.deletion import Collector
from django.utils.translation import gettext as _

from publications import search
from publications.models import ActionType, Image, Publication, SitePage

from .transaction import ActionRefused, begin_action

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


def check_deletable(instance: models.Model) -> None:
    """Check that nothing refers to an instance.

    Raises:
        ActionRefused: something does; the message says what.
    """
    if (
        isinstance(instance, Image)
        and Publication.with_deleted.filter(body__contains=f"image:{instance.key}").exists()
    ):
        raise ActionRefused(
            _("“%(what)s” is shown in a publication and stays. Take it out of the text first.")
            % {"what": instance}
        )
    try:
        Collector(using=router.db_for_write(type(instance)), origin=instance).collect([instance])
    except models.ProtectedError as error:
        raise ActionRefused(_describe_uses(instance, error.protected_objects)) from error


def _describe_uses(instance: models.Model, users: Iterable[models.Model]) -> str:
    if isinstance(instance, SitePage):
        message = _("“%(what)s” is linked from the menu or the footer and stays. Take that link away first.")
        return message % {"what": instance}
    titles = sorted({_title_of(_owner_of(user)) for user in users})
    named = ", ".join(f"“{title}”" for title in titles[:MAX_LISTED_TITLES]) + (
        " …" if len(titles) > MAX_LISTED_TITLES else ""
    )
    message = _(
        "“%(what)s” is in use and stays: %(where)s. What has been published keeps its authors and topics."
    )
    return message % {"what": instance, "where": named}


def _title_of(owner: models.Model) -> str:
    if isinstance(owner, Publication) and owner.deleted_at:
        return _("%(title)s (a deleted draft)") % {"title": owner}
    return str(owner)


def _owner_of(instance: models.Model) -> models.Model:
    """Return the publication that an instance belongs to, also by an edition, else the instance itself."""
    names = ("edition", "publication", "content_object")
    owner = next((owner for name in names if (owner := getattr(instance, name, None))), None)
    return _owner_of(owner) if owner else instance
