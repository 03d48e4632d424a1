"""Check that the database, the storage, pub/sub and the mail server answer."""

import secrets
from smtplib import SMTPException

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import mailers
from django.core.mail.backends import smtp
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from publications import page_cache
from publications.models.image import original_storage
from publications.reserved_disk_space import is_disk_full_error

MAX_MESSAGE_CHARACTERS = 300


class Command(BaseCommand):
    help = (
        "Ask the services that the site uses whether they answer: the database (DATABASE_URL), the storage of "
        "uploaded files (STORAGE_URL), the message channel between servers (CACHE_URL, where it is set) and the "
        "mail server (EMAIL_URL, where it is set), to which nothing is sent. A "
        "small file is written to the storage, read and removed. Says which service does not answer and what to "
        "do, and then ends with 1."
    )

    def handle(self, *args, **options) -> None:
        self.verbosity = options["verbosity"]
        checks = (self._check_database, self._check_storage, self._check_pubsub, self._check_mail)
        if failures := [failure for check in checks if (failure := check())]:
            raise CommandError("\n".join(failures))

    def _say(self, text: str) -> None:
        if self.verbosity > 0:
            self.stdout.write(text)

    def _check_database(self) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error as error:
            return _failure(
                "DATABASE_URL", "the database", error, "Is it running, and are host, name and password right?"
            )
        self._say(f"The database answers ({connection.vendor}).")
        return ""

    def _check_storage(self) -> str:
        name, content = f"reach/{secrets.token_hex(8)}", b"Is it there?"
        try:
            original_storage().save(name, ContentFile(content))
            with original_storage().open(name) as file:
                is_same = file.read() == content
            original_storage().delete(name)
        except Exception as error:  # each kind of store has errors of its own
            if is_disk_full_error(error):
                raise
            hint = "Is there such a bucket, and may this key read, write and delete in it?"
            return _failure("STORAGE_URL", "the store of originals", error, hint)
        if not is_same:
            return "STORAGE_URL: the store of originals gives back other bytes than it was given. Choose another."
        self._say("The store of originals takes, gives and removes files.")
        return ""

    def _check_pubsub(self) -> str:
        if not settings.CACHE_URL:
            return ""
        try:
            page_cache.check_pubsub()
        except Exception as error:
            return _failure(
                "CACHE_URL",
                "the message channel",
                error,
                "Is Redis or Valkey running there, and is the password right?",
            )
        self._say("The message channel (CACHE_URL) answers.")
        return ""

    def _check_mail(self) -> str:
        server = mailers["default"]
        if not isinstance(server, smtp.EmailBackend):  # printed
            return ""
        try:
            server.open()
            server.close()
        except (OSError, SMTPException, UnicodeError) as error:
            hint = "Are host, port, name and password right? A relay without STARTTLS needs ?tls=none at the end."
            return _failure("EMAIL_URL", "the mail server", error, hint)
        self._say("The mail server takes mail.")
        return ""


def _failure(variable: str, what: str, error: Exception, hint: str) -> str:
    message = " ".join(str(error).split())[:MAX_MESSAGE_CHARACTERS]
    return f"{variable}: {what} does not answer. {hint} It says: {message}"
