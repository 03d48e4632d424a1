"""Forms of models that are public at once when they are saved, such as authors and tags.

A form carries fingerprints of its fields as it was opened. A field that only one of two editors changed is merged;
where both changed it nothing is stored, and the error shows the stored value.
"""

from collections.abc import Iterable
from hashlib import blake2b

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from publications.diff import Fingerprints, RowField, merge_fields

from .chooser_forms import ChooserModelForm
from .choosers import ChooserField
from .form_fields import HiddenStateField

EXCERPT_CHARACTERS = 300
CONTEXT_CHARACTERS = 60  # of an excerpt, before the first difference


def as_text(value: object) -> str:
    """Return a typed or stored value of a form as text, for comparison and display."""
    if value is None:
        return ""
    if isinstance(value, Model):
        return str(value.pk)
    if isinstance(value, list | tuple):
        return ",".join(as_text(item) for item in _without_roles(value))
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _without_roles(items: Iterable) -> Iterable[object]:
    """Return the objects of a chooser, whose values are pairs of object and role."""
    return (item[0] if isinstance(item, list | tuple) else item for item in items)


def excerpt_from_difference(stored: str, submitted: str) -> str:
    """Return the stored text; of a long one the part around its first difference from the submitted one."""
    if len(stored) <= EXCERPT_CHARACTERS:
        return stored
    pairs = zip(stored, submitted, strict=False)
    first_difference = next(
        (index for index, (a, b) in enumerate(pairs) if a != b),
        len(submitted),
    )
    start = max(0, first_difference - CONTEXT_CHARACTERS)
    excerpt = stored[start : start + EXCERPT_CHARACTERS]
    return f"{'…' if start else ''}{excerpt}{'…' if start + EXCERPT_CHARACTERS < len(stored) else ''}"


class PublicModelForm(ChooserModelForm):
    """The form of a model that is public at once.

    `seen` has the fingerprints of the fields as the form was opened. `sure` has the digests of the questions that
    have been shown: each of `get_confirmations` is shown once and answered by submitting the form again. A value that
    raises another question is confirmed anew.

    Attributes:
        single_choosers: choosers of a single object, with the foreign keys that they set.
    """

    single_choosers: dict[str, str] = {}
    notice = ""
    """What the form asks the user to confirm, in place of a count of errors."""
    is_preview = False
    """Whether the values are shown and not saved, so that nothing is to be confirmed."""
    seen = HiddenStateField()
    sure = HiddenStateField()

    def __init__(self, *args, **kwargs) -> None:
        instance = kwargs.get("instance")
        pks = {name: getattr(instance, f"{field}_id", None) for name, field in self.single_choosers.items()}
        choices = {name: [(pk, "")] for name, pk in pks.items() if pk}
        super().__init__(*args, **{**kwargs, "initial": {**choices, **(kwargs.get("initial") or {})}})
        self.stored = {name: self.initial.get(name) for name in self.fields if name not in ("seen", "sure")}
        self.initial["seen"] = self._fingerprints() if instance and instance.pk else ""

    def find_absent_fields(self) -> list[str]:
        """Return the fields without a fingerprint. The page then needs the fingerprints of all, to be saved again."""
        seen = self.data.get(self.add_prefix("seen"), "")
        hashes = Fingerprints.parse(seen).hashes
        absent = [name for name in self.stored if name not in hashes] if hashes else []
        if absent:
            fields = [field for field in self._row_fields if field.name in absent]
            self._set_hidden("seen", f"{seen} {Fingerprints.of(fields, self.stored)}")
        return absent

    def get_confirmations(self, cleaned: dict) -> dict[str, str]:
        """Return questions to confirm before the object is saved, by the field that shows them."""
        return {}

    def clean(self) -> dict:
        cleaned = super().clean()
        cleaned.update({name: _normalize_line_ends(value) for name, value in cleaned.items()})
        self._merge(cleaned)
        questions = {} if self.errors or self.is_preview else self.get_confirmations(cleaned)
        confirmed = cleaned.get("sure", "").split()
        for field, question in questions.items():
            if _digest(question) not in confirmed:
                self.notice = _("Please confirm.")
                self.add_error(field, question)
        self._set_hidden("sure", " ".join(map(_digest, questions.values())))
        return cleaned

    def _merge(self, cleaned: dict) -> None:
        """Merge the submitted values with those stored since; add errors where both changed a field."""
        base = Fingerprints.parse(cleaned.get("seen", ""))
        fields = [field for field in self._row_fields if field.name in base.hashes]
        submitted = {field.name: cleaned.get(field.name) for field in fields}
        merged = merge_fields(fields, base, self.stored, submitted)
        cleaned.update({name: self._stored_value(name) for name in merged.from_stored})
        if merged.conflicts:
            self._report_conflicts([conflict.name for conflict in merged.conflicts], cleaned)

    @property
    def _row_fields(self) -> list[RowField]:
        return [RowField(name, as_text) for name in self.stored]

    def _stored_value(self, name: str) -> object:
        value = getattr(self.instance, self.single_choosers.get(name, name), None)
        if name not in self.single_choosers:
            return value
        return [(value, "")] if value else []

    def _report_conflicts(self, names: list[str], cleaned: dict) -> None:
        if not self.errors:
            self.notice = _("Choose what is to stand.")
        self.add_error(
            None, _("Somebody else has saved this since you opened it. Nothing of yours is stored yet.")
        )
        for name in names:
            submitted, stored = cleaned.get(name), self._stored_value(name)
            text = str(stored[0][0]) if name in self.single_choosers and stored else as_text(stored)
            excerpt = excerpt_from_difference(text, as_text(submitted))
            self.add_error(
                name, _("It now reads: “%(value)s”. Save again to replace it.") % {"value": excerpt}
            )
        self._set_hidden("seen", self._fingerprints())

    def _fingerprints(self) -> str:
        return str(Fingerprints.of(self._row_fields, self.stored))

    def _set_hidden(self, name: str, value: str) -> None:
        if self.data.get(self.add_prefix(name), "") != value:
            self.data = self.data.copy()
            self.data[self.add_prefix(name)] = value

    def save(self, commit: bool = True) -> Model:
        for name, field in self.single_choosers.items():
            setattr(self.instance, field, next((obj for obj, _role in self.cleaned_data[name]), None))
        return super().save(commit)


def _digest(question: str) -> str:
    return blake2b(str(question).encode(), digest_size=8).hexdigest()


def _normalize_line_ends(value: object) -> object:
    """Return a text with LF line ends. Browsers send CRLF, which hides the empty lines between paragraphs."""
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


class LeadForm(PublicModelForm):
    """The form of an object with a lead publication, chosen among the live ones."""

    lead_choice = ChooserField(
        "live",
        limit=1,
        required=False,
        label=gettext_lazy("Lead"),
        help_text=gettext_lazy("It leads while it is public. Without one, the newest piece does."),
    )
    single_choosers = {"lead_choice": "lead"}
