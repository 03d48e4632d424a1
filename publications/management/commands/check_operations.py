"""Check the running of the site, and mail administrators what is to be warned of."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.mail import can_send_mail
from publications.models import Operation, OperationRecord
from publications.news import queue_warnings
from publications.operations import find_warnings, record_certificate
from subscriptions.key_renewal import count_unreadable


class Command(BaseCommand):
    help = (
        "Check backups, drills, failed requests, disk, mail, certificate, sign-ins, clock, release and addresses of "
        "readers, and put a mail for each administrator into the outbox if there is something to warn of, at most one "
        "a day. Meant to be run "
        "once a day by a timer; it may be repeated and stopped at any moment. The desk shows the same under Operations."
        " Without EMAIL_URL nothing is mailed."
    )

    def handle(self, *args, **options) -> None:
        record_certificate()
        OperationRecord.store(Operation.READERS, timezone.now(), unreadable=count_unreadable())
        OperationRecord.store(Operation.CHECK, timezone.now())
        warnings = find_warnings()
        if warnings and can_send_mail():
            queue_warnings()
        if options["verbosity"] > 0:
            for warning in warnings:
                self.stdout.write(f"{warning.check.label}: {warning.finding.value}. {warning.check.remedy}")
            if not warnings:
                self.stdout.write("All is well.")
