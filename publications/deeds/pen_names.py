"""An author who takes a pen name: who wrote under the old one must not be read anywhere again."""

from datetime import datetime

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from publications import renditions, search
from publications.models import AuditLine, Author, Edition, EditionByline


def forget_old_name(author: Author, moment: datetime) -> None:
    """Sign every edition with the pen name alone, and call the author so in what the desk has written down.

    Texts that name the author are not searched: redact takes a name out of those.
    """
    signed = EditionByline.objects.filter(author=author)
    with search.anew(signed.values_list("edition", flat=True)):
        signed.update(name=author.name, title="", affiliation="")
    Edition.objects.filter(pk__in=signed.values("edition")).update(touched_at=moment)
    AuditLine.objects.filter(detail__kind="author", detail__pk=author.pk).update(subject=author.name)
    own = ContentType.objects.get_for_model(Author)
    LogEntry.objects.filter(content_type=own, object_id=str(author.pk)).update(object_repr=author.name)
    pieces = set(signed.values_list("edition__publication", flat=True))
    transaction.on_commit(lambda: [renditions.forget(piece) for piece in pieces])
