"""What forbids publishing: readers would miss something, meet a dead end, or read what was meant for editors."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from publications.prose import misnamed_images

from .proof import Finding, Proof

NOTE = re.compile(r"\[\^([^\]\n]{1,80})\]")
# The marks of CriticMarkup: put in, taken out, replaced, said beside.
TRACKED = re.compile(
    r"\{\+\+.{0,2000}?\+\+\}|\{--.{0,2000}?--\}|\{~~.{0,2000}?~~\}|\{>>.{0,2000}?<<\}", re.DOTALL
)
UNADDRESSED = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(\s*<?(?:https?://)?>?\s*\)")
MANY = 5


def owed(proof: Proof) -> Iterator[Finding]:
    """No title, no author, no summary, no text."""
    for field, sentence in proof.owed:
        yield Finding("owed", sentence, field)


def unrenderable(proof: Proof) -> Iterator[Finding]:
    if proof.unrenderable:
        yield Finding("unrenderable", proof.unrenderable, "body")


def picture_without_words(proof: Proof) -> Iterator[Finding]:
    """A picture that says nothing to those who do not see it, neither in the text nor in the library."""
    silent = set(proof.reading.without_alt)
    for picture in proof.pictures:
        if picture.has_words or not (picture.is_cover or picture.key in silent):
            continue
        said = _("The picture “%(name)s” has no alternative text. Say in the library what it shows, or mark it as "
                 "decorative.")  # fmt: skip
        in_text = picture.key in silent
        place = ("body", proof.line_of(f"image:{picture.key}")) if in_text else ("cover_choice", 0)
        yield Finding("picture", said % {"name": picture.filename}, *place)


def misnamed_picture(proof: Proof) -> Iterator[Finding]:
    """A picture that is asked for by another name than its key: readers would get nothing, or a stray word."""
    for name in misnamed_images(proof.body)[:MANY]:
        if f"image:{name}" not in proof.reading.code:
            said = _(
                "There is no picture “%(name)s” in the library. How to write it stands beside each picture there."
            )
            yield Finding("picture", said % {"name": name}, "body", proof.line_of(f"image:{name}"))


def note_without_target(proof: Proof) -> Iterator[Finding]:
    """A reference to a footnote that is not there: it would be read as it was typed."""
    for label in list(dict.fromkeys(NOTE.findall(proof.reading.words)))[:MANY]:
        said = _(
            "There is no footnote “%(label)s”. Write a line “[^%(label)s]: …”, or take the reference out."
        )
        yield Finding("note", said % {"label": label}, "body", proof.line_of(f"[^{label}]"))


def dead_link(proof: Proof) -> Iterator[Finding]:
    """A link within the site that leads nowhere, or to what readers cannot see."""
    for link in {link.href: link for link in proof.reading.links}.values():
        if reason := proof.dead.get(link.href):
            said = _("The link “%(text)s” (%(href)s) leads nowhere: %(reason)s")
            values = {"text": link.text[:80], "href": link.href[:120], "reason": reason}
            yield Finding("link", said % values, "body", proof.line_of(link.href))


def link_without_address(proof: Proof) -> Iterator[Finding]:
    """A link that was begun and not finished: readers would see its words alone."""
    for found in UNADDRESSED.finditer(proof.body):
        if found[0] not in proof.reading.code:
            said = _(
                "The link “%(text)s” has no address. Write it between the round brackets, or take the link out."
            )
            yield Finding("link", said % {"text": found[1][:80]}, "body", proof.line_of(found[0]))
            return


def tracked_change(proof: Proof) -> Iterator[Finding]:
    """Changes and comments of a reviser, which nobody has accepted or rejected yet."""
    found = [mark for mark in TRACKED.findall(proof.body) if mark not in proof.reading.code]
    if found:
        said = ngettext(
            "%(number)d tracked change or comment is not settled: “%(first)s”. Accept or reject it.",
            "%(number)d tracked changes or comments are not settled, the first is “%(first)s”. Accept or reject them.",
            len(found),
        )
        yield Finding(
            "tracked", said % {"number": len(found), "first": found[0][:80]}, "body", proof.line_of(found[0])
        )


def lost_file(proof: Proof) -> Iterator[Finding]:
    """A file that readers would not get, or not whole: the store has lost it, or a full disk cut it off."""
    for name in proof.lost_files:
        said = _("The file “%(name)s” is missing from the store or damaged. Attach it again.")
        yield Finding("file", said % {"name": name}, "attach")


BLOCKING = (
    owed,
    unrenderable,
    picture_without_words,
    misnamed_picture,
    note_without_target,
    dead_link,
    link_without_address,
    tracked_change,
    lost_file,
)
