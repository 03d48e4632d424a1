"""Remove a name that stands in every place of the demonstration; print what finds it before and after, and how long it takes.

Run as `python -m tests.figures.names`. It uses a site of its own in a temporary folder.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILL = "import django; django.setup(); from tests.named_site import fill_site; print(fill_site())"
PREVIEW = """
import time, django; django.setup()
from publications import actions
from publications.models import Author
removal = actions.NameRemoval(spellings={spellings!r}, author=Author.objects.get(slug={slug!r}))
start, processor = time.monotonic(), time.process_time()
preview = actions.preview_name_removal(removal, by=None)
publications = len(actions.publications_to_search())
print(f"{{publications}} publications, of which {{len(preview.publications)}} hold the name: "
      f"{{time.monotonic() - start:.1f}} s, of a processor {{time.process_time() - processor:.1f}} s")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        site, mirror = Path(name) / "site", Path(name) / "mirror"
        site.mkdir()
        os.environ |= {"DJANGO_SETTINGS_MODULE": "sceeus.settings", "SITE_DATA": str(site), "DEBUG": "1"}
        from tests.name_outside import REMOVE, SPELLINGS, found_from_outside, manage
        from tests.own_databases import own_database, run_python

        with own_database(site) as environment:
            with timed("the demonstration"):
                manage("prepare", environment={**environment, "DEMO": "1"})
            with timed("the name in it"):
                slug = run_python(FILL, environment)
            print("before:", count(found_from_outside(site)))
            print("preview:", run_python(PREVIEW.format(slug=slug, spellings=SPELLINGS), environment))
            with timed("removal, with a search of all but the public site"):
                print(
                    "stage, places, publications, rewritten:",
                    run_python(REMOVE.format(slug=slug), environment),
                )
            with timed("mirror with PDFs"):
                manage("mirror", "--with-pdf", str(mirror), environment=environment)
            found = manage("find_name", *SPELLINGS, "--without-site", environment=environment)
            verified = manage("verify", environment=environment)
        print("after:", count(found_from_outside(site)), "in the mirror:", count(found_from_outside(mirror)))
        files = [path for path in mirror.rglob("*") if path.is_file()]
        print(f"{len(files)} files of the mirror, {sum(path.suffix == '.pdf' for path in files)} PDFs")
        print("find_name ended with", found.returncode, "and verify with", verified.returncode)


@contextmanager
def timed(what: str) -> Iterator[None]:
    start, processor = time.monotonic(), processor_seconds()
    yield
    print(f"{what}: {time.monotonic() - start:.0f} s, of a processor {processor_seconds() - processor:.0f} s")


def processor_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def count(found: dict[str, list[str]]) -> str:
    return ", ".join(f"{tool} {len(lines)}" for tool, lines in found.items()) or "nothing"


if __name__ == "__main__":
    main()
