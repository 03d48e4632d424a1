"""A PDF and a social image of every text of the corpus, with their faults and sizes: `python -m tests.figures.pdf`.

It uses a site of its own in a temporary folder; PDFS=folder keeps the files.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
MAX_IMAGE_BYTES = 100_000


def main(only: str = "") -> None:
    import_corpus(only)
    from publications.models import Edition

    folder = Path(os.environ["PDFS"]) if "PDFS" in os.environ else None
    all_faults, times, sizes, pages, social_images = [], [], [], Counter(), []
    for edition in Edition.objects.live().order_by("pk").iterator():
        milliseconds, size, page_count, faults = check_pdf(edition, folder)
        all_faults += [f"{edition.get_absolute_url()}: {fault}" for fault in faults]
        times.append(milliseconds)
        sizes.append(size)
        pages[page_count] += 1
        social_images.append(social_image_size(edition, folder))
    print("\n".join(all_faults))
    print(
        f"{len(times)} PDFs, {sum(n * count for n, count in pages.items())} pages, faults {len(all_faults)}"
    )
    print(f"made in ms: median {statistics.median(times):.0f}, worst {max(times):.0f}")
    print(f"kB: median {statistics.median(sizes) / 1000:.0f}, largest {max(sizes) / 1000:.0f}")
    print(f"social images kB: median {statistics.median(social_images) / 1000:.0f}, largest {max(social_images) / 1000:.0f}; "
          f"over 100 kB: {sum(size > MAX_IMAGE_BYTES for size in social_images)}")  # fmt: skip


def import_corpus(only: str) -> None:
    """Import the corpus and publish everything."""
    from django.core.management import call_command

    from publications import actions
    from publications.importers.run import ImportOptions, run_import
    from publications.models import Publication
    from tests.factories import make_author

    call_command("migrate", verbosity=0)
    if only:
        for folder in ("posts", "guides"):
            for path in (CORPUS / folder).rglob(only):
                run_import(ImportOptions(path, authors=CORPUS / "authors/team_members.csv", publish=True))
    else:
        run_import(ImportOptions(CORPUS / "posts", authors=CORPUS / "authors/team_members.csv", publish=True))
        run_import(ImportOptions(CORPUS / "guides", publish=True))
    author = make_author("Ann Berg")
    for publication in Publication.objects.filter(editions=None):
        publication.bylines.create(author=author)
        publication.slug = (
            f"{publication.slug}-{publication.pk}"  # guides have the same name in every language
        )
        publication.save()
        actions.publish(publication, by=None)


def check_pdf(edition, folder: Path | None) -> tuple[float, int, int, list[str]]:
    from django.utils import translation

    from publications import renditions
    from publications.models import EditionWithRows, SiteSettings
    from publications.presentation import pdf_document_of
    from tests import pdf_reading

    with translation.override(edition.locale):
        publication = EditionWithRows.get(edition)
        images = [*publication.images, *([edition.cover] if edition.cover else [])]
        for image in images:
            renditions.make_image_files(image)
        start = time.perf_counter()
        try:
            content = renditions.get_pdf(
                renditions.RenditionSource.of_edition(
                    edition,
                    pdf_document_of(publication, site=SiteSettings()),
                    lambda: pdf_document_of(publication, site=SiteSettings()),
                ),
                images,
            ).content
        except renditions.RenderingFailed as reason:
            return 0, 0, 0, [f"not made: {reason.__cause__}"]
        milliseconds = (time.perf_counter() - start) * 1000
    if folder:
        (folder / f"{edition.pk}-{edition.slug[:60]}.pdf").write_bytes(content)
    reading = pdf_reading.read(content)
    missing = {anchor for anchor, _text in edition.paragraphs} - reading.names
    faults = [*reading.faults, pdf_reading.qpdf_faults(content), f"no places {missing}" if missing else ""]
    return milliseconds, len(content), reading.pages, [fault for fault in faults if fault]


def social_image_size(edition, folder: Path | None) -> int:
    from django.utils import translation

    from publications import renditions
    from publications.presentation import social_image_of

    with translation.override(edition.locale):
        result = social_image_of(edition, renditions.cover_digest(edition.cover) if edition.cover else "")
        content = renditions.get_social_image(
            renditions.RenditionSource.of_edition(edition, result, lambda: result), edition.cover
        ).content
    if folder:
        (folder / f"{edition.pk}-{edition.slug[:60]}.png").write_bytes(content)
    return len(content)


def parse_arguments() -> str:
    description, _, epilog = __doc__.partition("\n\n")
    arguments = argparse.ArgumentParser(
        prog="python -m tests.figures.pdf", description=description, epilog=epilog
    )
    arguments.add_argument("only", nargs="?", default="", help="do only the files of this name (all)")
    return arguments.parse_args().only


if __name__ == "__main__":
    import django

    only = parse_arguments()
    with tempfile.TemporaryDirectory() as site:
        os.environ |= {"SITE_DATA": site, "DJANGO_SETTINGS_MODULE": "sceeus.settings"}
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        main(only)
