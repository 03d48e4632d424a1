"""Advice: what an editor may want to mend first, and may leave as it is."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from publications.languages import slugify

from .proof import Finding, Proof

LONG_SUMMARY = 450
LONG_ADDRESS = 60
ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
MANY = 3


def heading_jump(proof: Proof) -> Iterator[Finding]:
    """A heading two levels below the one before it: readers who go by headings look for what is missing."""
    before = 1
    for level, text in proof.headings:
        if level > before + 1:
            said = _(
                "The heading “%(text)s” is of level %(level)d, below one of level %(before)d. Use level %(next)d."
            )
            values = {"text": text[:80], "level": level, "before": before, "next": before + 1}
            line = proof.line_of(f"{'#' * level} {text}")
            yield Finding("heading", said % values, "body", line)
            return
        before = max(level, 2)


def address_as_text(proof: Proof) -> Iterator[Finding]:
    """A link that reads as its address, which is read aloud letter by letter. Notes may give addresses."""
    bare = [link for link in proof.reading.links if not link.in_notes and ADDRESS.fullmatch(link.text)]
    for link in bare[:MANY]:
        said = _("The link “%(text)s” reads as an address. Let it say where it leads.")
        yield Finding("address", said % {"text": link.text[:80]}, "body", proof.line_of(link.text))


def unused_note(proof: Proof) -> Iterator[Finding]:
    """A footnote that nothing refers to stands at the end all the same."""
    anchors = proof.reading.anchors
    unused = [
        each.removeprefix("fn-")
        for each in anchors
        if each.startswith("fn-") and each.replace("fn", "fnref", 1) not in anchors
    ]
    if unused:
        said = _("Nothing in the text refers to footnote %(number)s. Refer to it, or take it out.")
        yield Finding("note", said % {"number": min(unused, key=int)}, "body")


def long_summary(proof: Proof) -> Iterator[Finding]:
    length = len(proof.summary)
    if length > LONG_SUMMARY:
        said = _(
            "The summary has %(length)d characters. Lists, search engines and social media cut it: two sentences are "
            "enough."
        )
        yield Finding("summary", said % {"length": length}, "summary")


def duplicate_title(proof: Proof) -> Iterator[Finding]:
    for twin in proof.twins[:1]:
        said = _("Another publication has this title: %(twin)s. Readers will take one for the other.")
        yield Finding("title", said % {"twin": twin}, "title")


def untouched_address(proof: Proof) -> Iterator[Finding]:
    """The address is for ever: the moment to look at it is before the first edition."""
    if proof.was_public:
        return
    if not proof.own_slug and len(proof.slug) > LONG_ADDRESS:
        said = _(
            "The address is made from the whole title (“%(slug)s”). Give it a shorter one while nobody has it."
        )
        yield Finding("slug", said % {"slug": proof.slug}, "slug")
    elif proof.own_slug and not set(proof.own_slug.split("-")) & set(slugify(proof.title).split("-")):
        said = _(
            "The address “%(slug)s” has no word of the title: it may be that of an earlier one. Empty it to have it "
            "made anew."
        )
        yield Finding("slug", said % {"slug": proof.own_slug}, "slug")


def picture_in_another_language(proof: Proof) -> Iterator[Finding]:
    """Words for a picture that are there, but not in the language of the text."""
    silent = set(proof.reading.without_alt)
    for picture in proof.pictures:
        shown = picture.is_cover or picture.key in silent
        if shown and picture.has_words and not picture.has_words_in_language:
            said = _("The alternative text of “%(name)s” is not in the language of the piece.")
            line = proof.line_of(f"image:{picture.key}")
            yield Finding("picture", said % {"name": picture.filename}, "body", line)


def no_topic(proof: Proof) -> Iterator[Finding]:
    if not proof.tags:
        yield Finding("tags", _("It has no tag: it will stand on the page of no topic."), "tags")


def untitled_author(proof: Proof) -> Iterator[Finding]:
    """Somebody whose title stands in the other language alone: their line says none."""
    for name in proof.untitled[:MANY]:
        said = _("%(name)s has no title in the language of the piece, so that the byline shows none.")
        yield Finding("author", said % {"name": name}, "bylines")


def faulty_file(proof: Proof) -> Iterator[Finding]:
    for problem in proof.files.values():
        if problem:
            yield Finding("file", problem, "attach")


ADVICE = (
    heading_jump,
    address_as_text,
    unused_note,
    long_summary,
    duplicate_title,
    untouched_address,
    picture_in_another_language,
    no_topic,
    untitled_author,
    faulty_file,
)
