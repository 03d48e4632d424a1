"""Words that stand in both languages of the site, chosen by the language of the page."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from publications.languages import TREES, tree_of


class Bilingual(models.Model):
    """A row whose readers see it in their tree's language; an empty word falls back to the other one."""

    class Meta:
        abstract = True

    def worded(self, field: str, language: str | None = None) -> str:
        """The text of `field` in the language (that of the page when none is named)."""
        tree = tree_of(language or get_language() or TREES[0])
        others = [tree, *(code for code in TREES if code != tree)]
        return next((text for code in others if (text := getattr(self, f"{field}_{code}"))), "")


def check_link(value: str) -> None:
    """Refuse what is neither a web address, a path of this site nor an e-mail address."""
    if value.startswith("/") and not value.startswith("//"):
        return
    try:
        parts = urlsplit(value)
        if parts.scheme in ("http", "https") and parts.hostname:
            return
        validate_email(value.removeprefix("mailto:"))
    except (ValueError, ValidationError):
        raise ValidationError(
            _("“%(value)s” is no address: write https://…, a path such as /en/…, or an e-mail address.")
            % {"value": value[:100]}
        ) from None
