"""Authors at the desk. Saving is public at once."""

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.reauthentication import is_authentication_recent
from publications import actions
from publications.models import Author, Edition
from publications.presentation import paths_in_locales

from .author_form import AuthorForm
from .proposed_authors import describe_proposal
from .public_models import PublicModelAdmin
from .reauthentication import refuse_old_authentication

PEN_NAME_FIELDS = ("name", "is_organisation", "is_guest", "is_pseudonymous")
"""Fields of an author with a pen name for users who may not change authors."""
REDACT_PERMISSION = "publications.redact_publication"


class AuthenticationTooOld(Exception):
    """Raised instead of saving: the user has to show again who they are. Nothing is stored."""


class AuthorAdmin(PublicModelAdmin):
    """Authors. Only users who may change authors see other fields of one with a pen name than PEN_NAME_FIELDS."""

    form = AuthorForm
    change_form_template = "desk/author_form.html"
    list_display = ("name", "title", "affiliation", "remarks")
    list_filter = ("is_organisation", "is_guest", "is_pseudonymous", "is_proposed")
    search_fields = ("name", "aliases", "affiliation_en", "affiliation_sv")
    actions = ("mark_as_guests", "mark_as_staff")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name", ("title_en", "title_sv"), ("affiliation_en", "affiliation_sv"),
                    ("biography_en", "biography_sv"), "portrait_choice", "portrait_file", "orcid",
                    "fediverse_address", "is_organisation", "is_guest", "is_pseudonymous",
                )
            },
        ),
        (
            gettext_lazy("Family name, other spellings, address"),
            {"classes": ("collapse",), "fields": ("family_name", "aliases", "slug")},
        ),
    )  # fmt: skip

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs):
        """Render the form of a proposed author with who proposed them, and for which drafts."""
        author = kwargs.get("obj")
        is_proposed = author and Author.objects.proposed().filter(pk=author.pk).exists()
        context = {
            **context,
            "proposal": describe_proposal(author) if is_proposed else None,
            "save_label": _("Approve") if is_proposed else "",
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Author) -> HttpResponse:
        """Say of a proposed author that the save has approved them."""
        if not getattr(obj, "is_approved_now", False) or {"_continue", "_addanother"} & set(request.POST):
            return super().response_change(request, obj)
        messages.success(request, _("%(name)s is approved.") % {"name": obj})
        return self.response_post_save_change(request, obj)

    @admin.display(description=Author._meta.get_field("title_en").verbose_name, ordering="title_en")
    def title(self, author: Author) -> str:
        return "" if author.is_pseudonymous else author.get_translation("title")

    @admin.display(
        description=Author._meta.get_field("affiliation_en").verbose_name, ordering="affiliation_en"
    )
    def affiliation(self, author: Author) -> str:
        return "" if author.is_pseudonymous else author.get_translation("affiliation")

    @admin.display(description=gettext_lazy("remarks"))
    def remarks(self, author: Author) -> str:
        """Return what else is true of an author: "guest, proposed, not yet accepted"."""
        fields = [Author._meta.get_field(name) for name in self.list_filter]
        return ", ".join(str(field.verbose_name) for field in fields if getattr(author, field.name))

    @admin.action(description=gettext_lazy("Mark as guests"), permissions=["change"])
    def mark_as_guests(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_guest(request, queryset, is_guest=True)

    @admin.action(description=gettext_lazy("Mark as own staff"), permissions=["change"])
    def mark_as_staff(self, request: HttpRequest, queryset: QuerySet) -> None:
        self._set_guest(request, queryset, is_guest=False)

    @transaction.atomic
    def _set_guest(self, request: HttpRequest, queryset: QuerySet, *, is_guest: bool) -> None:
        """Save the authors who are marked otherwise: an import makes everyone a guest whom it cannot place."""
        actions.lock_site_version()
        authors = list(queryset.exclude(is_guest=is_guest).order_by("pk"))
        for author in authors:
            author.is_guest = is_guest
            actions.save_instance(author, by=request.user, changed=["is_guest"])
        count = len(authors)
        text = ngettext("%d author is changed.", "%d authors are changed.", count) % count
        messages.success(request, text)

    def get_fieldsets(self, request: HttpRequest, obj: Author | None = None):
        if self._is_hidden(request, obj):
            return [(None, {"fields": PEN_NAME_FIELDS})]
        return super().get_fieldsets(request, obj)

    def _is_hidden(self, request: HttpRequest, author: Author | None) -> bool:
        return bool(author and author.is_pseudonymous) and not self.has_change_permission(request, author)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search pen names by that name only, for users who may not change authors."""
        matches, has_duplicates = super().get_search_results(request, queryset, search_term)
        if not self.has_change_permission(request):
            in_name = Q()
            for word in search_term.split():
                in_name &= Q(name__icontains=word)
            matches = matches.filter(Q(is_pseudonymous=False) | in_name)
        return matches, has_duplicates

    def get_public_urls(self, obj: Author) -> dict[str, str]:
        has_page = not obj.is_pseudonymous and Edition.objects.live().authored_by(obj).exists()
        return paths_in_locales("publications:author", slug=obj.slug) if has_page else {}

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change, **{**kwargs, "fields": AuthorForm.Meta.fields})
        form.may_sign_anew = request.user.has_perm(REDACT_PERMISSION)
        return form

    def save_model(self, request: HttpRequest, obj: Author, form: AuthorForm, change: bool) -> None:
        """Save the author; published texts are signed in another way only after a recent authentication."""
        if form.signs_anew(form.cleaned_data) and not is_authentication_recent(request):
            raise AuthenticationTooOld
        super().save_model(request, obj, form, change)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except AuthenticationTooOld:
            return refuse_old_authentication(request, self.admin_site.each_context(request))
