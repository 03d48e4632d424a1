"""What an export has of a post, page, attachment or other item."""

from dataclasses import dataclass, field

from .language_marks import choose_part


@dataclass(frozen=True, slots=True)
class ItemTerm:
    """A category, tag or other term of an item."""

    taxonomy: str
    slug: str
    name: str


@dataclass(slots=True)
class ExportItem:
    """A post, page, attachment or other item.

    Args:
        start, length: its bytes in the file, without its end tag.
        fields: its elements by name.
        is_cut: whether a text of it is longer than MAX_VALUE_CHARACTERS.
    """

    start: int = 0
    length: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    terms: list[ItemTerm] = field(default_factory=list)
    metadata: list[tuple[str, str]] = field(default_factory=list)
    comments: int = 0
    is_cut: bool = False

    def get(self, name: str) -> str:
        """Return the value of an element without outer spaces, or ""."""
        return self.fields.get(name, "").strip()

    @property
    def post_id(self) -> int:
        """The number of the post, or 0."""
        return read_number(self.get("wp:post_id"))

    def choose_part(self, language: str) -> None:
        """Leave only the words of one language, where it has those of several (`language_marks`)."""
        self.fields = {name: choose_part(value, language) for name, value in self.fields.items()}
        self.metadata = [(name, choose_part(value, language)) for name, value in self.metadata]

    def values_of(self, key: str) -> list[str]:
        """Return the values of a custom field."""
        return [value for name, value in self.metadata if name == key]

    def value_of(self, key: str) -> str:
        return next((value.strip() for value in self.values_of(key) if value.strip()), "")


def read_number(text: str) -> int:
    """Return a whole number of at most 18 digits, or 0."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
