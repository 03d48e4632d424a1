"""Delete expired sessions, events, deleted drafts, pending uploads and unfinished files; merge the search index.

Addresses of readers that a former key encrypts are encrypted with the present one.
"""

from django.core.management.base import BaseCommand

from accounts.models import EVENT_DAYS, AccountEvent, DeskSession
from publications import actions, renditions, search
from publications.admin import pending_uploads
from publications.database_log import empty_database_log
from publications.failed_requests import delete_outdated_failures
from publications.models import (
    ARCHIVE_IMPORT_DAYS,
    DELETED_DRAFT_RETENTION,
    NEWS_DAYS,
    PRESS_EVENT_DAYS,
    SENT_DAYS,
    ArchiveImport,
    NewsEvent,
    OutboxMail,
    PressLink,
    PressLinkEvent,
    original_storage,
)
from publications.reserved_disk_space import reserve_disk_space
from subscriptions.key_renewal import renew_addresses
from subscriptions.models import CONFIRMATION_HOURS
from subscriptions.removal import delete_outdated
from subscriptions.retention import delete_old_mails


class Command(BaseCommand):
    help = (
        f"Delete what is no longer needed: sessions that have expired, account events older than {EVENT_DAYS} "
        f"days, drafts deleted more than {DELETED_DRAFT_RETENTION.days} days ago, mails sent or given up more than "
        f"{SENT_DAYS} days ago, news older than {NEWS_DAYS} days, openings of press links older than "
        f"{PRESS_EVENT_DAYS} days and the names of recipients so long after the embargo, "
        f"archives of imports that have not run for {ARCHIVE_IMPORT_DAYS} days, "
        f"mail addresses that were not confirmed within {CONFIRMATION_HOURS} hours, "
        "uploads that waited longer than a day for a form "
        "that was never saved, and half-written files that a stopped process has left. Also merges the parts of the "
        "search index, which makes searches faster, and stores addresses of readers with the present SECRET_KEY, "
        "where a former one was used. Meant to be run each night."
    )

    def handle(self, *args, **options) -> None:
        counts = {
            "session": DeskSession.objects.ended().delete()[0],
            "account event": AccountEvent.objects.outdated().delete()[0],
            "draft": actions.purge_deleted_drafts(),
            "mail": OutboxMail.objects.outdated().delete()[1].get("publications.OutboxMail", 0),
            "news event": NewsEvent.objects.outdated().delete()[1].get("publications.NewsEvent", 0),
            "alert": delete_old_mails(),
            "press link event": PressLinkEvent.objects.outdated().delete()[0],
            "press link recipient": PressLink.objects.forget_recipients(),
            "unconfirmed reader": delete_outdated(),
            "waiting file": pending_uploads.delete_expired_uploads(),
            "import": ArchiveImport.objects.outdated().delete_with_archives(),
            "failure log": delete_outdated_failures(),
            "unfinished file": original_storage().remove_abandoned_files()
            + renditions.remove_abandoned_files(),
        }
        search.merge_segments()
        renewed = renew_addresses()
        empty_database_log()
        reserve_disk_space()
        if options["verbosity"] > 0:
            self.stdout.write(_describe_counts(counts))
            if renewed:
                self.stdout.write(f"Stored with the present key: {renewed} addresses of readers.")


def _describe_counts(counts: dict[str, int]) -> str:
    if not any(counts.values()):
        return "Nothing had to be deleted."
    parts = (f"{count} {name}{'' if count == 1 else 's'}" for name, count in counts.items())
    return f"Deleted: {', '.join(parts)}."
