"""Sample pages of an old site beside what is understood of them, for the desk and as a file of its own."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy

from publications.locales import language_label
from publications.models import Kind
from publications.stored_messages import show_message

from .report import NOTE_KIND_LABELS

STYLE_SHEETS = ("css/tokens.css", "css/import-samples.css")
FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
"""The file of samples loads nothing, fonts included."""
RULE_FIELD_LABELS: Mapping[str, str | Promise] = {
    "": gettext_lazy("Left out"),
    "body": gettext_lazy("Text"),
    "title": gettext_lazy("Title"),
    "summary": gettext_lazy("Summary"),
    "date": gettext_lazy("Date"),
    "authors": gettext_lazy("Authors"),
    "tags": gettext_lazy("Topics"),
    "language": gettext_lazy("Language"),
    "cover": gettext_lazy("Picture"),
    "number": gettext_lazy("Number"),
    "files": gettext_lazy("Files"),
    "related": gettext_lazy("Related texts"),
    "breadcrumb": gettext_lazy("Breadcrumb"),
    "remove": gettext_lazy("Removed by the rule"),
}


def label_samples(samples: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return stored samples in the current language, for `desk/import_samples_list.html`."""
    kinds = {kind.slug: kind.get_translation("name") for kind in Kind.objects.all()}
    return [_label_sample(sample, kinds) for sample in samples]


def _label_sample(sample: Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    groups = [
        {
            "label": RULE_FIELD_LABELS.get(use, use),
            "is_left_out": use in ("", "remove"),
            "is_frame": not use,
            "blocks": [{"text": text, "is_picture": bool(rest)} for _use, text, *rest in blocks],
            "words": sum(len(text.split()) for _use, text, *rest in blocks if not rest),
            "pictures": sum(bool(rest) for _use, _text, *rest in blocks),
        }
        for use, blocks in (
            (use, list(blocks)) for use, blocks in groupby(sample["blocks"], key=lambda block: block[0])
        )
    ]
    return {
        **sample,
        "groups": groups,
        "kind": kinds.get(sample.get("kind", ""), sample.get("kind", "")),
        "language": language_label(sample["language"]) if sample.get("language") else "",
        "date": datetime.fromisoformat(sample["date"]) if sample.get("date") else None,
        "refusal": show_message(sample["refusal"]),
        "notes": [
            (str(NOTE_KIND_LABELS.get(kind, kind)), show_message(text)) for kind, text in sample["notes"]
        ],
    }


def render_samples_page(samples: Iterable[Mapping[str, Any]], name: str) -> str:
    """Return samples as a page that needs no other file and requests nothing.

    Args:
        name: of the copy.
    """
    style = "\n".join(Path(finders.find(path)).read_text(encoding="utf-8") for path in STYLE_SHEETS)
    values = {
        "samples": label_samples(samples),
        "name": name,
        "style": FONT_FACE.sub("", style),
        "language": get_language(),
    }
    return render_to_string("desk/import_samples_file.html", values)
