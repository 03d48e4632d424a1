"""Figures that the texts for readers name, from where they are declared."""

from django import template

from subscriptions.models import CONFIRMATION_HOURS
from subscriptions.retention import MAIL_DAYS, NAMED_DAYS

register = template.Library()


@register.simple_tag
def confirmation_hours() -> int:
    """Return how many hours a reader has to confirm."""
    return CONFIRMATION_HOURS


@register.simple_tag
def mail_days() -> int:
    """Return how many days it is kept which mails were sent."""
    return MAIL_DAYS


@register.simple_tag
def named_days() -> int:
    """Return how many days it is kept what mails have named to whom."""
    return NAMED_DAYS
