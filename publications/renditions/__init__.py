"""Files rendered from stored data: PDFs, social images and image sizes. They can be deleted at any time."""

from .documents import (
    RECORDED,
    Rendition,
    RenditionSource,
    cover_digest,
    delete_all_documents,
    delete_renditions,
    get_pdf,
    get_social_image,
    render_pdf,
)
from .image_files import get_image_file, make_image_files, media_type_of, remove_abandoned_files, sizes_of
from .rendering_queue import MAX_RENDERINGS, RenderingBusy, RenderingFailed

__all__ = [
    "MAX_RENDERINGS",
    "RECORDED",
    "RenderingBusy",
    "RenderingFailed",
    "Rendition",
    "RenditionSource",
    "cover_digest",
    "delete_all_documents",
    "delete_renditions",
    "get_image_file",
    "get_pdf",
    "get_social_image",
    "make_image_files",
    "media_type_of",
    "remove_abandoned_files",
    "render_pdf",
    "sizes_of",
]
