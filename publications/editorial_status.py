"""The editorial status of an edition: retracted, or under an expression of concern; the words and marks of each.

NOTICES is the one table: titles, pages, PDFs, feeds, records, the API and the desk derive from it. What a notice has to
say, and where, follows NISO RP-45-2024, Communication of Retractions, Removals, and Expressions of Concern: a prefix of
the title, the date, who decides, the reason, and a text that stays readable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from publications.locales import format_day, locale_of


class EditorialStatus(models.TextChoices):
    """What the editors hold against a text that stays readable."""

    NONE = "", _("–")
    CONCERN = "concern", _("Expression of concern")
    RETRACTED = "retracted", _("Retracted")


@dataclass(frozen=True, kw_only=True)
class NoticeDefinition:
    """The words of a notice.

    Attributes:
        prefix: what titles begin with, before a colon.
        heading: says who decided and when; the reason follows.
        advice: what readers are to do with the text.
        work_status: the value of `creativeWorkStatus` in schema.org.
    """

    prefix: Promise
    heading: Promise
    advice: Promise
    work_status: str


NOTICES: Mapping[EditorialStatus, NoticeDefinition] = MappingProxyType(
    {
        EditorialStatus.CONCERN: NoticeDefinition(
            prefix=_("EXPRESSION OF CONCERN"),
            heading=_("Expression of concern by %(publisher)s, %(day)s"),
            advice=_(
                "The editors have doubts about this text and examine it. Read it with care until they have decided."
            ),
            work_status="Expression of concern",
        ),
        EditorialStatus.RETRACTED: NoticeDefinition(
            prefix=_("RETRACTED"),
            heading=_("Retracted by %(publisher)s, %(day)s"),
            advice=_(
                "Do not rely on this text. It stays readable so that everybody can see what was published."
            ),
            work_status="Retracted",
        ),
    }
)
"""By status, the lighter first."""


@dataclass(frozen=True)
class EditorialNotice:
    """The notice that an edition carries. Its words are in the language of the locale of the text.

    Attributes:
        text: the reason, as the editors wrote it.
        at: when the notice was put on the publication.
        language: that of the text.
    """

    status: EditorialStatus
    text: str
    at: datetime
    language: str

    @property
    def is_retraction(self) -> bool:
        return self.status == EditorialStatus.RETRACTED

    @property
    def definition(self) -> NoticeDefinition:
        return NOTICES[self.status]

    @property
    def prefix(self) -> str:
        return self._translated(self.definition.prefix)

    @property
    def advice(self) -> str:
        return self._translated(self.definition.advice)

    def heading(self, publisher: str) -> str:
        """Return the line that says who decided and when."""
        with translation.override(locale_of(self.language)):
            return str(self.definition.heading) % {"publisher": publisher, "day": format_day(self.at)}

    def statement(self, publisher: str) -> str:
        """Return who decided, when and why, on one line, as records say it."""
        return f"{self.heading(publisher)}: {' '.join(self.text.split())}"

    def mark(self, title: str) -> str:
        """Return a title with the prefix."""
        return f"{self.prefix}: {title}"

    def _translated(self, text: Promise) -> str:
        with translation.override(locale_of(self.language)):
            return str(text)
