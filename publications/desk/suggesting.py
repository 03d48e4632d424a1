"""What a draft may be given with one click: topics that its text names, and pieces that are like it, with the reason.

This is the one place of the desk where likeness is asked for.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from publications.models import Author, Edition, Likeness, Publication, Synonym, Tag, split_at_commas
from publications.search import likeness
from publications.search.words import is_stop_word, terms

from .access import needs
from .site import desk
from .sketching import NO_ROW, NUMBER, as_typed, number_in, sketch

MOST_TAGS = 8
MOST_RELATED = 5
ACRONYM = 3
"""Letters up to which a name counts only as it is spelled: EU is a topic, "eu" and "us" are words."""


@dataclass(frozen=True)
class Suggestion:
    """One thing to take: the field it goes into, its value there, what it is called, and why."""

    field: str
    value: str
    label: str
    reason: str
    language: str = ""


def suggestions(
    draft: Publication, taken: Iterable[str], chosen: Iterable[int]
) -> dict[str, list[Suggestion]]:
    """For a draft, stored or sketched; not what has been taken (tags) and chosen (publications) already."""
    text = "\n\n".join((draft.title, draft.summary, draft.key_points, draft.body))
    return {
        "tags": topics_in(text, draft.language, taken)[:MOST_TAGS],
        "related": alike(draft, set(chosen))[:MOST_RELATED],
    }


def topics_in(text: str, language: str, taken: Iterable[str] = ()) -> list[Suggestion]:
    """Topics that the text names, by a name or an equal spelling, those it names most often first."""
    there = {name.casefold() for name in taken}
    words, found = terms(text, language), []
    equals = [row.listed for row in Synonym.objects.all()]
    for tag in Tag.objects.offered():
        if tag.name.casefold() in there:
            continue
        times = {name: _times(name, text, words, language) for name in _names(tag, equals)}
        if sum(times.values()):
            found.append((sum(times.values()), tag, max(times, key=times.__getitem__)))
    found.sort(key=lambda each: (-each[0], each[1].name.casefold()))
    return [Suggestion("tags", tag.name, tag.name, _named(times, tag, name)) for times, tag, name in found]


def _names(tag: Tag, equals: Sequence[list[str]]) -> list[str]:
    """A topic under each of its names; a spelling that is written twice counts once."""
    own = [tag.name, *([tag.name_sv] if tag.name_sv else [])]
    folded = {name.casefold() for name in own}
    rows = [row for row in equals if folded & {name.casefold() for name in row}]
    return list({name.casefold(): name for name in [*own, *(name for row in rows for name in row)]}.values())


def _times(name: str, text: str, words: list[str], language: str) -> int:
    """How often a text names it, whatever the ending; a short name only as it is spelled."""
    if len(name) <= ACRONYM:
        return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    asked = terms(name, language)
    if not asked or all(is_stop_word(word) for word in name.split()):
        return 0
    span = len(asked)
    return sum(words[place : place + span] == asked for place in range(len(words) - span + 1))


def _named(times: int, tag: Tag, name: str) -> str:
    said = ngettext("named once in the text", "named %(number)d times in the text", times) % {"number": times}
    is_other = name.casefold() != tag.name.casefold()
    return _("%(said)s, as “%(name)s”") % {"said": said, "name": name} if is_other else said


def alike(draft: Publication, chosen: set[int] = frozenset()) -> list[Suggestion]:
    """Public pieces that are like a draft, the most alike first, each with the grounds as a sentence."""
    rows = _like(draft, MOST_RELATED + len(chosen))
    return _told([row for row in rows if row.other.publication_id not in chosen])


def _told(rows: Sequence[Likeness]) -> list[Suggestion]:
    return [
        Suggestion("related", str(row.other.publication_id), row.other.title, reason, row.other.language)
        for row, reason in zip(rows, likeness.reasons(rows), strict=True)
    ]


def alike_for_readers(publication: int, chosen: Iterable[int]) -> list[Suggestion]:
    """What is like a piece as its readers know it: for people who link and see no drafts."""
    there = set(chosen)
    rows = likeness.nearest(publication, timezone.now(), MOST_RELATED + len(there))
    prefetch_related_objects(rows, Prefetch("other", Edition.objects.without_bodies()))
    return _told([row for row in rows if row.other.publication_id not in there])[:MOST_RELATED]


def reasons_of(draft: Publication, targets: Iterable[Publication]) -> dict[int, str]:
    """Why each of these would be suggested beside the draft, as far as it would be."""
    wanted = {target.pk for target in targets}
    rows = (
        [row for row in _like(draft, 4 * MOST_RELATED) if row.other.publication_id in wanted]
        if wanted
        else []
    )
    told = zip(rows, likeness.reasons(rows), strict=True)
    return {row.other.publication_id: reason for row, reason in told}


def _like(draft: Publication, count: int) -> list[Likeness]:
    authors: list[Author] = [line.author for line in draft.signed()]
    text = "\n\n".join((draft.summary, draft.body))
    return likeness.suggest(
        draft.title, text, list(draft.tags.all()), authors, count, language=draft.language,
        beside=draft if draft.pk != NO_ROW else None,
    )  # fmt: skip


@desk.page("typed/suggestions/", "suggestions")
@needs("change_publication", "add_publication")
@require_POST
def suggested(request: HttpRequest) -> HttpResponse:
    """The suggestions for what stands in a form, to be put beside its fields by a script."""
    piece = Publication.objects.filter(pk=number_in(request.POST, "piece")).first()
    draft = sketch(as_typed(request.POST, piece))
    return desk.show(request, "suggestions", **suggestions(draft, *_there(request.POST)))


def for_form(request: HttpRequest, piece: Publication | None) -> dict[str, list[Suggestion]]:
    """Those that the form shows when it is opened: for the stored draft, or for what was sent and is shown again."""
    if request.method == "POST":
        draft = sketch(as_typed(request.POST, piece))
        return suggestions(draft, *_there(request.POST))
    if not piece:
        return {}
    links = piece.related_links.values_list("target", flat=True)
    return suggestions(piece, [tag.name for tag in piece.tags.all()], links)


def _there(posted: QueryDict) -> tuple[list[str], list[int]]:
    chosen = [int(each) for each in posted.getlist("related") if NUMBER.fullmatch(each)]
    return split_at_commas(posted.get("tags", "")), chosen


def take(posted: QueryDict) -> QueryDict:
    """The form as it was sent, with what its button takes: to be shown again, with nothing stored."""
    field, _colon, value = posted.get("_take", "").partition(":")
    filled = posted.copy()
    if field == "tags" and value:
        filled["tags"] = ", ".join([*split_at_commas(posted.get("tags", "")), value])
    elif (
        field == "related"
        and NUMBER.fullmatch(value)
        and Edition.objects.live().filter(publication=value).exists()
    ):
        filled.appendlist("related", value)
    filled["_find"] = ""
    return filled
