"""What leads a page, and the two rows that have a lead: a tag and the site. Saving is public at once."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import deeds
from publications.languages import slugify
from publications.models import Edition, Site, Tag
from publications.presentation import everywhere

from .access import needs
from .beside import Amended, AmendedForm
from .choosing import ChooserField
from .site import desk


class LeadForm(AmendedForm):
    """A row with a lead, chosen among the pieces that are public now."""

    lead_choice = ChooserField(
        "live",
        limit=1,
        required=False,
        label=gettext_lazy("Lead"),
        help_text=gettext_lazy("It leads while it is public. Without one, the newest piece does."),
    )
    single = {"lead_choice": "lead"}


class TagForm(LeadForm):
    responsible_choice = ChooserField(
        "authors",
        limit=1,
        required=False,
        label=gettext_lazy("Responsible"),
        help_text=gettext_lazy("Whom readers see as the person to ask about this topic."),
    )
    single = {**LeadForm.single, "responsible_choice": "responsible"}

    class Meta:
        model = Tag
        fields = ("name", "name_sv", "kind", "introduction_en", "introduction_sv", "slug")
        help_texts = {
            "name": gettext_lazy("In English. This is what editors type, and it has no comma."),
            "name_sv": gettext_lazy("What readers of the Swedish pages see."),
            **dict.fromkeys(
                ("introduction_en", "introduction_sv"),
                gettext_lazy("A few sentences at the head of its page. An empty line parts paragraphs."),
            ),
            "slug": gettext_lazy("The last part of the address of its page. The address before goes on leading there."),
        }  # fmt: skip

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"]) or self.instance.slug

    def save(self, commit: bool = True) -> Tag:
        """A topic that somebody has seen to is one of the site's, whoever made it first."""
        self.instance.made_in_draft = False
        return super().save(commit)

    def clean_lead_choice(self) -> list:
        """Only a piece on the topic can lead its page."""
        chosen = self.cleaned_data["lead_choice"]
        piece = chosen[0][0] if chosen else None
        is_on_it = piece and self.instance.pk and Edition.objects.live().on(self.instance).text_for(piece.pk)
        if piece and not is_on_it:
            raise forms.ValidationError(
                _("“%(piece)s” is not on this topic. Give it the tag and publish it, or choose another.")
                % {"piece": piece}
            )
        return chosen


class TagDesk(Amended):
    form = TagForm
    list_display = ("name", "name_sv", "kind")
    list_filter = ("kind",)
    search_fields = ("name", "name_sv")
    fieldsets = (
        (
            None,
            {"fields": (("name", "name_sv"), "kind", ("introduction_en", "introduction_sv"))},
        ),
        (gettext_lazy("Its page"), {"fields": ("lead_choice", "responsible_choice", "slug")}),
    )

    def places_of(self, row: Tag) -> dict[str, str]:
        shown = Edition.objects.live().on(row).exists()
        return everywhere("publications:topic", slug=row.slug) if shown else {}


class SiteForm(LeadForm):
    class Meta:
        model = Site
        fields = (
            "short_name", "name_en", "name_sv", "description_en", "description_sv", "publisher_en", "publisher_sv",
            "newsletter",
        )  # fmt: skip
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
            "publisher_sv": Site._meta.get_field("publisher_en").help_text,
        }  # fmt: skip


class SiteDesk(Amended):
    form = SiteForm
    fieldsets = (
        (
            gettext_lazy("Names"),
            {"fields": ("short_name", ("name_en", "name_sv"), ("description_en", "description_sv"))},
        ),
        (gettext_lazy("Foot of every page"), {"fields": (("publisher_en", "publisher_sv"), "newsletter")}),
        (gettext_lazy("Home page"), {"fields": ("lead_choice",)}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Site | None = None) -> bool:
        return False


class PinForm(LeadForm):
    class Meta:
        model = Site
        fields = ()


class NewsletterForm(AmendedForm):
    class Meta:
        model = Site
        fields = ("newsletter",)


@desk.page("lead/", "lead")
@needs("publish_publication")
def lead(request: HttpRequest) -> HttpResponse:
    """The lead of the home page, for those who decide what readers see and not what the house is called."""
    return _of_the_site(request, PinForm, "lead", _("Lead of the home page"))


@desk.page("newsletter/", "newsletter")
@needs("publish_publication")
def newsletter(request: HttpRequest) -> HttpResponse:
    """Where readers sign up for the newsletter, for the same people."""
    return _of_the_site(request, NewsletterForm, "newsletter", _("Newsletter"))


def _of_the_site(request: HttpRequest, kind: type[AmendedForm], name: str, title: str) -> HttpResponse:
    form = kind(request.POST or None, instance=Site.objects.get())
    if request.method == "POST" and form.is_valid() and _pinned(request, form):
        return HttpResponseRedirect(reverse(f"desk:{name}"))
    return desk.show(request, "site_setting", title=title, form=form)


def _pinned(request: HttpRequest, form: AmendedForm) -> bool:
    try:
        if form.has_changed():
            deeds.amend(form.save(commit=False), by=request.user, changed=form.changed_data)
    except deeds.Refused as refusal:
        form.add_error(None, refusal.reasons)
        return False
    messages.success(
        request, _("Saved, and public now.") if form.has_changed() else _("Nothing has changed.")
    )
    return True
