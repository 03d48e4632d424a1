"""Live editions under the plurals of their kinds: the shelves of the home page and of topics."""

from urllib.parse import urlencode

from django.urls import reverse

from publications.models import Edition, Kind, Tag, count_by, editions_by_kind, kinds_by_pk
from publications.presentation import Teaser, TeaserGroup, build_teasers, current_tree, teaser_groups


def with_shelves(
    above: list[Edition], tag: Tag | None = None, **asked: str
) -> tuple[list[Teaser], list[TeaserGroup]]:
    """The cards of what stands above; then the newest of each kind but those, in the tree or on the tag in it.

    `asked` are the filters of the lists behind the shelves.
    """
    counts = kinds_of(**asked)
    below = editions_by_kind(counts, current_tree(), tag=tag, without=above)
    made = build_teasers([*above, *below])
    placed = zip(below, made[len(above) :], strict=True)
    return made[: len(above)], teaser_groups(placed, counts, lambda kind: _list_of(kind=kind.slug, **asked))


def kinds_of(**asked: str) -> dict[Kind, int]:
    """How many pieces there are of each kind, in the order of the kinds."""
    counts = count_by("kind", current_tree(), asked)
    return {kind: counts[pk].count for pk, kind in kinds_by_pk().items() if pk in counts}


def _list_of(**asked: str) -> str:
    return f"{reverse('publications:list')}?{urlencode(asked)}"
