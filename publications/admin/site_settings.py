"""Site settings, the lead of the home page, the newsletter, site pages and menu links. Saving is public at once."""

import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Case, SmallIntegerField, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from publications import actions
from publications.locales import LANGUAGE_NAMES, LOCALES
from publications.models import LinkPlacement, MenuLink, SitePage, SiteSettings
from publications.presentation import newsletter_form_url, render_page, site_page_context, site_page_url

from .public_model_form import LeadForm, PublicModelForm
from .public_models import PublicModelAdmin
from .site import render_desk_page, require_permissions

CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Line ends, tabs and others."""


class OneLineField(forms.CharField):
    """A text that stands in titles and in the headers of mails. Browsers send one line; other programs may not."""

    def validate(self, value: str) -> None:
        super().validate(value)
        if CONTROL_CHARACTERS.search(value):
            raise ValidationError(_("This has to be one line, without tabs."))


NEWSLETTER_HELP = gettext_lazy(
    "Only for a service elsewhere: the address of its sign-up page, or an e-mail address. Left empty, the foot of each "
    "page leads to the sign-up page of this site, if it sends mail."
)


class SiteSettingsForm(LeadForm):
    class Meta:
        model = SiteSettings
        fields = (
            "short_name", "name_en", "name_sv", "description_en", "description_sv", "publisher_en", "publisher_sv",
            "newsletter",
        )  # fmt: skip
        field_classes = dict.fromkeys(("short_name", "name_en", "name_sv"), OneLineField)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("description_en", "description_sv", "publisher_en", "publisher_sv")
        }
        help_texts = {
            "short_name": gettext_lazy("Stands at the head of every page and in the titles of windows."),
            **dict.fromkeys(
                ("description_en", "description_sv"),
                gettext_lazy("One or two sentences: at the foot of every page, and what search engines show."),
            ),
            "publisher_sv": SiteSettings._meta.get_field("publisher_en").help_text,
            "newsletter": NEWSLETTER_HELP,
        }  # fmt: skip


class SiteSettingsAdmin(PublicModelAdmin):
    form = SiteSettingsForm
    fieldsets = (
        (
            gettext_lazy("Names"),
            {"fields": ("short_name", ("name_en", "name_sv"), ("description_en", "description_sv"))},
        ),
        (gettext_lazy("Foot of every page"), {"fields": (("publisher_en", "publisher_sv"), "newsletter")}),
        (gettext_lazy("Home page"), {"fields": ("lead_choice",)}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Redirect to the form of the one row."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        pk = SiteSettings.objects.get().pk
        return HttpResponseRedirect(reverse("desk:publications_sitesettings_change", args=[pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SiteSettings | None = None) -> bool:
        return False


class HomeLeadForm(LeadForm):
    class Meta:
        model = SiteSettings
        fields = ()


class NewsletterForm(PublicModelForm):
    class Meta:
        model = SiteSettings
        fields = ("newsletter",)
        help_texts = {"newsletter": NEWSLETTER_HELP}


@require_permissions("publish_publication")
def home_lead(request: HttpRequest) -> HttpResponse:
    """Edit the lead of the home page, for users who publish but may not change the site settings."""
    return _edit_settings(request, HomeLeadForm, "home-lead", _("Lead of the home page"))


@require_permissions("publish_publication")
def newsletter_page(request: HttpRequest) -> HttpResponse:
    """Edit where readers sign up for the newsletter, for the same users."""
    return _edit_settings(
        request, NewsletterForm, "newsletter", _("Newsletter"), sign_up_url=newsletter_form_url()
    )


def _edit_settings(
    request: HttpRequest, form_class: type[PublicModelForm], name: str, title: str, **context: str
) -> HttpResponse:
    if request.method == "POST":
        with transaction.atomic():
            actions.lock_site_version()  # the second of two saves sees the first
            form = form_class(request.POST, instance=SiteSettings.objects.get())
            is_saved = form.is_valid() and _save_settings(request, form)
        if is_saved:
            return HttpResponseRedirect(reverse(f"desk:{name}"))
    else:
        form = form_class(request.POST or None, instance=SiteSettings.objects.get())
    return render_desk_page(request, "site_setting", title=title, form=form, **context)


def _save_settings(request: HttpRequest, form: PublicModelForm) -> bool:
    try:
        if form.has_changed():
            actions.save_instance(form.save(commit=False), by=request.user, changed=form.changed_data)
    except actions.ActionRefused as refusal:
        form.add_error(None, refusal.reasons)
        return False
    messages.success(
        request, _("Saved, and public now.") if form.has_changed() else _("Nothing has changed.")
    )
    return True


TITLES, SLUGS, SUMMARIES, BODIES = (
    tuple(f"{part}_{locale}" for locale in LOCALES) for part in ("title", "slug", "summary", "body")
)
SLUG_HELP = gettext_lazy("Made from the title when left empty. The address before goes on leading here.")
BODY_HELP = gettext_lazy("Markdown. The page is public in this language as soon as it has title and text.")
PLACEMENT_ORDER = Case(
    *(When(place=place, then=number) for number, place in enumerate(LinkPlacement)),
    output_field=SmallIntegerField(),
)


class SitePageForm(PublicModelForm):
    """A site page in both languages. Its texts are rendered to validate them."""

    class Meta:
        model = SitePage
        fields = (*TITLES, *SLUGS, *SUMMARIES, *BODIES)
        widgets = {
            **{name: forms.Textarea(attrs={"rows": 3}) for name in SUMMARIES},
            **{name: forms.Textarea(attrs={"rows": 24, "class": "body-field"}) for name in BODIES},
        }
        help_texts = {**dict.fromkeys(SLUGS, SLUG_HELP), **dict.fromkeys(BODIES, BODY_HELP)}

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Ask about each locale in which the page would no longer be public."""
        removed = [
            locale
            for locale in self.instance.locales
            if not (cleaned.get(f"title_{locale}") and cleaned.get(f"body_{locale}"))
        ]
        question = _(
            "Without title and text the page is no longer public in %(language)s. Save again to take it down there."
        )
        return {f"title_{locale}": question % {"language": LANGUAGE_NAMES[locale]} for locale in removed}

    def validate_constraints(self) -> None:
        """Add an error at each field whose slug is taken or whose text cannot be rendered."""
        for locale in LOCALES:
            slug = getattr(self.instance, f"slug_{locale}")
            same_slug = SitePage.objects.exclude(pk=self.instance.pk).filter(**{f"slug_{locale}": slug})
            if slug and same_slug.exists():
                self.add_error(f"slug_{locale}", _("Another site page stands at this address."))
        try:
            actions.render_site_page(self.instance)
        except ValidationError as error:
            self.add_error(None, error)


class SitePageAdmin(PublicModelAdmin):
    form = SitePageForm
    change_form_template = "desk/site_page_form.html"
    list_display = ("title", "languages", "changed_at")
    search_fields = ("title_en", "title_sv", "body_en", "body_sv")
    fields = (TITLES, SLUGS, SUMMARIES, BODIES)

    @admin.display(description=gettext_lazy("title"), ordering="title_en")
    def title(self, page: SitePage) -> str:
        return str(page)

    def get_public_urls(self, obj: SitePage) -> dict[str, str]:
        return {code: site_page_url(obj, code) for code in obj.locales}

    @admin.display(description=gettext_lazy("languages"))
    def languages(self, page: SitePage) -> str:
        return ", ".join(LANGUAGE_NAMES[locale] for locale in page.locales)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None) -> HttpResponse:
        page = self.get_object(request, unquote(object_id)) if object_id else None
        locale = request.POST.get("_preview", "")
        if locale in LOCALES and (page or not object_id):
            return self._preview(request, page, locale, (object_id, form_url, extra_context))
        return super().changeform_view(request, object_id, form_url, extra_context)

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Render the form with a button for the preview in each language."""
        context = {**context, "preview_locales": [_label_locale(code) for code in LOCALES]}
        return super().render_change_form(request, context, *args, **kwargs)

    def _preview(
        self, request: HttpRequest, page: SitePage | None, locale: str, view_args: tuple
    ) -> HttpResponse:
        """Render the typed values as readers would see them. Nothing is stored."""
        if not (self.has_change_permission(request, page) if page else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, page, change=bool(page))(request.POST, instance=page)
        form.is_preview = True
        if not form.is_valid():
            reasons = [error for errors in form.errors.values() for error in errors]
            return self.redisplay_form(request, reasons, *view_args)
        if locale not in form.instance.locales:
            reason = _("There is no title or no text in %(language)s yet.") % {
                "language": LANGUAGE_NAMES[locale]
            }
            return self.redisplay_form(request, [reason], *view_args)
        notice = _("The form as it is now. Readers do not see it.")
        with override(locale):
            context = site_page_context(form.instance)
            return render_page(request, "pages/site_page.html", robots="noindex", notice=notice, **context)


def _label_locale(code: str) -> dict[str, str]:
    return {"code": code, "label": LANGUAGE_NAMES[code]}


class PositionForm(forms.ModelForm):
    """The position of a link in the list, labelled with the link for screen readers."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        label = _("Position of “%(link)s”") % {"link": self.instance}
        self.fields["position"].widget.attrs["aria-label"] = label


class MenuLinkAdmin(PublicModelAdmin):
    list_display = ("label", "place", "target", "position")
    list_editable = ("position",)
    list_filter = ("place",)
    list_select_related = ("page",)
    ordering = (PLACEMENT_ORDER.asc(), "position", "pk")
    fieldsets = (
        (None, {"fields": ("place", "position")}),
        (
            gettext_lazy("Where it leads: one of these"),
            {"fields": ("section", "page", ("address_en", "address_sv"))},
        ),
        (
            gettext_lazy("What it is called"),
            {
                "fields": (("label_en", "label_sv"),),
                "description": gettext_lazy("May be left empty where it leads to a section or a site page."),
            },
        ),
    )

    @admin.display(description=gettext_lazy("label"))
    def label(self, link: MenuLink) -> str:
        return str(link)

    @admin.display(description=gettext_lazy("leads to"))
    def target(self, link: MenuLink) -> str:
        return link.get_section_display() if link.section else str(link.page or link.address)

    def get_changelist_form(self, request: HttpRequest, **kwargs) -> type[forms.ModelForm]:
        return super().get_changelist_form(request, **{**kwargs, "form": PositionForm})
