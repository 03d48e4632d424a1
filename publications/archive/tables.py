"""What becomes of each table in an archive: one list, in which no table may be missing.

A table is archived, or left out for a reason that the README of the archive repeats. Primary keys are kept: the hashes
of the audit log and the content digests of editions cover them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model, Q, QuerySet


class Absence(Enum):
    """Why a table is not archived, as a sentence for whoever reads the archive."""

    DERIVED = "search index and similar texts: made anew from the rest"
    ACCOUNT = (
        "accounts but for their names: passwords, e-mail addresses, second factors, roles, sign-ins, settings"
    )
    LINK = "secret links: of reviewers, of the press, of calendars"
    MAIL = "mails that were sent or are about to be, and news to staff"
    SUBSCRIBERS = (
        "subscribers to alerts and newsletters, whose addresses stay with the site that they were given to, and who "
        "of them has left or wants no more mails: a list that is imported into another site adds them again"
    )
    UNSAVED = "what was typed and not saved, and who has a page open"
    SERVER = "the server: backups, checks, archives being imported"
    RELEASE = "what comes with the program"


@dataclass(frozen=True)
class ArchivedTable:
    """A table that is archived.

    Attributes:
        label: of the model, as `apps.get_model` takes it.
        publication: the lookup of the publication in whose folder its rows stand; "" for a table with files of its own.
        left_out: columns that stay out, with what a restored row has in them; None is the default of the column.
        is_seeded: whether a new site has rows of it, which a restore replaces.
    """

    label: str
    publication: str = ""
    left_out: Mapping[str, object] = field(default_factory=dict)
    is_seeded: bool = False

    @cached_property
    def model(self) -> type[Model]:
        return apps.get_model(self.label)

    @property
    def name(self) -> str:
        """The name of its files, and of its model in each row."""
        return self.model._meta.label_lower

    @cached_property
    def key(self) -> Field:
        return self.model._meta.pk

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """The columns that are archived, without the primary key."""
        return tuple(
            column
            for column in self.model._meta.local_concrete_fields
            if not column.primary_key and column.name not in self.left_out
        )

    def rows(self) -> QuerySet:
        """Return all rows that are archived, by primary key."""
        rows = self.model._base_manager.order_by("pk")
        return rows.filter(_of_archived_models()) if self.label == DESK_LOG else rows


DESK_LOG = "admin.LogEntry"
ACCOUNTS = "auth.User"

ARCHIVED: tuple[ArchivedTable, ...] = (
    # A name for each account, so that history stays readable. Nobody can sign in with it.
    ArchivedTable(ACCOUNTS, left_out={
        **dict.fromkeys(("last_login", "is_superuser", "email", "is_staff", "date_joined")),
        "password": "!", "is_active": False,
    }),
    ArchivedTable("publications.SiteVersion", is_seeded=True),
    ArchivedTable("publications.SiteSettings", is_seeded=True),
    ArchivedTable("publications.Kind", is_seeded=True),
    ArchivedTable("publications.SeriesNumber"),
    ArchivedTable("publications.Image"),
    ArchivedTable("publications.Author"),
    ArchivedTable("publications.Tag"),
    ArchivedTable("publications.SitePage", is_seeded=True),
    ArchivedTable("publications.MenuLink", is_seeded=True),
    ArchivedTable("publications.Synonym", is_seeded=True),
    ArchivedTable("publications.ImportDecision"),
    ArchivedTable("publications.Redirect"),
    ArchivedTable("publications.RedactedAddress"),
    ArchivedTable("publications.NameRemovalRecord"),
    ArchivedTable("publications.AuditEntry"),
    ArchivedTable(DESK_LOG),
    ArchivedTable("publications.Publication", "pk"),
    ArchivedTable("publications.Byline", "publication"),
    ArchivedTable("publications.TaggedPublication", "content_object"),
    ArchivedTable("publications.Attachment", "publication"),
    ArchivedTable("publications.RelatedLink", "source"),
    ArchivedTable("publications.ExcludedSuggestion", "one"),
    ArchivedTable("publications.Address", "publication"),
    ArchivedTable("publications.Revision", "publication"),
    # Its token opened the draft. No token has the hash that a restored row has.
    ArchivedTable("publications.Review", "publication", left_out={"token_hash": "restored-{pk}"}),
    ArchivedTable("publications.Comment", "publication"),
    ArchivedTable("publications.WordFile", "publication"),
    ArchivedTable("publications.EditorialPlan", "publication"),
    ArchivedTable("publications.Submission", "publication"),
    ArchivedTable("publications.Approval", "publication"),
    ArchivedTable("publications.TranslationCheck", "publication"),
    ArchivedTable("publications.Edition", "publication"),
    ArchivedTable("publications.EditionByline", "edition__publication"),
    ArchivedTable("publications.EditionTag", "edition__publication"),
    ArchivedTable("publications.EditionImage", "edition__publication"),
    ArchivedTable("publications.EditionAttachment", "edition__publication"),
    ArchivedTable("publications.ServedPdf", "edition__publication"),
)  # fmt: skip
"""The tables in an archive. Rows may refer to rows of later tables: references are checked when all are restored."""

LEFT_OUT: dict[str, Absence] = {
    **dict.fromkeys(
        (
            "publications.SearchIndex", "publications.IndexedTerm", "publications.NamedTerm",
            "publications.EditionTerm", "publications.Similarity",
        ),
        Absence.DERIVED,
    ),
    **dict.fromkeys(
        (
            "accounts.Passkey", "accounts.AuthenticatorApp", "accounts.RecoveryCode", "accounts.ProviderIdentity",
            "accounts.DeskSession", "accounts.AccountEvent", "accounts.Invitation", "accounts.AddressChange",
            "accounts.AccountRecord", "sessions.Session", "publications.UserSettings",
            "auth.Group", "auth.Group_permissions", "auth.User_groups", "auth.User_user_permissions",
        ),
        Absence.ACCOUNT,
    ),
    **dict.fromkeys(
        ("publications.PressLink", "publications.PressLinkEvent", "publications.CalendarAddress"),
        Absence.LINK,
    ),
    **dict.fromkeys(
        ("publications.NewsEvent", "publications.OutboxMail", "publications.OutboxMail_events"), Absence.MAIL
    ),
    **dict.fromkeys(
        (
            "subscriptions.Subscriber", "subscriptions.SuppressedAddress", "subscriptions.Condition",
            "subscriptions.Subscription", "subscriptions.AlertEvent", "subscriptions.EventMatch",
            "subscriptions.AlertMail", "subscriptions.AlertState", "subscriptions.SignUpAttempt",
            "subscriptions.EarlierTiming", "subscriptions.MailedEvent", "subscriptions.RemovedMails",
        ),
        Absence.SUBSCRIBERS,
    ),
    **dict.fromkeys(("publications.Autosave", "publications.Presence"), Absence.UNSAVED),
    **dict.fromkeys(
        (
            "publications.OperationRecord", "publications.ArchiveImport",
            "publications.ArchiveImport_created_publications", "publications.ArchiveImport_published_editions",
            "publications.ArchiveImport_kept_addresses", "publications.ArchiveImport_updated_revisions",
        ),
        Absence.SERVER,
    ),
    **dict.fromkeys(
        ("auth.Permission", "contenttypes.ContentType", "taggit.Tag", "taggit.TaggedItem"), Absence.RELEASE
    ),
}  # fmt: skip
"""The other tables, by model, with the reason."""


def tables_by_name() -> dict[str, ArchivedTable]:
    """Return the archived tables by the name of their model in each row."""
    return {table.name: table for table in ARCHIVED}


def _of_archived_models() -> Q:
    """Return the condition that an entry of the log of the desk is of a row of an archived table, not of an account."""
    models = [table.model for table in ARCHIVED if table.label not in (ACCOUNTS, DESK_LOG)]
    return Q(content_type__in=ContentType.objects.get_for_models(*models, for_concrete_models=False).values())
