"""Publish the head of the audit log, signed here or with a key that is elsewhere."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from publications import exporters, minisign
from publications.management.option_types import non_empty_path


class Command(BaseCommand):
    help = (
        "Publish the head of the audit trail (its last entry, hash, date and number of entries) and the public part of "
        "the trail, at /.well-known/audit-head.json and /.well-known/audit-log.jsonl. Run it each day. --key signs the "
        "head with a key of minisign that has no password. To keep the key off the server: --write writes the head to "
        "a file and publishes nothing; sign that file elsewhere with “minisign -Sm FILE”, put FILE.minisig beside it, "
        "and publish both with --publish. Outsiders check with minisign and scripts/verify_audit_log.py."
    )

    def add_arguments(self, parser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--key", metavar="FILE", type=non_empty_path, help="sign with this secret key of minisign"
        )
        ways.add_argument(
            "--write", metavar="FILE", type=non_empty_path, help="write the head to be signed elsewhere"
        )
        ways.add_argument(
            "--publish", metavar="FILE", type=non_empty_path, help="publish this head with FILE.minisig"
        )
        parser.add_argument(
            "--public-key",
            metavar="FILE",
            type=non_empty_path,
            help="with --publish: refuse a signature that is not by this public key",
        )

    def handle(self, *args, **options) -> None:
        try:
            done = self._publish(
                **{name: options[name] for name in ("key", "write", "publish", "public_key")}
            )
        except (exporters.HeadRefused, minisign.UnusableKey, minisign.BadSignature) as error:
            raise CommandError(str(error)) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"A file cannot be read or written: {error}.") from error
        if options["verbosity"] > 0:
            self.stdout.write(done)

    def _publish(
        self, *, key: Path | None, write: Path | None, publish: Path | None, public_key: Path | None
    ) -> str:
        """Publish or write a head; return what was done, as a sentence."""
        if publish:
            content = publish.read_bytes()
            signature = publish.with_name(f"{publish.name}.minisig").read_text(encoding="utf-8")
            if public_key:
                minisign.PublicKey.parse(public_key.read_text(encoding="utf-8")).verify([content], signature)
            exporters.publish_head(content, signature)
            return f"{publish} and its signature are public."
        head = exporters.Head.read()
        content = head.serialize()
        if write:
            write.write_bytes(content)
            return f"Sign it with “minisign -Sm {write}”, then run “manage.py sign_head --publish {write}”."
        secret = minisign.SecretKey.parse(key.read_text(encoding="utf-8")) if key else None
        exporters.publish_head(content, exporters.sign_head(content, secret) if secret else "")
        signed = f"signed by key {secret.public.name}" if secret else "without a signature"
        return f"The head of version {head.version} ({head.entries} entries) is public, {signed}."
