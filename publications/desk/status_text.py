"""Where a publication stands, and who has submitted it for checking, in words."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from publications.models import Publication, Ready, words


def with_submissions(pieces: QuerySet) -> QuerySet:
    """Annotate working copies with whether they are handed over, and by whom."""
    open_now = Ready.objects.open().filter(publication=OuterRef("pk"))
    return pieces.select_related("ready__by").annotate(is_ready=Exists(open_now))


def status_with_submission(piece: Publication) -> str:
    """Where an annotated piece stands, and who says that it is ready: in words."""
    return f"{words(piece)}; {submission_text(piece.ready)}" if piece.is_ready else words(piece)


def submission_text(ready: Ready) -> str:
    told = {"who": person_name(ready.by), "on": date_format(timezone.localtime(ready.at), "DATE_FORMAT")}
    return _("ready to be checked, says %(who)s, %(on)s") % told


def person_name(person) -> str:
    return (person.get_short_name() or person.get_username()) if person else "–"
