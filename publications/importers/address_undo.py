"""Remove the old addresses that an import has kept for lists and images, when it is undone."""

from collections.abc import Collection

from publications import actions
from publications.markup import image_keys_in
from publications.models import ArchiveImport, Edition, EditionImage, Publication


def remove_addresses(job: ArchiveImport, kept: Collection[Publication]) -> int:
    """Remove the old addresses of lists, and of images that nothing else shows; return how many.

    Args:
        kept: the publications of the import that stay as they are.
    """
    redirects = list(job.kept_addresses.select_related("image"))
    images = {redirect.image for redirect in redirects if redirect.image}
    shown = _find_shown_images(job, kept) if images else set()
    used = {image.pk for image in images if image.key in shown or image.portrays.exists()}
    removed = [redirect for redirect in redirects if redirect.image_id not in used]
    if removed:
        actions.remove_old_addresses(removed, by=job.requested_by)
    return len(removed)


def _find_shown_images(job: ArchiveImport, kept: Collection[Publication]) -> set[str]:
    """Return the keys of the images in publications besides those that the undo has taken back."""
    keys = [publication.pk for publication in kept]
    undone = job.published_editions.exclude(publication__in=keys).values("publication")
    ended = Publication.objects.exclude(editions__in=Edition.objects.live()).filter(pk__in=undone)
    bodies = Publication.objects.exclude(pk__in=ended).values_list("body", flat=True)
    shown = (key for body in bodies.iterator() for key in image_keys_in(body))
    return {
        *shown,
        *EditionImage.objects.filter(edition__in=Edition.objects.live()).values_list("image__key", flat=True),
    }
