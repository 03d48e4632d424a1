"""The frames in which the desk shows a mail: at the widths of mail programs, light and dark, as high as the mail.

A frame cannot grow with what it has without a script in the mail, so that its height is reckoned from the text: rather
too high than too low.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

CHARACTER_WIDTH, LINE_HEIGHT = 8.5, 26
"""Pixels of the text of a mail (`mail.css`): 17 pixels high, with lines of one and a half."""
GAP = 14
"""Pixels of an empty line of the plain text, where the HTML has a margin."""
PADDING = 32
"""Pixels beside the text, on both sides together."""
FIXED_HEIGHT = 160
"""Pixels of what has no lines: the space above and below, and the name of the site."""
MIN_HEIGHT = 320
ADDRESS = re.compile(r"\s*\bhttps?://\S+")
"""What the HTML has as a link on other words."""


@dataclass(frozen=True)
class MailFrame:
    """A frame.

    Attributes:
        width, height: in pixels.
    """

    label: Promise
    width: int
    height: int
    is_dark: bool

    @property
    def is_wide(self) -> bool:
        return self.width > PHONE_WIDTH


SCREEN_WIDTH, PHONE_WIDTH = 600, 320
FRAMES = (
    (gettext_lazy("On a screen, light"), SCREEN_WIDTH, False),
    (gettext_lazy("On a phone, light"), PHONE_WIDTH, False),
    (gettext_lazy("On a screen, dark"), SCREEN_WIDTH, True),
    (gettext_lazy("On a phone, dark"), PHONE_WIDTH, True),
)


def build_mail_frames(text: str) -> Iterator[MailFrame]:
    """Yield the frames of a mail.

    Args:
        text: the mail as plain text, which has at least the lines of its HTML.
    """
    for label, width, is_dark in FRAMES:
        yield MailFrame(label, width, reckon_height(text, width), is_dark)


def reckon_height(text: str, width: int) -> int:
    """Return how many pixels a mail is high, rather too many.

    Args:
        text: the mail as plain text.
        width: pixels of the frame.
    """
    per_line = (width - PADDING) / CHARACTER_WIDTH
    lengths = [len(ADDRESS.sub("", line).strip()) for line in text.splitlines()]
    lines, gaps = sum(ceil(length / per_line) for length in lengths), lengths.count(0)
    return max(MIN_HEIGHT, FIXED_HEIGHT + lines * LINE_HEIGHT + gaps * GAP)
