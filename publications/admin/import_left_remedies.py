"""What to do about each task that an import leaves, in words, and the pages where it is done."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from publications.importers.left_tasks import LeftTask
from publications.models import ArchiveImport, Publication


def _form_field(name: str) -> Callable[[Publication], str]:
    def address(publication: Publication) -> str:
        return f"{reverse('desk:publications_publication_change', args=[publication.pk])}#id_{name}"

    return address


def _page(name: str) -> Callable[[Publication], str]:
    return lambda publication: reverse(name, args=[publication.pk])


def _names_page(job: ArchiveImport, _title: str) -> str:
    return reverse("desk:archive-import-names", args=[job.pk])


def _similar_names_page(_job: ArchiveImport, _title: str) -> str:
    return reverse("desk:similar-names")


def _settings_page(job: ArchiveImport, _title: str) -> str:
    if job.is_by_command:
        return ""
    return f"{reverse('desk:archive-import', args=[job.pk])}#settings"


def _address_page(_job: ArchiveImport, title: str) -> str:
    return f"{reverse('desk:old-addresses')}?{urlencode({'address': title})}"


_FORM = _page("desk:publications_publication_change")
OTHER_PAGES: dict[LeftTask, Callable[[ArchiveImport, str], str]] = {
    LeftTask.NAMES: _names_page,
    LeftTask.SIMILAR: _similar_names_page,
    LeftTask.PAGES: _settings_page,
    LeftTask.ADDRESSES: _address_page,
    LeftTask.UNREAD: _settings_page,
    LeftTask.SERVER: lambda _job, _title: "",
}
"""The pages where what is no text is answered, by the import and the name or address."""
UNDO_OF_UPDATES = gettext_lazy(
    "The undo of the import gives back those that nobody has edited, scheduled or published since."
)
REMEDIES: dict[LeftTask, tuple[Promise, Callable[[Publication], str] | None]] = {
    LeftTask.NAMES: (
        gettext_lazy("Say once whose they are: every later import follows it."), None,
    ),
    LeftTask.SIMILAR: (
        gettext_lazy("Merge them, or say once that a name is nobody else’s."), None,
    ),
    LeftTask.PAGES: (
        gettext_lazy(
            "Are they texts? Then add a rule for them under “Settings, and check again”, or to the mapping of the "
            "command. Of others keep the address:"
        ),
        None,
    ),
    LeftTask.UNREAD: (
        gettext_lazy(
            "Say under “Settings, and check again”, or in the mapping of the command, which kind or field they are "
            "here, or that they are left out, and import again; or tick what is not to come along."
        ),
        None,
    ),
    LeftTask.UPDATED: (
        gettext_lazy(
            "Readers see the earlier text. Compare it with the draft; then publish the draft, or restore an earlier "
            "revision."
        ),
        _page("desk:difference"),
    ),
    LeftTask.PUBLIC: (
        gettext_lazy(
            "Withdraw each on its page, or keep it public on purpose, and tick it."
        ),
        _FORM,
    ),
    LeftTask.GONE: (
        gettext_lazy(
            "An earlier import has brought them. They were deleted or renamed in the source, are refused now, or the "
            "settings leave them out. Withdraw each on its page, or keep it, and tick it."
        ),
        _FORM,
    ),
    LeftTask.REFUSED: (
        gettext_lazy("Mend them in the old system or in the file, and import it again: the others stay."), _FORM,
    ),
    LeftTask.KEPT: (
        gettext_lazy(
            "The text of the desk stayed, and nothing of the other version was taken. Compare the two, and write what "
            "is missing."
        ),
        _FORM,
    ),
    LeftTask.MADE_TITLE: (
        gettext_lazy("These texts have no title in the source. Read them, and give each its own."),
        _form_field("title"),
    ),
    LeftTask.MADE_SUMMARY: (
        gettext_lazy("Readers see them in lists and search results: read them when you find the time."),
        _form_field("summary"),
    ),
    LeftTask.AUTHOR: (
        gettext_lazy(
            "Choose the author on the page of the text; or tick several in the list of publications and take “Set "
            "author and publish”."
        ),
        _form_field("bylines"),
    ),
    LeftTask.BYLINES: (
        gettext_lazy(
            "The source names these authors nowhere. Write the name on the page of the author, then publish the texts: "
            "public ones keep the name that they were signed with. If a name is right, tick it."
        ),
        _form_field("bylines"),
    ),
    LeftTask.SUMMARY: (
        gettext_lazy("Two sentences that say what happened and what you make of it."), _form_field("summary"),
    ),
    LeftTask.LANGUAGE: (
        gettext_lazy("Is it in that language? Then change it on the page of the text; else tick it."),
        _form_field("language"),
    ),
    LeftTask.DATE: (
        gettext_lazy("Without a date a text gets the day on which it is published here."), _form_field("published_at"),
    ),
    LeftTask.FILES: (
        gettext_lazy(
            "Put each below the folder of the texts, at the path of its old address (of Substack: anywhere, under its "
            "name), and import the texts again; or add it to its text. Sound and video cannot be "
            "attached: let the text link to where they are published."
        ),
        _FORM,
    ),
    LeftTask.ALT: (
        gettext_lazy("Say what each picture shows. The desk asks for it at the next publishing; an import does not."),
        _page("desk:image-descriptions"),
    ),
    LeftTask.LOST: (gettext_lazy("Compare with the old page, and write what is missing."), _FORM),
    LeftTask.EMBEDS: (gettext_lazy("Look whether a link is enough for readers."), _FORM),
    LeftTask.LINKS: (gettext_lazy("Take the link away, or lead it to another page."), _FORM),
    LeftTask.ADDRESSES: (
        gettext_lazy("Readers who follow an old link to them find another text, or nothing. Say where they lead:"),
        _FORM,
    ),
    LeftTask.SERVER: (
        gettext_lazy(
            "The site itself has no patterns, and leads to no other site. Add each line to the server block of nginx, "
            "or write the like for another web server, and tick it."
        ),
        None,
    ),
    LeftTask.DRAFTS: (gettext_lazy("Read them and publish them, or delete them."), _FORM),
}  # fmt: skip
"""For each task what to do, and the page where a text is mended; None where no text has it."""
PAGES = {
    LeftTask.ADDRESSES: ("desk:old-addresses", gettext_lazy("Old addresses")),
    LeftTask.SIMILAR: ("desk:similar-names", gettext_lazy("Similar names")),
    LeftTask.PAGES: ("desk:old-addresses", gettext_lazy("Old addresses")),
    LeftTask.AUTHOR: ("desk:publications_publication_changelist", gettext_lazy("List of publications")),
    LeftTask.BYLINES: ("desk:publications_author_changelist", gettext_lazy("Authors")),
    LeftTask.DRAFTS: ("desk:publications_publication_changelist", gettext_lazy("List of publications")),
}
"""The pages where several texts of a task are mended at once."""
