"""Messages about a text that has not followed its counterpart in another language."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from publications.locales import language_in_sentence
from publications.models import CounterpartEvent, OutdatedTranslation, Publication

BEHIND = {
    CounterpartEvent.CORRECTED: gettext_noop(
        "The %(language)s text was corrected on %(on)s, and this one has not followed."
    ),
    CounterpartEvent.UPDATED: gettext_noop(
        "The %(language)s text was updated on %(on)s, and this one has not followed."
    ),
    CounterpartEvent.RETRACTED: gettext_noop(
        "The %(language)s text was retracted on %(on)s, and this one is not."
    ),
    CounterpartEvent.CONCERN: gettext_noop(
        "A concern about the %(language)s text was expressed on %(on)s, and this one has not followed."
    ),
    CounterpartEvent.WITHDRAWN: gettext_noop(
        "The %(language)s text was withdrawn on %(on)s, but this one is still public."
    ),
    CounterpartEvent.EXPIRED: gettext_noop(
        "The %(language)s text ended on %(on)s, but this one is still public."
    ),
}
"""On the pages of the text that has not followed."""
AHEAD = {
    CounterpartEvent.CORRECTED: gettext_noop(
        "This text was corrected on %(on)s, and the %(language)s one has not followed."
    ),
    CounterpartEvent.UPDATED: gettext_noop(
        "This text was updated on %(on)s, and the %(language)s one has not followed."
    ),
    CounterpartEvent.RETRACTED: gettext_noop(
        "This text was retracted on %(on)s, and the %(language)s one is not."
    ),
    CounterpartEvent.CONCERN: gettext_noop(
        "A concern about this text was expressed on %(on)s, and the %(language)s one has not followed."
    ),
    CounterpartEvent.WITHDRAWN: gettext_noop(
        "This text was withdrawn on %(on)s, but the %(language)s one is still public."
    ),
    CounterpartEvent.EXPIRED: gettext_noop(
        "This text ended on %(on)s, but the %(language)s one is still public."
    ),
}
"""On the pages of the text that has changed."""
DRAFT_BEHIND = {
    CounterpartEvent.WITHDRAWN: gettext_noop("The %(language)s text was withdrawn on %(on)s."),
    CounterpartEvent.EXPIRED: gettext_noop("The %(language)s text ended on %(on)s."),
}
"""On the pages of a draft whose counterpart is no longer public."""


def describe_outdated(outdated: OutdatedTranslation, publication: Publication) -> str:
    """Return what to say on the pages of one of the two texts, as a sentence."""
    is_behind = publication.pk == outdated.publication.pk
    other = outdated.counterpart if is_behind else outdated.publication
    text = (BEHIND if is_behind else AHEAD)[outdated.event]
    if is_behind and outdated.is_ended and not outdated.is_public:
        text = DRAFT_BEHIND[outdated.event]
    values = {
        "language": language_in_sentence(other.language),
        "on": date_format(timezone.localtime(outdated.at), "DATE_FORMAT"),
    }
    return _(text) % values
