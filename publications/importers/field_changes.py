"""What an import changes in texts that are here: the fields of a draft, and of what readers see, by their names.

Changes are read from the manuscripts of revisions and stored as plain values; they are labelled when they are shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy

from publications.draft_content import label_field
from publications.locales import language_label, locale_of
from publications.manuscript import Manuscript
from publications.manuscript import loads as load_manuscript
from publications.models import Kind, Publication, Revision
from publications.publication_fields import FIELDS, FieldType, PublicationField

from .file_outcome import FileOutcome

Change = dict[str, Any]
"""The name of a field and its effect, a key of `EFFECT_LABELS` or "changed". Of a field in `SHOWN_FIELDS` the values
`before` and `after`, of the text the numbers of words `added` and `removed`."""
SHOWN_FIELDS = ("kind", "language", "title", "summary")
MAX_VALUE_CHARACTERS = 100
MAX_SHARED_CHARACTERS = 30
"""How many of those before a difference are shown."""
EFFECT_LABELS = {"added": pgettext_lazy("a field", "added"), "removed": pgettext_lazy("a field", "removed")}
COMPARED_FIELDS = tuple(field for field in FIELDS if field.in_digest and field.manuscript_key)
FIELDS_OF_PUBLISHING = ("published_at", "series_number")
"""What publishing adds to a draft: one that lacks it does not change it."""


def list_changes(before: Manuscript, after: Manuscript) -> list[Change]:
    """Return the fields in which two manuscripts of a text differ, other than those that are public beside it."""
    changes = []
    for field in COMPARED_FIELDS:
        old, new = _value_of(field, before), _value_of(field, after)
        is_set_by_publishing = field.name in FIELDS_OF_PUBLISHING and not new
        if field.is_equal(old, new) or is_set_by_publishing:
            continue
        effect = "changed" if old and new else "added" if new else "removed"
        changes.append({"field": field.name, "effect": effect} | _describe_values(field.name, old, new))
    return changes


def _describe_values(name: str, old: Any, new: Any) -> dict[str, Any]:
    """Return what of both values a change has."""
    if name in SHOWN_FIELDS and old and new:
        start = _start_of_difference(old, new) if max(len(old), len(new)) > MAX_VALUE_CHARACTERS else 0
        return {"before": _cut(old, start), "after": _cut(new, start)}
    if name == "body":
        words, new_words = Counter(old.split()), Counter(new.split())
        return {"added": (new_words - words).total(), "removed": (words - new_words).total()}
    return {}


def _start_of_difference(old: str, new: str) -> int:
    """Return where two texts are shown from: a few words before they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    shared = next(
        (position for position, (before, after) in pairs if before != after), min(len(old), len(new))
    )
    return old.rfind(" ", 0, max(0, shared - MAX_SHARED_CHARACTERS)) + 1


def _cut(text: str, start: int) -> str:
    """Return a text from a position, as much as is shown of it, with dots for what is left out."""
    shown = text[start : start + MAX_VALUE_CHARACTERS]
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + MAX_VALUE_CHARACTERS else ''}"


def _value_of(field: PublicationField, manuscript: Manuscript) -> Any:
    value = getattr(manuscript, field.manuscript_key)
    if field.name == "bylines":
        return [(byline.author, byline.role) for byline in value]
    if field.type is FieldType.RELATED_ROWS and field.name == "attachments":
        return [(file.digest, file.label) for file in value]
    return value


def list_draft_changes(drafts: Mapping[int, str]) -> dict[int, list[Change]]:
    """Return what their last import has changed in drafts, by primary key.

    Args:
        drafts: the manuscripts before it, as revisions store them.
    """
    pks = Revision.objects.last_imports_of(Publication(pk=pk) for pk in drafts) if drafts else ()
    revisions = dict(Revision.objects.filter(pk__in=pks).values_list("publication", "manuscript"))
    return {
        pk: list_changes(load_manuscript(drafts[pk]), load_manuscript(text)) for pk, text in revisions.items()
    }


def list_reader_changes(live_digests: Mapping[int, str]) -> dict[int, list[Change]]:
    """Return in what drafts differ from what readers see, by primary key.

    Args:
        live_digests: the digests of the live editions. One that no revision has, as after a redaction, is left out.
    """
    if not live_digests:
        return {}
    rows = Revision.objects.filter(publication__in=list(live_digests)).order_by("publication", "number")
    changes = {}
    for pk, revisions in groupby(rows.iterator(chunk_size=200), key=attrgetter("publication_id")):
        live = ""
        for revision in revisions:
            live = revision.manuscript if revision.digest == live_digests[pk] else live
        if live:
            changes[pk] = list_changes(load_manuscript(live), load_manuscript(revision.manuscript))
    return changes


def label_changes(changes: Iterable[Change], kinds: Mapping[str, Kind]) -> list[str]:
    """Return changes in the current language, such as “Kind: Report → Commentary” and “Cover: removed”."""
    return [_label_change(change, kinds) for change in changes]


def _label_change(change: Change, kinds: Mapping[str, Kind]) -> str:
    label = capfirst(label_field(change["field"]))
    if "before" in change:
        before, after = (_label_value(change["field"], change[name], kinds) for name in ("before", "after"))
        return f"{label}: {before} → {after}{_label_move(change)}"
    if "added" in change:
        return f"{label}: {_label_words(change)}"
    effect = EFFECT_LABELS.get(change["effect"])
    return f"{label}: {effect}" if effect else label


def _label_value(field: str, value: str, kinds: Mapping[str, Kind]) -> str:
    if field == "kind":
        return str(kinds.get(value, value))
    if field == "language":
        return language_label(value)
    return value


def _label_words(change: Change) -> str:
    if not change["added"] and not change["removed"]:
        return _("the same words in another form or order")
    return _("words −%(removed)d, +%(added)d") % change


def _label_move(change: Change) -> str:
    """Return that another language leads a text to another locale, where readers find it, or ""."""
    locale = locale_of(change["after"])
    if change["field"] != "language" or locale_of(change["before"]) == locale:
        return ""
    return " " + _("(its address moves below /%s/)") % locale


def load_kinds() -> dict[str, Kind]:
    """Return the kinds by the keys that changes have."""
    return Kind.objects.in_bulk(field_name="slug")


def name_fields(changes: Iterable[Iterable[Change]]) -> str:
    """Return the names of the fields that change in any of some texts, in the order in which editors read them."""
    names = {change["field"] for row in changes for change in row}
    return ", ".join(label_field(field.name) for field in FIELDS if field.name in names)


def summarize_updates(report: Mapping[str, Any]) -> list[str]:
    """Return what a check or a run changes in texts that are here, a sentence for the live ones, and for others.

    Args:
        report: the values of `report_page.build_report_page`.
    """
    updated = [file for file in report.get("files", ()) if file["outcome"] == FileOutcome.UPDATED.value]
    is_done = not report.get("is_dry_run")
    shown = [file for file in updated if file["was_public"] and file["is_published"] and is_done]
    live = [file for file in updated if file["was_public"] and file not in shown]
    drafts = [file for file in updated if not file["was_public"]]
    counts = [
        (
            shown,
            ngettext(
                "%(count)d text that was live has changed for readers",
                "%(count)d texts that were live have changed for readers",
                len(shown),
            ),
        ),
        (
            live,
            ngettext(
                "%(count)d live text gets a changed draft",
                "%(count)d live texts get a changed draft",
                len(live),
            ),
        ),
        (
            drafts,
            ngettext("%(count)d other draft changes", "%(count)d other drafts change", len(drafts)),
        ),
    ]
    return [_end_sentence(text % {"count": len(files)}, files) for files, text in counts if files]


def _end_sentence(text: str, files: Sequence[Mapping[str, Any]]) -> str:
    fields = name_fields(file.get("changes", ()) for file in files)
    return _("%(what)s: %(fields)s.") % {"what": text, "fields": fields} if fields else f"{text}."
