"""Find the files that a Markdown text links to: beside it, or in the folders of its site."""

from pathlib import Path
from urllib.parse import urljoin

from ..html.media import SourceMedia, path_of
from ..image_finder import ImageFinder
from .source_site import SourceSite


class TextMedia(SourceMedia):
    """Finds files by the addresses in one text.

    Args:
        finder: has the folders of the site.
        folder: that of the text.
        page: the path of the text on the old site.
        site: the address of the old site, or "".
        source_site: has the path below which the old site was.
    """

    def __init__(
        self, finder: ImageFinder, folder: Path, page: str, site: str, source_site: SourceSite
    ) -> None:
        super().__init__(finder, urljoin(site, page), site)
        self.folder, self.source_site = folder, source_site

    def find_file(self, address: str) -> Path | None:
        path, place = path_of(address), f"{path_of(self.base).rpartition('/')[0]}/"
        beside = path.startswith(place) and self.finder.find_file(path.removeprefix(place), self.folder)
        return beside or super().find_file(self.source_site.below_base(path))
