"""Markdown becomes prose: the one way by which text of an author reaches a page."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from publications.html_tree import Element, serialize

from .dialect import parse
from .figures import shape_figures
from .fragments import lift_ids, settle_ids
from .headings import flatten_headings, name_headings, shape_headings
from .limits import check_size
from .links import images_of, shape_links
from .notes import Note, link_notes, order_notes
from .paragraphs import name_paragraphs
from .parts import Paragraph, Prose, Unrenderable
from .plaintext import count_words, text_of
from .sanitiser import sanitise
from .source import clean
from .tables import shape_tables
from .typography import refine
from .wording import Wording, wording_for


def render(markdown: str, *, language: str = "en", carried: Sequence[Paragraph] = ()) -> Prose:
    """The text in every form that the site needs. `carried` are the paragraphs of the edition before.

    Raises Unrenderable, with a sentence for the editor, where the text is too long or too entangled.
    """
    check_size(markdown)
    source = clean(markdown)
    try:
        return _render(source, language, carried)
    except RecursionError as error:
        raise Unrenderable(_("Lists, quotes or brackets are nested too deeply. Take levels out.")) from error


def _render(source: str, language: str, carried: Sequence[Paragraph]) -> Prose:
    wording = wording_for(language)
    body, contents = parse(source)
    _shape(body, contents, language, wording)
    notes = order_notes(body, contents)
    headings = name_headings(body)
    paragraphs = name_paragraphs(body, carried)
    settle_ids([body, *contents], headings)
    text = text_of(body)
    return Prose(
        text=_with_notes(text, notes),
        contents=headings,
        paragraphs=paragraphs,
        images=images_of(Element("body", {}, [body, *(note.content for note in notes)])),
        words=count_words(text),
        html=_html(body, notes, wording),
    )


def _shape(body: Element, contents: list[Element], language: str, wording: Wording) -> None:
    for tree in (body, *contents):
        lift_ids(tree)
    shape_headings(body)
    for note in contents:
        flatten_headings(note)
    for tree in (body, *contents):
        shape_links(tree)
        shape_figures(tree)
        refine(tree, language)
    shape_tables([body, *contents], wording.table)


def _with_notes(text: str, notes: list[Note]) -> str:
    texts = [text, *(text_of(note.content) for note in notes)]
    return "\n\n".join(text for text in texts if text)


def _html(body: Element, notes: list[Note], wording: Wording) -> str:
    """The HTML of the body and of the section of notes. The last step, for it turns references into links."""
    blocks = [*body.elements, *link_notes(notes, wording)]
    return sanitise("\n".join(serialize(block) for block in blocks))
