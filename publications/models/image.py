"""The image library, and the private storage of originals as they were uploaded."""

import hashlib
import secrets

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from publications import images

from .translated import TranslatedModel


def original_storage():
    """Return the private storage of originals (settings.STORAGES)."""
    return storages["originals"]


def new_key() -> str:
    """Return a random key of 20 characters (100 bits), so that the addresses of images cannot be guessed."""
    return "".join(secrets.choice(images.KEY_ALPHABET) for _place in range(20))


def store_original(content: bytes, extension: str, *, write: bool = True) -> str:
    """Store bytes under their SHA-256 digest, synced to the disk, and return the name.

    An existing file of that name is kept if it is whole, and replaced if it is damaged.

    Args:
        extension: of the name, without a dot.
        write: whether the file is written.

    Raises:
        OSError: the file cannot be written; the storage is unchanged.
    """
    digest = hashlib.sha256(content).hexdigest()
    name = f"{digest[:2]}/{digest}.{extension}"
    if write and find_original_fault(name, size=len(content)):
        original_storage().save(name, ContentFile(content))
    return name


class OriginalFault(models.TextChoices):
    """Faults of the file of an original."""

    MISSING = "missing", _("missing")
    WRONG_SIZE = "wrong size", _("has another size than was uploaded")
    WRONG_DIGEST = "wrong digest", _("holds other bytes than were uploaded")
    UNREADABLE = "unreadable", _("cannot be read")


def find_original_fault(name: str, *, size: int | None = None) -> OriginalFault | None:
    """Return the fault of the file of an original, or None.

    Args:
        name: the name that `store_original` returned, which holds the SHA-256 digest of the bytes.
        size: its expected number of bytes; another size is found without reading the file.

    Raises:
        Exception: a bucket does not answer (each storage has errors of its own).
    """
    try:
        if size is not None and original_storage().size(name) != size:
            return OriginalFault.WRONG_SIZE
        with original_storage().open(name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return OriginalFault.MISSING
    except OSError:
        return OriginalFault.UNREADABLE
    return None if digest == digest_of(name) else OriginalFault.WRONG_DIGEST


def digest_of(name: str) -> str:
    """Return the digest in the name of an original."""
    return name.rpartition("/")[2].partition(".")[0]


def original_exists(name: str, *, size: int) -> bool:
    """Return whether the storage has the file of an original in this size; its content is not read."""
    try:
        return original_storage().size(name) == size
    except FileNotFoundError:
        return False


def models_with_originals() -> list[type[models.Model]]:
    """Return the models whose rows refer to a file: those with a field `original`."""
    return [
        model
        for model in apps.get_app_config("publications").get_models()
        if any(
            isinstance(field, models.CharField) and field.name == "original" for field in model._meta.fields
        )
    ]


class ImageQuerySet(models.QuerySet):
    def without_hidden_portraits(self) -> "ImageQuerySet":
        """Images that are no portrait of an author with a pen name."""
        return self.exclude(portrays__is_pseudonymous=True)


class Image(TranslatedModel):
    """An image of the library. Texts refer to it as `image:<key>`, never by its address."""

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
        verbose_name_plural = _("image library")
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
        with original_storage().open(self.original) as file:
            return file.read()

    def store_upload(
        self,
        content: bytes,
        filename: str,
        *,
        properties: images.ImageProperties | None = None,
        write: bool = True,
    ) -> None:
        """Store the bytes of an upload as the original of this image and set its columns. The row is not saved.

        Args:
            properties: the result of `images.read_properties`, where that was called already.
            write: whether the file is written.

        Raises:
            images.UnsuitableImage: the bytes are no image that the site accepts.
        """
        properties = properties or images.read_properties(content)
        self.original = store_original(content, properties.extension, write=write)
        self.filename = filename[-200:]
        self.width, self.height = properties.width, properties.height
