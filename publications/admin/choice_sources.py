"""The sources of choosers: which rows can be chosen and by whom, how they are searched, and the label of each."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Manager, Model, OuterRef, Q, QuerySet, SmallIntegerField, Subquery, When
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from publications import search
from publications.models import Author, Edition, Image, Publication, with_status
from publications.models.kind import DASH
from publications.slugs import strip_marks

from .status_text import status_text

MAX_WORDS = 8
MAX_FOUND = 20


@dataclass(frozen=True)
class ChoiceSource:
    """Rows that can be chosen.

    Attributes:
        rows: the manager of the model.
        search_fields: lookups of the fields that are searched.
        ordering: how results are ordered.
    """

    rows: Manager
    search_fields: tuple[str, ...]
    ordering: tuple[str, ...]

    @property
    def model(self) -> type[Model]:
        return self.rows.model

    def rows_for(self, person) -> QuerySet | None:
        """Return the rows that a person may choose from, or None where they may not choose at all."""
        is_allowed = person.has_perm(f"publications.view_{self.rows.model._meta.model_name}")
        return self.rows.all() if is_allowed else None

    def search(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        """Return the rows that have every word of a query in one of their fields; all rows for no words."""
        rows = (self.rows.all() if rows is None else rows).order_by(*self.ordering)
        for word in _split_words(query):
            rows = rows.filter(self._in_any_field(word))
        return rows.distinct()

    def options(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        """Return the rows that a form without scripts offers; it also keeps those that are chosen already."""
        return self.search(query, rows)

    def exact_match(self, query: str, rows: QuerySet | None = None) -> Model | None:
        """Return the one row of this name, whatever its case and marks; None without one, or with several."""
        name = strip_marks(" ".join(query.split()))
        matches = [row for row in self.search(query, rows) if strip_marks(self.name(row)) == name]
        return matches[0] if len(matches) == 1 else None

    def _in_any_field(self, word: str) -> Q:
        condition = Q()
        for field in self.search_fields:
            condition |= Q(**{f"{field}__icontains": word})
        return condition

    def name(self, row: Model) -> str:
        """Return the name of a row, without what tells it from rows of the same name."""
        return str(row)

    def label(self, row: Model) -> str:
        """Return the text of an option."""
        return self.name(row)


class AuthorChoices(ChoiceSource):
    """Authors, searched without the marks of letters: "Marten" and "rachi" match Mårten and Răchitaru.

    Matches in a name or an alias come before those in an affiliation. Of a pseudonymous author only the pen name is
    searched and shown.
    """

    NAME_FIELDS = 2  # the first of the fields that are searched

    def search(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        words = _split_words(strip_marks(query[: search.MAX_QUERY_CHARACTERS]))
        rows = (self.rows.all() if rows is None else rows).order_by(*self.ordering)
        if not words:
            return rows
        texts = {
            pk: [strip_marks(value) for value in (values[:1] if is_pseudonymous else values)]
            for pk, is_pseudonymous, *values in rows.values_list("pk", "is_pseudonymous", *self.search_fields)
        }
        matches = [pk for pk, values in texts.items() if _has_all_words(words, " ".join(values))]
        by_name = [pk for pk in matches if _has_all_words(words, " ".join(texts[pk][: self.NAME_FIELDS]))]
        names_first = Case(When(pk__in=by_name, then=0), default=1, output_field=SmallIntegerField())
        return rows.filter(pk__in=matches).order_by(names_first, *self.ordering)

    def label(self, row: Author) -> str:
        affiliation = "" if row.is_pseudonymous else row.get_translation("affiliation")
        return " · ".join(part for part in (row.name, affiliation) if part)


def _split_words(query: str) -> list[str]:
    return search.first_words(query.replace("\0", "")).split()[:MAX_WORDS]


def _has_all_words(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


class PublicationChoices(ChoiceSource):
    """Publications in any state, for people who may read drafts."""

    def rows_for(self, person) -> QuerySet | None:
        return self.rows.all() if can_read_drafts(person) else None

    def search(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        return with_status(super().search(query, rows).select_related("kind"))

    def label(self, row: Publication) -> str:
        date = date_format(row.published_at, "SHORT_DATE_FORMAT") if row.published_at else ""
        return " · ".join(part for part in (str(row), str(row.kind), date, status_text(row)) if part)


class LiveChoices(PublicationChoices):
    """Live publications. One that was chosen and is no longer live stays chosen, and its label says so."""

    def rows_for(self, person) -> QuerySet | None:
        rows = super().rows_for(person)
        return None if rows is None else self._live(rows)

    def options(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        return self.search(query, self._live(self.rows.all() if rows is None else rows))

    def _live(self, rows: QuerySet) -> QuerySet:
        return rows.filter(pk__in=Edition.objects.live().order_by().values("publication"))


class PublicChoices(LiveChoices):
    """Live publications for people who may not read drafts: searched and labelled by their live editions alone."""

    def rows_for(self, person) -> QuerySet | None:
        is_allowed = person.has_perm("publications.relate_publication")
        return self._live(self.rows.all()) if is_allowed else None

    def search(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        rows = self.rows.all() if rows is None else rows
        editions = Edition.objects.live()
        for word in _split_words(query):
            editions = editions.filter(self._in_any_field(word))
        if query.strip():
            rows = rows.filter(pk__in=editions.order_by().values("publication"))
        live = Edition.objects.live().filter(publication=OuterRef("pk")).order_by()
        values = {
            f"live_{name}": Subquery(live.values(name)[:1]) for name in ("title", "type_line", "published_at")
        }
        return rows.annotate(**values).order_by("-live_published_at", "-pk")

    def name(self, row: Publication) -> str:
        return row.live_title or str(_("Not public"))

    def label(self, row: Publication) -> str:
        if not row.live_title:
            return self.name(row)
        date = date_format(row.live_published_at, "SHORT_DATE_FORMAT")
        return " · ".join((row.live_title, row.live_type_line.partition(DASH)[0], date))


class ImageChoices(ChoiceSource):
    def rows_for(self, person) -> QuerySet | None:
        rows = super().rows_for(person)
        return None if rows is None else visible_images(rows, person)

    def label(self, row: Image) -> str:
        added = date_format(row.added_at, "SHORT_DATE_FORMAT")
        return " · ".join(part for part in (row.filename, row.alt, added) if part)


CHOICE_SOURCES = {
    "authors": AuthorChoices(Author.objects, ("name", "aliases", "affiliation_en"), ("name", "pk")),
    "publications": PublicationChoices(
        Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")
    ),
    "live": LiveChoices(Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")),
    "public": PublicChoices(Publication.objects, ("title", "slug", "bylines__name"), ()),
    "images": ImageChoices(Image.objects, ("filename", "alt_en", "alt_sv", "credit"), ("-added_at", "-pk")),
}
SOURCES_OF_DRAFTS = ("publications", "live")


def visible_images(images: QuerySet, person) -> QuerySet:
    """Return the images that a person may see: portraits behind a pen name only with the right to change authors."""
    return images if person.has_perm("publications.change_author") else images.without_hidden_portraits()


def can_read_drafts(person) -> bool:
    return person.has_perm("publications.change_publication")


def choice_source_for(name: str, person) -> ChoiceSource:
    """Return the source of this name; for people who may not read drafts, one that shows none."""
    is_hidden = name in SOURCES_OF_DRAFTS and not can_read_drafts(person)
    return CHOICE_SOURCES["public" if is_hidden else name]


def chooser_search(request: HttpRequest, what: str) -> JsonResponse:
    """Answer the search box of a chooser with at most `MAX_FOUND` rows."""
    if what not in CHOICE_SOURCES:
        raise Http404
    source = choice_source_for(what, request.user)
    rows = source.rows_for(request.user)
    if rows is None:
        raise PermissionDenied
    matches = source.search(request.GET.get("q", ""), rows)[:MAX_FOUND]
    return JsonResponse({"found": [{"value": row.pk, "label": source.label(row)} for row in matches]})
