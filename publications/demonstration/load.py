"""Load the demonstration into a site: authors and tags first, then pieces, oldest first, then links."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import yaml
from django.utils import timezone

from publications import deeds, intake, manuscript
from publications.models import Author, Publication, Site, Tag

CONTENT = Path(__file__).parent / "content"


def load(*, by, tell: Callable[[str], object] = print) -> list[Publication]:
    """Take in every manuscript of the demonstration and publish those that are to be public."""
    people = yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8"))
    deeds.amend(_with(Site.objects.get(), people["site"]), by=by)
    for fields in people["authors"]:
        deeds.amend(_with(Author(), fields), by=by)
    for fields in people["tags"]:
        deeds.amend(_with(Tag(), fields), by=by)
    bundles = sorted(
        (manuscript.read(path.parent) for path in CONTENT.glob("*/index.md")), key=_original_first
    )
    pieces = []
    for number, (text, files) in enumerate(bundles, start=1):
        tell(f"Demonstration content: {number} of {len(bundles)}, {text.title}")
        pieces.append(_take_in(text, files, by))
    _relate([text for text, _files in bundles], pieces, by)
    return pieces


def _relate(texts: list[manuscript.Manuscript], pieces: list[Publication], by) -> None:
    """Link the pieces, once all of them are here."""
    known = {str(piece.uid): piece for piece in pieces}
    for text, piece in zip(texts, pieces, strict=True):
        deeds.relate(piece, [known[uid] for uid in text.related], by=by)


def _original_first(bundle: tuple) -> tuple:
    text, _files = bundle
    return (bool(text.translation_of), str(text.published_at or "9"), text.title)


def _take_in(text: manuscript.Manuscript, files: dict[str, Path], by) -> Publication:
    content = {name: path.read_bytes() for name, path in files.items()}
    report = intake.take_in(text, content, by=by)
    if report.told:
        raise ValueError(f"{text.title}: {' '.join(report.told)}")
    piece = report.publication
    plan = text.more.get("demo", {})
    for change in plan.get("editions", []):
        _publish_again(piece, change, by)
    if plan.get("public", True) and not plan.get("editions"):
        deeds.publish(piece, by=by, at=_in_days(plan.get("in_days")))
    return piece


def _publish_again(piece: Publication, change: dict, by) -> None:
    """Publish once as the text stood, then as it stands: a piece with a past."""
    final = piece.body
    Publication.objects.filter(pk=piece.pk).update(body=final.replace(change["now"], change["before"]))
    deeds.publish(piece, by=by)
    Publication.objects.filter(pk=piece.pk).update(body=final)
    deeds.publish(piece, by=by, change=change["change"], note=change["note"])


def _in_days(days: int | None):
    return timezone.now() + timedelta(days=days) if days else None


def _with(row, fields: dict):
    for name, value in fields.items():
        setattr(row, name, value)
    return row
