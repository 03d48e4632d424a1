"""Find the files that a Markdown text links to: beside it, or in the folders of its site."""

from pathlib import Path
from urllib.parse import urljoin

from ..html.media import SourceMedia, path_of
from ..image_finder import ImageFinder


class TextMedia(SourceMedia):
    """Finds files by the addresses in one text.

    Args:
        finder: has the folders of the site.
        folder: that of the text.
        page: the path of the text on the old site.
        site: the address of the old site, or "".
    """

    def __init__(self, finder: ImageFinder, folder: Path, page: str, site: str) -> None:
        super().__init__(finder, urljoin(site, page), site)
        self.folder = folder

    def find_file(self, address: str) -> Path | None:
        path, place = path_of(address), f"{path_of(self.base).rpartition('/')[0]}/"
        beside = path.startswith(place) and self.finder.find_file(path.removeprefix(place), self.folder)
        return beside or super().find_file(address)
