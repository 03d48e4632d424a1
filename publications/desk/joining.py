"""The form of a draft that somebody else has saved since it was opened: joined, or shown with what clashes."""

from django import forms
from django.utils.translation import gettext

from publications import prose
from publications.models import Publication, Why

from .merging import Joined, base_of, join, values_of
from .redacted_base import redactions_of

COMPARED = ("title", "summary", "key_points", "body", "bylines", "tags", "published_at", "kind", "language", "slug",
            "cover_choice", "translation_choice", "external_url", "doi", "isbn", "note")  # fmt: skip


def _is_redacted_since(piece: Publication, version: int | None) -> bool:
    return piece.revisions.filter(number__gt=version or 0, why=Why.REDACTED).exists()


class Joining:
    """What a form does that was overtaken. It keeps the version it started from until everything is settled."""

    joins = True
    joined: Joined | None = None
    others = ""
    is_redacted = False

    def join(self, cleaned: dict) -> None:
        """Join what was typed with what others have saved since; what both changed is for the editor to settle."""
        piece = Publication.objects.get(pk=self.instance.pk)
        names = tuple(name for name in COMPARED if name in cleaned)
        base = base_of(piece, cleaned.get("version"), names)
        ours = {name: cleaned[name] for name in names}
        self.is_redacted = _is_redacted_since(piece, cleaned.get("version"))
        redactions = redactions_of(piece) if self.is_redacted else None
        self.joined = join(
            base, ours, values_of(piece, names), lambda key: self.data.get(key, ""), redactions
        )
        self.others = self._who_saved(piece, cleaned.get("version") or 0)
        if self.joined.clashes and self.is_redacted:
            self.add_error(None, gettext(
                "A name or passage has been redacted since you opened this form, and your text may still have it. Take "
                "what is stored wherever you did not change it yourself, and leave the redacted words out."
            ))  # fmt: skip
        if self.joined.clashes:
            said = gettext(
                "%(who)s has saved this publication since you opened it. Nothing of yours has been stored yet, and all "
                "you typed is still here. Choose what is to stand, then save again."
            )
            self.add_error(None, forms.ValidationError(said % {"who": self.others}, code="outdated"))
            return
        cleaned.update(self.joined.values)
        self._check_joined_text(cleaned)

    def _check_joined_text(self, cleaned: dict) -> None:
        try:
            prose.render(cleaned.get("body", ""), language=cleaned.get("language", "en"))
        except prose.Unrenderable as reason:
            self.add_error("body", str(reason))

    def _who_saved(self, piece: Publication, version: int) -> str:
        """Whoever saved it meanwhile, each once."""
        kept = piece.revisions.filter(number__gt=version).select_related("saved_by")[:20]
        people = [str(each.saved_by or gettext("the command line")) for each in kept]
        return ", ".join(dict.fromkeys(people))

    @property
    def clashes(self) -> list[dict[str, object]]:
        """What both changed, with what was chosen so far, for the form."""
        return [
            {"clash": each, "label": self.fields[each.name].label, "chosen": self.data.get(each.key, "")}
            for each in (self.joined.clashes if self.joined else ())
        ]

    @property
    def taken(self) -> list[str]:
        """The fields in which others had a part of what was stored."""
        return [str(self.fields[name].label) for name in (self.joined.taken if self.joined else ())]
