"""Make anew what is derived from the editions."""

from django.core.management.base import BaseCommand, CommandError

from publications import search

PARTS = {"search": search.rebuild}


class Command(BaseCommand):
    help = (
        "Make anew what is derived from the editions: all of it, or the parts named. Readers notice nothing meanwhile, "
        "and deeds may be done. It may be broken off and run again at any time. Deeds keep these parts in step by "
        "themselves, so this is for the day when one looks wrong, or after a database was filled by other means."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("part", nargs="*", help=f"of these: {', '.join(PARTS)}")

    def handle(self, *args, **options) -> None:
        if unknown := set(options["part"]) - set(PARTS):
            raise CommandError(
                f"There is no part “{min(unknown)}”. These can be rebuilt: {', '.join(PARTS)}."
            )
        for part in options["part"] or PARTS:
            try:
                self._rebuild(part)
            except KeyboardInterrupt as reason:
                raise CommandError(
                    f"Broken off while rebuilding {part}. What there was still serves. Run it again to finish."
                ) from reason

    def _rebuild(self, part: str) -> None:
        for done, total in PARTS[part]():
            self.stdout.write(f"\r{part}: {done} of {total} editions", ending="")
            self.stdout.flush()
        self.stdout.write("")
