"""The images that a text of an import uses, with the words that describe them."""

from dataclasses import dataclass, field, replace

from publications.manuscript import ManuscriptImage

from .image_finder import FoundImage

MAX_ALT, MAX_CREDIT = 300, 200


@dataclass
class UsedImages:
    """Collects the images of one text by key, and their files by name.

    Args:
        language: the language of the alternative texts.
    """

    language: str
    images_by_key: dict[str, ManuscriptImage] = field(default_factory=dict)
    files_by_name: dict[str, FoundImage] = field(default_factory=dict)

    def add(self, image: FoundImage, alt: str) -> str:
        """Add an image, of which the first alternative text counts, and return the name of its file."""
        name = f"{image.digest[:12]}/{image.path.name}"
        existing_image = self.images_by_key.get(image.key)
        words = {self.language if self.language == "sv" else "en": alt[:MAX_ALT]} if alt else {}
        self.files_by_name[name] = image
        self.images_by_key[image.key] = ManuscriptImage(
            key=image.key,
            file=name,
            digest=image.digest,
            alt=(existing_image.alt if existing_image and existing_image.alt else words),
        )
        return name

    def add_credit(self, key: str, credit: str) -> None:
        """Say who made an image of the text."""
        self.images_by_key[key] = replace(self.images_by_key[key], credit=credit[:MAX_CREDIT])
