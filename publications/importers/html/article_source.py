"""A source whose texts are HTML: what the sources of WordPress, Ghost and old sites have in common."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..imported_file import ImportedFile
from ..read_ahead import read_texts
from ..source import ImportContext, ImportSource
from .article import SourceArticle
from .reader import read_article


@dataclass(kw_only=True)
class ArticleSource(ImportSource):
    """A source whose texts are HTML."""

    @abstractmethod
    def articles(self) -> Iterator[SourceArticle]:
        """Yield the texts in the order of `entries`; their entries need no slugs yet."""

    @property
    def linked_fragments(self) -> frozenset[str]:
        """The fragments that links of the texts point to, as the index of the source has found them."""
        return frozenset()

    def read(self, context: ImportContext, *, processes: int) -> Iterator[ImportedFile]:
        context = replace(context, linked_fragments=self.linked_fragments)
        articles = (
            replace(article, entry=entry)
            for article, entry in zip(self.articles(), self.entries, strict=True)
        )
        return read_texts(articles, read_article, context, total=len(self.entries), processes=processes)
