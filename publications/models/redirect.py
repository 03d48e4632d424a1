"""Old addresses, each a path with or without a query, and what each leads to; `publications.actions` writes them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Self
from urllib.parse import unquote_plus, urlencode

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext_lazy

from publications.locales import LOCALES
from publications.slugs import (
    MAX_REDIRECT_PATH,
    MAX_REDIRECT_QUERY,
    decode_fully,
    normalize_redirect_path,
    normalize_redirect_query,
    read_parameters,
)

from .edition import Edition
from .edition_rows import EditionAttachment
from .prepared_queries import TEXT, PreparedQuery
from .site_page import SitePage
from .site_version import current_site_state

ASP_SUFFIXES = (".asp", ".aspx", ".ashx")
"""The ends of the paths of pages whose server ignores the case of the names of parameters."""
Parameters = tuple[str, ...]
ParametersOfPage = Callable[[str], Collection[str] | None]
"""Returns the parameters that the page at a path reads itself, or None if no page is there."""


class RedirectQuerySet(models.QuerySet):
    def without_query(self) -> Self:
        return self.filter(query="")

    def with_query(self) -> Self:
        return self.exclude(query="")

    def answering(self) -> Self:
        """Those that lead to what is or was public. Any other answers as if it were not stored.

        `presentation.find_redirect_target` says where to.
        """
        now = timezone.now()
        live, public = Edition.objects.live(now).order_by(), Edition.objects.ever_public(now).order_by()
        files = EditionAttachment.objects.filter(
            edition__in=Edition.objects.readable(now),
            edition__publication=OuterRef("publication"),
            original__contains=Concat(Value("/"), OuterRef("file_digest")),
        )
        is_live = Exists(live.filter(publication=OuterRef("publication")))
        is_public = Exists(public.filter(publication=OuterRef("publication")))
        return self.filter(
            Q(site_path__gt="")
            | (Q(publication__isnull=False) & is_public & (Q(file_digest="") | ~is_live | Exists(files)))
            | (Q(tag__isnull=False) & Exists(live.tagged(OuterRef("tag"))))
            | (Q(author__is_pseudonymous=False) & Exists(live.authored_by(OuterRef("author"))))
            | reduce(
                or_,
                (Exists(SitePage.objects.for_locale(code).filter(pk=OuterRef("page"))) for code in LOCALES),
            )
            | (Q(image__isnull=False) & Exists(public.filter(image_rows__image=OuterRef("image"))))
            | (Q(image__isnull=False) & Exists(live.with_portrait(OuterRef("image"))))
        )

    def leading_nowhere(self) -> Self:
        """Those that lead to nothing that is or was public."""
        return self.exclude(pk__in=self.model.objects.answering().values("pk"))


class RedirectManager(models.Manager.from_queryset(RedirectQuerySet)):
    def for_path(self, path: str, query: str = "") -> "Redirect | None":
        """Return the redirect of a path with exactly this query, with its tag, author, page or image, or None."""
        return next(iter(_redirects_from_address(path=path, query=query)), None) if path else None

    def for_query(self, path: str, query: str, parameters: ParametersOfPage) -> "Redirect | None":
        """Return the redirect of which a request has the path and all parameters, or None.

        Args:
            path: in normal form.
            parameters: a request with one that the page of its path reads is for that page.
        """
        state = current_site_state()
        if state and state.query_redirects is not None:
            redirects = state.query_redirects
        elif _is_for_page(path, read_parameters(query), parameters):
            return None  # before the database is read, which may be away
        else:
            redirects = QueryRedirects.build(self.with_query().filter(path=path).answering())
        stored = redirects.find(path, query, parameters)
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
        verbose_name = gettext_lazy("old address")
        verbose_name_plural = gettext_lazy("old addresses")
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

    @property
    def readings(self) -> tuple[str, ...]:
        """All that can be read in its path, its query, the values of that, and where it leads: to search for a name."""
        values = " ".join(read_parameters(self.query).values())
        texts = (self.path, self.query, values, self.site_path)
        return tuple(map(decode_fully, texts))

    def addresses_given_up(self, holds_name: Callable[[str], bool]) -> set[str]:
        """Return the address if it holds a name, and its path where that does: then no other query of it is used."""
        path, query, values, _target = self.readings
        given_up = {self.path} if holds_name(path) else set()
        return given_up | {self.address} if given_up or any(map(holds_name, (query, values))) else given_up

    normalize_path = staticmethod(normalize_redirect_path)
    normalize_query = staticmethod(normalize_redirect_query)


_redirects_from_address = PreparedQuery(
    lambda path, query: Redirect.objects.select_related("tag", "author", "page", "image").filter(
        path=path, query=query
    ),
    path=TEXT,
    query=TEXT,
)


def _is_for_page(path: str, params: Mapping[str, str], parameters: ParametersOfPage) -> bool:
    """Whether a request has a parameter that the page at its path reads."""
    own = parameters(f"{path.rstrip('/')}/") or parameters(path) or ()
    return not params.keys().isdisjoint(own)


@dataclass(frozen=True)
class QueryRedirects:
    """The old addresses that have a query and lead to what is or was public, in memory: other requests cost nothing.

    Attributes:
        queries: those of each path.
        names: the names of parameters that the queries of a path have, those with the most parameters first.
        pks: the primary keys of the rows, whose path and query never change.
    """

    queries: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    names: Mapping[str, tuple[Parameters, ...]] = field(default_factory=dict, repr=False)
    pks: frozenset[int] = field(default=frozenset(), repr=False)

    @classmethod
    def build(cls, rows: RedirectQuerySet) -> Self:
        """Return the redirects of these rows."""
        queries, names, pks = defaultdict(set), defaultdict(set), set()
        for pk, path, query in rows.values_list("pk", "path", "query").iterator():
            queries[path].add(query)
            names[path].add(tuple(read_parameters(query)))
            pks.add(pk)
        return cls(
            {path: frozenset(values) for path, values in queries.items()},
            {path: tuple(sorted(values, key=_most_first)) for path, values in names.items()},
            frozenset(pks),
        )

    @classmethod
    def read(cls, previous: Self | None) -> Self:
        """Return them as they are now: `previous` if the same ones lead to something."""
        if not Redirect.objects.with_query().exists():
            return previous if previous is not None and not previous.pks else cls()
        rows = Redirect.objects.with_query().answering()
        if previous is not None and previous.pks == set(rows.values_list("pk", flat=True)):
            return previous
        return cls.build(rows)

    def find(self, path: str, query: str, parameters: ParametersOfPage) -> str:
        """Return the stored query of which a request has all parameters, or "".

        Names in another case fit a page of ASP too, as IIS ignores it. Of two stored queries that differ by that alone,
        only the one in the case of the request is found.

        Args:
            path: in normal form.
            query: that of the request.
            parameters: a request with one that the page of its path reads is for that page.
        """
        if path not in self.names:
            return ""
        params = read_parameters(query)
        if _is_for_page(path, params, parameters):
            return ""
        exact = [*self._find_all(path, params, str)]
        if not path.endswith(ASP_SUFFIXES):
            return exact[0] if exact else ""
        found = {stored: read_parameters(stored) for stored in exact}
        for stored in self._find_all(path, _lower_names(params), str.lower):
            found.setdefault(stored, read_parameters(stored))
        best = max(found, key=lambda stored: len(found[stored]), default="")  # the first: those in exact case
        if not best or best in exact:
            return best
        is_alone = [*map(_lower_names, found.values())].count(_lower_names(found[best])) == 1
        return best if is_alone else ""

    def _find_all(self, path: str, params: Mapping[str, str], name_of: Callable[[str], str]) -> Iterator[str]:
        """Yield the stored queries whose parameters are all there, those with the most first."""
        for names in self.names[path]:
            if all(name_of(name) in params for name in names):
                query = urlencode([(name, params[name_of(name)]) for name in names])
                if query in self.queries[path]:
                    yield query


def _lower_names(params: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in params.items()}


def _most_first(names: Parameters) -> tuple[int, Parameters]:
    return -len(names), names
