"""Remove the old addresses that an import has kept for lists, images and texts of others, when it is undone."""

from collections.abc import Collection

from django.db.models import QuerySet

from publications import actions
from publications.markup import image_keys_in
from publications.models import ArchiveImport, Edition, EditionImage, Publication, Redirect


def has_removable_addresses(job: ArchiveImport) -> bool:
    """Whether the undo of an import removes old addresses, of images aside, which may be used by now."""
    return _find_removable(job).filter(image=None).exists()


def _find_removable(job: ArchiveImport) -> QuerySet[Redirect]:
    """Return what an import has kept, without the addresses of texts that it has published, which have to answer."""
    published = job.published_editions.values("publication")
    return job.kept_addresses.exclude(publication__isnull=False, publication__in=published)


def remove_addresses(job: ArchiveImport, kept: Collection[Publication]) -> int:
    """Remove the old addresses of lists, texts of other imports, and images that nothing else shows; return how many.

    Args:
        kept: the publications of the import that stay as they are.
    """
    redirects = list(_find_removable(job).select_related("image"))
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
