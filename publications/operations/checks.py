"""The table of what is checked: what is promised of each thing, its limit, and what to do where it does not hold.

The page Operations of the desk, the notice on its first page and the daily mail to administrators follow it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import findings
from .findings import Finding


@dataclass(frozen=True)
class OperationCheck:
    """A check.

    Attributes:
        promise: what is to hold; `%(limit)d` in it is the limit.
        find: returns how it is, by the limit.
        is_on_first_page: whether the first page of the desk shows it.
    """

    name: str
    label: Promise
    promise: Promise
    limit: int
    remedy: Promise
    find: Callable[[int], Finding]
    is_on_first_page: bool = False


@dataclass(frozen=True)
class CheckResult:
    check: OperationCheck
    finding: Finding

    @property
    def promise(self) -> str:
        return str(self.check.promise) % {"limit": self.check.limit}


CHECKS = (
    OperationCheck(
        "backup", gettext_lazy("Last backup"),
        gettext_lazy("A backup was made in the last %(limit)d days."), 8,
        gettext_lazy("Look why sceeus-backup.timer does not run, or make one by hand: deploy/backup FOLDER."),
        findings.find_backup, is_on_first_page=True,
    ),
    OperationCheck(
        "faults", gettext_lazy("Faults of the site"),
        gettext_lazy("The last backup was made of an undamaged site."), 0,
        gettext_lazy("Run “manage.py verify” on the server: it names each fault and what to do about it."),
        findings.find_damage,
    ),
    OperationCheck(
        "drill", gettext_lazy("Last drill"),
        gettext_lazy("A backup was restored and verified elsewhere in the last %(limit)d days, and was whole."), 8,
        gettext_lazy("Run deploy/drill on the machine that has the private key, and see what it says."),
        findings.find_drill, is_on_first_page=True,
    ),
    OperationCheck(
        "requests", gettext_lazy("Failed requests"),
        gettext_lazy("No request failed through a fault of the site."), 0,
        gettext_lazy("The log of the app server (journalctl -u 'sceeus@*') says why. Send it to those who keep the "
                     "code."),
        findings.find_failures,
    ),
    OperationCheck(
        "disk", gettext_lazy("Disk"),
        gettext_lazy("At least %(limit)d %% of the disk are free."), 10,
        gettext_lazy("Free space or enlarge the disk. Old backups are often the largest: KEEP_DAILY and others."),
        findings.find_disk_space,
    ),
    OperationCheck(
        "mail", gettext_lazy("Mail to staff"),
        gettext_lazy("All mails of the last %(limit)d days were delivered."), 7,
        gettext_lazy("Outbox says why: mend the address or EMAIL_URL, then try again there. If mails are overdue, "
                     "sceeus-mail.timer does not run."),
        findings.find_mail,
    ),
    OperationCheck(
        "certificate", gettext_lazy("Certificate"),
        gettext_lazy("The certificate of the site is valid for at least %(limit)d days more."), 14,
        gettext_lazy("Renew it on the server: “certbot renew”. Caddy renews by itself; its log says what prevents it."),
        findings.find_certificate,
    ),
    OperationCheck(
        "sign-ins", gettext_lazy("Failed sign-ins"),
        gettext_lazy("At most %(limit)d sign-ins failed since yesterday."), 50,
        gettext_lazy("Account events show which accounts and addresses. Guessing is slowed down by itself; an account "
                     "that is tried often should have a new, long password."),
        findings.find_sign_ins,
    ),
    OperationCheck(
        "clock", gettext_lazy("Clock"),
        gettext_lazy("The clock is right to %(limit)d seconds, and nothing is dated later than now."), 60,
        gettext_lazy("Set the clock of the server (timedatectl), then run “manage.py trust_clock”."),
        findings.find_clock_error,
    ),
    OperationCheck(
        "release", gettext_lazy("Release"),
        gettext_lazy("The database has the migrations of this release, and no others."), 0,
        gettext_lazy("Run “manage.py prepare” with the newest release, then restart the app servers."),
        findings.find_migrations,
    ),
    OperationCheck(
        "head", gettext_lazy("Head of the audit trail"),
        gettext_lazy("The head of the audit trail was published in the last %(limit)d days."), 2,
        gettext_lazy("Look why sceeus-head.timer does not run. If the key is elsewhere, sign a head there and publish "
                     "it: “manage.py sign_head --help”."),
        findings.find_head,
    ),
    OperationCheck(
        "readers", gettext_lazy("Addresses of readers"),
        gettext_lazy("A key decrypts the address of each reader who gets alerts."), 0,
        gettext_lazy("Put the former SECRET_KEY into SUBSCRIBER_KEY_FALLBACKS and restart the app servers, before "
                     "anybody imports a list: mails that wait are then sent."),
        findings.find_readers,
    ),
    OperationCheck(
        "check", gettext_lazy("Daily check"),
        gettext_lazy("The certificate was checked and warnings were mailed in the last %(limit)d days."), 2,
        gettext_lazy("Look why sceeus-check.timer does not run, or run “manage.py check_operations” by hand."),
        findings.find_daily_check,
    ),
)  # fmt: skip


def run_checks(*, is_first_page: bool = False) -> list[CheckResult]:
    """Return the results of all checks, or of those on the first page of the desk."""
    return [
        CheckResult(check, _find(check)) for check in CHECKS if check.is_on_first_page or not is_first_page
    ]


def find_warnings() -> list[CheckResult]:
    return [result for result in run_checks() if result.finding.is_warning]


def _find(check: OperationCheck) -> Finding:
    try:
        return check.find(check.limit)
    except (OSError, DatabaseError, ValueError, KeyError) as error:
        return Finding(_("could not be checked: %s") % error, is_warning=True)
