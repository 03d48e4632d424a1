"""Search everything that the site stores and shows for a name: the check after a redaction or a removal."""

import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from django.conf import settings

from publications import exporters
from publications.models import original_storage
from publications.name_search import (
    UPLOADED_FILES,
    NameMatcher,
    Occurrence,
    Searched,
    database_files,
    search_database,
    search_folder,
    search_path,
    search_storage,
)

PUBLIC_SITE = "the public site"
ShowProgress = Callable[[str, int, int], None]
"""Called with what is being searched, and how many of how many pages are rendered; 0 of 0 for anything else."""


def search_everything(
    matcher: NameMatcher,
    searched: Searched,
    *,
    also: Collection[Path] = (),
    with_site: bool = True,
    progress: ShowProgress = lambda _what, _done, _total: None,
) -> Iterator[Occurrence]:
    """Yield each place in the database, its file, uploaded and other files, and the public site that holds a name.

    Args:
        also: other folders to search, such as one with backups.
        with_site: whether the public site is rendered with all PDFs into a temporary folder and searched.
    """
    yield from search_database(matcher, progress=lambda what: progress(what, 0, 0))
    for file in database_files():
        progress(f"the bytes of {file.name}", 0, 0)
        yield from search_path(file, str(file), matcher, searched)
    progress(UPLOADED_FILES, 0, 0)
    yield from search_storage(original_storage(), matcher, searched)
    progress("other files of the site", 0, 0)
    searched_before = [settings.ORIGINALS, *database_files()]
    of_the_release = [settings.STATIC_ROOT, settings.RESERVED_SPACE_FILE]
    yield from search_folder(
        settings.SITE_DATA, matcher, searched, without=[*searched_before, *of_the_release]
    )
    for folder in also:
        progress(str(folder), 0, 0)
        yield from search_folder(folder, matcher, searched)
    if with_site:
        yield from _search_site(matcher, searched, progress)


def _search_site(matcher: NameMatcher, searched: Searched, progress: ShowProgress) -> Iterator[Occurrence]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        crawl = exporters.Crawl(folder, with_renditions=True)
        report = crawl.run(lambda done, total: progress(PUBLIC_SITE, done, total))
        searched.unread += [f"{PUBLIC_SITE}: {path} cannot be rendered" for path in report.unavailable]
        for found in search_folder(folder, matcher, searched):
            yield Occurrence(found.place.replace(f"{folder}", PUBLIC_SITE), found.name)
