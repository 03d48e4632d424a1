"""Files that came with a form which was not stored: kept for a day, so that nobody has to choose them again.

A browser sends a chosen file once. The form tells itself, signed, where the server has put it meanwhile. Whoever keeps
another file, and `manage.py tidy`, throws away what nobody came back for.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from publications.models import originals

FOLDER = "waiting"
HELD_FOR = timedelta(days=1)
SALT = "publications.desk.waiting_files"  # of pages in open browsers: stored data, not the name of a module


@dataclass(frozen=True)
class HeldUpload:
    """A file as it came: its place in the private store, and the name it had."""

    place: str
    filename: str

    def read(self) -> bytes:
        with originals().open(self.place) as file:
            return file.read()

    def forget(self) -> None:
        originals().delete(self.place)


def hold_upload(content: bytes, filename: str) -> str:
    """Put a file aside; gives the word that `find` knows it by. What has waited too long goes."""
    delete_expired_uploads()
    place = originals().save(f"{FOLDER}/{uuid4().hex}", ContentFile(content))
    return signing.dumps([place, filename[-200:]], salt=SALT)


def get_held_upload(word: str) -> HeldUpload | None:
    """The file of that word; nothing where it is not one of ours, too old, or has gone."""
    try:
        waiting = HeldUpload(*signing.loads(word, salt=SALT, max_age=HELD_FOR))
    except signing.BadSignature:
        return None
    return waiting if originals().exists(waiting.place) else None


def delete_expired_uploads() -> int:
    """Throw away what has waited too long. Two who do it at once do no harm. Returns how many files went."""
    store = originals()
    try:
        names = store.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    old = [place for name in names if _is_expired(place := f"{FOLDER}/{name}")]
    for place in old:
        store.delete(place)
    return len(old)


def _is_expired(place: str) -> bool:
    store = originals()
    try:
        return store.get_modified_time(place) < timezone.now() - HELD_FOR
    except Exception:  # a folder and a bucket say in different words that another sweep was here first
        if store.exists(place):
            raise
        return False
