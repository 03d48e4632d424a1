"""Whether the history of the site refers to an account, which then is deactivated and not deleted."""

from django.contrib.auth.models import User

from accounts.models import (
    AccountEvent,
    AccountRecord,
    AddressChange,
    AuthenticatorApp,
    DeskSession,
    Invitation,
    Passkey,
    ProviderIdentity,
    RecoveryCode,
)
from publications.models import ArchiveImport, OutboxMail, Presence, UserSettings

WITHOUT_HISTORY = (
    User.groups.through,
    User.user_permissions.through,
    Presence,
    AccountEvent,
    AuthenticatorApp,
    Passkey,
    ProviderIdentity,
    RecoveryCode,
    AccountRecord,
    AddressChange,
    DeskSession,
    Invitation,
    UserSettings,
    OutboxMail,
    ArchiveImport,
)
"""Models with a foreign key to a user that is no history: deleted with the user, or with a copy of the name."""


def has_history(user: User) -> bool:
    """Return whether rows refer to a user that must keep the name, such as revisions and editions."""
    relations = [field for field in User._meta.get_fields(include_hidden=True) if field.one_to_many]
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: user}).exists()
        for relation in relations
        if relation.related_model not in WITHOUT_HISTORY
    )
