"""Authors at the desk. Saving is public at once."""

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.reauthentication import is_authentication_recent
from publications import actions, images, renditions
from publications.models import Author, Edition, Image, Publication
from publications.presentation import paths_in_locales
from publications.slugs import slugify

from .choosers import ChooserField
from .pending_uploads import PendingUploadFormMixin
from .proposed_authors import describe_proposal
from .public_models import PublicModelAdmin, PublicModelForm
from .reauthentication import refuse_old_authentication

PEN_NAME_FIELDS = ("name", "is_organisation", "is_guest", "is_pseudonymous")
"""Fields of an author with a pen name for users who may not change authors."""
REDACT_PERMISSION = "publications.redact_publication"


class AuthenticationTooOld(Exception):
    """Raised instead of saving: the user has to show again who they are. Nothing is stored."""


class AuthorForm(PendingUploadFormMixin, PublicModelForm):
    """An author; the portrait is chosen from the library.

    `publications_with_files` are what the author signed with attached files, once a pen name is to be confirmed.
    """

    publications_with_files: list[Publication] = []
    is_proposal = False
    may_sign_anew = False
    """Whether the user may change how published texts are signed, as by a pen name."""

    portrait_choice = ChooserField("images", limit=1, required=False, label=gettext_lazy("Portrait"))
    portrait_file = forms.FileField(
        required=False,
        label=gettext_lazy("A new portrait"),
        help_text=gettext_lazy(
            "JPEG, PNG, WebP or GIF, at most 20 MB. It is put into the image library and becomes the portrait."
        ),
    )
    single_choosers = {"portrait_choice": "portrait"}
    upload_field = "portrait_file"

    class Meta:
        model = Author
        fields = (
            "name", "title_en", "title_sv", "affiliation_en", "affiliation_sv", "biography_en", "biography_sv",
            "orcid", "fediverse_address", "is_organisation", "is_guest", "is_pseudonymous", "family_name",
            "aliases", "slug",
        )  # fmt: skip
        help_texts = {
            "is_guest": gettext_lazy("Writes for the centre and is not on its staff."),
            "is_pseudonymous": gettext_lazy(
                "The name is a pen name: no page, portrait, biography, ORCID iD or fediverse address is ever shown. "
                "All that has been published is signed with it. Take the old name out of the texts themselves by "
                "redacting."
            ),
        }

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"])

    def clean_portrait_file(self) -> Image | None:
        """Return the upload as an image of the library that is not stored yet."""
        file = self.cleaned_data["portrait_file"]
        if not file:
            return None
        image = Image()
        try:
            image.store_upload(file.read(), file.name)
        except images.UnsuitableImage as reason:
            raise forms.ValidationError(str(reason)) from reason
        return image

    def signs_anew(self, cleaned: dict) -> bool:
        """Return whether the submitted values change how published texts are signed."""
        name, is_pseudonymous = cleaned["name"], cleaned["is_pseudonymous"]
        return actions.changes_signature(self.instance.pk, name=name, is_pseudonymous=is_pseudonymous)

    def save(self, commit: bool = True) -> Author:
        """Save the author. Whoever may save a proposed one accepts them so."""
        self.instance.is_approved_now = self.instance.is_proposed and not self.is_proposal
        self.instance.is_proposed = self.is_proposal
        if image := self.cleaned_data.get("portrait_file"):
            image.alt_en, image.alt_sv = self.portrait_alts()
            image.save()
            transaction.on_commit(lambda: renditions.make_image_files(image), robust=True)
            self.cleaned_data["portrait_choice"] = [(image, "")]
        return super().save(commit)

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Ask about a name that another author has, nearly always the same person, and about a pen name.

        Raises:
            ValidationError: the user may not change how published texts are signed.
        """
        if self.instance.pk and not self.may_sign_anew and self.signs_anew(cleaned):
            text = _(
                "Published texts would be signed in another way. Only whoever may redact may change a pen name then: "
                "ask an administrator."
            )
            raise forms.ValidationError({"is_pseudonymous": text})
        questions = {}
        if "name" in self.changed_data and (question := self._ask_about_namesakes(cleaned["name"])):
            questions["name"] = question
        if (
            "is_pseudonymous" in self.changed_data
            and Edition.objects.filter(bylines__author=self.instance.pk).exists()
        ):
            questions["is_pseudonymous"] = (
                _pen_name_question() if cleaned["is_pseudonymous"] else _unmask_question()
            )
            if cleaned["is_pseudonymous"]:
                self.publications_with_files = publications_with_files(self.instance)
        return questions

    def _ask_about_namesakes(self, name: str) -> str:
        """Return a question about authors of the same or nearly the same name, or "".

        Whoever may only propose an author is shown no pen name: the name of the person behind it may be an alias.
        """
        others = Author.objects.exclude(pk=self.instance.pk)
        if self.is_proposal:
            others = others.not_pseudonymous()
        if namesakes := others.with_name(name):
            question = _("There is an author of this name: %(others)s. Save again if this is somebody else.")
        elif namesakes := others.with_similar_name(name):
            question = _(
                "There is an author of nearly this name: %(others)s. Save again if this is somebody else."
            )
        else:
            return ""
        return question % {"others": "; ".join(map(_describe_author, namesakes[:5]))}

    def portrait_alts(self) -> tuple[str, str]:
        """Return the alternative texts of a new portrait, in English and Swedish."""
        name = self.cleaned_data["name"]
        return f"Portrait of {name}"[:300], f"Porträtt av {name}"[:300]


def publications_with_files(author: Author) -> list[Publication]:
    """Return the author's publications that have attached files, as drafts or published, with their `filenames`."""
    signed = Q(authors=author) | Q(editions__bylines__author=author)
    attached = Q(attachments__isnull=False) | Q(editions__attachments__isnull=False)
    publications = Publication.objects.filter(
        pk__in=Publication.objects.filter(signed, attached).values("pk")
    )
    publications = publications.prefetch_related("attachments", "editions__attachments").order_by("-pk")
    for publication in publications:
        published = (file for edition in publication.editions.all() for file in edition.attachments.all())
        files = (*publication.attachments.all(), *published)
        publication.filenames = list(dict.fromkeys(file.filename for file in files))
    return list(publications)


def _pen_name_question() -> str:
    return _(
        "All that has been published is signed with the name above from now on, earlier editions too, and the "
        "name that stood there is not kept. Save again if that is meant."
    )


def _unmask_question() -> str:
    return _(
        "This shows readers who stands behind the name: texts that are signed with it lead to this page. Save again if "
        "they may know."
    )


def _describe_author(author: Author) -> str:
    parts = (author.name, author.get_translation("title"), author.get_translation("affiliation"))
    return ", ".join(part for part in parts if part)


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
