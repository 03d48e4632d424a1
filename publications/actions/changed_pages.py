"""Which pages show a publication: its own, those of its translations, and those that it is related to."""

from collections.abc import Collection

from publications.models import Edition, RelatedLink, Similarity


def find_publications_showing(publications: Collection[int]) -> set[int]:
    """Return the publications whose pages show any of these, or may: themselves, and as translation or related text.

    Those are the publications, all that were ever translations of them, those that link to them, and those that they
    are suggested for.

    Args:
        publications: primary keys.
    """
    own = Edition.objects.filter(publication__in=publications).order_by()
    group = Edition.objects.filter(translation_group__in=own.values("translation_group")).order_by()
    linking = RelatedLink.objects.filter(target__in=publications).order_by()
    suggested = Similarity.objects.filter(similar_edition__publication__in=publications).order_by()
    rows = group.values_list("publication", flat=True).union(
        linking.values_list("source", flat=True), suggested.values_list("edition__publication", flat=True)
    )
    return {*publications, *rows.order_by()}
