"""Which issues of the newsletter a text is in that is corrected, withdrawn or not public by then, in sentences."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.mail import can_send_mail
from publications.locales import datetime_with_zone
from publications.models import FOREVER, NEWSLETTER, Edition, Publication


def describe_issues_with(publication: Publication) -> list[str]:
    """Return whose readers are not mailed of a correction: those of the issue of the newsletter that has it.

    Args:
        publication: that is corrected or withdrawn.
    """
    issues = Edition.objects.live().filter(
        kind__slug=NEWSLETTER, publication__related_links__target=publication
    )
    issue = issues.order_by("-published_at", "-pk").first() if can_send_mail() else None
    if not issue:
        return []
    text = _(
        "Readers who know it from the issue “%(title)s” alone are not mailed: to inform them, correct the issue too."
    )
    return [text % {"title": issue.title}]


def describe_scheduled_issues(publication: Publication, public_from: datetime = FOREVER) -> list[str]:
    """Return which scheduled issues of the newsletter are mailed without a publication, as it is not public by then.

    Args:
        publication: without a live edition.
        public_from: when it becomes public, if ever.
    """
    issues = Edition.objects.scheduled().filter(
        kind__slug=NEWSLETTER, visible_from__lt=public_from, publication__related_links__target=publication
    )
    text = _(
        "The issue “%(title)s” goes out %(time)s and is then mailed without it: schedule the issue again."
    )
    return [
        text % {"title": issue.title, "time": datetime_with_zone(issue.visible_from)}
        for issue in issues.order_by("visible_from").without_texts()
    ]
