"""Press links: secret addresses at which a journalist reads a publication under embargo, with a password.

The token in the address and the password are stored as hashes alone. See `docs/decisions/0069-press-links.md`.
"""

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.signing import BadSignature, TimestampSigner
from django.db import models, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from .edition import Edition
from .press_link_event import PRESS_EVENT_DAYS, PressLinkEvent, PressLinkEventType
from .publication import Publication
from .review import TOKEN_BYTES, hash_token
from .revision import Revision

LEGIBLE_CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for each other
PASSWORD_GROUPS, GROUP_LENGTH = 3, 4  # "kqzt-m7wp-hx4d": 59 bits
ACCESS_DURATION = timedelta(hours=2)
"""How long the address that follows the password works."""
MAX_FAILURES = 10
"""How many wrong passwords a link accepts within `FAILURE_PERIOD`."""
SAME_OPENING = timedelta(minutes=10)
"""Within this time, opening the same again is no further opening."""


class PressLinkState(models.TextChoices):
    """What a link answers: the text in OPEN alone, a redirect to the public page in PUBLIC."""

    REVOKED = "revoked", _("closed")
    PUBLIC = "public", _("leads to the public page")
    ENDED = "ended", _("ended, as the publication is no longer public")
    OVERDUE = "overdue", _("ended with the embargo, and not public yet")
    WAITING = "waiting", _("not open yet")
    OPEN = "open", _("open")


class PublicationEditions(NamedTuple):
    """What the state of a link depends on: the live and the scheduled edition, and when one last became public."""

    live: Edition | None
    scheduled: Edition | None
    last_start: datetime | None

    @classmethod
    def of(cls, publication: Publication) -> Self:
        editions = publication.editions
        return cls(
            live=editions.live().first(),
            scheduled=editions.scheduled().select_related("kind", "series_number", "cover").first(),
            last_start=editions.ever_public().aggregate(at=Max("visible_from"))["at"],
        )


class PressLinkQuerySet(models.QuerySet):
    def get_by_token(self, token: str) -> "PressLink | None":
        """Return the link of a token, whatever its state; None if it was revoked or its draft is deleted."""
        return (
            self.filter(token_hash=hash_token(token), revoked_at=None, publication__deleted_at=None)
            .select_related("revision", "publication__kind")
            .first()
        )

    def make(
        self,
        revision: Revision,
        *,
        recipient: str,
        embargoed_until: datetime,
        opens_at: datetime | None = None,
        by=None,
    ) -> tuple["PressLink", str, str]:
        """Create a link to a revision; return it with its token and its password, which are not stored.

        Args:
            recipient: the name of the person or newsroom, printed on what they read.
            embargoed_until: when the text may be public; a scheduled edition has its own time.
            opens_at: when the text can be read; None means at once.
        """
        token, password = secrets.token_urlsafe(TOKEN_BYTES), make_press_password()
        link = self.create(
            publication=revision.publication,
            revision=revision,
            recipient=recipient,
            token_hash=hash_token(token),
            password=make_password(normalize_press_password(password)),
            created_by=by,
            opens_at=opens_at,
            embargoed_until=embargoed_until,
        )
        return link, token, password

    def list_of(self, publication: Publication) -> "list[PressLink]":
        """Return those of a publication, newest first, in a constant number of queries.

        Each has the number of its wrong passwords as `failures`, and the time of the last as `last_failure`.
        """
        editions = PublicationEditions.of(publication)
        failed = Q(events__type=PressLinkEventType.FAILED)
        rows = self.filter(publication=publication).select_related("revision", "created_by")
        rows = rows.defer("revision__manuscript").order_by("-created_at", "-pk")
        links = list(
            rows.annotate(
                failures=Count("events", filter=failed),
                last_failure=Max("events__happened_at", filter=failed),
            )
        )
        for link in links:
            link.publication, link.editions = publication, editions
        return links

    def open(self) -> Self:
        """Links that were not revoked and whose own embargo has not ended."""
        return self.filter(revoked_at=None, embargoed_until__gt=timezone.now())

    def forget_recipients(self) -> int:
        """Delete the names of recipients `PRESS_EVENT_DAYS` after the embargo; return the number of links."""
        is_scheduled = Exists(Edition.objects.scheduled().filter(publication=OuterRef("publication")))
        until = timezone.now() - timedelta(days=PRESS_EVENT_DAYS)
        return (
            self.filter(~is_scheduled, embargoed_until__lte=until).exclude(recipient="").update(recipient="")
        )

    def revoke(self) -> int:
        """Revoke those that were not; return their number."""
        return self.filter(revoked_at=None).update(revoked_at=timezone.now())


def make_press_password() -> str:
    """Return a random password that can be read out on the telephone."""
    groups = (
        "".join(secrets.choice(LEGIBLE_CHARACTERS) for _letter in range(GROUP_LENGTH))
        for _group in range(PASSWORD_GROUPS)
    )
    return "-".join(groups)


def normalize_press_password(typed: str) -> str:
    """Return a password as it is compared: without case, spaces and hyphens."""
    return "".join(letter for letter in typed.casefold() if letter.isalnum())


class PressLink(models.Model):
    """An invitation to read a publication before it is public.

    Foreign keys have no constraint in the database, so that the migration locks no other table.
    """

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="press_links", db_constraint=False
    )
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    recipient = models.CharField(_("recipient"), max_length=100)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    password = models.CharField(max_length=128, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_constraint=False
    )
    created_at = models.DateTimeField(default=timezone.now)
    opens_at = models.DateTimeField(null=True)
    embargoed_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = PressLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("press link")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.recipient} · {self.publication_id}/{self.revision_id}"

    @property
    def heading(self) -> str:
        """The recipient; long after the embargo "Press link", as the name is deleted then."""
        return self.recipient or capfirst(self._meta.verbose_name)

    # What is shown, and until when

    @cached_property
    def editions(self) -> "PublicationEditions":
        return PublicationEditions.of(self.publication)

    @property
    def live_edition(self) -> Edition | None:
        return self.editions.live

    @property
    def scheduled_edition(self) -> Edition | None:
        """The edition that the link shows in place of the revision: what will be public, as it will be.

        One that was scheduled after the embargo is not shown: a link that has ended does not open by itself.
        A link that is open when an edition is scheduled, or scheduled anew, has the time of that as its end.
        """
        scheduled = self.editions.scheduled
        return scheduled if scheduled and scheduled.created_at < self.embargoed_until else None

    @property
    def embargo_end(self) -> datetime:
        """The end of the embargo: when the scheduled edition becomes live, if one is scheduled."""
        return self.scheduled_edition.visible_from if self.scheduled_edition else self.embargoed_until

    @property
    def has_been_public(self) -> bool:
        """Whether an edition became public since the link was made, and may have ended."""
        return self.editions.last_start is not None and self.editions.last_start >= self.created_at

    @property
    def state(self) -> PressLinkState:
        """The state now: the first of these that holds."""
        if self.revoked_at:
            return PressLinkState.REVOKED
        if self.live_edition:
            return PressLinkState.PUBLIC
        if self.has_been_public:
            return PressLinkState.ENDED
        if self.embargo_end <= timezone.now():
            return PressLinkState.OVERDUE
        if self.opens_at and self.opens_at > timezone.now():
            return PressLinkState.WAITING
        return PressLinkState.OPEN

    # The password

    def renew_password(self) -> str:
        """Store a new password and return it; addresses signed before no longer work, and wrong ones count anew."""
        password = make_press_password()
        self.password = make_password(normalize_press_password(password))
        self.save(update_fields=["password"])
        self.events.create(type=PressLinkEventType.RENEWED)
        return password

    def check_password(self, typed: str) -> bool:
        return check_password(normalize_press_password(typed), self.password)

    def sign_access(self) -> str:
        """Return the part of the address that stands for the password for `ACCESS_DURATION`."""
        return self._signer.sign(str(self.pk))

    def accepts_access(self, access: str) -> bool:
        """Return whether an access was signed for this link, with its present password, and has not expired."""
        try:
            return self._signer.unsign(access, max_age=ACCESS_DURATION) == str(self.pk)
        except BadSignature:
            return False

    @property
    def _signer(self) -> TimestampSigner:
        """The signer of accesses; the hash of the password, which has a salt, is part of its key."""
        return TimestampSigner(salt=f"publications.press_link:{self.password}")

    # What happened

    @transaction.atomic
    def begin_attempt(self) -> "PressLinkEvent | None":
        """Record a wrong password before it is compared; return None if too many were.

        Attempts at the same time wait for each other, so that they cannot pass the limit together.
        """
        PressLink.objects.select_for_update().get(pk=self.pk)
        if self.events.recent_failures().count() >= MAX_FAILURES:
            return None
        return self.events.create(type=PressLinkEventType.FAILED)

    def record_opening(self, type: "PressLinkEventType") -> None:
        """Record that something was opened, unless it was a few minutes ago."""
        if not self.events.filter(type=type, happened_at__gt=timezone.now() - SAME_OPENING).exists():
            self.events.create(type=type)
