"""What the checks of `checks.py` find: how each thing is now, in words, and whether that is to be warned of."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mail import can_send_mail
from accounts.models import AccountEvent, EventType
from publications.drill_report import DrillResult
from publications.failed_requests import failed_requests
from publications.locales import datetime_with_zone
from publications.migration_state import read_migration_state
from publications.models import AuditEntry, Operation, OperationRecord, OutboxMail

DAY = timedelta(days=1)
OVERDUE_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Finding:
    """How something is.

    Attributes:
        value: how it is, in words.
        is_warning: whether somebody should do something about it.
        is_checked: whether there is something that the promise of the check can be compared with.
    """

    value: str
    is_warning: bool = False
    is_checked: bool = True


def find_backup(max_days: int) -> Finding:
    record = _record(Operation.BACKUP)
    if not record:
        return Finding(_("never recorded"), is_warning=True)
    detail = record.detail
    encrypted = _("encrypted") if detail.get("is_encrypted") else _("not encrypted")
    value = f"{_age(record.at)}; {filesizeformat(detail.get('size', 0))}, {encrypted}"
    return Finding(value, is_warning=_is_old(record.at, max_days))


def find_damage(_limit: int) -> Finding:
    record = _record(Operation.BACKUP)
    if not record:
        return Finding(_("not known, as no backup was recorded"), is_checked=False)
    is_sound = record.detail.get("is_sound", True)
    return Finding(_("no faults") if is_sound else _("the last backup found faults"), is_warning=not is_sound)


def find_drill(max_days: int) -> Finding:
    record = _record(Operation.DRILL)
    if not record:
        return Finding(_("never reported"), is_warning=True)
    results = {
        DrillResult.WHOLE: _("whole"),
        DrillResult.FAULTS: _("restored, with faults"),
        DrillResult.FAILED: _("could not be restored"),
    }
    result = record.detail.get("result")
    value = f"{_age(record.at)}; {record.detail.get('backup')}: {results.get(result, result)}"
    return Finding(value, is_warning=result != DrillResult.WHOLE or _is_old(record.at, max_days))


def find_failures(max_count: int) -> Finding:
    count = sum(each.count for each in failed_requests(timezone.now() - DAY))
    text = ngettext("%d request failed since yesterday", "%d requests failed since yesterday", count)
    return Finding(text % count if count else _("none since yesterday"), is_warning=count > max_count)


def find_disk_space(min_percent: int) -> Finding:
    usage = shutil.disk_usage(settings.SITE_DATA)
    percent = 100 * usage.free // usage.total
    value = _("%(free)s free of %(total)s (%(percent)d %%)") % {
        "free": filesizeformat(usage.free), "total": filesizeformat(usage.total), "percent": percent,
    }  # fmt: skip
    return Finding(value, is_warning=percent < min_percent)


def find_mail(max_days: int) -> Finding:
    if not can_send_mail():
        return Finding(_("mail is off"), is_checked=False)
    now = timezone.now()
    failing = OutboxMail.objects.failing().filter(created_at__gt=now - timedelta(days=max_days)).count()
    overdue = OutboxMail.objects.filter(next_attempt_at__lte=now - OVERDUE_AFTER, last_error="").count()
    value = _("waiting: %(waiting)d, not delivered: %(failing)d, overdue: %(overdue)d") % {
        "waiting": OutboxMail.objects.pending().count(), "failing": failing, "overdue": overdue,
    }  # fmt: skip
    return Finding(value, is_warning=bool(failing or overdue))


def find_certificate(min_days: int) -> Finding:
    if not settings.SITE_URL.startswith("https://"):
        return Finding(_("the site has no address by https"), is_checked=False)
    record = _record(Operation.CERTIFICATE)
    if not record:
        return Finding(_("not checked yet"), is_warning=True)
    if error := record.detail.get("error"):
        return Finding(_("not valid, or not reachable: %s") % error, is_warning=True)
    expires_at = datetime.fromisoformat(record.detail["expires_at"])
    value = _("valid until %s") % datetime_with_zone(expires_at)
    return Finding(value, is_warning=expires_at < timezone.now() + timedelta(days=min_days))


def find_sign_ins(max_count: int) -> Finding:
    since = AccountEvent.objects.since(timezone.now() - DAY)
    failed, refused = (since.filter(type=event).count() for event in (EventType.FAILED, EventType.REFUSED))
    value = _("since yesterday: %(failed)d failed, %(refused)d times too many attempts") % {
        "failed": failed, "refused": refused,
    }  # fmt: skip
    return Finding(value, is_warning=failed > max_count)


def find_clock_error(max_seconds: int) -> Finding:
    now, limit = timezone.now(), timedelta(seconds=max_seconds)
    times = [entry.at for entry in AuditEntry.objects.order_by("-site_version")[:1]]
    times += OperationRecord.objects.values_list("at", flat=True)
    is_wrong = any(at > now + limit for at in times)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            is_wrong = is_wrong or abs(cursor.fetchone()[0] - now) > limit
    return Finding(datetime_with_zone(now), is_warning=is_wrong)


def find_migrations(_limit: int) -> Finding:
    state = read_migration_state()
    names = ", ".join([*state.unapplied, *state.newer])
    value = _("release %s") % settings.BASE_DIR.resolve().name
    return Finding(f"{value}; {names}" if names else value, is_warning=not state.is_current)


def find_head(max_days: int) -> Finding:
    record = _record(Operation.HEAD)
    if not record:
        return Finding(_("never published"), is_warning=True)
    signed = _("signed") if record.detail.get("is_signed") else _("not signed")
    return Finding(f"{_age(record.at)}; {signed}", is_warning=_is_old(record.at, max_days))


def find_readers(max_count: int) -> Finding:
    record = _record(Operation.READERS)
    if not record:
        return Finding(_("not counted yet"), is_checked=False)
    count = record.detail["unreadable"]
    text = ngettext("%d address cannot be decrypted", "%d addresses cannot be decrypted", count)
    return Finding(text % count if count else _("all can be decrypted"), is_warning=count > max_count)


def find_daily_check(max_days: int) -> Finding:
    record = _record(Operation.CHECK)
    if not record:
        return Finding(_("never recorded"), is_warning=True)
    return Finding(_age(record.at), is_warning=_is_old(record.at, max_days))


def _record(operation: Operation) -> OperationRecord | None:
    return OperationRecord.objects.filter(operation=operation).first()


def _is_old(at: datetime, max_days: int) -> bool:
    return at < timezone.now() - timedelta(days=max_days)


def _age(at: datetime) -> str:
    return _("%(age)s ago, %(at)s") % {"age": timesince(at), "at": datetime_with_zone(at)}
