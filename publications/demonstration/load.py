"""Load the demonstration into a site: authors and tags first, then pieces, oldest first, then links.

It refuses content that the rest of the site would have to be told about: an unknown author, a missing
picture, a passage that an earlier edition should have had and that is not there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import yaml
from django.utils import timezone

from publications import actions, manuscript, renditions
from publications.importers.intake import import_manuscript
from publications.models import (
    Author,
    Image,
    LinkPlacement,
    MenuLink,
    Publication,
    Revision,
    SitePage,
    SiteSettings,
    Tag,
)

CONTENT = Path(__file__).parent / "content"
PORTRAITS = CONTENT / "people"
PORTRAIT_OF = {
    "en": "Drawing in place of a portrait of {name}.",
    "sv": "Teckning i stället för ett porträtt av {name}.",
}


def load(*, by, tell: Callable[[str], object] = print) -> list[Publication]:
    """Take in every manuscript of the demonstration and publish those that are to be public."""
    people = yaml.safe_load((CONTENT / "people.yaml").read_text(encoding="utf-8"))
    tell(f"Demonstration content: {len(people['authors'])} authors, {len(people['tags'])} topics")
    actions.save_instance(_with(SiteSettings.objects.get(), people["site"]), by=by)
    _tell_of_the_centre(people, by)
    for fields in people["authors"]:
        actions.save_instance(_with(Author(), _with_portrait(fields, by)), by=by)
    for fields in people["tags"]:
        actions.save_instance(_with(Tag(), fields), by=by)
    bundles = sorted(
        (manuscript.read(path.parent) for path in CONTENT.glob("*/index.md")), key=_original_first
    )
    pieces = []
    for number, (text, files) in enumerate(bundles, start=1):
        tell(f"Demonstration content: {number} of {len(bundles)}, {text.title}")
        pieces.append(_take_in(text, files, by))
    _relate([text for text, _files in bundles], pieces, by)
    _lead(people["leads"], pieces, by)
    return pieces


def _tell_of_the_centre(people: dict, by) -> None:
    """Its pages, and its accounts elsewhere. Raises Page.DoesNotExist for a page that a new site does not have."""
    for slug, fields in people["pages"].items():
        actions.save_instance(_with(SitePage.objects.get(slug_en=slug), fields), by=by)
    for position, fields in enumerate(people["accounts"], start=1):
        actions.save_instance(
            _with(MenuLink(place=LinkPlacement.SOCIAL, position=10 * position), fields), by=by
        )


def _with_portrait(fields: dict, by) -> dict:
    """The fields of an author, with the picture that `portrait` names in the library instead of the name."""
    if "portrait" not in fields:
        return fields
    path = PORTRAITS / fields["portrait"]
    alt = {f"alt_{language}": text.format(name=fields["name"]) for language, text in PORTRAIT_OF.items()}
    image = _with(Image(), {**alt, "credit": "Drawn for this demonstration"})
    image.store_upload(path.read_bytes(), path.name)
    actions.save_instance(image, by=by)
    renditions.make_image_files(image)
    return {**fields, "portrait": image}


def _relate(texts: list[manuscript.Manuscript], pieces: list[Publication], by) -> None:
    """Link the pieces, once all of them are here."""
    known = {str(piece.uid): piece for piece in pieces}
    for text, piece in zip(texts, pieces, strict=True):
        actions.set_related_links(piece, [known[uid] for uid in text.related], by=by)


def _lead(leads: dict, pieces: list[Publication], by) -> None:
    """Pin what leads the home page and the pages of topics. Raises KeyError for an address that no piece has."""
    known = {piece.editions.get(number=1).slug: piece for piece in pieces if piece.editions.exists()}
    actions.save_instance(_with(SiteSettings.objects.get(), {"lead": known[leads["home"]]}), by=by)
    for topic, address in leads["topics"].items():
        actions.save_instance(_with(Tag.objects.get(slug=topic), {"lead": known[address]}), by=by)


def _original_first(bundle: tuple) -> tuple:
    text, _files = bundle
    return (bool(text.translation_of), str(text.published_at or "9"), text.title)


def _take_in(text: manuscript.Manuscript, files: dict[str, Path], by) -> Publication:
    content = {name: path.read_bytes() for name, path in files.items()}
    report = import_manuscript(text, content, by=by)
    if report.messages:
        raise ValueError(f"{text.title}: {' '.join(report.messages)}")
    piece = report.publication
    plan = text.more.get("demo", {})
    if "editions" in plan:
        _publish_with_a_past(piece, [Step(**step) for step in plan["editions"]], by)
    elif plan.get("public", True):
        actions.publish(piece, by=by, at=_in_days(plan.get("in_days")))
    if reason := plan.get("withdrawn"):
        actions.withdraw(piece, by=by, note=reason)
    if changes := plan.get("draft"):
        _change_draft(piece, changes, by)
    return piece


def _change_draft(piece: Publication, changes: dict[str, str], by) -> None:
    """Save other words in the draft of a publication that is public. Raises ValueError where they are not in it."""
    for before, after in changes.items():
        piece.body = _replaced(re.escape(before), after, piece.body)
    piece.save()
    Revision.objects.create_from(piece, by=by)


@dataclass(frozen=True, kw_only=True)
class Step:
    """What an edition changed: passages by what they were before, a section that is new, the date before."""

    change: str
    note: str
    was: dict[str, str] | None = None
    added: str = ""
    published_at: object = None

    def undone(self, text: str) -> str:
        """The text as it stood before. Raises ValueError where there is nothing to undo."""
        earlier = text
        for now, before in (self.was or {}).items():
            earlier = _replaced(re.escape(now), before, earlier)
        if self.added:
            earlier = _replaced(rf"## {re.escape(self.added)}\n.*?(?=^## |\Z)", "", earlier)
        return earlier


def _replaced(pattern: str, by: str, text: str) -> str:
    changed, times = re.subn(pattern, lambda _match: by, text, flags=re.MULTILINE | re.DOTALL)
    if not times:
        raise ValueError(f"An earlier edition should differ at “{pattern}”, which is not in the text.")
    return changed


def _publish_with_a_past(piece: Publication, steps: list[Step], by) -> None:
    """Publish the text as it first stood, then once for each step until it stands as it is."""
    versions = [(piece.body, piece.published_at)]
    for step in reversed(steps):
        text, date = versions[0]
        versions.insert(0, (step.undone(text), step.published_at or date))
    changes = [{}, *({"change": step.change, "note": step.note} for step in steps)]
    for (body, date), change in zip(versions, changes, strict=True):
        Publication.objects.filter(pk=piece.pk).update(body=body, published_at=date)
        actions.publish(piece, by=by, **change)


def _in_days(days: int | None):
    return timezone.now() + timedelta(days=days) if days else None


def _with(row, fields: dict):
    for name, value in fields.items():
        setattr(row, name, value)
    return row
