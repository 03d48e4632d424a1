"""What a person has decided about a name in the sources of imports: whose it is, or what becomes of a topic."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from publications.slugs import fold_name, slugify

from .author import Author
from .tag import Tag


class NameType(models.TextChoices):
    """What a name in a source is the name of."""

    PERSON = "person", pgettext_lazy("name in an import", "author")
    TOPIC = "topic", pgettext_lazy("name in an import", "topic")


class NameChoice(models.TextChoices):
    SAME = "same", _("is the same as")
    SEPARATE = "separate", _("is another one, with a name of its own")
    LEFT_OUT = "left_out", _("is left out")


class ImportDecisionQuerySet(models.QuerySet):
    def of_type(self, name_type: str) -> dict[str, "ImportDecision"]:
        """Return the decisions on names of a type by folded name; the last of several."""
        rows = self.filter(type=name_type).select_related("author", "tag").order_by("pk")
        return {fold_name(row.name): row for row in rows}

    def replace_author(self, author: Author, replacement: Author) -> None:
        """Let the names of an author, who is about to be deleted, be those of another: not of one with a pen name."""
        rows = self.filter(author=author)
        if replacement.is_pseudonymous:
            rows.delete()
        else:
            rows.update(author=replacement)

    def merge(self, source: Author | Tag, target: Author | Tag, *, by) -> None:
        """Let the names of a row, which is about to be deleted, be those of another, its own names too.

        An import makes the name of an author of whom a source has the id alone from that, and the id is often the
        address. That name is added unless somebody has decided on another of this address, or a third author has one.
        Nor is a name added that a third author has too: it says nothing of who is meant.
        """
        is_author = isinstance(source, Author)
        name_type, column = (NameType.PERSON, "author") if is_author else (NameType.TOPIC, "tag")
        self.filter(**{column: source}).update(**{column: target})
        decisions = self.of_type(name_type)
        others = _names_of_others(source, target) if is_author else []
        names = [
            name
            for name in (source.name, getattr(source, "name_sv", ""))
            if fold_name(name) not in map(fold_name, others)
        ]
        decided = decisions.keys() - set(map(fold_name, names))  # these names lead to the other now
        if is_author and source.slug not in map(slugify, [*decided, *others]):
            names.append(source.slug.replace("-", " "))
        for key, name in {fold_name(name): name for name in reversed(names) if name}.items():
            if key == fold_name(target.name):
                continue
            if key in decisions:
                decisions[key].delete()
            self.create(type=name_type, name=name, choice=NameChoice.SAME, decided_by=by, **{column: target})


def _names_of_others(*authors: Author) -> list[str]:
    """Return the names of all authors but these, with aliases."""
    rows = Author.objects.exclude(pk__in=[author.pk for author in authors]).values_list("name", "aliases")
    return [line for name, aliases in rows for line in (name, *aliases.splitlines())]


class ImportDecision(models.Model):
    """A decision on a name in the sources of imports, which every later import follows.

    Attributes:
        name: as the source spells it; compared by `fold_name`.
        choice: a topic alone can be left out.
        author, tag: whose name it is, if the choice is `SAME`. The decision ends when they are deleted.
        target: the name of an author or tag that is not there yet; empty as soon as an import has made it.
    """

    type = models.CharField(max_length=10, choices=NameType)
    name = models.CharField(max_length=200)
    choice = models.CharField(max_length=10, choices=NameChoice)
    author = models.ForeignKey(Author, on_delete=models.CASCADE, null=True, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, related_name="+")
    target = models.CharField(max_length=120, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(default=timezone.now)

    objects = ImportDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on a name of an import")
        verbose_name_plural = _("decisions on names of imports")
        ordering = ["type", "name", "pk"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["type", "name"], name="one_decision_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def target_name(self) -> str:
        """The name here of the author or tag, or ""."""
        return str(self.author or self.tag or self.target)
