"""Figures that the texts for readers name, from where they are declared."""

from django import template

from subscriptions.models import CONFIRMATION_HOURS

register = template.Library()


@register.simple_tag
def confirmation_hours() -> int:
    """Return how many hours a reader has to confirm."""
    return CONFIRMATION_HOURS
