"""The form of a publication: one form, no inlines, so that a draft is saved whole or not at all."""

from pathlib import PurePath

from django import forms
from django.forms.widgets import Script
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from publications import actions, markup
from publications.attachment_files import UnsuitableAttachment, check_attachment, normalize_filename
from publications.diff import merge_set
from publications.draft_content import write_draft
from publications.locales import LANGUAGE_NAMES
from publications.models import (
    Attachment,
    Byline,
    BylineRole,
    Publication,
    get_or_create_tags,
    normalize_doi,
    normalize_isbn,
    store_original,
    use_existing_names,
)
from publications.slugs import slugify

from ..chooser_forms import ChooserModelForm
from ..choosers import ChooserField, read_initial_pks
from ..edit_conflicts import FORM_FIELD_NAMES, MERGED_FIELDS, MergeFormMixin, form_field_name
from ..form_fields import LocalDateTimeField, ModelChoicesField, TagInput, TagNamesField, TextEditor
from ..pending_uploads import PendingUploadFormMixin

TYPED_FIELDS = tuple(
    field.name for field in MERGED_FIELDS if field.name not in {*FORM_FIELD_NAMES, "bylines"}
)
"""Fields of a publication that are typed; the others are chosen in choosers."""

ISSUE_LABELS = {
    "title": _("Subject of the mail"),
    "summary": _("Introduction, two sentences"),
    "related": _("Publications, in the order of the mail"),
}
"""What these fields are in an issue of the newsletter."""


def bylines_field(**options) -> ChooserField:
    return ChooserField("authors", roles=BylineRole.choices, required=False, label=_("Authors"), **options)


def cover_field(user=None, cover: int | None = None) -> ChooserField:
    """Return the field of the cover. The present cover may stay, also an image that the user may not choose."""
    pks = [cover] if cover else []
    return ChooserField("images", limit=1, required=False, label=_("Cover"), user=user, always_selectable=pks)


class PublicationForm(PendingUploadFormMixin, MergeFormMixin, ChooserModelForm):
    """The form of a draft, in the order in which an editor reads it.

    `version` is the revision that the editor started from. An outdated form is merged with what others have saved
    since; what both changed is shown side by side for a choice.
    """

    class Media:
        extend = False  # the one script has those of the fields in it
        js = (Script("js/desk/publication_form.js", type="module"),)

    bylines = bylines_field()
    related = ChooserField(
        "publications",
        limit=actions.MAX_RELATED_LINKS,
        required=False,
        label=_("Related publications"),
        is_merged=True,
    )
    cover_choice = cover_field()
    translation_choice = ChooserField("publications", limit=1, required=False, label=_("Translation of"))
    tags = TagNamesField(
        required=False,
        label=_("Tags"),
        help_text=_("Divided by commas. A tag that is not there yet is made."),
        widget=TagInput(attrs={"data-url": reverse_lazy("desk:tag-search"), "autocomplete": "off"}),
    )
    published_at = LocalDateTimeField(
        label=_("Date readers see"), help_text=_("Set at publication when left empty.")
    )
    doi = forms.CharField(
        required=False, max_length=300, label=_("DOI"),
        help_text=_("As the agency gave it, such as 10.1234/abc-5, or its whole address."),
    )  # fmt: skip
    isbn = forms.CharField(required=False, max_length=60, label=_("ISBN"))
    attach = forms.FileField(
        required=False, label=_("Attach a file"), help_text=_("Such as the designed PDF of a report.")
    )
    attach_label = forms.CharField(
        required=False,
        max_length=Attachment._meta.get_field("label").max_length,
        label=_("What readers see as its name"),
    )
    detach = ModelChoicesField(
        Attachment.objects.none(), required=False, label=_("Take out"), widget=forms.CheckboxSelectMultiple
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    upload_field = "attach"

    class Meta:
        model = Publication
        fields = TYPED_FIELDS
        widgets = {
            "title": forms.Textarea(attrs={"rows": 1, "class": "title-field"}),
            "summary": forms.Textarea(attrs={"rows": 3}),
            "key_points": forms.Textarea(attrs={"rows": 4}),
            "body": TextEditor(attrs={"rows": 24, "class": "body-field"}),
            "internal_note": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "body": _("Markdown. A picture of the image library: ![what it shows](image:its-key)"),
        }

    def __init__(
        self,
        *args,
        can_relate: bool = True,
        can_add=(),
        is_issue: bool = False,
        is_merged: bool = True,
        user=None,
        **kwargs,
    ) -> None:
        publication = kwargs.get("instance")
        kwargs["initial"] = {**_get_initial(publication), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.is_merged = is_merged
        self.fields["body"].strip = False  # a text that nobody edits stays as it is
        self.fields["related"].disabled = not can_relate
        self.fields["bylines"] = bylines_field(can_add="author" in can_add, can_propose="proposal" in can_add)
        self.fields["tags"].widget.can_add = "tag" in can_add
        self.fields["cover_choice"] = cover_field(user, publication.cover_id if publication else None)
        for name, label in ISSUE_LABELS.items() if is_issue else ():
            self.fields[name].label = label
        if publication and publication.pk:
            self.fields["detach"].queryset = publication.attachments.all()
        if not self.fields["detach"].queryset.exists():
            del self.fields["detach"]

    def find_absent_fields(self) -> list[str]:
        """Return the fields of the draft that the page did not submit, if it is the page of a form."""
        names = [form_field_name(field.name) for field in MERGED_FIELDS] if "version" in self.data else []
        return [
            name
            for name in names
            if name in self.fields
            and self.fields[name].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))
        ]

    def merge_related_links(self, publication: Publication) -> list[Publication] | None:
        """Return the related publications to store, or None where this form leaves them as they are.

        They are merged with what other editors have added or removed since the form was opened.
        """
        chosen = {target.pk: target for target, _role in self.cleaned_data["related"]}
        initial_pks = read_initial_pks(self.data, "related")
        if self.fields["related"].disabled or list(chosen) == initial_pks:
            return None
        links = publication.related_links.select_related("target")
        stored = {link.target_id: link.target for link in links}
        return [(stored | chosen)[pk] for pk in merge_set(initial_pks, stored, chosen)]

    def clean_title(self) -> str:
        return " ".join(self.cleaned_data["title"].split())

    def clean_tags(self) -> list[str]:
        return use_existing_names(self.cleaned_data["tags"])

    def clean_slug(self) -> str:
        return slugify(self.cleaned_data["slug"])

    def clean_doi(self) -> str:
        return self._check_unused("doi", normalize_doi(self.cleaned_data["doi"]))

    def clean_isbn(self) -> str:
        return self._check_unused("isbn", normalize_isbn(self.cleaned_data["isbn"]))

    def _check_unused(self, name: str, value: str) -> str:
        """Return the identifier. Raises `ValidationError` if another publication has it."""
        others = Publication.objects.exclude(pk=self.instance.pk).with_identifier(name, value)
        if value and (owner := others.first()):
            raise forms.ValidationError(
                _("“%(other)s” has %(value)s already. Each publication has one of its own.")
                % {"other": owner, "value": value}
            )
        return value

    def clean_body(self) -> str:
        body = self.cleaned_data["body"].replace("\r\n", "\n").replace("\r", "\n")
        try:
            markup.render_markdown(body, language=self.data.get("language", "en"))
        except markup.Unrenderable as reason:
            raise forms.ValidationError(str(reason)) from reason
        return body

    def clean_attach(self):
        file = self.cleaned_data["attach"]
        if not file:
            return None
        try:
            check_attachment(file.name, file.size, file.read)
        except UnsuitableAttachment as reason:
            raise forms.ValidationError(str(reason)) from reason
        file.seek(0)
        return file

    def clean(self) -> dict:
        cleaned = super().clean()
        required = ("title", "summary", "body", "bylines")
        if not any(cleaned.get(name) or name in self.errors for name in required):
            raise forms.ValidationError(gettext("Write something first: a title, for instance."))
        if cleaned.get("attach_label") and not cleaned.get("attach") and "attach" not in self.errors:
            self.add_error("attach", gettext("Choose the file that has this name, or clear the name."))
        if self.is_merged and self.instance.pk and cleaned.get("version") != self.instance.version:
            self.merge_stored(cleaned)
        self._check_translation(cleaned)
        return cleaned

    def _check_translation(self, cleaned: dict) -> None:
        """Refuse two publications of one language in a translation group: lists and the language switch show one."""
        chosen = cleaned.get("translation_choice")
        if not chosen:
            return
        original = chosen[0][0].source_publication
        group = [original, *original.translations.exclude(pk=self.instance.pk)]
        duplicate = next(
            (translation for translation in group if translation.language == cleaned.get("language")), None
        )
        if duplicate:
            self.add_error(
                "translation_choice",
                gettext(
                    "“%(piece)s” is in %(language)s too. A translation is in a language that none of the others is in."
                )
                % {"piece": duplicate, "language": LANGUAGE_NAMES[duplicate.language]},
            )

    def store_tags(self) -> None:
        """Store the tags. A tag that this draft creates has no page until the publication is live."""
        get_or_create_tags(self.cleaned_data["tags"])
        self.save_m2m()

    def store_rows(self, publication: Publication) -> None:
        """Store bylines and attachments; `store_tags` stores the tags."""
        lines = [Byline(author=author, role=role) for author, role in self.cleaned_data["bylines"]]
        write_draft(publication, {"bylines": lines})
        for attachment in self.cleaned_data.get("detach") or ():
            attachment.delete()
        if file := self.cleaned_data.get("attach"):
            publication.attachments.create(
                original=store_original(file.read(), PurePath(file.name).suffix.lstrip(".").lower()),
                filename=normalize_filename(file.name),
                label=self.cleaned_data["attach_label"],
                size=file.size,
                position=publication.attachments.count(),
            )

    def save(self, commit: bool = True) -> Publication:
        self.instance.cover = next((image for image, _role in self.cleaned_data["cover_choice"]), None)
        original = next((choice for choice, _role in self.cleaned_data["translation_choice"]), None)
        self.instance.translation_of = original.source_publication if original else None
        return super().save(commit)

    def clean_translation_choice(self) -> list:
        chosen = self.cleaned_data["translation_choice"]
        if chosen and chosen[0][0].source_publication.pk == self.instance.pk:
            raise forms.ValidationError(_("A publication cannot be a translation of itself."))
        if chosen and self.instance.pk and self.instance.translations.exists():
            raise forms.ValidationError(
                _("This is the original of other translations. Link them to it instead.")
            )
        return chosen


def _get_initial(publication: Publication | None) -> dict:
    if not publication or not publication.pk:
        return {}
    return {
        "bylines": [(line.author_id, line.role) for line in publication.bylines.all()],
        "related": [(link.target_id, "") for link in publication.related_links.all()],
        "cover_choice": [(publication.cover_id, "")] if publication.cover_id else [],
        "translation_choice": [(publication.translation_of_id, "")] if publication.translation_of_id else [],
        "version": publication.version,
    }
