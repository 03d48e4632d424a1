"""Uploads of forms with errors: stored for a day, so that nobody has to choose the file again.

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
MAX_PENDING_AGE = timedelta(days=1)
SALT = "publications.desk.waiting_files"  # of pages in open browsers: stored data, not the name of a module


@dataclass(frozen=True)
class PendingUpload:
    """A file in the private storage.

    Attributes:
        name: its name in the storage.
        filename: the name that it was uploaded with.
    """

    name: str
    filename: str

    def read(self) -> bytes:
        with original_storage().open(self.name) as file:
            return file.read()

    def delete(self) -> None:
        original_storage().delete(self.name)


def store_pending_upload(content: bytes, filename: str) -> str:
    """Store a file and return the token for `get_pending_upload`. Expired files are deleted."""
    delete_expired_uploads()
    name = original_storage().save(f"{FOLDER}/{uuid4().hex}", ContentFile(content))
    return signing.dumps([name, filename[-200:]], salt=SALT)


def get_pending_upload(token: str) -> PendingUpload | None:
    """Return the file of a token, or None if the token is invalid or expired, or the file is deleted."""
    try:
        upload = PendingUpload(*signing.loads(token, salt=SALT, max_age=MAX_PENDING_AGE))
    except signing.BadSignature:
        return None
    return upload if original_storage().exists(upload.name) else None


def delete_expired_uploads() -> int:
    """Delete expired files and return their number. Safe to run concurrently."""
    storage = original_storage()
    try:
        filenames = storage.listdir(FOLDER)[1]
    except FileNotFoundError:
        return 0
    expired = [name for filename in filenames if _is_expired(name := f"{FOLDER}/{filename}")]
    for name in expired:
        storage.delete(name)
    return len(expired)


def _is_expired(name: str) -> bool:
    storage = original_storage()
    try:
        return storage.get_modified_time(name) < timezone.now() - MAX_PENDING_AGE
    except Exception:  # a folder and a bucket raise different errors for a file that is deleted already
        if storage.exists(name):
            raise
        return False
