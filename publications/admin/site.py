"""The desk: Django's admin site with our own sign-in and layout, and functions that its pages share.

`register` lists its models and pages.
"""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.events import record_event
from accounts.factors import Factors
from accounts.models import EventType
from accounts.passkeys import can_have_passkeys
from accounts.password_change import OwnPasswordView
from accounts.pending_sign_ins import SecondStepRequired, find_pending
from accounts.provider_settings import current_provider
from accounts.provider_sign_ins import sign_out_url
from accounts.second_step import SecondStepForm
from accounts.sign_in import SignInForm, finish_sign_in
from accounts.temporary_passwords import has_temporary_password
from publications.locales import current_locale
from publications.models import Publication, SiteSettings, UserSettings, with_status
from publications.reserved_disk_space import retry_with_reserved_space

from . import carried_forms
from .carried_forms import CarriedForm
from .reauthentication import intercept_request
from .remembered_sign_ins import remember_user
from .restored_forms import View, find_restore_url, restores_autosave
from .status_text import status_text


class DeskSite(AdminSite):
    """The admin site of all staff; groups and permissions decide what each user may do."""

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

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        """Require a staff account; a form submitted while signed out is carried through the sign-in.

        Who has to choose a password or set a second factor first, or to authenticate again, is led there. A draft
        that is deleted while a view runs is reported.
        """
        staff_view = super().admin_view(restores_autosave(view), cacheable)

        @wraps(staff_view)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if carried_forms.is_form_submission(request) and not self.has_permission(request):
                return self.render_sign_in(request, carried_forms.build_carried_form(request))
            if self.has_permission(request) and (response := intercept_request(request, self.each_context)):
                return response
            try:
                return staff_view(request, *args, **kwargs)
            except Publication.DoesNotExist as error:
                if carried_forms.is_form_submission(request):
                    return redirect_from_deleted_draft(request)
                raise Http404 from error

        return wrapper

    def render_sign_in(self, request: HttpRequest, carried: CarriedForm) -> HttpResponse:
        """Render the sign-in page, which carries a submitted form and redirects to it afterwards."""
        request.method = "GET"
        context = {"app_path": reverse("desk:login"), "next": carried.path, "carried": carried}
        response = self.login(request, context)
        response.status_code = HTTPStatus.FORBIDDEN
        return response

    @retry_with_reserved_space
    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Sign in within rate limits, on a full disk too: a publication may have to be withdrawn.

        A form that the page carries is shown again to the user who typed it.
        """
        carried = carried_forms.read_carried_form(request)
        context = {
            "carried": carried,
            "may_use_passkey": can_have_passkeys(),
            "provider": current_provider(),
            **(extra_context or {}),
        }
        context.setdefault("title", _("Sign in"))
        context["is_not_allowed"] = request.user.is_authenticated and not context["carried"]
        try:
            response = super().login(request, context)
        except SecondStepRequired:
            return self.render_second_step(request, carried)
        if request.method != "POST" or response.status_code != HTTPStatus.FOUND:
            return finish_sign_in(request, response)
        return self.finish_login(request, response, carried)

    def finish_login(
        self, request: HttpRequest, response: HttpResponse, carried: CarriedForm | None
    ) -> HttpResponse:
        """Set the cookies of a sign-in, and redirect to a carried form before the page of the response."""
        response = finish_sign_in(request, response)
        remember_user(request, response)
        UserSettings.store_first_language(request.user, current_locale(get_language()))
        form_response = self.redirect_to_form(request, carried, response["Location"])
        if form_response:
            form_response.cookies.update(response.cookies)
        return form_response or response

    def render_second_step(
        self,
        request: HttpRequest,
        carried: CarriedForm | None,
        form: SecondStepForm | None = None,
        *,
        next_url: str = "",
    ) -> HttpResponse:
        """Render the page between the first step and the sign-in. Like the sign-in page, it carries a form."""
        pending = find_pending(request)
        account = pending.account
        context = {
            **self.each_context(request),
            "title": _("Second step"),
            "form": form or SecondStepForm(request=request, account=account),
            "factors": Factors.of(account),
            "carried": carried,
            "next": next_url or request.POST.get("next", ""),
            "is_through_provider": pending.is_through_provider,
        }
        return render(request, "desk/second_step.html", context)

    def redirect_to_form(
        self, request: HttpRequest, carried: CarriedForm | None, next_url: str
    ) -> HttpResponse | None:
        """Redirect to the carried form, or to the autosave of the form at `next_url`; None where neither exists."""
        if carried and not carried.is_empty:
            return self.restore_or_confirm(request, carried)
        url = find_restore_url(request, next_url)
        return HttpResponseRedirect(url) if url else None

    def restore_or_confirm(self, request: HttpRequest, carried: CarriedForm) -> HttpResponse:
        """Redirect to the form filled with its values, or ask first if somebody else may have typed them."""
        if carried.owner_pk == request.user.pk:
            return HttpResponseRedirect(carried_forms.restore_form(request, carried))
        return self.render_confirmation(request, carried)

    def render_confirmation(self, request: HttpRequest, carried: CarriedForm, **context) -> HttpResponse:
        """Ask whether the user has typed the values of a carried form."""
        owner = get_user_model().objects.filter(pk=carried.owner_pk).first()
        title = _("Was it you who typed this?")
        return render_desk_page(request, "carried", title=title, carried=carried, owner=owner, **context)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Change one's own password, within rate limits."""
        context = {**self.each_context(request), **(extra_context or {})}
        context["has_temporary_password"] = has_temporary_password(request)
        success_url = reverse("desk:password_change_done")
        return OwnPasswordView.as_view(success_url=success_url, extra_context=context)(request)

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        user, provider = request.user, current_provider()
        provider_url = sign_out_url(request, return_url=f"{settings.SITE_URL}{reverse('desk:login')}")
        context = {"provider": provider, "provider_url": provider_url, "title": _("You are signed out")}
        response = super().logout(request, {**context, **(extra_context or {})})
        if user.is_authenticated and not request.user.is_authenticated:
            record_event(EventType.SIGNED_OUT, user, request=request)
        return response


admin_site = DeskSite(name="desk")


def require_permissions(*permissions: str, app: str = "publications") -> Callable[[View], View]:
    """Return a decorator that answers 403 to users without all of these permissions of an app."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapper(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if not request.user.has_perms(f"{app}.{name}" for name in permissions):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return wrapper

    return decorate


def redirect_from_deleted_draft(request: HttpRequest) -> HttpResponse:
    """Redirect to the first page of the desk with a message that the draft of a form has been deleted."""
    messages.warning(
        request, _("This draft has been deleted in the meantime: nothing was published or changed.")
    )
    return HttpResponseRedirect(reverse("desk:index"))


def get_publication_or_404(pk: int, *, or_deleted: bool = False) -> Publication:
    manager = Publication.with_deleted if or_deleted else Publication.objects
    return get_object_or_404(with_status(manager.select_related("kind")), pk=pk)


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
