"""The base classes of the desk's model admins, on Django's."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.admin import ModelAdmin, display
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BoundField, Media, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from publications import search

from .form_data import RedisplayMixin, get_pks, is_new_form_request, new_form_url

FILTER_LOOKUPS = {"exact", "isnull", "gte", "lt"}
"""Lookups that the filters of Django's lists use."""


def limit_query(request: HttpRequest, query: str) -> str:
    """Return the first words of a search, as many as one query can hold; a message reports that there were more."""
    limited = search.truncate_query(query)
    if limited != " ".join(query.split()):
        text = _("So many words cannot be looked for at once: only the first of them were.")
        messages.warning(request, text, fail_silently=True)
    return limited


class RedisplayModelForm(RedisplayMixin, ModelForm):
    """A model form that can be redisplayed with unsaved values."""


class DeskModelAdmin(ModelAdmin):
    """A `ModelAdmin` whose forms load our own scripts only.

    `empty_text` is what a list without any rows says.

    Django's scripts (jQuery, pop-up windows, prepopulated slugs) serve widgets that the desk does not use.
    The list template loads the script of bulk actions.
    """

    form = RedisplayModelForm
    media = Media()
    empty_text = _("There is nothing here yet.")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Model | None:
        """Return the object. Django fails on an empty name of a field (`_to_field=`), which means the primary key."""
        return super().get_object(request, object_id, from_field or None)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Render an add form. Its URL has a form key, so that two windows stay distinct after Back."""
        if is_new_form_request(request) and self.has_add_permission(request):
            return HttpResponseRedirect(new_form_url(request))
        return super().add_view(request, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Render Django's page of a form, with whether this user may save it (`can_save`) and its fields with errors.

        A form with a `notice` asks for an answer: the page shows the notice instead of a count of errors.
        Without an action, browsers submit to the address with its fragment (HTML, form submission), and carry that
        through the redirect: the page after a save would open at the field of an earlier link.
        """
        obj = kwargs.get("obj")
        can_save = kwargs.get("add") or self.has_change_permission(request, obj)
        context = {
            **context,
            "can_save": can_save,
            "fields_with_errors": _fields_with_errors(context["adminform"]),
        }
        kwargs["form_url"] = kwargs.get("form_url") or request.get_full_path()
        if notice := getattr(context["adminform"].form, "notice", ""):
            context |= {"notice": notice, "errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Render the list, or perform an action. Without a ticked row it says what to do, which Django does not."""
        if "index" in request.POST and not get_pks(request.POST, ACTION_CHECKBOX_NAME):
            messages.warning(
                request,
                _("Nothing is ticked. Tick rows of the list first, then choose what to do with them."),
            )
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, *args, **kwargs) -> HttpResponse | None:
        """Perform an action on the selected objects, without invalid primary keys."""
        request.POST = request.POST.copy()
        pks = [str(pk) for pk in get_pks(request.POST, ACTION_CHECKBOX_NAME)]
        request.POST.setlist(ACTION_CHECKBOX_NAME, pks)
        return super().response_action(request, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, limit_query(request, search_term))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the lookups of list filters only; Django allows any column, regular expressions included."""
        _field, has_suffix, suffix = lookup.rpartition("__")
        return (not has_suffix or suffix in FILTER_LOOKUPS) and super().lookup_allowed(lookup, value, request)

    @method_decorator(require_safe)
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Redirect Django's history URL to the audit trail."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        return HttpResponseRedirect(self.get_history_url(request, obj))

    def get_history_url(self, request: HttpRequest, obj: Model) -> str:
        """Return the URL of an object's history: the audit trail, or its form for users who may not see that."""
        if request.user.has_perm("publications.view_auditentry"):
            url = reverse("desk:publications_auditentry_changelist")
            return f"{url}?row={self.opts.model_name}-{obj.pk}"
        return reverse(f"desk:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


def _fields_with_errors(adminform: AdminForm) -> list[BoundField]:
    """Return the fields with errors, in the order of the page."""
    fields = [field for fieldset in adminform for line in fieldset for field in line if not field.is_readonly]
    return [field.field for field in fields if field.field.errors]


def flag_column(model: type[Model], name: str) -> Callable[[Model], str]:
    """Return a list column with the label of a boolean field where it is true; Django's icons have English labels."""
    field = model._meta.get_field(name)

    @display(description=field.verbose_name, ordering=name)
    def column(obj: Model) -> str:
        return str(field.verbose_name) if getattr(obj, name) else ""

    return column


class ReadOnlyAdmin(DeskModelAdmin):
    """An admin for records that are never changed."""

    list_per_page = 100
    actions = None

    def get_history_url(self, request: HttpRequest, obj: Model) -> str:
        return reverse(f"desk:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
