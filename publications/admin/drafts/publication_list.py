"""The list of publications: its columns, filters and bulk actions."""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import LANGUAGE_NAMES, language_label
from publications.models import Publication, Status, in_status, with_status

from ..model_admin import DeskModelAdmin
from ..status_text import status_with_submission, with_submissions
from ..word_uploads import can_import_word
from ..worklists import Worklist, worklist_publications, worklists_for
from . import bulk, bulk_authors


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return Status.choices

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return in_status(queryset, Status(self.value())) if self.value() in Status.values else queryset


class WorklistFilter(admin.SimpleListFilter):
    """The worklists of the user."""

    title = gettext_lazy("waiting")
    parameter_name = "waits"

    def lookups(self, request, model_admin):
        return [(worklist.value, worklist.label) for worklist in worklists_for(request.user)]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        value = self.value()
        is_known = value in {worklist.value for worklist in worklists_for(request.user)}
        return worklist_publications(Worklist(value), request.user, queryset) if is_known else queryset

    def choices(self, changelist) -> Iterator[dict]:
        """Remove "(-)", which Django writes where there is no count."""
        for choice in super().choices(changelist):
            yield {**choice, "display": str(choice["display"]).removesuffix(" (-)")}

    def get_facet_counts(self, pk_attname: str, filtered_qs: QuerySet) -> dict:
        """Leave out the count of links to ended publications, which reads every text."""
        all_choices = self.lookup_choices
        self.lookup_choices = [choice for choice in all_choices if choice[0] != Worklist.LINKS_TO_ENDED]
        try:
            return super().get_facet_counts(pk_attname, filtered_qs)
        finally:
            self.lookup_choices = all_choices


class LanguageFilter(admin.SimpleListFilter):
    title = gettext_lazy("language")
    parameter_name = "language"

    def lookups(self, request, model_admin):
        languages = Publication.objects.order_by("language").values_list("language", flat=True).distinct()
        return [(code, LANGUAGE_NAMES.get(code, code)) for code in languages]

    def queryset(self, request, queryset: QuerySet) -> QuerySet:
        return queryset.filter(language=self.value()) if self.value() else queryset


class PublicationListAdmin(DeskModelAdmin):
    """The list of publications, the base of `PublicationAdmin`."""

    change_list_template = "desk/publication_list.html"
    list_display = ("headline", "status", "kind", "language_name", "author_names", "dated", "saved")
    list_filter = (WorklistFilter, StatusFilter, "kind", LanguageFilter)
    show_facets = admin.ShowFacets.ALWAYS
    search_fields = ("title", "summary", "slug", "authors__name")
    search_help_text = gettext_lazy("Words of the title, summary or address, or the name of an author")
    list_per_page = 50
    show_full_result_count = False
    actions = ("change_tags", "set_author", "withdraw")

    @admin.display(description=gettext_lazy("title"), ordering="title")
    def headline(self, publication: Publication) -> str:
        return str(publication)

    @admin.display(description=gettext_lazy("state"))
    def status(self, publication: Publication) -> str:
        return status_with_submission(publication)

    @admin.display(description=gettext_lazy("language"), ordering="language")
    def language_name(self, publication: Publication) -> str:
        return language_label(publication.language)

    @admin.display(description=gettext_lazy("authors"))
    def author_names(self, publication: Publication) -> str:
        return ", ".join(line.author.name for line in publication.bylines.all())

    @admin.display(description=gettext_lazy("date"))
    def dated(self, publication: Publication) -> str:
        """Return when it was last published, or the date that a draft will have."""
        date = publication.last_published_at or publication.published_at
        return date_format(timezone.localtime(date), "SHORT_DATE_FORMAT") if date else ""

    @admin.display(description=gettext_lazy("saved"), ordering="updated_at")
    def saved(self, publication: Publication) -> str:
        """Return when the draft was saved, with a word where no heading stands above it."""
        saved_at = date_format(timezone.localtime(publication.updated_at), "DATETIME_FORMAT")
        return format_html('<span class="only-narrow">{} </span>{}', _("saved"), saved_at)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        publications = (
            super().get_queryset(request).select_related("kind").prefetch_related("bylines__author")
        )
        return with_submissions(with_status(publications))

    @admin.action(description=gettext_lazy("Change tags…"), permissions=["change"])
    def change_tags(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(request, "desk:bulk-tags", queryset)

    @admin.action(description=gettext_lazy("Set author and publish…"), permissions=["change"])
    def set_author(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(
            request, "desk:bulk-author", queryset, limit=bulk_authors.MAX_DRAFTS
        )

    @admin.action(description=gettext_lazy("Withdraw…"), permissions=["publish"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        return bulk.redirect_to_bulk_page(request, "desk:bulk-withdraw", queryset)

    def has_publish_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("publications.publish_publication")

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        context = {"can_import_word": can_import_word(request.user), **(extra_context or {})}
        return super().changelist_view(request, context)
