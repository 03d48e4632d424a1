"""The desk: Django's admin site under the organisation's own name, and what its pages share.

`register` lists its models and pages.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin, display
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Media, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import record_event
from accounts.forms import SignInForm
from accounts.models import EventType
from accounts.password_change import OwnPasswordView
from accounts.sign_in import finish_sign_in
from publications import search
from publications.disk_reserve import with_disk_reserve
from publications.models import Publication, SiteSettings, with_status

from . import carried_forms
from .carried_forms import CarriedForm
from .remembered_sign_ins import remember_person
from .status_text import status_text
from .unsent_forms import UnsentFormMixin, get_pks, is_new_form_request, new_form_url

Page = Callable[..., HttpResponse]
FILTER_LOOKUPS = {"exact", "isnull", "gte", "lt"}
"""Lookups that the filters of Django's lists use."""


def bounded_search(request: HttpRequest, query: str) -> str:
    """Return the words of a search that one query can hold; a message reports that more were typed."""
    bounded = search.first_words(query)
    if bounded != " ".join(query.split()):
        text = _("So many words cannot be looked for at once: only the first of them were.")
        messages.warning(request, text, fail_silently=True)
    return bounded


class UnsentForm(UnsentFormMixin, ModelForm):
    """Django's model form, which can be redisplayed with unsaved values."""


class DeskModelAdmin(ModelAdmin):
    """A `ModelAdmin` whose forms load our own scripts only.

    Django's scripts (jQuery, pop-up windows, prepopulated slugs) serve widgets that the desk does not use.
    The list template loads the script of bulk actions.
    """

    form = UnsentForm
    media = Media()

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context=None) -> HttpResponse:
        """Render the form of a new row. Its URL has a key, so that two windows stay distinct after Back."""
        if is_new_form_request(request) and self.has_add_permission(request):
            return HttpResponseRedirect(new_form_url(request))
        return super().add_view(request, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Render Django's page of a form, with whether this person may save it (`can_save`).

        A form with a `notice` asks for an answer: the notice heads the page instead of a count of errors.
        """
        row = kwargs.get("obj")
        can_save = kwargs.get("add") or self.has_change_permission(request, row)
        context = {**context, "can_save": can_save}
        if notice := getattr(context["adminform"].form, "notice", ""):
            context |= {"notice": notice, "errors": []}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_action(self, request: HttpRequest, *args, **kwargs) -> HttpResponse | None:
        """Perform an action on the ticked rows; a key that is none counts as not ticked."""
        request.POST = request.POST.copy()
        keys = [str(pk) for pk in get_pks(request.POST, ACTION_CHECKBOX_NAME)]
        request.POST.setlist(ACTION_CHECKBOX_NAME, keys)
        return super().response_action(request, *args, **kwargs)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return super().get_search_results(request, queryset, bounded_search(request, search_term))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow the lookups of list filters only; Django allows any column, regular expressions included."""
        _field, has_suffix, suffix = lookup.rpartition("__")
        return (not has_suffix or suffix in FILTER_LOOKUPS) and super().lookup_allowed(lookup, value, request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Redirect Django's history URL to the audit trail."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        return HttpResponseRedirect(self.get_history_url(request, row))

    def get_history_url(self, request: HttpRequest, row: Model) -> str:
        """Return the URL of a row's history: the audit trail, or its form for people who may not see that."""
        if request.user.has_perm("publications.view_auditentry"):
            url = reverse("desk:publications_auditentry_changelist")
            return f"{url}?row={self.opts.model_name}-{row.pk}"
        return reverse(f"desk:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])


def flag_column(model: type[Model], name: str) -> Callable[[Model], str]:
    """Return a list column with the flag's name where it is set; Django's icons have English labels only."""
    field = model._meta.get_field(name)

    @display(description=field.verbose_name, ordering=name)
    def column(row: Model) -> str:
        return str(field.verbose_name) if getattr(row, name) else ""

    return column


class ReadOnlyAdmin(DeskModelAdmin):
    """An admin for records that nobody changes."""

    list_per_page = 100
    actions = None

    def get_history_url(self, request: HttpRequest, row: Model) -> str:
        return reverse(f"desk:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class DeskSite(AdminSite):
    """The admin site of all staff; groups and permissions decide what each person may do."""

    site_title = index_title = _("Desk")
    index_template = "desk/index.html"
    login_form = SignInForm
    login_template = "desk/login.html"
    enable_nav_sidebar = False
    site_url = "/"
    empty_value_display = ""

    def each_context(self, request: HttpRequest) -> dict:
        site = SiteSettings.current()
        return {**super().each_context(request), "site_header": site.short_name, "site": site}

    def app_index(
        self, request: HttpRequest, app_label: str, extra_context: dict | None = None
    ) -> HttpResponse:
        """Redirect Django's page of one app to the first page, which lists the models of all."""
        return HttpResponseRedirect(reverse("desk:index"))

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.disable_action("delete_selected")  # nothing is deleted in bulk

    def admin_view(self, view: Page, cacheable: bool = False) -> Page:
        """Require a staff account; a form sent while signed out is carried through the sign-in."""
        guarded = super().admin_view(carried_forms.with_held_values(view), cacheable)

        @wraps(guarded)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if carried_forms.is_form_submission(request) and not self.has_permission(request):
                return self.ask_to_sign_in(request, carried_forms.build_carried_form(request))
            return guarded(request, *args, **kwargs)

        return wrapper

    def ask_to_sign_in(self, request: HttpRequest, carried: CarriedForm) -> HttpResponse:
        """Render the sign-in page, which carries a submitted form and redirects to it afterwards."""
        request.method = "GET"
        context = {"app_path": reverse("desk:login"), "next": carried.path, "carried": carried}
        response = self.login(request, context)
        response.status_code = HTTPStatus.FORBIDDEN
        return response

    @with_disk_reserve
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Sign in within rate limits, on a full disk too: a publication may have to be withdrawn.

        A form that the page carries is returned to the person who typed it.
        """
        carried = carried_forms.read_carried(request)
        context = {"carried": carried, **(extra_context or {})}
        context["is_not_allowed"] = request.user.is_authenticated and not context["carried"]
        response = super().login(request, context)
        response = finish_sign_in(request, response)
        if request.method != "POST" or response.status_code != HTTPStatus.FOUND:
            return response
        remember_person(request, response)
        redirect = self.redirect_to_form(request, carried, response["Location"])
        if redirect:
            redirect.cookies.update(response.cookies)
        return redirect or response

    def redirect_to_form(
        self, request: HttpRequest, carried: CarriedForm | None, target: str
    ) -> HttpResponse | None:
        """Redirect to the carried form, or to the autosave of the form at `target`; None where neither exists."""
        if carried and not carried.is_empty:
            return self.return_form(request, carried)
        url = carried_forms.find_held_form_url(request, target)
        return HttpResponseRedirect(url) if url else None

    def return_form(self, request: HttpRequest, carried: CarriedForm) -> HttpResponse:
        """Redirect to the form with its values, or ask first if somebody else may have typed them."""
        if carried.person == request.user.pk:
            return HttpResponseRedirect(carried_forms.restore_form(request, carried))
        return self.ask_who_typed(request, carried)

    def ask_who_typed(self, request: HttpRequest, carried: CarriedForm, **context) -> HttpResponse:
        person = get_user_model().objects.filter(pk=carried.person).first()
        title = _("Was it you who typed this?")
        return render_desk_page(request, "carried", title=title, carried=carried, person=person, **context)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Change one's own password, within rate limits."""
        context = {**self.each_context(request), **(extra_context or {})}
        success_url = reverse("desk:password_change_done")
        return OwnPasswordView.as_view(success_url=success_url, extra_context=context)(request)

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        person = request.user
        response = super().logout(request, extra_context)
        if person.is_authenticated and not request.user.is_authenticated:
            record_event(EventType.SIGNED_OUT, person, request=request)
        return response


admin_site = DeskSite(name="desk")


def require_permissions(*permissions: str) -> Callable[[Page], Page]:
    """Return a decorator that answers 403 to people without all of these permissions of this app."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.has_perms(f"publications.{name}" for name in permissions):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return wrapper

    return decorate


def get_publication_or_404(pk: int) -> Publication:
    return get_object_or_404(with_status(Publication.objects.select_related("kind")), pk=pk)


def render_desk_page(request: HttpRequest, template: str, **context) -> HttpResponse:
    """Render a page of our own in the layout of the desk: `templates/desk/<template>.html`."""
    return render(request, f"desk/{template}.html", {**admin_site.each_context(request), **context})


def render_publication_page(
    request: HttpRequest, template: str, publication: Publication, **context
) -> HttpResponse:
    """Render a page about one publication, with its status; `live` is read unless the context has it."""
    if "live" not in context:
        context["live"] = publication.editions.live().first()
    publication_context = {
        "publication": publication,
        "opts": Publication._meta,
        "status": status_text(publication),
        "may_see_editions": request.user.has_perm("publications.publish_publication"),
    }
    return render_desk_page(request, template, **publication_context, **context)
