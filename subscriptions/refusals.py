"""Mailboxes to which the form for alerts sends no mail, since their owners have chosen so: strangers enter them."""

from django.db import transaction

from .addresses import list_refusals
from .models import AlertMailPurpose, Subscriber, SuppressedAddress
from .signup import lock_mailbox, remove_subscriber


@transaction.atomic
def refuse_sign_ups(subscriber: Subscriber) -> None:
    """Let the form send no mail to the mailbox of a reader, whoever enters it; delete what waits for a confirmation.

    What is confirmed goes on.

    Raises:
        Subscriber.DoesNotExist: the reader has left.
    """
    address = subscriber.address
    lock_mailbox(address)
    subscriber = Subscriber.objects.select_for_update(no_key=True).get(pk=subscriber.pk)
    SuppressedAddress.objects.get_or_create(address_digest=list_refusals(address)[0])
    if not subscriber.subscriptions.confirmed().exists():
        remove_subscriber(subscriber)
        return
    subscriber.subscriptions.filter(confirmed_at=None).delete()
    subscriber.mails.pending().filter(purpose=AlertMailPurpose.CONFIRM).delete()


def allow_sign_ups(address: str) -> None:
    """Let the form mail an address again, for who has written that they want it.

    Args:
        address: one that `clean_address` has returned.
    """
    SuppressedAddress.objects.refusals(address).delete()
