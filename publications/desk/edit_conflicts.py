"""An overtaken form of a draft: what only one of two people changed is merged, and the rest is laid side by side.

A form says by its version which save it started from. That revision is the base; the stored draft is theirs, what was
typed is ours. Fields are merged whole, longer texts by paragraph, tags one by one. What both changed is a conflict: it
is settled by a choice in the form, which names it by what the others wrote, so that a third hand asks anew."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django import forms
from django.utils.translation import gettext

from publications import composing, manuscript, prose
from publications.difference import Conflict, compare_texts, merge
from publications.models import Publication, Why, moment_in_words, whole_minute

from .redacted_base import Redactions, redactions_of

BY_PARAGRAPH = ("summary", "key_points", "body", "note")
IDENTIFIERS = ("slug", "external_url", "doi", "isbn")
TEXTS = ("title", *BY_PARAGRAPH, *IDENTIFIERS)
ROWS = {"bylines": "bylines", "cover_choice": "cover", "translation_choice": "translation_of"}
MINE, THEIRS, BOTH = "mine", "theirs", "both"
Values = dict[str, object]


@dataclass(frozen=True)
class FieldConflict:
    """Something that both changed: how it was, and what each made of it, as text."""

    name: str
    base: str
    ours: str
    theirs: str
    by_paragraph: bool = False
    is_redacted: bool = False
    """Whether a passage may have been taken out here since the form was opened."""

    @property
    def key(self) -> str:
        """What its choice is called in the form. It changes when they change it again."""
        told = "\0".join((self.name, self.base, self.theirs))
        return f"settle-{hashlib.blake2s(told.encode(), digest_size=8).hexdigest()}"

    @property
    def choices(self) -> tuple[str, ...]:
        if self.is_redacted:
            return (THEIRS, MINE)
        return (MINE, THEIRS, BOTH) if self.by_paragraph else (MINE, THEIRS)

    @property
    def our_change(self):
        return compare_texts(self.base, self.ours).passages

    @property
    def their_change(self):
        return compare_texts(self.base, self.theirs).passages


@dataclass
class FieldMerge:
    """The draft of both: `values` of fields, those that are `taken` from the others, and what is not settled."""

    values: Values = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    clashes: list[FieldConflict] = field(default_factory=list)


def form_values(piece: Publication, names: tuple[str, ...]) -> Values:
    """What the fields of the form hold for a draft, stored or sketched, in a shape that can be compared."""
    found: Values = {}
    for name in names:
        if name == "bylines":
            found[name] = [(line.author, line.role) for line in piece.signed()]
        elif name == "tags":
            found[name] = [tag.name for tag in piece.tags.all()]
        elif name in ROWS:
            row = getattr(piece, ROWS[name])
            found[name] = [(row, "")] if row else []
        else:
            found[name] = getattr(piece, name)
    return found


def base_values(piece: Publication, version: int | None, names: tuple[str, ...]) -> Values:
    """The draft as it stood at the save of that number, without what has been redacted since; nothing without one."""
    kept = piece.revisions.filter(number=version).first() if version else None
    if not kept:
        return {}
    return form_values(composing.sketch(manuscript.loads(kept.manuscript), of=piece), names)


def merge_fields(
    base: Values,
    ours: Values,
    theirs: Values,
    choice: Callable[[str], str],
    redactions: Redactions | None = None,
) -> FieldMerge:
    """Join two changes of one draft. `choice` gives what was chosen for the clash of that key, or nothing.

    `redactions` are given where a passage has been redacted since the base: no text that may hold it is followed
    without a choice.
    """
    joined = FieldMerge()
    typed = ours
    if redactions:
        ours = {name: _redacted(name, own, base.get(name), redactions) for name, own in ours.items()}
        if not base.get("slug") and redactions.is_named_by(ours.get("slug", "")):
            ours["slug"] = theirs["slug"]  # redaction has given up the address that was made from the passage
    for name, own in ours.items():
        was, other = base.get(name), theirs[name]
        if redactions and name in TEXTS and _told(own) not in (_told(was), _told(other)):
            _join_redacted(joined, name, was, own, other, choice, redactions)
        elif _told(other) in (_told(was), _told(own)) and name in base:
            joined.values[name] = own
        elif _told(own) == _told(was) and name in base:
            _take(joined, name, other)
        else:
            JOIN.get(name, _join_whole)(joined, name, was, own, other, choice)
        if _told(own) != _told(typed[name]) and name not in joined.taken:
            joined.taken.append(name)
    return joined


def _redacted(name: str, own: object, was: object, redactions: Redactions) -> object:
    """What was typed, with the marks of the redacted base."""
    if name in BY_PARAGRAPH:
        return redactions.redact_paragraphs(_told(own), _told(was))
    return redactions.redact(_told(own), _told(was)) if name == "title" else own


def _join_redacted(
    joined: FieldMerge, name: str, base, ours, theirs, choice: Callable[[str], str], redactions: Redactions
) -> None:
    """Join a text that may hold a passage which has been redacted since the form was opened."""
    was, own = _told(base), _told(ours)
    if base is None or name in IDENTIFIERS:
        is_asked = not was
    elif name in BY_PARAGRAPH:
        is_asked = redactions.is_hard_to_tell(own, was)
    else:
        is_asked = redactions.may_touch(was) or redactions.may_hold_passage([own])
    if is_asked or redactions.holds_passage(own):
        _join_whole(joined, name, base, ours, theirs, choice, is_redacted=True)
    elif name in BY_PARAGRAPH:
        _join_text(joined, name, base, ours, theirs, choice, redactions.may_touch)
    elif _told(theirs) == was:
        joined.values[name] = ours
    else:
        _join_whole(joined, name, base, ours, theirs, choice)


def _take(joined: FieldMerge, name: str, value: object) -> None:
    joined.values[name] = value
    joined.taken.append(name)


def _join_whole(
    joined: FieldMerge,
    name: str,
    base,
    ours,
    theirs,
    choice: Callable[[str], str],
    *,
    is_redacted: bool = False,
) -> None:
    clash = FieldConflict(name, shown(base), shown(ours), shown(theirs), is_redacted=is_redacted)
    if _told(ours) == _told(theirs):
        joined.values[name] = ours
    elif (chosen := choice(clash.key)) == THEIRS:
        _take(joined, name, theirs)
    else:
        joined.values[name] = ours
        joined.clashes += [] if chosen == MINE else [clash]


def _join_text(
    joined: FieldMerge, name: str, base, ours, theirs, choice: Callable[[str], str],
    is_redacted: Callable[[str], bool] = lambda paragraph: False,
) -> None:  # fmt: skip
    merged = merge(_told(base), _told(ours), _told(theirs), is_asked=is_redacted)
    open_clashes = []

    def settled(conflict: Conflict) -> str:
        sides = conflict.base, conflict.ours, conflict.theirs
        clash = FieldConflict(name, *sides, by_paragraph=True, is_redacted=is_redacted(conflict.base))
        chosen = choice(clash.key)
        if chosen not in clash.choices:
            open_clashes.append(clash)
        return TEXT_OF.get(chosen, TEXT_OF[MINE])(conflict)

    joined.values[name] = merged.settled(settled)
    joined.clashes += open_clashes
    if _told(joined.values[name]) != _told(ours):
        joined.taken.append(name)


TEXT_OF: Mapping[str, Callable[[Conflict], str]] = {
    MINE: lambda conflict: conflict.ours,
    THEIRS: lambda conflict: conflict.theirs,
    BOTH: lambda conflict: "\n\n".join(text for text in (conflict.theirs, conflict.ours) if text),
}


def _join_tags(joined: FieldMerge, name: str, base, ours, theirs, choice: Callable[[str], str]) -> None:
    """What either added is there; what either took out is not."""
    was = {tag.casefold() for tag in base or ()}
    mine, other = ({tag.casefold() for tag in side} for side in (ours, theirs))
    gone = (was - mine) | (was - other)
    kept = {tag.casefold(): tag for tag in (*ours, *theirs) if tag.casefold() not in gone}
    joined.values[name] = list(kept.values())
    joined.taken.append(name)


JOIN = {**dict.fromkeys(BY_PARAGRAPH, _join_text), "tags": _join_tags}


def _told(value: object) -> object:
    """A value as what it says: spaces around a text, seconds, and the order of tags say nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, datetime):
        return whole_minute(value)
    if isinstance(value, list) and value and isinstance(value[0], str):
        return sorted(each.casefold() for each in value)
    return value


def shown(value: object) -> str:
    """A value as a person reads it."""
    if isinstance(value, list):
        return ", ".join(str(each[0] if isinstance(each, tuple) else each) for each in value)
    return (
        moment_in_words(value) if isinstance(value, datetime) else str("" if value is None else value).strip()
    )


COMPARED = ("title", "summary", "key_points", "body", "bylines", "tags", "published_at", "kind", "language", "slug",
            "cover_choice", "translation_choice", "external_url", "doi", "isbn", "note")  # fmt: skip


def _is_redacted_since(piece: Publication, version: int | None) -> bool:
    return piece.revisions.filter(number__gt=version or 0, why=Why.REDACTED).exists()


class OvertakenFormMixin:
    """What a form does that was overtaken. It keeps the version it started from until everything is settled."""

    joins = True
    joined: FieldMerge | None = None
    others = ""
    is_redacted = False

    def join(self, cleaned: dict) -> None:
        """Join what was typed with what others have saved since; what both changed is for the editor to settle."""
        piece = Publication.objects.get(pk=self.instance.pk)
        names = tuple(name for name in COMPARED if name in cleaned)
        base = base_values(piece, cleaned.get("version"), names)
        ours = {name: cleaned[name] for name in names}
        self.is_redacted = _is_redacted_since(piece, cleaned.get("version"))
        redactions = redactions_of(piece) if self.is_redacted else None
        self.joined = merge_fields(
            base, ours, form_values(piece, names), lambda key: self.data.get(key, ""), redactions
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
