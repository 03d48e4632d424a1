"""amend: change what stands beside the editions: an author, tag, kind, image or the site's own words."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from publications.models import DeedKind, Image, Publication

from .ground import Refused, begin


@transaction.atomic
def amend(thing: models.Model, *, by, changed: list[str] | None = None) -> models.Model:
    """Store an author, tag, kind, image or setting; readers see it at once wherever it is public."""
    deed = begin(by=by)
    thing.full_clean()
    thing.save()
    deed.tell(DeedKind.AMEND, thing, kind=thing._meta.model_name, pk=thing.pk, changed=changed)
    return thing


@transaction.atomic
def remove(thing: models.Model, *, by) -> None:
    """Delete an author, tag or image that nothing refers to. Raises Refused where something does."""
    deed = begin(by=by)
    if isinstance(thing, Image) and Publication.objects.filter(body__contains=f"image:{thing.key}").exists():
        raise Refused(
            _("“%(what)s” is shown in a publication and stays. Take it out of the text first.")
            % {"what": thing}
        )
    subject, pk = str(thing), thing.pk
    try:
        with transaction.atomic():
            thing.delete()
    except models.ProtectedError as reason:
        raise Refused(
            _("“%(what)s” is in use and stays. Take it out of the publications first.") % {"what": subject}
        ) from reason
    deed.tell(DeedKind.AMEND, subject, kind=thing._meta.model_name, pk=pk, removed=True)
