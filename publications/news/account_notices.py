"""Mails to somebody about what happened to their account: what a thief would do, and what a new role allows.

`queue_notice` receives `post_save` of account events, so that whatever records an event also mails its owner: pages of
the desk, sign-ins and commands. `NOTICES` lists the events; of others nobody is mailed.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.factors import APP, CODES, PASSKEY
from accounts.mail import can_send_mail
from accounts.models import AccountEvent, EventType
from publications.locales import absolute_url
from publications.models import MailPurpose, OutboxMail, UserSettings, site_settings
from publications.roles import role_name

from .staff_mail import write_mail

KEY_PREFIX = "event:"
"""What follows in the key of a mail, after its purpose, is the primary key of the event."""
FACTORS = {
    PASSKEY: gettext_lazy("passkey"),
    APP: gettext_lazy("authenticator app"),
    CODES: gettext_lazy("recovery codes"),
}


@dataclass(frozen=True)
class AccountNotice:
    """What a mail says of an event. The texts take `site`, `name` (of the account) and the details of the event.

    Attributes:
        url_name: the page to look at.
        is_warning: whether the mail says what to do if its reader knows nothing of it.
    """

    subject: Promise
    text: Promise
    url_name: str = "desk:security"
    is_warning: bool = True


_NEW_PASSWORD = AccountNotice(
    gettext_lazy("%(site)s: your password was changed"),
    gettext_lazy("The password of your account “%(name)s” was changed. Its other sessions are ended."),
    "desk:own-sessions",
)
NOTICES = {
    EventType.FACTOR_ADDED: AccountNotice(
        gettext_lazy("%(site)s: a second factor was added"),
        gettext_lazy("A second factor was added to your account “%(name)s”: %(what)s."),
    ),
    EventType.FACTOR_REMOVED: AccountNotice(
        gettext_lazy("%(site)s: a second factor was removed"),
        gettext_lazy("You no longer sign in to your account “%(name)s” with: %(what)s."),
    ),
    EventType.CODES_PRINTED: AccountNotice(
        gettext_lazy("%(site)s: new recovery codes"),
        gettext_lazy("New recovery codes were made for your account “%(name)s”. Earlier ones work no more."),
    ),
    EventType.CODE_USED: AccountNotice(
        gettext_lazy("%(site)s: a recovery code was used"),
        gettext_lazy("A recovery code of your account “%(name)s” was used. Unused ones: %(left)s."),
    ),
    EventType.PASSKEY_CLONED: AccountNotice(
        gettext_lazy("%(site)s: a passkey was refused"),
        gettext_lazy(
            "The passkey “%(passkey)s” of your account “%(name)s” was refused: a copy of it may exist. Remove it, and "
            "add a new one."
        ),
    ),
    EventType.SIGNED_IN: AccountNotice(
        gettext_lazy("%(site)s: a sign-in in another browser"),
        gettext_lazy(
            "Your account “%(name)s” was signed in to in a browser that was not used for it before."
        ),
        "desk:own-sessions",
    ),
    EventType.PROVIDER_LINKED: AccountNotice(
        gettext_lazy("%(site)s: another way to sign in"),
        gettext_lazy("From now on your account “%(name)s” can be signed in to through %(provider)s too."),
        "desk:own-sessions",
    ),
    EventType.PASSWORD_CHANGED: _NEW_PASSWORD,
    EventType.PASSWORD_RESET: _NEW_PASSWORD,
    EventType.CHANGED: AccountNotice(
        gettext_lazy("%(site)s: you have another role"),
        gettext_lazy("The roles of your account “%(name)s” at the desk are now: %(roles)s."),
        "desk:my-settings",
        is_warning=False,
    ),
    EventType.HANDED_OVER: AccountNotice(
        gettext_lazy("%(site)s: work was handed over to you"),
        gettext_lazy(
            "%(by)s has handed over to you what “%(name)s” had in work: drafts, and plans to write or edit. Together: "
            "%(count)s. They are at the desk, among the drafts and in the planning."
        ),
        "desk:publications_publication_changelist",
        is_warning=False,
    ),
}
BY_OTHERS = {
    EventType.FACTOR_REMOVED: AccountNotice(
        gettext_lazy("%(site)s: your second factors were removed"),
        gettext_lazy(
            "An administrator has removed the second factors of your account “%(name)s” (%(what)s), so that you sign "
            "in without one. Add a new one."
        ),
    ),
    EventType.PASSWORD_CHANGED: AccountNotice(
        gettext_lazy("%(site)s: you have a new password"),
        gettext_lazy("An administrator has given your account “%(name)s” a new password."),
        "desk:own-sessions",
    ),
}
"""What is said instead if somebody else did it, or a command."""


def queue_notice(instance: AccountEvent, *, raw: bool = False, **_signal: object) -> None:
    """Put the mail about an event into the outbox, if there is one and somebody to send it to."""
    if raw or instance.type not in NOTICES or not can_send_mail():
        return
    recipient = _find_recipient(instance)
    if recipient and recipient.is_active and recipient.email:
        mail = OutboxMail.build(
            MailPurpose.ADDRESS_CHANGED, f"{KEY_PREFIX}{instance.pk}", recipient.email, user=recipient
        )
        mail.save()


def _find_recipient(event: AccountEvent) -> User | None:
    """Return who needs to know of an event, or None."""
    if event.type == EventType.HANDED_OVER:
        to = User.objects.filter(username=event.detail.get("to")).first()
        return to if to and to.pk != event.by_id else None
    find = IS_NEEDED.get(EventType(event.type))
    return event.account if event.account and (not find or find(event)) else None


def _has_signed_in_before(event: AccountEvent) -> bool:
    sign_ins = AccountEvent.objects.filter(account=event.account, type=EventType.SIGNED_IN)
    return sign_ins.exclude(pk=event.pk).exists()


def _is_sign_in_elsewhere(event: AccountEvent) -> bool:
    """Return whether a sign-in is in a new browser, and not the first one of an account."""
    return bool(event.detail.get("is_new_device")) and _has_signed_in_before(event)


def _has_new_role(event: AccountEvent) -> bool:
    before, after = (set(event.detail.get(name, ())) for name in ("groups_before", "groups_after"))
    return bool(after - before)


IS_NEEDED: dict[EventType, Callable[[AccountEvent], bool]] = {
    EventType.SIGNED_IN: _is_sign_in_elsewhere,
    EventType.CHANGED: _has_new_role,
    EventType.PROVIDER_LINKED: _has_signed_in_before,
}
"""Events of a type of which only some are mailed."""


def is_notice(mail: OutboxMail) -> bool:
    """Return whether a mail is about an event of an account."""
    return mail.key.startswith(f"{MailPurpose.ADDRESS_CHANGED}:{KEY_PREFIX}")


def build_notice(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail of a row of the outbox, or None if its event is no longer kept."""
    event = AccountEvent.objects.select_related("account", "by").filter(pk=mail.key.split(":")[2]).first()
    if not event:
        return None
    language = UserSettings.of(mail.user).mail_language
    with override(language):
        return _write(mail, event, language)


def _write(mail: OutboxMail, event: AccountEvent, language: str) -> EmailMessage:
    is_by_owner = event.by_id == event.account_id
    notice = NOTICES[event.type] if is_by_owner else BY_OTHERS.get(event.type, NOTICES[event.type])
    values = {
        **event.detail,
        "site": site_settings().short_name,
        "name": event.account_name,
        "by": (event.by and event.by.get_full_name()) or event.by_name or _("An administrator"),
        "what": describe_factors(event.detail),
        "roles": ", ".join(map(role_name, event.detail.get("groups_after", ()))),
    }
    context = {
        "text": notice.text % values,
        "is_warning": notice.is_warning,
        "at": timezone.localtime(event.occurred_at),
        "address": event.address if event.by_id in (None, event.account_id) else "",
        "url": absolute_url(reverse(notice.url_name)),
    }
    return write_mail(mail, notice.subject % values, "notice", context, language=language)


def describe_factors(detail: dict) -> str:
    """Return the factors in the details of an event: "passkey “Telephone”"."""
    kinds = ", ".join(str(FACTORS.get(kind, kind)) for kind in detail.get("factors", ()))
    if "name" not in detail:
        return kinds
    return _("%(kind)s “%(name)s”") % {"kind": kinds, "name": detail["name"]}
