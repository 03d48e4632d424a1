"""The library: pictures as they came, kept privately, with what readers need to know of them."""

import hashlib
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications import images

from .translated import TranslatedModel

ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def originals():
    """The private store of uploads (settings.STORAGES)."""
    return storages["originals"]


def new_key() -> str:
    """An unguessable name of 20 letters (100 bits): image addresses must not be found by trying."""
    return "".join(secrets.choice(ALPHABET) for _place in range(20))


def store_original(content: bytes, extension: str, *, store: bool = True) -> str:
    """Put bytes into the private store under their own digest and return the name.

    A file that has the name already is kept if it holds these bytes, and replaced if it is damaged. Once this returns,
    the bytes have reached the disk. With `store` off nothing is written: a rehearsal leaves no file behind.

    Raises:
        OSError: the file cannot be written; the store is as it was.
    """
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:2]}/{digest}.{extension}"
    if store and find_original_fault(name, size=len(content)):
        originals().save(name, ContentFile(content))
    return name


class OriginalFault(models.TextChoices):
    """What may be wrong with the file of an original."""

    MISSING = "missing", _("missing")
    WRONG_SIZE = "wrong size", _("has another size than was uploaded")
    WRONG_DIGEST = "wrong digest", _("holds other bytes than were uploaded")
    UNREADABLE = "unreadable", _("cannot be read")


def find_original_fault(name: str, *, size: int | None = None) -> OriginalFault | None:
    """Return what is wrong with the file of an original, or None where it is whole.

    Args:
        name: the name that `store_original` returned, which holds the SHA-256 digest of the bytes.
        size: how many bytes it has, where that is known; a difference is found without reading the file.

    Raises:
        Exception: a bucket does not answer (each kind of store has errors of its own).
    """
    try:
        if size is not None and originals().size(name) != size:
            return OriginalFault.WRONG_SIZE
        with originals().open(name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return OriginalFault.MISSING
    except OSError:
        return OriginalFault.UNREADABLE
    return None if digest == digest_of(name) else OriginalFault.WRONG_DIGEST


def digest_of(name: str) -> str:
    """The digest in the name of an original."""
    return name.rpartition("/")[2].partition(".")[0]


def is_original_there(name: str, *, size: int) -> bool:
    """Whether the store has the file of an original in its full size. Its bytes are not read."""
    try:
        return originals().size(name) == size
    except FileNotFoundError:
        return False


class ImageQuerySet(models.QuerySet):
    def without_hidden_portraits(self) -> "ImageQuerySet":
        """Those that show nobody who writes under a pen name."""
        return self.exclude(portrays__is_pseudonymous=True)


class Image(TranslatedModel):
    """A picture of the library. Texts refer to it as `image:<key>`; no text holds its address."""

    key = models.CharField(_("key"), max_length=32, unique=True, default=new_key, editable=False)
    original = models.CharField(_("original"), max_length=120, editable=False)
    filename = models.CharField(_("file name"), max_length=200, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    alt_en = models.CharField(
        _("alternative text, English"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for readers who do not see it."),
    )
    alt_sv = models.CharField(_("alternative text, Swedish"), max_length=300, blank=True)
    is_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("Says nothing that the text does not say.")
    )
    credit = models.CharField(_("credit"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    focus_x = models.PositiveSmallIntegerField(_("focal point, per cent from the left"), default=50)
    focus_y = models.PositiveSmallIntegerField(_("focal point, per cent from the top"), default=50)
    added_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        verbose_name = _("image")
        verbose_name_plural = _("images")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focus_x__lte=100, focus_y__lte=100), name="focus_within_the_picture"
            ),
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def alt(self) -> str:
        return "" if self.is_decorative else self.get_translation("alt")

    @property
    def digest(self) -> str:
        return digest_of(self.original)

    @property
    def content(self) -> bytes:
        with originals().open(self.original) as file:
            return file.read()

    def store_upload(
        self, content: bytes, filename: str, *, facts: images.ImageFacts | None = None, store: bool = True
    ) -> None:
        """Take the bytes of an upload as this image's original, unless `facts` say that they were examined.

        Raises images.UnsuitableImage.
        """
        facts = facts or images.examine(content)
        self.original = store_original(content, facts.extension, store=store)
        self.filename = filename[-200:]
        self.width, self.height = facts.width, facts.height
