"""The sources of choosers: which objects can be chosen and by whom, how they are searched, and their labels."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Case, Manager, Model, OuterRef, Q, QuerySet, SmallIntegerField, Subquery, When
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications import search
from publications.models import Author, Edition, Image, Publication, with_status
from publications.models.kind import DASH
from publications.slugs import strip_marks

from .status_text import status_text

MAX_WORDS = 8
MAX_RESULTS = 20


@dataclass(frozen=True)
class ChoiceSource:
    """Objects that can be chosen.

    Attributes:
        manager: the manager of the model.
        search_fields: lookups of the fields that are searched.
        ordering: how results are ordered.
    """

    manager: Manager
    search_fields: tuple[str, ...]
    ordering: tuple[str, ...]

    @property
    def model(self) -> type[Model]:
        return self.manager.model

    def queryset_for(self, user) -> QuerySet | None:
        """Return the objects that a user may choose from, or None for a user who may not choose at all."""
        is_allowed = user.has_perm(f"publications.view_{self.manager.model._meta.model_name}")
        return self.manager.all() if is_allowed else None

    def search(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        """Return the objects that have every word of a query in one of their fields; all objects for no words."""
        queryset = (self.manager.all() if queryset is None else queryset).order_by(*self.ordering)
        for word in _split_words(query):
            queryset = queryset.filter(self._in_any_field(word))
        return queryset.distinct()

    def options(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        """Return the objects that a form without scripts offers, besides those that are chosen already."""
        return self.search(query, queryset)

    def exact_match(self, query: str, queryset: QuerySet | None = None) -> Model | None:
        """Return the only object of this name, whatever its case and diacritics; None without one, or with several."""
        name = strip_marks(" ".join(query.split()))
        matches = [obj for obj in self.search(query, queryset) if strip_marks(self.name(obj)) == name]
        return matches[0] if len(matches) == 1 else None

    def _in_any_field(self, word: str) -> Q:
        condition = Q()
        for field in self.search_fields:
            condition |= Q(**{f"{field}__icontains": word})
        return condition

    def name(self, obj: Model) -> str:
        """Return the name of an object, without what distinguishes it from others of the same name."""
        return str(obj)

    def label(self, obj: Model) -> str:
        """Return the text of an option."""
        return self.name(obj)


class AuthorChoices(ChoiceSource):
    """Authors, searched without diacritics: "Marten" and "rachi" match Mårten and Răchitaru.

    Matches in a name or an alias come before those in an affiliation. Of a pseudonymous author only the pen name is
    searched and shown.
    """

    NAME_FIELD_COUNT = 2  # the first of `search_fields`

    def search(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        words = _split_words(strip_marks(query[: search.MAX_QUERY_CHARACTERS]))
        queryset = (self.manager.all() if queryset is None else queryset).order_by(*self.ordering)
        if not words:
            return queryset
        texts = {
            pk: [strip_marks(value) for value in (values[:1] if is_pseudonymous else values)]
            for pk, is_pseudonymous, *values in queryset.values_list(
                "pk", "is_pseudonymous", *self.search_fields
            )
        }
        matches = [pk for pk, values in texts.items() if _has_all_words(words, " ".join(values))]
        by_name = [
            pk for pk in matches if _has_all_words(words, " ".join(texts[pk][: self.NAME_FIELD_COUNT]))
        ]
        names_first = Case(When(pk__in=by_name, then=0), default=1, output_field=SmallIntegerField())
        return queryset.filter(pk__in=matches).order_by(names_first, *self.ordering)

    def label(self, obj: Author) -> str:
        affiliation = "" if obj.is_pseudonymous else obj.get_translation("affiliation")
        proposed = pgettext_lazy("author", "proposed, not yet accepted") if obj.is_proposed else ""
        return " · ".join(str(part) for part in (obj.name, affiliation, proposed) if part)


def _split_words(query: str) -> list[str]:
    return search.truncate_query(query.replace("\0", "")).split()[:MAX_WORDS]


def _format_date(value: datetime) -> str:
    return date_format(timezone.localtime(value), "SHORT_DATE_FORMAT")


def _has_all_words(words: list[str], text: str) -> bool:
    return all(word in text for word in words)


class PublicationChoices(ChoiceSource):
    """Publications in any state, for users who may read drafts."""

    def queryset_for(self, user) -> QuerySet | None:
        return self.manager.all() if can_read_drafts(user) else None

    def search(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        return with_status(super().search(query, queryset).select_related("kind"))

    def label(self, obj: Publication) -> str:
        date = _format_date(obj.published_at) if obj.published_at else ""
        return " · ".join(part for part in (str(obj), str(obj.kind), date, status_text(obj)) if part)


class LiveChoices(PublicationChoices):
    """Live publications. One that was chosen and is no longer live stays chosen, and its label says so."""

    def queryset_for(self, user) -> QuerySet | None:
        queryset = super().queryset_for(user)
        return None if queryset is None else self._live(queryset)

    def options(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        return self.search(query, self._live(self.manager.all() if queryset is None else queryset))

    def _live(self, queryset: QuerySet) -> QuerySet:
        return queryset.filter(pk__in=Edition.objects.live().order_by().values("publication"))


class PublicChoices(LiveChoices):
    """Live publications for users who may not read drafts: searched and labelled by their live editions alone."""

    def queryset_for(self, user) -> QuerySet | None:
        is_allowed = user.has_perm("publications.relate_publication")
        return self._live(self.manager.all()) if is_allowed else None

    def search(self, query: str, queryset: QuerySet | None = None) -> QuerySet:
        queryset = self.manager.all() if queryset is None else queryset
        editions = Edition.objects.live()
        for word in _split_words(query):
            editions = editions.filter(self._in_any_field(word))
        if query.strip():
            queryset = queryset.filter(pk__in=editions.order_by().values("publication"))
        live = Edition.objects.live().filter(publication=OuterRef("pk")).order_by()
        values = {
            f"live_{name}": Subquery(live.values(name)[:1]) for name in ("title", "type_line", "published_at")
        }
        return queryset.annotate(**values).order_by("-live_published_at", "-pk")

    def name(self, obj: Publication) -> str:
        return obj.live_title or str(_("Not public"))

    def label(self, obj: Publication) -> str:
        if not obj.live_title:
            return self.name(obj)
        date = _format_date(obj.live_published_at)
        return " · ".join((obj.live_title, obj.live_type_line.partition(DASH)[0], date))


class ImageChoices(ChoiceSource):
    def queryset_for(self, user) -> QuerySet | None:
        queryset = super().queryset_for(user)
        return None if queryset is None else visible_images(queryset, user)

    def label(self, obj: Image) -> str:
        added = _format_date(obj.added_at)
        return " · ".join(part for part in (obj.filename, obj.alt, added) if part)


CHOICE_SOURCES = {
    "authors": AuthorChoices(Author.objects, ("name", "aliases", "affiliation_en"), ("name", "pk")),
    "publications": PublicationChoices(
        Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")
    ),
    "live": LiveChoices(Publication.objects, ("title", "slug", "authors__name"), ("-updated_at", "-pk")),
    "public": PublicChoices(Publication.objects, ("title", "slug", "bylines__name"), ()),
    "images": ImageChoices(
        Image.objects,
        ("filename", "alt_en", "alt_sv", "credit", "shown_in__edition__title"),
        ("-added_at", "-pk"),
    ),
}
DRAFT_SOURCE_NAMES = ("publications", "live")


def visible_images(images: QuerySet, user) -> QuerySet:
    """Return the images that a user may see: portraits behind a pen name only with permission to change authors."""
    return images if user.has_perm("publications.change_author") else images.without_hidden_portraits()


def can_read_drafts(user) -> bool:
    return user.has_perm("publications.change_publication")


def choice_source_for(name: str, user) -> ChoiceSource:
    """Return the source of this name; for users who may not read drafts, one that shows none."""
    is_hidden = name in DRAFT_SOURCE_NAMES and not can_read_drafts(user)
    return CHOICE_SOURCES["public" if is_hidden else name]


def chooser_search(request: HttpRequest, source_name: str) -> JsonResponse:
    """Answer the search box of a chooser with at most `MAX_RESULTS` objects."""
    if source_name not in CHOICE_SOURCES:
        raise Http404
    source = choice_source_for(source_name, request.user)
    queryset = source.queryset_for(request.user)
    if queryset is None:
        raise PermissionDenied
    matches = source.search(request.GET.get("q", ""), queryset)[:MAX_RESULTS]
    return JsonResponse({"results": [{"value": obj.pk, "label": source.label(obj)} for obj in matches]})
