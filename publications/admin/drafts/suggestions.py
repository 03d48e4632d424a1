"""Suggestions for a draft: topics that its text names, and similar publications. Completion of tags.

No other module of the desk uses `search.similarity`.
"""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from publications.draft_content import UNSAVED_PK
from publications.markup import anchor_text
from publications.models import Author, Edition, Publication, Similarity, Synonym, Tag, parse_pk, parse_tags
from publications.preflight import similar_tag_names
from publications.search import index_terms, is_stop_word, similarity

from ..form_data import get_pk, get_pks, mark_redisplay
from ..site import render_desk_page, require_permissions
from .preview import form_from_post, publication_from_form

MAX_TAGS = 8
MAX_RELATED = 5
ACRONYM_LENGTH = 3
"""Names up to this length match only as they are spelled: EU is a topic, "eu" and "us" are words."""

ADDRESS = re.compile(r"\b(?:\w+://|www\.)\S+", re.IGNORECASE)
"""An address that stands in the text itself: its words are not mentions."""


@dataclass(frozen=True)
class Suggestion:
    """A value for a field of the form, with its label and the reason."""

    field: str
    value: str
    label: str
    reason: str
    language: str = ""


def build_suggestions(
    draft: Publication, tag_names: Iterable[str], related_pks: Iterable[int]
) -> dict[str, list[Suggestion]]:
    """Return suggestions for a draft, stored or not, without the tags and publications that it has already."""
    texts = (draft.title, draft.summary, *map(anchor_text, (draft.key_points, draft.body)))
    text = ADDRESS.sub(" ", "\n\n".join(texts))
    return {
        "tags": find_topics(text, draft.language, tag_names)[:MAX_TAGS],
        "related": find_similar_to_draft(draft, set(related_pks))[:MAX_RELATED],
    }


def find_topics(text: str, language: str, exclude: Iterable[str] = ()) -> list[Suggestion]:
    """Return the tags that a text names, by a name or a synonym, the most frequent first."""
    excluded = {name.casefold() for name in exclude}
    words, matches = index_terms(text, language), []
    synonyms = [row.spelling_list for row in Synonym.objects.all()]
    for tag in Tag.objects.selectable():
        if tag.name.casefold() in excluded:
            continue
        counts = {name: _count_mentions(name, text, words, language) for name in _names_of(tag, synonyms)}
        if sum(counts.values()):
            matches.append((sum(counts.values()), tag, max(counts, key=counts.__getitem__)))
    matches.sort(key=lambda match: (-match[0], match[1].name.casefold()))
    return [
        Suggestion("tags", tag.name, _bilingual_name(tag), _describe_mentions(count, tag, name))
        for count, tag, name in matches
    ]


def _bilingual_name(tag: Tag) -> str:
    """Return the name of a tag as editors type it, with the one of the language of the desk: "Ukraine (Ukraina)"."""
    return tag.name if tag.label == tag.name else f"{tag.name} ({tag.label})"


def _names_of(tag: Tag, synonyms: Sequence[list[str]]) -> list[str]:
    """Return the names and synonyms of a topic, each spelling once."""
    names = [tag.name, *([tag.name_sv] if tag.name_sv else [])]
    spellings = {name.casefold() for name in names}
    rows = [row for row in synonyms if spellings & {name.casefold() for name in row}]
    return list(
        {name.casefold(): name for name in [*names, *(name for row in rows for name in row)]}.values()
    )


def _count_mentions(name: str, text: str, words: list[str], language: str) -> int:
    """Return how often a text has a name, whatever its ending; a short name only as it is spelled."""
    if len(name) <= ACRONYM_LENGTH:
        return len(re.findall(rf"(?<!\w){re.escape(name)}(?!\w)", text))
    name_terms = index_terms(name, language)
    if not name_terms or all(is_stop_word(word) for word in name.split()):
        return 0
    starts = (start for start, word in enumerate(words) if word == name_terms[0])
    return sum(words[start : start + len(name_terms)] == name_terms for start in starts)


def _describe_mentions(count: int, tag: Tag, name: str) -> str:
    text = ngettext("named once in the text", "named %(number)d times in the text", count)
    text %= {"number": count}
    is_synonym = name.casefold() != tag.name.casefold()
    return _("%(said)s, as “%(name)s”") % {"said": text, "name": name} if is_synonym else text


def find_similar_to_draft(draft: Publication, exclude: Set[int] = frozenset()) -> list[Suggestion]:
    """Return live publications that are similar to a draft, the most similar first, each with the reason."""
    rows = _similar_rows(draft, MAX_RELATED + len(exclude))
    return _similar_suggestions([row for row in rows if row.similar_edition.publication_id not in exclude])


def _similar_suggestions(rows: Sequence[Similarity]) -> list[Suggestion]:
    return [
        Suggestion(
            "related",
            str(row.similar_edition.publication_id),
            row.similar_edition.marked_title,
            reason,
            row.similar_edition.language,
        )
        for row, reason in zip(rows, similarity.build_reasons(rows), strict=True)
    ]


def find_similar_to_live(publication_pk: int, exclude: Iterable[int]) -> list[Suggestion]:
    """Return live publications that are similar to a live edition: for users who may not read drafts."""
    excluded = set(exclude)
    rows = similarity.similar_publications(publication_pk, timezone.now(), MAX_RELATED + len(excluded))
    prefetch_related_objects(rows, Prefetch("similar_edition", Edition.objects.without_texts()))
    return _similar_suggestions([row for row in rows if row.similar_edition.publication_id not in excluded])[
        :MAX_RELATED
    ]


def similarity_reasons(draft: Publication, targets: Iterable[Publication]) -> dict[int, str]:
    """Return the reasons for which targets would be suggested for a draft, by primary key; others are left out."""
    pks = {target.pk for target in targets}
    rows = (
        [row for row in _similar_rows(draft, 4 * MAX_RELATED) if row.similar_edition.publication_id in pks]
        if pks
        else []
    )
    pairs = zip(rows, similarity.build_reasons(rows), strict=True)
    return {row.similar_edition.publication_id: reason for row, reason in pairs}


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
    """Return suggestions for unsaved values of a form, as HTML for a script."""
    publication = Publication.objects.filter(pk=get_pk(request.POST, "piece")).first()
    draft = publication_from_form(form_from_post(request.POST, publication))
    return render_desk_page(
        request, "suggestions", **build_suggestions(draft, *_selected_values(request.POST))
    )


def suggestions_for_form(
    request: HttpRequest, publication: Publication | None
) -> dict[str, list[Suggestion]]:
    """Return the suggestions of a form: for the stored draft, or for redisplayed values."""
    if request.method == "POST":
        draft = publication_from_form(form_from_post(request.POST, publication))
        return build_suggestions(draft, *_selected_values(request.POST))
    if not publication:
        return {}
    links = publication.related_links.values_list("target", flat=True)
    return build_suggestions(publication, [tag.name for tag in publication.tags.all()], links)


def _selected_values(data: QueryDict) -> tuple[list[str], list[int]]:
    """Return the tag names and the related publications in form data."""
    return parse_tags(data.get("tags", "")), get_pks(data, "related")


def apply_suggestion(data: QueryDict) -> QueryDict:
    """Return the form data with the suggestion of the pressed button, to be redisplayed."""
    field, _colon, value = data.get("_take", "").partition(":")
    filled = mark_redisplay(data)
    if field == "tags" and value:
        filled["tags"] = ", ".join([*parse_tags(data.get("tags", "")), value])
    elif field == "related" and Edition.objects.live().filter(publication=parse_pk(value)).exists():
        filled.appendlist("related", value)
    return filled


@require_permissions("view_tag")
def tag_search(request: HttpRequest) -> JsonResponse:
    """Return at most ten tags whose names contain the query in either language, those that begin with it first.

    Returns:
        JSON with `results`: the name that is typed as `value` and `label`, that of the language of the desk as `note`.
    """
    query = request.GET.get("q", "").strip()[:60]
    named = Q(name__icontains=query) | Q(name_sv__icontains=query)
    tags = list(Tag.objects.selectable().filter(named)[:50]) if query else []

    def rank(tag: Tag) -> tuple[bool, str]:
        names = (tag.name.casefold(), tag.name_sv.casefold())
        return not any(name.startswith(query.casefold()) for name in names), names[0]

    results = [
        {"value": tag.name, "label": tag.name, "note": tag.label if tag.label != tag.name else ""}
        for tag in sorted(tags, key=rank)[:10]
    ]
    return JsonResponse({"results": results})


def describe_new_tags(names: list[str]) -> list[str]:
    """Return for each name that no tag has yet that a tag of it is made, with those that are spelled similarly."""
    stored = list(Tag.objects.values_list("name", flat=True))
    spellings = {name.casefold() for name in stored}
    return [
        _describe_made_tag(name, similar_tag_names(name, stored))
        for name in names
        if name.casefold() not in spellings
    ]


def _describe_made_tag(name: str, similar: list[str]) -> str:
    made = _("A new tag was made: “%(name)s”.") % {"name": name}
    if not similar:
        return f"{made} " + _(
            "Readers see it once a text that has it is public. If it is a slip, take it out of the text."
        )
    near = ", ".join(f"“{other}”" for other in similar)
    return f"{made} " + _("Spelled nearly so: %(near)s. Put that in its place if you meant it.") % {
        "near": near
    }
