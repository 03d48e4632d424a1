"""Languages of texts and groups of translations, as Polylang, WPML or the addresses of an export show them."""

from publications.locales import LANGUAGE_NAMES, LOCALES, language_code

from ..links import address_on_site
from .index import ExportIndex
from .posts import PAGE, IndexedPost

LANGUAGE_TAXONOMY, TRANSLATIONS_TAXONOMY = "language", "post_translations"
"""The taxonomies of Polylang."""


class PostLanguages:
    """Finds the languages of the posts of an export.

    Args:
        language: that of the import, for posts that show none.
    """

    def __init__(self, index: ExportIndex, language: str) -> None:
        self.address = index.address
        self.language = language
        if language == LOCALES[0]:
            self.language = language_code(index.site.get("language", "")) or language
        self.folders = _language_folders(index)

    def find(self, post: IndexedPost) -> str:
        """Return the language of a post: of its plugin, of its address, or that of the site."""
        slug = next((term.slug for term in post.terms if term.taxonomy == LANGUAGE_TAXONOMY), "")
        path = address_on_site(post.link, self.address)
        folder = path.strip("/").partition("/")[0].lower()
        parameter = path.partition("?lang=")[2].partition("&")[0]
        codes = (slug, post.language, folder if folder in self.folders else "", parameter)
        return next(filter(None, map(language_code, filter(None, codes))), self.language)


def _language_folders(index: ExportIndex) -> set[str]:
    """Return the first folders of addresses that are languages; a page or category may have such a name too."""
    names = {slug for taxonomy, slug in index.terms if taxonomy in ("category", "post_tag")}
    names |= {post.slug for post in index.posts.values() if post.post_type == PAGE}
    return set(LANGUAGE_NAMES) - names


def group_of(post: IndexedPost) -> str:
    """Return the name of the group of a post and its translations, or ""."""
    slug = next((term.slug for term in post.terms if term.taxonomy == TRANSLATIONS_TAXONOMY), "")
    return slug or post.translations
