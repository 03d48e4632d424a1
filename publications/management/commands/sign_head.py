"""Publish the head of the audit log, signed here or with a key that is elsewhere."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from publications import exporters
from publications.management.option_types import non_empty_path
from publications.minisign import BadSignature
from publications.models import HEAD, Head, HeadRefused
from publications.signing import read_public_key, sign


class Command(BaseCommand):
    help = (
        "Publish the head of the audit trail (its last entry, hash, date and number of entries) at "
        "/.well-known/audit-head.json. Run it each day. The head is signed if SIGNING_KEY names a key. To keep the key "
        "off the server: --write writes the head to a file and publishes nothing; sign that file elsewhere with "
        "“minisign -Sm FILE”, put FILE.minisig beside it, and publish both with --publish. Outsiders check it with "
        "minisign, and what “export_audit_log” wrote for them with scripts/verify_audit_log.py."
    )

    def add_arguments(self, parser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--write", metavar="FILE", type=non_empty_path, help="write the head to be signed elsewhere"
        )
        ways.add_argument(
            "--publish", metavar="FILE", type=non_empty_path, help="publish this head with FILE.minisig"
        )

    def handle(self, *args, **options) -> None:
        try:
            done = self._publish(write=options["write"], publish=options["publish"])
        except (HeadRefused, BadSignature, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            way = "written" if options["write"] else "read"
            raise CommandError(f"“{error.filename}” cannot be {way}: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"“{options['publish']}.minisig” is not UTF-8, thus no signature.") from error
        if options["verbosity"] > 0:
            self.stdout.write(done)

    def _publish(self, *, write: Path | None, publish: Path | None) -> str:
        """Publish or write a head; return what was done, as a sentence."""
        if publish:
            content = publish.read_bytes()
            signature = publish.with_name(f"{publish.name}.minisig").read_text(encoding="utf-8")
            if public_key := read_public_key():
                public_key.verify([content], signature)
            exporters.publish_head(content, signature)
            return f"{publish} and its signature are public."
        Head.check_published()
        head = Head.read()
        content = head.serialize()
        if write:
            write.write_bytes(content)
            return f"Sign it with “minisign -Sm {write}”, then run “manage.py sign_head --publish {write}”."
        signature = sign(content, name=HEAD)
        exporters.publish_head(content, signature)
        signed = "with its signature" if signature else "without a signature, as there is no SIGNING_KEY"
        return f"The head of version {head.version} ({head.entries} entries) is public, {signed}."
