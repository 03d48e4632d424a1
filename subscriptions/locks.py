"""The locks that requests of readers take: they wait briefly, or not at all.

A sender has the lock on a subscriber while it talks to a relay, which may take a minute. Requests that waited as long
would keep the workers of a server from everybody else.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from .models import Subscriber

MAX_WAIT = timedelta(seconds=2)
BUSY_SECONDS = 60
"""After which a request that has waited in vain may be sent again: no mail takes a relay longer."""
LOCK_NOT_AVAILABLE = "55P03"
"""The SQLSTATE of PostgreSQL after `lock_timeout`."""


class LockWaitTooLong(Exception):
    """Raised where somebody else has had a lock for longer than `MAX_WAIT`. Nothing is stored."""


@contextmanager
def brief_transaction() -> Iterator[None]:
    """Run what a request of a reader stores in a transaction that waits at most `MAX_WAIT` for each lock.

    On SQLite no sender keeps others from writing while it talks to a relay; all wait as the settings say.

    Raises:
        LockWaitTooLong: it has waited so long.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                _limit_waits()
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise LockWaitTooLong from error


def _limit_waits() -> None:
    with connection.cursor() as cursor:
        milliseconds = MAX_WAIT // timedelta(milliseconds=1)
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{milliseconds}ms"])


def lock_subscriber(pk: int) -> Subscriber:
    """Return a subscriber, locked until the end of a `brief_transaction`. Mails may be queued for them all the same.

    Raises:
        Subscriber.DoesNotExist: the reader has left.
    """
    return Subscriber.objects.select_for_update(no_key=True).get(pk=pk)


def try_lock_subscriber(pk: int) -> bool:
    """Lock a subscriber like `lock_subscriber`, but wait for nobody; return whether nobody else has the lock."""
    free = Subscriber.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=pk)
    return bool(free.values_list("pk", flat=True))


def compile_key_lock(rows: QuerySet) -> tuple[str, Sequence[object]]:
    """Return the statement that reads the keys of rows, which nobody deletes before the end of the transaction.

    Others may have the same lock, and change what is no key; Django has none that is as weak.
    """
    query, params = rows.order_by().values("pk").query.get_compiler(connection=connection).as_sql()
    return (f"{query} FOR KEY SHARE" if connection.features.has_select_for_update else query), params


def keep_row(row: QuerySet) -> bool:
    """Keep a row from being deleted before the end of the transaction; return whether it is still there."""
    with connection.cursor() as cursor:
        cursor.execute(*compile_key_lock(row))
        return cursor.fetchone() is not None
