"""Forms of imports at the desk: the archive, and how its texts are read, which can be corrected after the upload."""

import shutil
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.files.base import File
from django.utils.formats import date_format
from django.utils.text import format_lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.importers import archive
from publications.importers.archive_import_rules import list_earlier_imports
from publications.importers.imported_file import ImportRefused
from publications.importers.markdown import MARKDOWN_SUFFIXES
from publications.importers.options import (
    DISTINGUISHING_PLACEHOLDER,
    MAIN_PLACEHOLDERS,
    ImportOptions,
    describe_unknown_placeholder,
    is_site_address,
)
from publications.locales import LANGUAGE_NAMES
from publications.models import ARCHIVE_FOLDER, ArchiveImport, Kind, original_storage

from .form_data import RedisplayMixin

MAX_ARCHIVE_MEGABYTES = settings.MAX_REQUEST_BYTES // 1024**2 - 5  # beside it come the other fields
MAX_NAMED_FILES = 3
PACKED_NAME = "texts.zip"
"""Texts without a uid of their own are recognised by it when they are imported again."""


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """An archive, or one or several files, which are packed as one. The value is a list of uploads."""

    widget = FilesInput

    def clean(self, data, initial=None) -> list:
        uploads = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(upload, initial) for upload in uploads or [None]]


class ArchiveForm(RedisplayMixin, forms.Form):
    """Texts of any source to be stored, as an archive."""

    files = FilesField(
        label=gettext_lazy("File"),
        error_messages={"required": gettext_lazy("Choose the file first.")},
        help_text=format_lazy(
            gettext_lazy(
                "At most {megabytes} MB: the file that the other system exported, or a .zip of it with the folder of "
                "its pictures; or a .zip with Markdown files, their pictures and, if you have one, a list of authors. "
                "What is larger is imported on the server, by the command import_publications."
            ),
            megabytes=MAX_ARCHIVE_MEGABYTES,
        ),
    )

    def clean_files(self) -> File:
        """Return the archive, checked."""
        uploads = self.cleaned_data["files"]
        is_archive = len(uploads) == 1 and uploads[0].name.lower().endswith(".zip")
        file = uploads[0] if is_archive else _pack(uploads)
        try:
            archive.check_archive(file, name=_name_files(uploads))
        except ImportRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        file.seek(0)
        return file

    def save(self, *, options: dict, by, **columns) -> ArchiveImport:
        """Store the archive and its import, which is to be checked."""
        file = self.cleaned_data["files"]
        file.seek(0)
        name = original_storage().save(f"{ARCHIVE_FOLDER}/{uuid4().hex}.zip", file)
        return ArchiveImport.objects.create(
            archive=name,
            filename=file.name[-200:],
            size=file.size,
            options=options,
            requested_by=by,
            **columns,
        )


def _pack(uploads: list[File]) -> File:
    """Return files as an archive, a single export by its name. Browsers send their names without folders."""
    stream = TemporaryFile()  # noqa: SIM115 - the file that is returned reads it
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for upload in uploads:
            with packed.open(upload.name, "w") as entry:
                shutil.copyfileobj(upload, entry)
    is_export = len(uploads) == 1 and not uploads[0].name.lower().endswith(MARKDOWN_SUFFIXES)
    return File(stream, name=uploads[0].name if is_export else PACKED_NAME)


def _name_files(uploads: list[File]) -> str:
    names = ", ".join(upload.name for upload in uploads[:MAX_NAMED_FILES])
    return f"{names} …" if len(uploads) > MAX_NAMED_FILES else names


class EarlierImportField(forms.ModelChoiceField):
    def label_from_instance(self, obj: ArchiveImport) -> str:
        return f"{obj.filename}, {date_format(localtime(obj.added_at), 'DATETIME_FORMAT')}"


class ImportSettingsForm(RedisplayMixin, forms.Form):
    """How the texts of an archive are read; every field has a value or may be left empty.

    Args:
        open_archive: opens the archive, in which the list of authors has to be; None for a form without one.
        import_pk: the primary key of its import; None for one that is not stored yet.
    """

    kind = forms.ModelChoiceField(
        Kind.objects,
        label=gettext_lazy("Kind of texts that name none"),
        to_field_name="slug",
        empty_label=None,
        initial=ImportOptions.kind,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of texts that name none"), choices=LANGUAGE_NAMES.items()
    )
    author = forms.CharField(
        label=gettext_lazy("Author of texts that name none"), required=False, max_length=120,
        help_text=gettext_lazy("Such as the name of your organisation. Without it these texts stay drafts."),
    )  # fmt: skip
    authors = forms.CharField(
        label=gettext_lazy("List of authors in the archive"), required=False, max_length=200,
        help_text=gettext_lazy(
            "Left empty, a list such as authors.csv or _data/authors.yml is found by itself. To use another: the name "
            "of a table with the columns id and full_name, of a YAML or JSON file, or of a folder of profiles."
        ),
    )  # fmt: skip
    permalink = forms.CharField(
        label=gettext_lazy("Pattern of the old addresses"), required=False, max_length=200,
        help_text=format_lazy(
            gettext_lazy(
                "Such as /:year/:month/:title/. Old addresses then lead to the new ones. There are {placeholders}."
            ),
            placeholders=", ".join(MAIN_PLACEHOLDERS),
        ),
    )  # fmt: skip
    site = forms.CharField(
        label=gettext_lazy("Address of the old site"), required=False, max_length=200,
        help_text=gettext_lazy("Such as https://old.example. Links to pages that did not come along lead there."),
    )  # fmt: skip

    earlier_import = EarlierImportField(
        ArchiveImport.objects.none(), label=gettext_lazy("Texts of an earlier import"), required=False,
        empty_label=gettext_lazy("None"),
        help_text=gettext_lazy(
            "Of Markdown files: whose texts this archive has too, under another name or in other folders. They are "
            "recognised by the names of their files, and updated."
        ),
    )  # fmt: skip

    def __init__(
        self,
        *args,
        open_archive: Callable[[], AbstractContextManager[BinaryIO]] | None = None,
        import_pk: int | None = None,
        **kwargs,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.open_archive = open_archive
        field = self.fields["earlier_import"]
        field.queryset = list_earlier_imports().exclude(pk=import_pk).defer("report", "earlier_report")
        if not (field.queryset.exists() or self.initial.get("earlier_import")):
            del self.fields["earlier_import"]

    @property
    def options(self) -> dict[str, str]:
        """The options to store: valid ones, or what was typed, which is shown again."""
        values = (
            self.cleaned_data if self.is_valid() else {name: self.data.get(name, "") for name in self.fields}
        )
        return {**values, "kind": getattr(values["kind"], "slug", values["kind"])}

    def clean_authors(self) -> str:
        """Return the place of the list below the folder with the texts."""
        path = self.cleaned_data["authors"].strip()
        if not path or not self.open_archive:
            return path
        try:
            with self.open_archive() as file:
                place, tables = archive.find_place(file, path), archive.list_tables(file)
        except (OSError, ImportRefused):  # the run says it
            return path
        if not place:
            raise forms.ValidationError(_describe_missing_list(path, tables))
        return place

    def clean_earlier_import(self) -> int | None:
        job = self.cleaned_data["earlier_import"]
        return job.pk if job else None

    def clean_permalink(self) -> str:
        pattern = self.cleaned_data["permalink"]
        if problem := describe_unknown_placeholder(pattern):
            raise forms.ValidationError(problem)
        if pattern and not DISTINGUISHING_PLACEHOLDER.search(pattern):
            raise forms.ValidationError(_("Write a pattern with :title or :slug."))
        return pattern

    def clean_site(self) -> str:
        site = self.cleaned_data["site"]
        if site and not is_site_address(site):
            raise forms.ValidationError(
                _("Write the whole address of the site, such as https://old.example.")
            )
        return site


def _describe_missing_list(path: str, tables: list[str]) -> str:
    message = _("There is no “%(path)s” in the archive.") % {"path": path}
    if not tables:
        return f"{message} {_('It has no table (.csv): leave this empty, or add one and upload the archive again.')}"
    return f"{message} {_('These tables are in it: %(tables)s.') % {'tables': ', '.join(tables[:MAX_NAMED_FILES])}}"
