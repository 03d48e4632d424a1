"""keep_apart: rule two publications out as suggestions beside each other, and take that back. Public at once."""

from django.db import transaction
from django.utils.translation import gettext as _

from publications.models import DeedKind, Publication, Unrelated

from .ground import Refused, begin, hold


@transaction.atomic
def keep_apart(publication: Publication, other: Publication, *, by) -> bool:
    """Suggest neither beside the other from now on; says whether anything changed. Links by staff stay.

    Raises Refused.
    """
    hold(publication.pk)
    if publication.pk == other.pk:
        raise Refused(_("A publication cannot be related to itself."))
    if Unrelated.objects.filter(**Unrelated.pair(publication.pk, other.pk)).exists():
        return False
    deed = begin(by=by)
    Unrelated.objects.create(**Unrelated.pair(publication.pk, other.pk), by=by, at=deed.moment)
    deed.tell(DeedKind.APART, publication, publication=publication, apart=other.pk)
    return True


@transaction.atomic
def let_together(publication: Publication, other: Publication, *, by) -> bool:
    """Let each be suggested beside the other again; says whether anything changed."""
    hold(publication.pk)
    ruled_out = Unrelated.objects.filter(**Unrelated.pair(publication.pk, other.pk))
    if not ruled_out.exists():
        return False
    deed = begin(by=by)
    ruled_out.delete()
    deed.tell(DeedKind.APART, publication, publication=publication, together=other.pk)
    return True
