"""Read a manuscript of this site among the texts of an import."""

import hashlib
from dataclasses import replace
from pathlib import Path

from publications import images, manuscript
from publications.stored_messages import gettext as _
from publications.stored_messages import join_messages

from ..imported_file import ImportedFile, ImportLog, ImportRefused
from ..rendered_page import anchors_in, fragment_links_in, render_as_published
from .access import reasons_in_fields
from .front_matter import as_typed
from .hidden_places import reasons_in_place
from .page import measure_coverage
from .source_file import SourceFile, report_changed_slug
from .source_site import SourceSite


def report_hidden(reasons: list[str], log: ImportLog) -> bool:
    """Report why a text was not public, and return whether there is a reason."""
    if reasons:
        log.hidden(", ".join(reasons))
    return bool(reasons)


def read_manuscript(file: SourceFile, log: ImportLog, site: SourceSite) -> ImportedFile:
    """Read a manuscript of this site. Raises ImportRefused with the line of the error."""
    try:
        text, files = manuscript.read(file.path)
    except manuscript.ManuscriptError as error:
        remedy = _(
            "Or take out the line “format: …”: then it is read as any other file, as a new publication."
        )
        raise ImportRefused(f"{error} {remedy}") from error
    text = replace(
        text,
        uid=file.uid,
        slug=file.slug,
        translation_of=text.translation_of or file.translation_of,
        attachments=tuple(_with_digest(attachment, files) for attachment in text.attachments),
    )
    properties = _examine_images(text, files, log)
    unsuitable = {image.file for image in text.images if image.file in files} - properties.keys()
    rendered = render_as_published(text, log)
    report_changed_slug(file, log)
    reasons = [
        *reasons_in_fields(file.inherited | as_typed(text.extra_fields)),
        *reasons_in_place(file.path, file.root, site),
    ]
    coverage = measure_coverage(text.body, text, rendered, log)
    return ImportedFile(
        file.source, text, notes=log.notes, image_properties=properties,
        files={name: path for name, path in files.items() if name not in unsuitable},
        non_guest_authors=frozenset(byline.author for byline in text.bylines), former_paths=file.former_paths,
        is_draft=report_hidden(reasons, log), rendered=rendered, coverage=coverage,
        anchors=anchors_in(rendered), fragment_links=fragment_links_in(rendered), has_library_words=True,
    )  # fmt: skip


def _with_digest(attachment: manuscript.ManuscriptFile, files: dict[str, Path]) -> manuscript.ManuscriptFile:
    """Return the attachment with the digest of its file, whatever the manuscript says."""
    if attachment.file not in files:
        return attachment
    return replace(attachment, digest=hashlib.sha256(files[attachment.file].read_bytes()).hexdigest())


def _examine_images(
    text: manuscript.Manuscript, files: dict[str, Path], log: ImportLog
) -> dict[str, images.ImageProperties]:
    """Return the properties of the images of a manuscript; invalid files are reported."""
    properties = {}
    for name in dict.fromkeys(image.file for image in text.images if image.file in files):
        try:
            properties[name] = images.read_properties(files[name].read_bytes())
        except images.UnsuitableImage as error:
            log.dropped("image-missing", join_messages(f"{name}:", str(error)))
    return properties
