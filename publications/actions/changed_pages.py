"""Which pages show a publication: its own, those of its translations, and those that it is related to."""

from collections.abc import Collection

from publications.models import Edition, RelatedLink, Similarity


def publications_showing(publications: Collection[int], similar_editions: Collection[int] = ()) -> set[int]:
    """Return the publications whose pages may change when editions of some publications start or are replaced.

    These are the publications, all that were ever translations of them, those that link to any of these, and those that
    they are or were suggested for. Call it after similarity has been updated.

    Args:
        publications: primary keys of the publications with new editions.
        similar_editions: primary keys of the editions that replaced ones were suggested for.
    """
    own = Edition.objects.filter(publication__in=publications).order_by()
    group = Edition.objects.filter(translation_group__in=own.values("translation_group")).order_by()
    shown = group.values("publication")
    linking = RelatedLink.objects.filter(target__in=shown).order_by().values("source")
    suggested = Similarity.objects.filter(similar_edition__publication__in=shown).order_by()
    neighbours = Edition.objects.filter(pk__in=similar_editions).order_by().values("publication")
    rows = shown.union(linking, suggested.values("edition__publication"), neighbours).order_by()
    return {*publications, *(pk for row in rows for pk in row.values())}
