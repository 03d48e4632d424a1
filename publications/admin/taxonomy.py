"""Kinds, tags and synonyms at the desk. Saving is public at once."""

from django import forms
from django.db.models import Max, Model
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.text import slugify as ascii_slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.locales import LOCALES
from publications.models import Edition, Kind, Synonym, Tag
from publications.presentation import paths_in_locales
from publications.slugs import slugify

from .choosers import ChooserField
from .model_admin import flag_column
from .public_model_form import LeadForm, PublicModelForm
from .public_models import PublicModelAdmin

SCHEMA_TYPES = (
    "Article", "Report", "ScholarlyArticle", "NewsArticle", "AnalysisNewsArticle", "BackgroundNewsArticle",
    "OpinionNewsArticle", "ReportageNewsArticle", "BlogPosting", "TechArticle",
)  # fmt: skip
"""Article of schema.org with its subtypes that suit a text of the site (https://schema.org/Article)."""

MAX_KEY_CHARACTERS = Kind._meta.get_field("slug").max_length


def schema_type_choices() -> list[tuple[str, str]]:
    """Return the types to choose from: SCHEMA_TYPES, then any other that a kind already has."""
    others = set(Kind.objects.values_list("schema_type", flat=True)).difference(SCHEMA_TYPES)
    return [(name, name) for name in (*SCHEMA_TYPES, *sorted(others))]


KIND_FLAGS = ("is_numbered", "is_guest", "is_scholarly", "needs_approval", "is_listed")


class KindForm(PublicModelForm):
    schema_type = forms.ChoiceField(
        choices=schema_type_choices,
        label=gettext_lazy("Type for search engines"),
        help_text=gettext_lazy("The type of schema.org that pages of this kind name."),
    )

    class Meta:
        model = Kind
        fields = ()
        help_texts = {
            "is_guest": gettext_lazy(
                "Marks the kind in this list. What readers see of it is the disclaimer."
            ),
            "position": gettext_lazy(
                "Kinds are listed by it, the lowest number first. The first kind is that of a new draft."
            ),
        }

    def clean_name_en(self) -> str:
        """Derive the key of a new kind, which addresses of lists and feeds have for ever."""
        name = self.cleaned_data["name_en"]
        if not self.instance.pk:
            self.instance.slug = ascii_slugify(name)[:MAX_KEY_CHARACTERS].strip("-")
            if not self.instance.slug:
                raise forms.ValidationError(_("The English name needs letters from a to z."))
            if Kind.objects.filter(slug=self.instance.slug).exists():
                raise forms.ValidationError(_("There is a kind of this name already."))
        return name

    def clean_type_line_en(self) -> str:
        return _check_placeholders(self.cleaned_data["type_line_en"])

    def clean_type_line_sv(self) -> str:
        return _check_placeholders(self.cleaned_data["type_line_sv"])

    def clean(self) -> dict:
        """Refuse a numbered kind whose type line shows no number in one of the languages."""
        cleaned = super().clean()
        for locale in LOCALES if cleaned.get("is_numbered") else ():
            name = f"type_line_{locale}"
            if "{number}" not in cleaned.get(name, "{number}"):
                self.add_error(name, _("A numbered kind needs {number} here: readers would see no number."))
        return cleaned


def _check_placeholders(type_line: str) -> str:
    """Return the type line. Raises `ValidationError` for braces that `Kind.type_line` does not fill in."""
    if {"{", "}"} & set(type_line.replace("{number}", "").replace("{year}", "")):
        raise forms.ValidationError(
            _("Only {number} and {year} are filled in. Readers would see any other braces as they are.")
        )
    return type_line


class KindAdmin(PublicModelAdmin):
    form = KindForm
    list_display = (
        "name_en",
        "name_sv",
        *(flag_column(Kind, name) for name in KIND_FLAGS),
    )
    fields = (
        ("name_en", "name_sv"), ("plural_en", "plural_sv"), ("type_line_en", "type_line_sv"),
        ("disclaimer_en", "disclaimer_sv"), *KIND_FLAGS, "schema_type", "position",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever changes kinds adds them; roles of a site that is older than this hold no other permission."""
        return self.has_change_permission(request)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict:
        """Put a new kind last: the first is that of a new draft."""
        last = Kind.objects.aggregate(position=Max("position"))["position"]
        return {"position": (last or 0) + 1, **super().get_changeform_initial_data(request)}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class TagForm(LeadForm):
    responsible_choice = ChooserField(
        "authors",
        limit=1,
        required=False,
        label=gettext_lazy("Responsible"),
        help_text=gettext_lazy("Whom readers see as the person to ask about this topic."),
    )
    single_choosers = {**LeadForm.single_choosers, "responsible_choice": "responsible"}

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
        """Save the tag, which no longer counts as made in a draft: somebody has edited it."""
        self.instance.made_in_draft = False
        return super().save(commit)

    def clean_responsible_choice(self) -> list:
        """Accept only an author who may be public."""
        choice = self.cleaned_data["responsible_choice"]
        if choice and choice[0][0].is_proposed:
            raise forms.ValidationError(
                _("%(name)s is proposed and not accepted yet.") % {"name": choice[0][0]}
            )
        return choice

    def clean_lead_choice(self) -> list:
        """Accept only a publication with this tag."""
        choice = self.cleaned_data["lead_choice"]
        publication = choice[0][0] if choice else None
        has_tag = (
            publication
            and self.instance.pk
            and Edition.objects.live().tagged(self.instance).counterpart_of(publication.pk)
        )
        if publication and not has_tag:
            raise forms.ValidationError(
                _("“%(piece)s” is not on this topic. Give it the tag and publish it, or choose another.")
                % {"piece": publication}
            )
        return choice


class TagAdmin(PublicModelAdmin):
    form = TagForm
    list_display = ("name", "name_sv", "kind")
    ordering = (Lower("name"), "name")
    list_filter = ("kind",)
    search_fields = ("name", "name_sv")
    fieldsets = (
        (
            None,
            {"fields": (("name", "name_sv"), "kind", ("introduction_en", "introduction_sv"))},
        ),
        (gettext_lazy("Its page"), {"fields": ("lead_choice", "responsible_choice", "slug")}),
    )

    def get_public_urls(self, obj: Tag) -> dict[str, str]:
        has_page = Edition.objects.live().tagged(obj).exists()
        return paths_in_locales("publications:topic", slug=obj.slug) if has_page else {}


class SynonymForm(PublicModelForm):
    class Meta:
        model = Synonym
        fields = ("spellings",)
        widgets = {
            "spellings": forms.Textarea(attrs={"rows": 8, "autocapitalize": "none", "spellcheck": "false"})
        }


class SynonymAdmin(PublicModelAdmin):
    form = SynonymForm
    fields = ("spellings",)
    list_display = ("__str__",)
    search_fields = ("spellings",)
    search_help_text = gettext_lazy("Find a row by one of its spellings.")
