"""The topics of notes on imported files, in the order of a report."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .file_outcome import OUTCOME_LABELS, FileOutcome
from .imported_file import NOT_PUBLIC, OLD_LINK, STILL_PUBLIC


@dataclass(frozen=True)
class NoteTopic:
    """A topic of notes.

    Topics that need attention are listed in full, others by a few examples. Topics with the same text for many files
    (`is_grouped`) are listed by that text. Topics that are not `is_counted` have no total, because an outcome has one;
    those of Word files only (`is_word_only`) have a total if there are such notes.
    """

    key: str
    label: Promise
    needs_attention: bool = False
    is_grouped: bool = False
    is_counted: bool = True
    is_word_only: bool = False

    @property
    def total_name(self) -> str:
        """The name of its total in the JSON report."""
        return self.key.replace("-", "_")


_REFUSED, _KEPT = OUTCOME_LABELS[FileOutcome.REFUSED], OUTCOME_LABELS[FileOutcome.KEPT]
_NOTE_TOPICS = (
    NoteTopic("refused", _REFUSED, needs_attention=True, is_grouped=True, is_counted=False),
    NoteTopic("kept", _KEPT, needs_attention=True, is_grouped=True, is_counted=False),
    NoteTopic("restored", _("deleted drafts that are drafts again"), is_grouped=True),
    NoteTopic("held", _("held back from readers"), needs_attention=True, is_grouped=True),
    NoteTopic(NOT_PUBLIC, _("texts that were not public, or pages, now drafts"), is_grouped=True),
    NoteTopic(STILL_PUBLIC, _("public, though the file says draft"), needs_attention=True, is_grouped=True),
    NoteTopic("render", _("texts that cannot be shown"), needs_attention=True),
    NoteTopic("words", _("texts with words left out"), needs_attention=True),
    # Missing files; of manuscripts also missing originals, invalid identifiers, the end of a title
    NoteTopic("missing", _("missing from texts"), needs_attention=True),
    NoteTopic("redirect", _("old addresses that do not lead here"), needs_attention=True),
    NoteTopic("address", _("addresses numbered, since another has them"), needs_attention=True),
    NoteTopic("related", _("related texts that are not here")),
    NoteTopic("date-from-name", _("dates from the file's name")),
    NoteTopic("date-differs", _("dates that differ from the file's name")),
    NoteTopic("date", _("other dates, concluded or left out")),
    NoteTopic("signed", _("texts that named no author, signed as chosen")),
    NoteTopic("organisation", _("new authors taken for organisations")),
    NoteTopic("guest", _("guest authors added, since no author here had the name")),
    NoteTopic("author", _("names that belong to no author"), needs_attention=True),
    NoteTopic(
        "author-turned",
        _("names that stood with the family name first"),
        is_grouped=True,
    ),
    NoteTopic("tag", _("tags that became one")),
    NoteTopic("made-title", _("titles made for texts without one")),
    NoteTopic("title", _("titles made or changed")),
    NoteTopic("summary", _("summaries made or cut")),
    NoteTopic("link", _("links led to new addresses")),
    NoteTopic("link-lost", _("links to pages that did not come along")),
    NoteTopic(OLD_LINK, _("links to pages of the old site that did not come")),
    NoteTopic("fragment", _("links to places that are not on their page")),
    NoteTopic("link-gone", _("links that could not be kept"), needs_attention=True),
    NoteTopic(
        "hidden-link", _("links to texts that readers do not see"), needs_attention=True, is_grouped=True
    ),
    NoteTopic("link-summary", _("links in summaries left out")),
    NoteTopic("image-missing", _("pictures missing")),
    NoteTopic("image-elsewhere", _("pictures of other sites, now links")),
    NoteTopic("image", _("portraits of the old site left out")),
    NoteTopic("reference", _("reference links without a target, now plain words")),
    NoteTopic("include", _("included files that are now part of a text")),
    NoteTopic("liquid", _("Liquid and shortcodes left out")),
    NoteTopic("html", _("parts of HTML left out or replaced")),
    NoteTopic("display", _("how the old site showed texts, left out"), is_grouped=True),
    NoteTopic("hidden", _("hidden text left out")),
    NoteTopic("collapsed", _("parts that opened on a click, now shown")),
    NoteTopic("note", _("notes that no text refers to"), needs_attention=True),
    NoteTopic("field", _("fields of the files that this site does not have")),
    NoteTopic("value", _("values that concern readers and have no field here"), needs_attention=True),
    NoteTopic("other-language", _("texts that read as another language"), is_grouped=True),
    NoteTopic("yaml", _("front matter mended"), needs_attention=True),
    # Files with the `uid` of a manuscript but without its `format: 1`
    NoteTopic("manuscript", _("manuscripts read as other files"), needs_attention=True),
    NoteTopic("encoding", _("files in another encoding"), needs_attention=True),
    NoteTopic("characters", _("files with characters that are no text"), needs_attention=True),
    # Topics of Word files
    NoteTopic(
        "picture", _("pictures of Word files that were not kept"), needs_attention=True, is_word_only=True
    ),
    NoteTopic("chart", _("charts of Word files left out"), needs_attention=True, is_word_only=True),
    NoteTopic("diagram", _("drawings (SmartArt) left out"), needs_attention=True, is_word_only=True),
    NoteTopic("object", _("embedded objects left out"), needs_attention=True, is_word_only=True),
    # The topics "frame" (headers and footers), "embedded" (w:altChunk),
    # "tracking" (URL parameters) and "sign" (w:sym) have the names under which reports are stored.
    NoteTopic("frame", _("headers and footers left out"), is_word_only=True),
    NoteTopic("prompt", _("prompts that nobody filled in"), is_word_only=True),
    NoteTopic("contents", _("tables of contents left out"), is_word_only=True),
    NoteTopic("embedded", _("files embedded as text left out"), needs_attention=True, is_word_only=True),
    NoteTopic("template", _("templates elsewhere that were not opened"), is_word_only=True),
    NoteTopic("macros", _("files with macros"), is_word_only=True),
    NoteTopic("box", _("text boxes moved behind their paragraph"), is_word_only=True),
    NoteTopic("equation", _("equations as plain text"), is_word_only=True),
    NoteTopic("word-field", _("fields of Word as plain text"), is_word_only=True),
    NoteTopic("merged", _("merged cells divided"), is_word_only=True),
    NoteTopic("unpacked", _("tables of one cell as paragraphs"), is_word_only=True),
    NoteTopic("cropped", _("pictures cropped as in Word"), is_word_only=True),
    NoteTopic("tracking", _("links freed of what traces readers"), is_word_only=True),
    NoteTopic("inner-link", _("links within a text as plain words"), is_word_only=True),
    NoteTopic("dead-link", _("links that lead nowhere, as plain words"), is_word_only=True),
    NoteTopic("lettered", _("lists with letters, now numbered"), is_word_only=True),
    NoteTopic("moved-note", _("notes of titles or summaries moved"), is_word_only=True),
    NoteTopic("highlight", _("highlighting left out"), is_word_only=True),
    NoteTopic("underline", _("underlining left out"), is_word_only=True),
    NoteTopic("sign", _("signs of special fonts"), is_word_only=True),
    NoteTopic("byline", _("bylines that say more than names"), is_word_only=True),
    NoteTopic("heading", _("bold lines taken as headings"), is_word_only=True),
    NoteTopic("language", _("languages guessed from the words"), is_word_only=True),
)
NOTE_TOPICS = {topic.key: topic for topic in _NOTE_TOPICS}
"""All topics by key, in the order of the report."""
