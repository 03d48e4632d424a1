"""Random bits changed in the rows and files of a site on SQLite, one at a time, and whether `verify` finds each.

`python -m tests.exercise bits` changes a thousand of the demonstration. Each is undone before the next.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.core.files.base import ContentFile
from django.db import Error, connection, transaction
from django.db.models import Model

from publications.integrity import CHECKS, Check, no_progress
from publications.integrity.originals import list_originals
from publications.integrity.row_digests import recorded_models
from publications.models import original_storage
from publications.models.guards import SQLITE_TRIGGERS

FILES_PER_BIT = 10  # one bit in so many is one of a file
FIRST_CHECKS = ("restored-rows", "damaged-files")
"""The checks that find most, which run first."""


Files = dict[str, bytes]
"""Files that were changed, with what they held before."""


class Bit(NamedTuple):
    """A bit, by the table and column or the file that it is in, and a function that changes it."""

    place: str
    change: Callable[[Files], bool]


def choose_bit(chance: random.Random) -> Bit:
    files = sorted(list_originals())
    if files and not chance.randrange(FILES_PER_BIT):
        name = chance.choice(files)
        return Bit("a file", lambda files: _change_file(name, files, chance))
    model = chance.choice(recorded_models())
    field = chance.choice(model._meta.local_concrete_fields)
    return Bit(
        f"{model._meta.db_table}.{field.column}", lambda _files: _change_row(model, field.column, chance)
    )


def _change_file(name: str, files: Files, chance: random.Random) -> bool:
    storage = original_storage()
    with storage.open(name) as file:
        files[name] = file.read()
    storage.save(name, ContentFile(_flip(files[name], chance)))
    return True


def _change_row(model: type[Model], column: str, chance: random.Random) -> bool:
    """Change a bit of a random row; return whether there is one with a value, and the database has accepted it."""
    key, table = model._meta.pk.column, model._meta.db_table
    pks = [pk for (pk,) in _execute(f'SELECT "{key}" FROM "{table}" WHERE "{column}" IS NOT NULL')]
    if not pks:
        return False
    pk = chance.choice(pks)
    ((value,),) = _execute(f'SELECT "{column}" FROM "{table}" WHERE "{key}" = %s', pk)
    changed = _flip_value(value, chance)
    if changed == value:
        return False
    try:
        with transaction.atomic():
            _execute(f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', changed, pk)
    except Error:  # the value is that of another row, say
        return False
    return True


def _flip_value(value: object, chance: random.Random) -> object:
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(max(value.bit_length(), 1)))
    content = _flip(str(value).encode(), chance)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return value


def _flip(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return content
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]


def _execute(statement: str, *values: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


@contextmanager
def undone() -> Iterator[Files]:
    """Undo what the block does to rows and files. The database refuses nothing in it, as nothing does on a disk."""
    files: Files = {}
    with connection.constraint_checks_disabled():
        _execute("PRAGMA ignore_check_constraints = ON")
        try:
            with transaction.atomic():
                for name in SQLITE_TRIGGERS:
                    _execute(f"DROP TRIGGER IF EXISTS {name}")
                yield files
                transaction.set_rollback(True)
        finally:
            _execute("PRAGMA ignore_check_constraints = OFF")
            for name, content in files.items():
                original_storage().save(name, ContentFile(content))


def is_found(checks: list[Check]) -> bool:
    """Return whether a check finds something. `guards` are left out, which the block of `undone` has dropped."""
    ordered = sorted(checks, key=lambda check: check.name not in FIRST_CHECKS)
    return any(_finds(check) for check in ordered if check.name != "guards" and not check.is_note)


def _finds(check: Check) -> bool:
    try:
        return any(check.find(no_progress))
    except Exception:  # a damaged value, for which `verify` fails
        return True


def find_misses(count: int, *, restored: bool = True, seed: int = 1) -> Counter[str]:
    """Change so many bits, and return the places of those that no check finds."""
    chance, checks = random.Random(seed), [check for check in CHECKS if not check.is_full]
    checks = [check for check in checks if restored or not check.is_restored]
    with undone():
        assert not is_found(checks)
    misses: Counter[str] = Counter()
    while count:
        bit = choose_bit(chance)
        with undone() as files:
            if bit.change(files):
                count -= 1
                misses[bit.place] += not is_found(checks)
    return +misses
