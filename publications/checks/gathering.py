"""From a working copy to its proof: all that the checks need to know is read here, and nowhere else."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from publications import prose
from publications.addresses import in_tree
from publications.languages import tree_of
from publications.models import Attachment, Image, Publication, is_original_there, originals, pictured

from .documents import is_locked, is_pdf, is_tagged
from .links import dead_links, is_absolute_here
from .proof import Picture, Proof
from .reading import read

LARGEST = 60 * 1024 * 1024


def proof_of(piece: Publication) -> Proof:
    """The proof of a working copy as it is stored."""
    html, reason = _rendered(piece)
    lost, whole = _sorted_by_state(piece.attachments.all())
    return Proof(
        title=piece.title,
        summary=piece.summary,
        key_points=piece.key_points,
        body=piece.body,
        html=html,
        unrenderable=reason,
        headings=prose.outline(piece.body),
        owed=tuple(piece.owed()),
        pictures=tuple(_pictures(piece)),
        dead=_dead_links(piece, html),
        twins=tuple(_twins(piece)),
        slug=piece.proposed_slug(),
        own_slug=piece.slug,
        was_public=piece.editions.begun().exists(),
        tags=piece.tags.count(),
        untitled=tuple(_untitled(piece)),
        files={file.filename: _problem(file) for file in whole},
        lost_files=tuple(file.filename for file in lost),
    )


def dead_links_of(piece: Publication) -> dict[str, str]:
    """The links in the text of a working copy that lead readers nowhere, each with the reason in words."""
    return _dead_links(piece, _rendered(piece)[0])


def _dead_links(piece: Publication, html: str) -> dict[str, str]:
    found = read(html)
    within = [link.href for link in found.links if link.href[:1] in "/#" or is_absolute_here(link.href)]
    return dead_links(within, own={_own_path(piece)}, anchors=found.anchors)


def _rendered(piece: Publication) -> tuple[str, str]:
    try:
        return prose.render(piece.body, language=piece.language).html, ""
    except prose.Unrenderable as reason:
        return "", str(reason)


def _own_path(piece: Publication) -> str:
    return in_tree(piece.tree, "publications:detail", slug=piece.proposed_slug())


def _pictures(piece: Publication) -> Iterable[Picture]:
    for image in pictured(piece):
        yield Picture(
            key=image.key,
            filename=image.filename,
            has_words=image.decorative or bool(image.alt_en or image.alt_sv),
            has_words_in_language=image.decorative or _words_in(image, piece.language),
            is_cover=image.pk == piece.cover_id,
        )


def _words_in(image: Image, language: str) -> bool:
    return bool(getattr(image, f"alt_{tree_of(language)}"))


def _untitled(piece: Publication) -> Iterable[str]:
    """Authors who have a title, but not in the language of the text: readers see none."""
    for line in piece.signed():
        author = line.author
        if (
            author.worded("title")
            and not author.worded_only("title", piece.language)
            and not author.pseudonymous
        ):
            yield author.name


def _twins(piece: Publication) -> Iterable[str]:
    """Others of the same title, in whatever state; a translation may share it."""
    if not piece.title.strip():
        return ()
    others = Publication.objects.filter(title__iexact=piece.title.strip()).exclude(pk__in=piece.family())
    return [f"{other} ({other.kind})" for other in others.select_related("kind")[:1]]


def _sorted_by_state(files: Iterable[Attachment]) -> tuple[list[Attachment], list[Attachment]]:
    """The attachments that the store has lost, in full or in part, and those that it has whole."""
    lost, whole = [], []
    for file in files:
        (whole if is_original_there(file.original, size=file.size) else lost).append(file)
    return lost, whole


def _problem(file: Attachment) -> str:
    if not file.filename.lower().endswith(".pdf") or file.size > LARGEST:
        return ""
    with originals().open(file.original) as opened:
        content = opened.read()
    if not is_pdf(content):
        return ""
    if is_locked(content):
        said = _(
            "“%(name)s” is locked, so screen readers may not get to its text. Attach it without a password."
        )
        return said % {"name": file.filename}
    if not is_tagged(content):
        said = _(
            "“%(name)s” is not tagged: who reads by ear gets no headings and no order. Ask for a tagged PDF."
        )
        return said % {"name": file.filename}
    return ""
