"""Uploads of forms that are shown again, as with errors: stored for a day, so that nobody has to choose the file again.

A browser sends a chosen file once. The form carries a signed token with its name in the private storage. Expired files
are deleted by the next upload and by `manage.py tidy`.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.core import signing
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from publications.models import original_storage

from .form_fields import HiddenStateField

logger = logging.getLogger(__name__)
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

    def as_uploaded_file(self) -> UploadedFile:
        return SimpleUploadedFile(self.filename, self.read())

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


class PendingUploadFormMixin:
    """A model form that keeps its chosen file while it is shown again: with errors, a question or unsaved values.

    The hidden field `held` has the token. A file that has an error itself is not kept.
    """

    upload_field = "file"

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["held"] = HiddenStateField()
        self.initial.pop("held", None)  # from the URL of a restored form, whose parameter has the same name
        self._token = self.data.get(self.add_prefix("held"), "")
        self.pending_upload = None
        if self._token and not self._upload:
            self.pending_upload = get_pending_upload(self._token)
        if self.pending_upload:
            self.files = {**self.files.dict(), self._upload_name: self.pending_upload.as_uploaded_file()}

    @property
    def _upload_name(self) -> str:
        return self.add_prefix(self.upload_field)

    @property
    def _upload(self) -> UploadedFile | None:
        return self.files.get(self._upload_name)

    def full_clean(self) -> None:
        super().full_clean()
        if self._token and not self._upload:
            self._set_token("")
            if not self.is_redisplay and self.upload_field not in self.errors:
                self.add_error(self.upload_field, _("The file that was kept is gone. Choose it again."))
        if self._upload and self.upload_field in self.errors:
            self._set_token("")
        elif self._upload and (self.errors or self.is_redisplay):
            self._keep_upload()

    def _keep_upload(self) -> None:
        """Store the file. On a full disk the form is shown without it, and the file has to be chosen again."""
        if not self.pending_upload:
            self._upload.seek(0)
            try:
                self._set_token(store_pending_upload(self._upload.read(), self._upload.name))
            except OSError:
                logger.warning("The upload of a form could not be kept.", exc_info=True)
                self._set_token("")
                return
        text = _("“%(file)s” is kept. Choose another only to take its place.")
        self[self.upload_field].help_text = text % {"file": self._upload.name}

    def _set_token(self, token: str) -> None:
        self.data = self.data.copy()
        self.data[self.add_prefix("held")] = token

    def save(self, commit: bool = True):
        if self.pending_upload:
            # After the commit: the upload is kept if the action is refused.
            transaction.on_commit(self.pending_upload.delete, robust=True)
        return super().save(commit)
