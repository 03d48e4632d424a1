"""What can be chosen in a chooser: which rows, for whom, how they are found, and the line that names each."""

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
    """What can be chosen: which rows, how they are searched, and the line that tells one from another."""

    rows: Manager
    searched: tuple[str, ...]
    order: tuple[str, ...]

    @property
    def model(self) -> type[Model]:
        return self.rows.model

    def rows_for(self, person) -> QuerySet | None:
        """What the person may choose from, or nothing where they may not choose at all."""
        may = person.has_perm(f"publications.view_{self.rows.model._meta.model_name}")
        return self.rows.all() if may else None

    def found(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        rows = (self.rows.all() if rows is None else rows).order_by(*self.order)
        for word in _words_of(query):
            rows = rows.filter(self._anywhere(word))
        return rows.distinct()

    def offered(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        """What a form without scripts offers; what has been chosen before is kept beside it."""
        return self.found(query, rows)

    def exact_match(self, query: str, rows: QuerySet | None = None) -> Model | None:
        """Return the one row of this name, whatever its case and marks; None without one, or with several."""
        name = strip_marks(" ".join(query.split()))
        matches = [row for row in self.found(query, rows) if strip_marks(self.name(row)) == name]
        return matches[0] if len(matches) == 1 else None

    def _anywhere(self, word: str) -> Q:
        found = Q()
        for field in self.searched:
            found |= Q(**{f"{field}__icontains": word})
        return found

    def name(self, row: Model) -> str:
        return str(row)

    def line(self, row: Model) -> str:
        return self.name(row)


class AuthorSource(ChoiceSource):
    """People, found whatever marks their letters bear: "Marten" and "rachi" find Mårten and Răchitaru.

    Those whose name or alias has the words come before those who only work at a place that has them. A pen name is
    found by itself alone, and named without what would say who writes under it.
    """

    names = 2  # of the fields that are searched

    def found(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        wanted = _words_of(strip_marks(query[: search.MAX_QUERY_CHARACTERS]))
        rows = (self.rows.all() if rows is None else rows).order_by(*self.order)
        if not wanted:
            return rows
        texts = {
            pk: [strip_marks(part) for part in (values[:1] if is_pseudonymous else values)]
            for pk, is_pseudonymous, *values in rows.values_list("pk", "is_pseudonymous", *self.searched)
        }
        found = [pk for pk, parts in texts.items() if _has_all(wanted, " ".join(parts))]
        named = [pk for pk in found if _has_all(wanted, " ".join(texts[pk][: self.names]))]
        of_the_name = Case(When(pk__in=named, then=0), default=1, output_field=SmallIntegerField())
        return rows.filter(pk__in=found).order_by(of_the_name, *self.order)

    def line(self, row: Author) -> str:
        affiliation = "" if row.is_pseudonymous else row.get_translation("affiliation")
        return " · ".join(part for part in (row.name, affiliation) if part)


def _words_of(query: str) -> list[str]:
    return search.first_words(query.replace("\0", "")).split()[:MAX_WORDS]


def _has_all(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


class PublicationSource(ChoiceSource):
    def rows_for(self, person) -> QuerySet | None:
        """All for those who write."""
        return self.rows.all() if reads_drafts(person) else None

    def found(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        return with_status(super().found(query, rows).select_related("kind"))

    def line(self, row: Publication) -> str:
        on = date_format(row.published_at, "SHORT_DATE_FORMAT") if row.published_at else ""
        return " · ".join(part for part in (str(row), str(row.kind), on, status_text(row)) if part)


class LiveSource(PublicationSource):
    """Pieces that readers can see now. One that was chosen and is public no longer stays chosen, and says so."""

    def rows_for(self, person) -> QuerySet | None:
        rows = super().rows_for(person)
        return None if rows is None else self._public(rows)

    def offered(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        return self.found(query, self._public(self.rows.all() if rows is None else rows))

    def _public(self, rows: QuerySet) -> QuerySet:
        return rows.filter(pk__in=Edition.objects.live().order_by().values("publication"))


class PublicSource(LiveSource):
    """The same for people who read no drafts: found and named by what readers see, and by nothing else."""

    def rows_for(self, person) -> QuerySet | None:
        may = person.has_perm("publications.relate_publication")
        return self._public(self.rows.all()) if may else None

    def found(self, query: str, rows: QuerySet | None = None) -> QuerySet:
        rows = self.rows.all() if rows is None else rows
        live = Edition.objects.live()
        for word in _words_of(query):
            live = live.filter(self._anywhere(word))
        if query.strip():
            rows = rows.filter(pk__in=live.order_by().values("publication"))
        own = Edition.objects.live().filter(publication=OuterRef("pk")).order_by()
        values = {
            f"live_{name}": Subquery(own.values(name)[:1]) for name in ("title", "type_line", "published_at")
        }
        return rows.annotate(**values).order_by("-live_published_at", "-pk")

    def name(self, row: Publication) -> str:
        return row.live_title or str(_("Not public"))

    def line(self, row: Publication) -> str:
        if not row.live_title:
            return self.name(row)
        on = date_format(row.live_published_at, "SHORT_DATE_FORMAT")
        return " · ".join((row.live_title, row.live_type_line.partition(DASH)[0], on))


class ImageSource(ChoiceSource):
    def rows_for(self, person) -> QuerySet | None:
        rows = super().rows_for(person)
        return None if rows is None else visible_images(rows, person)

    def line(self, row: Image) -> str:
        added = date_format(row.added_at, "SHORT_DATE_FORMAT")
        return " · ".join(part for part in (row.filename, row.alt, added) if part)


CHOICE_SOURCES = {
    "authors": AuthorSource(Author.objects, ("name", "aliases", "affiliation_en"), ("name", "pk")),
    "publications": PublicationSource(
        Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")
    ),
    "live": LiveSource(Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")),
    "public": PublicSource(Publication.objects, ("title", "slug", "bylines__name"), ()),
    "images": ImageSource(Image.objects, ("filename", "alt_en", "alt_sv", "credit"), ("-added_at", "-pk")),
}


def visible_images(images: QuerySet, person) -> QuerySet:
    """Return the images that a person may see: portraits behind a pen name only with the right to change authors."""
    return images if person.has_perm("publications.change_author") else images.without_hidden_portraits()


def reads_drafts(person) -> bool:
    return person.has_perm("publications.change_publication")


SOURCES_OF_DRAFTS = ("publications", "live")


def choice_source_for(what: str, person) -> ChoiceSource:
    """Return the choices under a name, for people who read no drafts those that show none."""
    return CHOICE_SOURCES["public" if what in SOURCES_OF_DRAFTS and not reads_drafts(person) else what]


def chooser_search(request: HttpRequest, what: str) -> JsonResponse:
    """Answer the search box of a chooser: at most `MAX_FOUND` lines for the words typed."""
    if what not in CHOICE_SOURCES:
        raise Http404
    choices = choice_source_for(what, request.user)
    rows = choices.rows_for(request.user)
    if rows is None:
        raise PermissionDenied
    found = choices.found(request.GET.get("q", ""), rows)[:MAX_FOUND]
    return JsonResponse({"found": [{"value": row.pk, "label": choices.line(row)} for row in found]})
