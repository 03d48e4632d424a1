"""Mailboxes to which the form for alerts sends no mail, since their owners have chosen so: strangers enter them."""

from .addresses import list_refusals
from .locks import brief_transaction, lock_subscriber
from .models import Subscriber, SuppressedAddress
from .removal import remove_subscriber
from .signup import lock_mailbox


@brief_transaction()
def refuse_sign_ups(subscriber: Subscriber) -> None:
    """Let the form send no mail to the mailbox of a reader, whoever enters it; delete what waits for a confirmation.

    What is confirmed goes on.

    Raises:
        Subscriber.DoesNotExist: the reader has left.
        LockWaitTooLong: a mail to the reader is being sent.
    """
    address = subscriber.address
    lock_mailbox(address)
    subscriber = lock_subscriber(subscriber.pk)
    SuppressedAddress.objects.get_or_create(address_digest=list_refusals(address)[0])
    if not subscriber.subscriptions.confirmed().exists():
        remove_subscriber(subscriber)
        return
    subscriber.subscriptions.filter(confirmed_at=None).delete()
    subscriber.mails.pending().confirmations().delete()


def allow_sign_ups(address: str) -> None:
    """Let the form mail an address again, for who has written that they want it.

    Args:
        address: one that `clean_address` has returned.
    """
    SuppressedAddress.objects.refusals(address).delete()
