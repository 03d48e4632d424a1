"""Say that a text needs no change although its counterpart in another language has changed or is no longer public."""

from django.db import transaction
from django.utils.translation import gettext as _

from publications.models import (
    ActionType,
    Publication,
    TranslationCheck,
    outdated_translations_of,
)

from .transaction import Outdated, begin_action, lock_publication


@transaction.atomic
def check_translation(publication: Publication, counterpart: Publication, *, edition: int, by) -> None:
    """Store that an editor has looked at a change of the counterpart, and that this text needs none.

    Args:
        edition: the number of the edition of the counterpart that the editor has seen.

    Raises:
        ClockBehind: the clock of the server is behind the last action.
        Outdated: the counterpart has changed since, or this text has followed it.
    """
    action = begin_action(by=by)
    publication = lock_publication(publication)
    open_numbers = [
        each.edition
        for each in outdated_translations_of(publication)
        if (each.publication.pk, each.counterpart.pk) == (publication.pk, counterpart.pk)
    ]
    if edition not in open_numbers:
        raise Outdated(_("One of the two texts has been published since you saw this page. Look again."))
    TranslationCheck.objects.create(
        publication=publication, edition=counterpart.editions.get(number=edition), by=by, at=action.at
    )
    action.write_audit_entry(
        ActionType.FOLLOW,
        publication,
        publication=publication,
        changed_publications=[],
        counterpart=counterpart.pk,
        language=counterpart.language,
        followed=edition,
    )
