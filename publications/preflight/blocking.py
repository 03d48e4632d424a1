"""The checks of a draft that block publishing, in the order of the list (BLOCKING).

Each check is a function of one PreflightDraft and yields issues, each a sentence that names the thing and the remedy.
The checks to confirm before publishing are in `confirm`, those that advise in `advice`.
"""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.markup import invalid_image_keys

from .draft import PreflightDraft, PreflightIssue, describe_broken_links, truncate_text

FOOTNOTE = re.compile(r"\[\^([^\]\n]{1,80})\]")
# The marks of CriticMarkup: addition, deletion, substitution, comment.
TRACKED_CHANGE = re.compile(
    r"\{\+\+.{0,2000}?\+\+\}|\{--.{0,2000}?--\}|\{~~.{0,2000}?~~\}|\{>>.{0,2000}?<<\}", re.DOTALL
)
EMPTY_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(\s*<?(?:https?://)?>?\s*\)")
MAX_BLOCKING = 5


def retracted_publication(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    if draft.retraction:
        yield PreflightIssue("retracted", draft.retraction)


def missing_field(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """No title, no author, no summary, no text."""
    for field, text in draft.missing_fields:
        yield PreflightIssue("missing", text, field)


def proposed_author(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An author whom somebody proposed and no editor has accepted."""
    for pk, text in draft.proposed_authors.items():
        yield PreflightIssue("proposed_author", text, "bylines", pk=pk)


def unrenderable_body(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    if draft.rendering_error:
        yield PreflightIssue("unrenderable", draft.rendering_error, "body")


def image_without_alt(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An image without alternative text, both in the text and in the library."""
    without_alt = draft.images_without_alt
    for image in draft.images:
        if image.has_alt or not (image.is_cover or image.key in without_alt):
            continue
        text = _(
            "The picture “%(name)s” has no alternative text. Say in the image library what it shows, or mark it as "
            "decorative."
        )
        yield PreflightIssue("alt", text % {"name": image.filename}, *draft.position_of(image))


def misnamed_image(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An image that is referred to by another name than its key: it would not be shown."""
    for name in invalid_image_keys(draft.body)[:MAX_BLOCKING]:
        if f"image:{name}" not in draft.code:
            text = _(
                "There is no picture “%(name)s” in the image library. How to write it stands beside each picture there."
            )
            yield PreflightIssue("picture", text % {"name": name}, "body", draft.line_of(f"image:{name}"))


def footnote_without_target(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A reference to a footnote that does not exist: it would be shown as typed."""
    for label in list(dict.fromkeys(FOOTNOTE.findall(draft.text)))[:MAX_BLOCKING]:
        text = _(
            "There is no footnote “%(label)s”. Write a line “[^%(label)s]: …”, or take the reference out."
        )
        yield PreflightIssue("note", text % {"label": label}, "body", draft.line_of(f"[^{label}]"))


def broken_link(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A link within the site to a page that does not exist or is not public, which readers do not have yet."""
    yield from describe_broken_links(
        draft, draft.broken_links.keys() - draft.live_links - draft.pending_links.keys()
    )


def link_without_address(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A link without an address: only its text would be shown."""
    for match in EMPTY_LINK.finditer(draft.body):
        if match[0] not in draft.code:
            text = _(
                "The link “%(text)s” has no address. Write it between the round brackets, or take the link out."
            )
            yield PreflightIssue(
                "link", text % {"text": truncate_text(match[1])}, "body", draft.line_of(match[0])
            )
            return


def tracked_change(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """Tracked changes and comments that nobody has accepted or rejected."""
    matches = [mark for mark in TRACKED_CHANGE.findall(draft.body) if mark not in draft.code]
    if matches:
        text = ngettext(
            "%(number)d tracked change or comment is not settled: “%(first)s”. Accept or reject it.",
            "%(number)d tracked changes or comments are not settled, the first is “%(first)s”. Accept or reject them.",
            len(matches),
        )
        yield PreflightIssue(
            "tracked",
            text % {"number": len(matches), "first": truncate_text(matches[0])},
            "body",
            draft.line_of(matches[0]),
        )


def lost_attachment(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An attachment that is missing from the storage, or truncated."""
    for name in draft.lost_attachments:
        text = _("The file “%(name)s” is missing from the store or damaged. Attach it again.")
        yield PreflightIssue("file", text % {"name": name}, "attach")


BLOCKING = (
    retracted_publication,
    missing_field,
    proposed_author,
    unrenderable_body,
    image_without_alt,
    misnamed_image,
    footnote_without_target,
    broken_link,
    link_without_address,
    tracked_change,
    lost_attachment,
)
