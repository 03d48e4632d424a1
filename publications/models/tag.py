"""Tags: themes, countries and series, as models of taggit with names in both languages."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.models import ItemBase, TagBase

from publications.slugs import slug_stem, slugify

from .name_removal import find_unused_slug
from .translated import CountedQuerySet, TranslatedModel


def parse_tags(text: str) -> list[str]:
    """Return the tag names that an editor typed. Only commas and lines divide: "foreign policy, EU" is two tags."""
    names: dict[str, str] = {}
    for name in (" ".join(part.split()) for part in text.replace("\n", ",").split(",")):
        if name:
            names.setdefault(name.casefold(), name)
    return list(names.values())


def use_existing_names(names: Iterable[str], tags: "Mapping[str, Tag] | None" = None) -> list[str]:
    """Return the names of tags, in the spelling of existing ones: of those with such a name in either language.

    Names are compared without case in any alphabet. Each tag is returned once.

    Args:
        tags: those of `tags_by_name`, for many calls.
    """
    tags = tags_by_name() if tags is None else tags
    keys = [(name, name.casefold()) for name in names]
    return list(dict.fromkeys(tags[key].name if key in tags else name for name, key in keys))


def tags_by_name() -> dict[str, "Tag"]:
    """Return tags by their names in lower case, in either language; a tag wins over one with its name in Swedish."""
    tags = list(Tag.objects.order_by("-pk"))
    in_swedish = {tag.name_sv.casefold(): tag for tag in tags if tag.name_sv}
    return in_swedish | {tag.name.casefold(): tag for tag in tags}


def get_or_create_tags(names: list[str]) -> list["Tag"]:
    """Return the tags with these names. A new one is no topic of the site until a publication with it is public."""
    tags = {name: Tag.objects.get_or_create(name=name, defaults={"made_in_draft": True})[0] for name in names}
    return [tags[name] for name in names]


def format_tags(tags: list["Tag"]) -> str:
    """Return tags as the line that an editor sees in the form of a publication."""
    return ", ".join(sorted((tag.name for tag in tags), key=str.casefold))


class TagKind(models.TextChoices):
    THEME = "theme", _("Theme")
    COUNTRY = "country", _("Country")
    SERIES = "series", _("Series or project")


class TagQuerySet(CountedQuerySet):
    def selectable(self) -> "TagQuerySet":
        """Tags that pickers offer: all but those made in a draft that was never public."""
        return self.filter(models.Q(made_in_draft=False) | models.Exists(self._edition_rows()))

    @staticmethod
    def _edition_rows() -> models.QuerySet:
        model = Tag._meta.get_field("published").related_model
        return model.objects.filter(tag=models.OuterRef("pk"))


class Tag(TranslatedModel, TagBase):
    """A topic that readers can follow. `name` is its English name and what editors type."""

    slug = models.CharField(_("address"), max_length=100, unique=True, blank=True)
    name_sv = models.CharField(_("name, Swedish"), max_length=100, blank=True)
    kind = models.CharField(
        pgettext_lazy("tag", "kind"), max_length=10, choices=TagKind, default=TagKind.THEME
    )
    introduction_en = models.TextField(_("introduction, English"), blank=True)
    introduction_sv = models.TextField(_("introduction, Swedish"), blank=True)
    lead = models.ForeignKey(
        "publications.Publication",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead of its page"),
        help_text=_("While it is public it leads the page of the topic; else the newest piece does."),
    )
    responsible = models.ForeignKey(
        "publications.Author",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("responsible for its page"),
    )

    made_in_draft = models.BooleanField(default=False, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("tag")
        verbose_name_plural = _("tags")

    def __str__(self) -> str:
        return self.name

    @property
    def name_en(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Return the name in the language of the page."""
        return self.get_translation("name")

    @property
    def introduction(self) -> str:
        return self.get_translation("introduction")

    def clean(self) -> None:
        if "," in self.name:
            raise ValidationError({"name": _("A tag has no comma: commas divide tags.")})
        others = type(self).objects.exclude(pk=self.pk).values_list("name", flat=True)
        if self.name.casefold() in {name.casefold() for name in others}:
            raise ValidationError({"name": _("There is a tag of this name already.")})
        self.slug = slugify(self.slug)

    def slugify(self, tag: str, i: int | None = None) -> str:
        slug = slugify(tag) or "topic"
        return find_unused_slug(f"{slug_stem(slug)}-{i}" if i else slug, (), "publications:topic")


class TaggedPublication(ItemBase):
    """One tag of one draft."""

    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="tagged")
    content_object = models.ForeignKey(
        "publications.Publication", on_delete=models.CASCADE, related_name="tagged"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_once_per_publication"),
        ]
