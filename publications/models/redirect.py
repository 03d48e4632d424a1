"""Old addresses, each a path with or without a query, and what each leads to; `publications.actions` writes them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import unquote_plus, urlencode

from django.db import models
from django.utils.translation import gettext_lazy

from publications.slugs import (
    MAX_REDIRECT_PATH,
    MAX_REDIRECT_QUERY,
    normalize_redirect_path,
    normalize_redirect_query,
    read_parameters,
)

from .prepared_queries import TEXT, PreparedQuery
from .site_version import current_site_state

Parameters = tuple[str, ...]


class RedirectQuerySet(models.QuerySet):
    def without_query(self) -> Self:
        return self.filter(query="")

    def with_query(self) -> Self:
        return self.exclude(query="")


class RedirectManager(models.Manager.from_queryset(RedirectQuerySet)):
    def for_path(self, path: str, query: str = "") -> "Redirect | None":
        """Return the redirect of a path with exactly this query, with its tag, author, page or image, or None."""
        return next(iter(_redirects_from_address(path=path, query=query)), None) if path else None

    def for_query(self, path: str, query: str) -> "Redirect | None":
        """Return the redirect of which a request has the path and all parameters, or None.

        Args:
            path: in normal form.
        """
        state = current_site_state()
        if state and state.query_redirects is not None:
            redirects = state.query_redirects
        else:
            redirects = QueryRedirects.build(self.with_query().filter(path=path).values_list("path", "query"))
        stored = redirects.find(path, query)
        return self.for_path(path, stored) if stored else None


class Redirect(models.Model):
    """An old address that leads to a publication or a file of it, a tag, author, site page, image, or list.

    Attributes:
        query: its parameters in normal form: a request matches that has all of them, with others or without.
        file_digest: the SHA-256 of the attachment of the publication that it leads to; else "".
        site_path: the path, with a query, of a page of the site that is no row: the home page, a list, a feed.
    """

    path = models.CharField(gettext_lazy("path"), max_length=MAX_REDIRECT_PATH)
    query = models.CharField(max_length=MAX_REDIRECT_QUERY, blank=True, default="")
    publication = models.ForeignKey(
        "publications.Publication", on_delete=models.CASCADE, null=True, related_name="redirects"
    )
    file_digest = models.CharField(max_length=64, blank=True, default="")
    tag = models.ForeignKey("publications.Tag", on_delete=models.CASCADE, null=True, related_name="redirects")
    author = models.ForeignKey(
        "publications.Author", on_delete=models.CASCADE, null=True, related_name="redirects"
    )
    page = models.ForeignKey(
        "publications.SitePage", on_delete=models.CASCADE, null=True, related_name="redirects"
    )
    image = models.ForeignKey(
        "publications.Image", on_delete=models.CASCADE, null=True, related_name="redirects"
    )
    site_path = models.CharField(max_length=MAX_REDIRECT_PATH, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RedirectManager()

    class Meta:
        verbose_name = gettext_lazy("former path")
        verbose_name_plural = gettext_lazy("former paths")
        constraints = [
            models.UniqueConstraint(fields=["path", "query"], name="former_address_once"),
            models.CheckConstraint(
                condition=models.Q(publication__isnull=False)
                | models.Q(tag__isnull=False)
                | models.Q(author__isnull=False)
                | models.Q(page__isnull=False)
                | models.Q(image__isnull=False)
                | models.Q(site_path__gt=""),
                name="former_path_of_something",
            ),
            models.CheckConstraint(
                condition=models.Q(file_digest="") | models.Q(publication__isnull=False),
                name="former_path_of_a_file",
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def decoded_address(self) -> str:
        """The address as it is read: a search for a name finds it there."""
        return f"{self.path}?{unquote_plus(self.query)}" if self.query else self.path

    def addresses_given_up(self, holds_name: Callable[[str], bool]) -> set[str]:
        """Return the address if it holds a name, and its path where that does: then no other query of it is used."""
        texts = {self.address: self.decoded_address, self.path: self.path}
        return {address for address, text in texts.items() if holds_name(text)}

    normalize_path = staticmethod(normalize_redirect_path)
    normalize_query = staticmethod(normalize_redirect_query)


_redirects_from_address = PreparedQuery(
    lambda path, query: Redirect.objects.select_related("tag", "author", "page", "image").filter(
        path=path, query=query
    ),
    path=TEXT,
    query=TEXT,
)


@dataclass(frozen=True)
class QueryRedirects:
    """The old addresses that have a query, in memory, so that other requests cost nothing.

    Attributes:
        queries: those of each path.
        names: the names of parameters that the queries of a path have, those with the most parameters first.
        newest, count: the primary key of the newest row, and how many there are: rows are added and deleted only.
    """

    queries: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    names: Mapping[str, tuple[Parameters, ...]] = field(default_factory=dict, repr=False)
    newest: int | None = None
    count: int = 0

    @classmethod
    def build(
        cls, addresses: Iterable[tuple[str, str]], *, newest: int | None = None, count: int = 0
    ) -> Self:
        """Return the redirects of these paths and queries."""
        queries, names = defaultdict(set), defaultdict(set)
        for path, query in addresses:
            queries[path].add(query)
            names[path].add(tuple(read_parameters(query)))
        return cls(
            {path: frozenset(values) for path, values in queries.items()},
            {path: tuple(sorted(values, key=_most_first)) for path, values in names.items()},
            newest,
            count,
        )

    @classmethod
    def read(cls, previous: Self | None) -> Self:
        """Return them as the database has them: `previous` if nothing was added or deleted since."""
        rows = Redirect.objects.with_query()
        fingerprint = rows.aggregate(newest=models.Max("pk"), count=models.Count("pk"))
        if previous and (previous.newest, previous.count) == tuple(fingerprint.values()):
            return previous
        return cls.build(rows.values_list("path", "query").iterator(), **fingerprint)

    def find(self, path: str, query: str) -> str:
        """Return the stored query of which a request has all parameters, or "".

        Args:
            path: in normal form.
            query: that of the request.
        """
        if path not in self.names:
            return ""
        params = read_parameters(query)
        candidates = (
            urlencode([(name, params[name]) for name in names])
            for names in self.names[path]
            if all(name in params for name in names)
        )
        return next((candidate for candidate in candidates if candidate in self.queries[path]), "")


def _most_first(names: Parameters) -> tuple[int, Parameters]:
    return -len(names), names
