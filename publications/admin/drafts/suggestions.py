"""What a draft may be given with one click: topics that its text names, and publications similar to it.

This is the one place of the desk where similarity is asked for. Tags are completed here too."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from publications.draft_content import UNSAVED_PK
from publications.models import Author, Edition, Publication, Similarity, Synonym, Tag, parse_pk, parse_tags
from publications.preflight import describe_new_tag, similar_tag_names
from publications.search import index_terms, is_stop_word, similarity

from ..site import render_desk_page, require_permissions
from ..unsent_forms import mark_redisplay, pk_in, pks_in
from .preview import form_as_typed, unsaved_from_form

MAX_TAGS = 8
MAX_RELATED = 5
ACRONYM_LENGTH = 3
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
    """Return suggestions for a draft, stored or not, without tags and publications that it has already."""
    text = "\n\n".join((draft.title, draft.summary, draft.key_points, draft.body))
    return {
        "tags": find_topics(text, draft.language, taken)[:MAX_TAGS],
        "related": find_similar_to_draft(draft, set(chosen))[:MAX_RELATED],
    }


def find_topics(text: str, language: str, taken: Iterable[str] = ()) -> list[Suggestion]:
    """Topics that the text names, by a name or an equal spelling, those it names most often first."""
    there = {name.casefold() for name in taken}
    words, found = index_terms(text, language), []
    equals = [row.listed for row in Synonym.objects.all()]
    for tag in Tag.objects.selectable():
        if tag.name.casefold() in there:
            continue
        times = {name: _times(name, text, words, language) for name in _names(tag, equals)}
        if sum(times.values()):
            found.append((sum(times.values()), tag, max(times, key=times.__getitem__)))
    found.sort(key=lambda each: (-each[0], each[1].name.casefold()))
    return [
        Suggestion("tags", tag.name, tag.name, _naming_text(times, tag, name)) for times, tag, name in found
    ]


def _names(tag: Tag, equals: Sequence[list[str]]) -> list[str]:
    """A topic under each of its names; a spelling that is written twice counts once."""
    own = [tag.name, *([tag.name_sv] if tag.name_sv else [])]
    folded = {name.casefold() for name in own}
    rows = [row for row in equals if folded & {name.casefold() for name in row}]
    return list({name.casefold(): name for name in [*own, *(name for row in rows for name in row)]}.values())


def _times(name: str, text: str, words: list[str], language: str) -> int:
    """How often a text names it, whatever the ending; a short name only as it is spelled."""
    if len(name) <= ACRONYM_LENGTH:
        return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    asked = index_terms(name, language)
    if not asked or all(is_stop_word(word) for word in name.split()):
        return 0
    span = len(asked)
    return sum(words[place : place + span] == asked for place in range(len(words) - span + 1))


def _naming_text(times: int, tag: Tag, name: str) -> str:
    said = ngettext("named once in the text", "named %(number)d times in the text", times) % {"number": times}
    is_other = name.casefold() != tag.name.casefold()
    return _("%(said)s, as “%(name)s”") % {"said": said, "name": name} if is_other else said


def find_similar_to_draft(draft: Publication, chosen: set[int] = frozenset()) -> list[Suggestion]:
    """Public publications that are like a draft, the most alike first, each with the grounds as a sentence."""
    rows = _similar_rows(draft, MAX_RELATED + len(chosen))
    return _similar_suggestions([row for row in rows if row.similar_edition.publication_id not in chosen])


def _similar_suggestions(rows: Sequence[Similarity]) -> list[Suggestion]:
    return [
        Suggestion(
            "related",
            str(row.similar_edition.publication_id),
            row.similar_edition.title,
            reason,
            row.similar_edition.language,
        )
        for row, reason in zip(rows, similarity.reasons(rows), strict=True)
    ]


def find_similar_to_live(publication: int, chosen: Iterable[int]) -> list[Suggestion]:
    """What is like a publication as its readers know it: for people who link and see no drafts."""
    there = set(chosen)
    rows = similarity.similar_publications(publication, timezone.now(), MAX_RELATED + len(there))
    prefetch_related_objects(rows, Prefetch("similar_edition", Edition.objects.without_texts()))
    return _similar_suggestions([row for row in rows if row.similar_edition.publication_id not in there])[
        :MAX_RELATED
    ]


def reasons_of(draft: Publication, targets: Iterable[Publication]) -> dict[int, str]:
    """Why each of these would be suggested beside the draft, as far as it would be."""
    wanted = {target.pk for target in targets}
    rows = (
        [row for row in _similar_rows(draft, 4 * MAX_RELATED) if row.similar_edition.publication_id in wanted]
        if wanted
        else []
    )
    told = zip(rows, similarity.reasons(rows), strict=True)
    return {row.similar_edition.publication_id: reason for row, reason in told}


def _similar_rows(draft: Publication, count: int) -> list[Similarity]:
    authors: list[Author] = [line.author for line in draft.bylines_with_authors()]
    text = "\n\n".join((draft.summary, draft.body))
    return similarity.suggest(
        draft.title, text, list(draft.tags.all()), authors, count, language=draft.language,
        publication=draft if draft.pk != UNSAVED_PK else None,
    )  # fmt: skip


@require_permissions("change_publication", "add_publication")
@require_POST
def suggest_unsaved(request: HttpRequest) -> HttpResponse:
    """The suggestions for what stands in a form, to be put beside its fields by a script."""
    publication = Publication.objects.filter(pk=pk_in(request.POST, "piece")).first()
    draft = unsaved_from_form(form_as_typed(request.POST, publication))
    return render_desk_page(request, "suggestions", **suggestions(draft, *_values_there(request.POST)))


def suggestions_for_form(
    request: HttpRequest, publication: Publication | None
) -> dict[str, list[Suggestion]]:
    """Those that the form shows when it is opened: for the stored draft, or for what was sent and is shown again."""
    if request.method == "POST":
        draft = unsaved_from_form(form_as_typed(request.POST, publication))
        return suggestions(draft, *_values_there(request.POST))
    if not publication:
        return {}
    links = publication.related_links.values_list("target", flat=True)
    return suggestions(publication, [tag.name for tag in publication.tags.all()], links)


def _values_there(posted: QueryDict) -> tuple[list[str], list[int]]:
    return parse_tags(posted.get("tags", "")), pks_in(posted, "related")


def apply_suggestion(posted: QueryDict) -> QueryDict:
    """The form as it was sent, with what its button takes: to be shown again, with nothing stored."""
    field, _colon, value = posted.get("_take", "").partition(":")
    filled = mark_redisplay(posted)
    if field == "tags" and value:
        filled["tags"] = ", ".join([*parse_tags(posted.get("tags", "")), value])
    elif field == "related" and Edition.objects.live().filter(publication=parse_pk(value)).exists():
        filled.appendlist("related", value)
    return filled


@require_permissions("view_tag")
def tag_search(request: HttpRequest) -> JsonResponse:
    """At most ten names for the letters typed, those that begin with them first."""
    typed = request.GET.get("q", "").strip()[:60]
    names = (
        list(Tag.objects.selectable().filter(name__icontains=typed).values_list("name", flat=True)[:50])
        if typed
        else []
    )
    names.sort(key=lambda name: (not name.casefold().startswith(typed.casefold()), name.casefold()))
    return JsonResponse({"found": [{"value": name, "label": name} for name in names[:10]]})


def describe_new_tags(names: list[str]) -> list[str]:
    """Return a sentence for each of these names that no tag has yet, with the tags that are spelled nearly like it."""
    stored = list(Tag.objects.values_list("name", flat=True))
    spellings = {name.casefold() for name in stored}
    return [
        describe_new_tag(name, similar_tag_names(name, stored))
        for name in names
        if name.casefold() not in spellings
    ]
