"""The form of an author: the portrait, questions about namesakes and pen names, and how published texts are signed."""

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications import actions, images, renditions
from publications.models import Author, Edition, Image, Publication
from publications.slugs import slugify

from .choosers import ChooserField
from .pending_uploads import PendingUploadFormMixin
from .public_model_form import PublicModelForm


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
