"""The checks of a draft that advise its editor and block nothing, in the order of the list (ADVICE)."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.slugs import slugify

from .draft import PreflightDraft, PreflightIssue, describe_broken_links, truncate_text
from .dropped_markup import find_dropped_markup
from .new_tags import describe_new_tag

LONG_SUMMARY_CHARACTERS = 450
LONG_SLUG_CHARACTERS = 60
BARE_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
MAX_ADVICE = 3


def heading_jump(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A heading two levels below the one before it: people who navigate by headings miss a level."""
    previous_level = 1
    for level, heading in draft.headings:
        if level > previous_level + 1:
            text = _(
                "The heading “%(text)s” is of level %(level)d, below one of level %(before)d. Use level %(next)d."
            )
            values = {
                "text": truncate_text(heading),
                "level": level,
                "before": previous_level,
                "next": previous_level + 1,
            }
            line = draft.line_of(f"{'#' * level} {heading}")
            yield PreflightIssue("heading", text % values, "body", line)
            return
        previous_level = max(level, 2)


def address_as_text(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A link whose text is its address, which screen readers spell out. Footnotes may have such links."""
    links = [link for link in draft.links if not link.in_notes and BARE_ADDRESS.fullmatch(link.text)]
    for link in links[:MAX_ADVICE]:
        text = _("The link “%(text)s” reads as an address. Let it say where it leads.")
        yield PreflightIssue(
            "address", text % {"text": truncate_text(link.text)}, "body", draft.line_of(link.text)
        )


def unused_footnote(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A footnote without a reference: it is shown at the end all the same."""
    anchors = draft.anchors
    unused = [
        anchor.removeprefix("fn-")
        for anchor in anchors
        if anchor.startswith("fn-") and anchor.replace("fn", "fnref", 1) not in anchors
    ]
    if unused:
        text = _("Nothing in the text refers to footnote %(number)s. Refer to it, or take it out.")
        yield PreflightIssue("note", text % {"number": min(unused, key=int)}, "body")


def long_summary(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    length = len(draft.summary)
    if length > LONG_SUMMARY_CHARACTERS:
        text = _(
            "The summary has %(length)d characters. Lists, search engines and social media cut it: two sentences are "
            "enough."
        )
        yield PreflightIssue("summary", text % {"length": length}, "summary")


def broken_live_link(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A broken link that readers have already: it must not hold up a correction."""
    yield from describe_broken_links(draft, draft.live_links)


def duplicate_title(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    for other in draft.duplicates[:1]:
        text = _("Another publication has this title: %(twin)s. Readers will take one for the other.")
        yield PreflightIssue("title", text % {"twin": other}, "title")


def unconsidered_slug(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A long or unrelated slug, before the first edition makes it permanent."""
    if draft.was_public:
        return
    if not draft.custom_slug and len(draft.slug) > LONG_SLUG_CHARACTERS:
        text = _(
            "The address is made from the whole title (“%(slug)s”). Give it a shorter one while nobody has it."
        )
        yield PreflightIssue("slug", text % {"slug": draft.slug}, "slug")
    elif draft.custom_slug and not set(draft.custom_slug.split("-")) & set(slugify(draft.title).split("-")):
        text = _(
            "The address “%(slug)s” has no word of the title: it may be that of an earlier one. Empty it to have it "
            "made anew."
        )
        yield PreflightIssue("slug", text % {"slug": draft.custom_slug}, "slug")


def alt_in_another_language(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """Words for a picture that are there, but not in the language of the text."""
    without_alt = draft.images_without_alt
    for image in draft.images:
        shown = image.is_cover or image.key in without_alt
        if shown and image.has_alt and not image.has_alt_in_language:
            text = _("The alternative text of “%(name)s” is not in the language of the piece.")
            yield PreflightIssue("picture", text % {"name": image.filename}, *draft.position_of(image))


def hidden_item(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """What an issue of the newsletter links to and readers do not see: the mail leaves it out.

    What is scheduled is said beside the time to publish: an earlier one is refused.
    """
    titles = [title for title, public_from in draft.hidden_items if not public_from]
    for title in titles[:MAX_ADVICE]:
        text = _(
            "“%(title)s” is not public: the mail has it only if it is by then. Publish it first, or take it out."
        )
        yield PreflightIssue("related", text % {"title": truncate_text(title)}, "related")


def no_topic(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    if not draft.tags and draft.is_listed:
        yield PreflightIssue("tags", _("It has no tag: it will stand on the page of no topic."), "tags")


def similar_tag(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A new tag that is spelled nearly like one that readers know: often a slip."""
    for name, similar in list(draft.similar_tags.items())[:MAX_ADVICE]:
        yield PreflightIssue("tags", describe_new_tag(name, similar), "tags")


def untranslated_tag(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """A new tag without a Swedish name: Swedish pages show the English one."""
    for pk, name in list(draft.untranslated_tags.items())[:MAX_ADVICE]:
        text = _(
            "The new tag “%(name)s” has no Swedish name. Give it one under Tags, or Swedish pages show this one."
        )
        yield PreflightIssue("untranslated_tag", text % {"name": name}, "tags", pk=pk)


def future_date(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """The date that readers are to see is still to come: an edition cannot become public before it."""
    if draft.future_date:
        text = _(
            "The date readers see is still to come: %(date)s. Publish then or later, or choose an earlier one."
        )
        yield PreflightIssue("date", text % {"date": draft.future_date}, "published_at")


def dropped_markup(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """HTML, images of other sites and script addresses that readers do not see as they were typed."""
    for text in find_dropped_markup(draft.body):
        yield PreflightIssue("markup", text, "body")


def untitled_author(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    """An author whose title exists in the other language only: the byline shows none."""
    for name in draft.untitled_authors[:MAX_ADVICE]:
        text = _("%(name)s has no title in the language of the piece, so that the byline shows none.")
        yield PreflightIssue("author", text % {"name": name}, "bylines")


def faulty_attachment(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    for problem in draft.attachment_problems.values():
        if problem:
            yield PreflightIssue("file", problem, "attach")


def open_comment(draft: PreflightDraft) -> Iterator[PreflightIssue]:
    if count := draft.open_comments:
        text = ngettext("%d comment is not resolved.", "%d comments are not resolved.", count) % count
        yield PreflightIssue("comment", text)


ADVICE = (
    heading_jump,
    address_as_text,
    unused_footnote,
    long_summary,
    broken_live_link,
    duplicate_title,
    unconsidered_slug,
    alt_in_another_language,
    dropped_markup,
    future_date,
    hidden_item,
    no_topic,
    similar_tag,
    untranslated_tag,
    untitled_author,
    faulty_attachment,
    open_comment,
)
