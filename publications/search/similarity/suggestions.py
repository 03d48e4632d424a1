"""Suggestions: the live editions most similar to a draft, and the reasons of similarities as sentences."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from publications.models import Author, Edition, ExcludedSuggestion, Publication, Similarity, Tag

from .matching import Match, TextContext, compare
from .terms import Rarity, build_draft_profile, characteristic_terms


def suggest(
    title: str,
    text: str,
    tags: Iterable[Tag] = (),
    authors: Iterable[Author] = (),
    count: int = 5,
    *,
    language: str = "en",
    publication: Publication | None = None,
) -> list[Similarity]:
    """Return the live editions most similar to a draft.

    Args:
        text: plain text or Markdown.
        publication: the publication of the draft, whose translations, linked and excluded publications are left out.

    Returns:
        Unsaved rows with `similar_edition`, the most similar first.
    """
    profile = build_draft_profile(title, text, language, tags, authors)
    rarity = Rarity(profile.weights)
    now = timezone.now()
    context = TextContext(publication.source_publication.pk if publication else None, now)
    matches = compare(characteristic_terms(profile, rarity), rarity, context, now)
    excluded = _excluded_publications(publication) if publication else set()
    return _build_suggestions(matches, excluded, now)[:count]


def _excluded_publications(publication: Publication) -> set[int]:
    if not publication.pk:
        return set()
    linked = publication.related_links.values_list("target", flat=True)
    return {publication.pk, *ExcludedSuggestion.excluded_with(publication.pk), *linked}


def _build_suggestions(matches: Sequence[Match], excluded: set[int], now: datetime) -> list[Similarity]:
    """Return those that are live, one of each translation group."""
    editions = (
        Edition.objects.live(now)
        .filter(pk__in=[match.candidate.edition_id for match in matches])
        .without_texts()
        .exclude(publication__in=excluded)
        .in_bulk()
    )
    by_group: dict[int, Similarity] = {}
    for match in matches:
        if edition := editions.get(match.candidate.edition_id):
            suggestion = match.build_suggestion(match.score_at(now))
            suggestion.similar_edition = edition
            by_group.setdefault(edition.translation_group, suggestion)
    return list(by_group.values())


def build_reasons(rows: Sequence[Similarity]) -> list[str]:
    """Return the reasons of each row as a sentence in the current language, in two queries."""
    tags = Tag.objects.in_bulk({pk for row in rows for pk in row.tags})
    authors = Author.objects.not_pseudonymous().in_bulk({pk for row in rows for pk in row.authors})
    topics = {pk: tag.label for pk, tag in tags.items()}
    people = {pk: author.name for pk, author in authors.items()}
    return [row.explain(topics, people) for row in rows]
