"""The page Help of the desk: the guides of the documentation in the language of the desk."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from accounts.cookies import COOKIES
from publications import markup
from publications.locales import LOCALES, current_locale

from .site import render_desk_page

EDITORS, NEWSLETTER, ADMINISTRATORS = "editors-guide", "newsletter-guide", "administrators-guide"


@cache
def read_guide(name: str, locale: str) -> tuple[str, str]:
    """Return the title of the guide in a locale, and its text as HTML. The file is read once.

    Raises:
        FileNotFoundError: the documentation is not installed.
    """
    suffix = ".md" if locale == LOCALES[0] else f".{locale}.md"
    source = (settings.BASE_DIR / "docs" / f"{name}{suffix}").read_text(encoding="utf-8")
    heading, _newline, body = source.partition("\n")
    html = markup.render_markdown(body, language=locale).html
    return heading.removeprefix("# "), mark_safe(html)


def help_page(request: HttpRequest) -> HttpResponse:
    """Render the guide for everybody, and after it those for who mails readers and for administrators."""
    locale = current_locale(get_language())
    title, guide = read_guide(EDITORS, locale)
    newsletter = (
        read_guide(NEWSLETTER, locale) if request.user.has_perm("subscriptions.view_subscriber") else None
    )
    administration = read_guide(ADMINISTRATORS, locale) if request.user.has_perm("auth.change_user") else None
    return render_desk_page(
        request, "help", title=title, guide=guide, newsletter=newsletter, administration=administration,
        cookies=COOKIES,
    )  # fmt: skip
