"""What becomes of each text column of each table when a name is removed: one table, in which no column may be missing.

A column has a rule that redacts its value, or says why it needs none here.
"""

from enum import Enum, auto

from .name_values import ValueRule, redact_json_text, redact_lines, redact_slug
from .redacted_values import (
    redact_file_name,
    redact_identifier,
    redact_link,
    redact_markdown,
    redact_text,
    redact_value,
)


class NoRule(Enum):
    """Why a column is not redacted where its row stands."""

    KEY = auto()  # a key, hash, choice, number or date: it names nobody
    ACCOUNT = auto()  # of staff: listed, and changed by whoever manages accounts
    PUBLICATION = auto()  # redacted with its publication
    DERIVED = auto()  # made anew from what is redacted
    DELETED = auto()  # a row that holds the name is deleted


ColumnRule = ValueRule | NoRule


def in_both_languages(**rules: ColumnRule) -> dict[str, ColumnRule]:
    """Return rules of columns that there are for English and Swedish."""
    return {f"{name}_{locale}": rule for name, rule in rules.items() for locale in ("en", "sv")}


KEY, ACCOUNT, PUBLICATION = NoRule.KEY, NoRule.ACCOUNT, NoRule.PUBLICATION
DERIVED, DELETED = NoRule.DERIVED, NoRule.DELETED

NAME_RULES: dict[str, NoRule | dict[str, ColumnRule]] = {
    # Rows beside publications
    "publications.Author": {
        "name": redact_text, "family_name": redact_text, "slug": redact_slug, "aliases": redact_lines,
        "orcid": redact_identifier, "fediverse_address": redact_identifier,
        **in_both_languages(title=redact_text, affiliation=redact_text, biography=redact_text),
    },
    "publications.Tag": {
        "name": redact_text, "name_sv": redact_text, "slug": redact_slug, "kind": KEY,
        **in_both_languages(introduction=redact_text),
    },
    "publications.Image": {
        "filename": redact_file_name, **in_both_languages(alt=redact_text), "credit": redact_text,
        "licence": redact_text, "key": KEY, "original": KEY,
    },
    "publications.Kind": {
        "slug": KEY, "schema_type": KEY,
        **in_both_languages(name=redact_text, plural=redact_text, type_line=redact_text, disclaimer=redact_text),
    },
    "publications.SitePage": {
        **in_both_languages(title=redact_text, slug=redact_slug, summary=redact_text, body=redact_markdown),
        **in_both_languages(html=DERIVED),
    },
    "publications.MenuLink": {
        **in_both_languages(label=redact_text, address=redact_link), "place": KEY, "section": KEY,
    },
    "publications.SiteSettings": {
        "short_name": redact_text, "newsletter": redact_link,
        **in_both_languages(name=redact_text, description=redact_text, publisher=redact_text),
    },
    "publications.Synonym": {"spellings": redact_lines},
    "publications.OperationRecord": {"operation": KEY, "detail": redact_value},
    "publications.NameRemovalRecord": {
        "stage": KEY, "changed_publications": KEY, "refused_publications": KEY, "report": redact_value,
    },
    "publications.NewsEvent": {"type": KEY, "counts": redact_value},
    "admin.LogEntry": {"object_id": KEY, "object_repr": redact_text, "change_message": redact_json_text},
    "taggit.Tag": {"name": redact_text, "slug": redact_slug},
    "subscriptions.Subscription": {"consent_note": redact_text, "timing": KEY, "consent_source": KEY},
    "subscriptions.AlertMail": {"last_error": KEY, "purpose": KEY},
    "subscriptions.MailedEvent": {"purpose": KEY},
    "subscriptions.RemovedMails": {"purpose": KEY},
    "subscriptions.AlertState": {"stopped_by": redact_text},
    # Redacted by the chain's rules: remove_name_from_rows, and with the publication
    "publications.AuditEntry": {
        "subject": PUBLICATION, "detail": PUBLICATION, "actor_name": ACCOUNT, "action": KEY,
        "changed_publications": KEY, "public_part": KEY, "personal_salt": KEY, "personal_hash": KEY, "hash": KEY,
    },
    # Rows that are deleted
    "publications.ArchiveImport": DELETED,
    "publications.ImportDecision": DELETED,
    "publications.OutboxMail": DELETED,
    "publications.Redirect": DELETED,
    "accounts.DeskSession": DELETED,
    "subscriptions.Condition": DELETED,
    "sessions.Session": DELETED,
    # With a publication, or deleted without one
    "publications.Autosave": PUBLICATION,
    # Publications
    **dict.fromkeys(
        (
            "publications.Publication", "publications.Byline", "publications.Attachment", "publications.RelatedLink",
            "publications.Edition", "publications.EditionByline", "publications.EditionTag",
            "publications.EditionAttachment", "publications.Address", "publications.Comment", "publications.Revision",
            "publications.Review", "publications.EditorialPlan", "publications.PressLink", "publications.WordFile",
        ),
        PUBLICATION,
    ),
    # Derived from the texts
    **dict.fromkeys(
        (
            "publications.EditionTerm", "publications.Similarity", "publications.IndexedTerm",
            "publications.NamedTerm", "publications.ServedPdf",
        ),
        DERIVED,
    ),
    # Accounts of staff
    **dict.fromkeys(
        (
            "accounts.Passkey", "accounts.AuthenticatorApp", "accounts.RecoveryCode", "accounts.AccountEvent",
            "accounts.Invitation", "accounts.AddressChange", "accounts.AccountRecord", "accounts.ProviderIdentity",
            "auth.User", "auth.Group",
        ),
        ACCOUNT,
    ),
    # Keys, hashes and choices alone
    **dict.fromkeys(
        (
            "publications.Approval", "publications.CalendarAddress", "publications.PressLinkEvent",
            "publications.UserSettings", "publications.RedactedAddress",
            "auth.Permission", "contenttypes.ContentType", "subscriptions.AlertEvent", "subscriptions.SignUpAttempt",
            "subscriptions.Subscriber", "subscriptions.SuppressedAddress", "subscriptions.EarlierTiming",
        ),
        KEY,
    ),
}  # fmt: skip
"""By model, a rule for each column of text; one for all of them where a model has no other."""


def rule_of(model: str, column: str) -> ColumnRule | None:
    """Return the rule of a column, or None if the table lacks it."""
    rules = NAME_RULES.get(model)
    return rules.get(column) if isinstance(rules, dict) else rules
