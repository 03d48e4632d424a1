"""Ask what stands on other machines whether it answers."""

import secrets

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection

from publications import pagecache
from publications.disk_reserve import is_disk_full
from publications.models.images import originals

LONGEST = 300  # signs of what a server says


class Command(BaseCommand):
    help = (
        "Ask the database (DATABASE_URL), the store of originals (STORAGE_URL) and the bell (CACHE_URL) whether they "
        "answer; write, read and remove a small file in the store. Says which does not and what to do, and ends with 1."
    )

    def handle(self, *args, **options) -> None:
        failed = [told for told in (self._database(), self._store(), self._bell()) if told]
        if failed:
            raise CommandError("\n".join(failed))

    def _database(self) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
        except Error as error:
            return _told(
                "DATABASE_URL", "the database", error, "Is it running, and are host, name and password right?"
            )
        self.stdout.write(f"The database answers ({connection.vendor}).")
        return ""

    def _store(self) -> str:
        name, content = f"reach/{secrets.token_hex(8)}", b"Is it there?"
        try:
            originals().save(name, ContentFile(content))
            with originals().open(name) as file:
                is_same = file.read() == content
            originals().delete(name)
        except Exception as error:  # each kind of store has errors of its own
            if is_disk_full(error):
                raise
            hint = "Is there such a bucket, and may this key read, write and delete in it?"
            return _told("STORAGE_URL", "the store of originals", error, hint)
        if not is_same:
            return "STORAGE_URL: the store of originals gives back other bytes than it was given. Choose another."
        self.stdout.write("The store of originals takes, gives and removes files.")
        return ""

    def _bell(self) -> str:
        if not settings.CACHE_URL:
            return ""
        try:
            pagecache.try_pubsub()
        except Exception as error:
            return _told(
                "CACHE_URL", "the bell", error, "Is Redis or Valkey running there, and is the password right?"
            )
        self.stdout.write("The bell can be rung.")
        return ""


def _told(variable: str, what: str, error: Exception, hint: str) -> str:
    said = " ".join(str(error).split())[:LONGEST]
    return f"{variable}: {what} does not answer. {hint} It says: {said}"
