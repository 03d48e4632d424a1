"""The mail of an issue of the newsletter before it is public: for the preview at the desk, and to try it."""

from dataclasses import replace

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from publications import snapshot
from publications.models import KIND, NEWSLETTER, MailPurpose, OutboxMail, Publication

from .conditions import Choice
from .entries import describe_issue
from .labels import describe_condition
from .mail_parts import NO_TOKENS, remove_placeholders
from .mails import MailWriter
from .messages import MessageTemplate
from .models import Condition

PERMISSION = "publications.change_publication"


def write_issue(issue: Publication, *, is_test: bool = False) -> MessageTemplate:
    """Return the mail of a draft of an issue, as its subscribers would get it if it were public now. Its own links open
    nothing.

    Args:
        is_test: it says that it is a test where that of subscribers has their links.

    Raises:
        publications.markup.Unrenderable: its text cannot be rendered.
    """
    with override(issue.locale):
        draft = snapshot.build_snapshot(issue)
        reason = describe_condition(Condition(filters=Choice(filters={KIND: NEWSLETTER}).filters))
        entries, reasons = [describe_issue(draft)], [reason]
        template = MailWriter().write_entries(entries, issue.locale, reasons=reasons, is_test=is_test)
    text, html = map(remove_placeholders, (template.text, template.html))
    return replace(template, text=text, html=html)


def build_test_mail(mail: OutboxMail) -> EmailMessage | None:
    """Return the mail of a row of the outbox to an editor; None if they or the draft are gone.

    Its key begins with the purpose and the primary key of the publication.
    """
    user = mail.user
    if not (user and user.is_active and user.is_staff and user.email and user.has_perm(PERMISSION)):
        return None
    _purpose, pk, *_rest = mail.key.split(":")
    issue = Publication.objects.filter(pk=pk, kind__slug=NEWSLETTER).first()
    if not issue:
        return None
    mail.recipient = user.email
    template = write_issue(issue, is_test=True)
    template = replace(template, subject=_("Test: %(title)s") % {"title": template.subject})
    return template.copy_for(user.email, message_id=mail.message_id, placeholders=NO_TOKENS)


MAIL_BUILDERS = {MailPurpose.NEWSLETTER: build_test_mail}
"""How mails of the outbox of staff are built that are about the newsletter, by purpose."""
