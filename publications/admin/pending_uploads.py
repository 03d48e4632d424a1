"""Uploads of forms with errors: held for a day, so that nobody has to choose the file again.

A browser sends a chosen file once. The form carries a signed token with its name in the private storage. Expired files
are deleted by the next upload and by `manage.py tidy`.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.utils import timezone

from publications.models import original_storage

FOLDER = "waiting"
HELD_FOR = timedelta(days=1)
SALT = "publications.desk.waiting_files"  # of pages in open browsers: stored data, not the name of a module


@dataclass(frozen=True)
class HeldUpload:
    """A file in the private storage: its name there, and the name that it was uploaded with."""

    place: str
    filename: str

    def read(self) -> bytes:
        with original_storage().open(self.place) as file:
            return file.read()

    def forget(self) -> None:
        original_storage().delete(self.place)


def hold_upload(content: bytes, filename: str) -> str:
    """Store a file and return the token for `get_held_upload`. Expired files are deleted."""
    delete_expired_uploads()
    place = original_storage().save(f"{FOLDER}/{uuid4().hex}", ContentFile(content))
    return signing.dumps([place, filename[-200:]], salt=SALT)


def get_held_upload(token: str) -> HeldUpload | None:
    """Return the file of a token, or None if the token is invalid or expired, or the file is deleted."""
    try:
        upload = HeldUpload(*signing.loads(token, salt=SALT, max_age=HELD_FOR))
    except signing.BadSignature:
        return None
    return upload if original_storage().exists(upload.place) else None


def delete_expired_uploads() -> int:
    """Delete expired files and return their number. Safe to run concurrently."""
    store = original_storage()
    try:
        names = store.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    old = [place for name in names if _is_expired(place := f"{FOLDER}/{name}")]
    for place in old:
        store.delete(place)
    return len(old)


def _is_expired(place: str) -> bool:
    store = original_storage()
    try:
        return store.get_modified_time(place) < timezone.now() - HELD_FOR
    except Exception:  # a folder and a bucket raise different errors for a file that is deleted already
        if store.exists(place):
            raise
        return False
