"""Stored messages: a text in the language of the run, stored so that it can be shown in another language."""

import json
import pickle
from pathlib import Path

import pytest
from django.utils.translation import override

from publications.actions.redacted_word_files import redact_message
from publications.images import MAX_UPLOAD_BYTES, UnsuitableImage, read_properties
from publications.importers.image_finder import ImageFinder
from publications.importers.imported_file import ImportLog, ImportRefused
from publications.importers.markdown.manuscript_file import _examine_images
from publications.importers.report_page import has_untranslated_notes
from publications.importers.word.images import _describe_refusal
from publications.manuscript import Manuscript, ManuscriptImage
from publications.markup import Redaction
from publications.ooxml import InvalidWordFile, WordPackage
from publications.stored_messages import (
    gettext,
    gettext_lazy,
    join_messages,
    ngettext,
    show_message,
    store_message,
)

GUEST = "Author not known, made a guest author: %(name)s."
MESSAGES = {
    "values by name": lambda: gettext(GUEST) % {"name": "Ann"},
    "one value": lambda: gettext("Liquid left out: %s") % "{% x %}",
    "a message in a message": lambda: gettext("Its words stay: %s") % gettext("The picture is missing."),
    "plural": lambda: ngettext("Withdrawn: %d text.", "Withdrawn: %d texts.", 2) % 2,
    "lazy": lambda: str(gettext_lazy("Not published: it has no date.")),
    "parts": lambda: join_messages("map.png:", gettext("The picture is missing."), ""),
    "of an exception": lambda: str(
        ImportRefused(gettext("The front matter holds no fields such as “title: …”."))
    ),
    "from another process": lambda: pickle.loads(pickle.dumps(gettext(GUEST) % {"name": "Ann"})),
    "no message": lambda: "100 %",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_stored_and_shown_in_each_language(name):
    build = MESSAGES[name]
    with override("sv"):
        swedish, stored = str(build()), json.loads(json.dumps(store_message(build())))
    with override("en"):
        english = str(build())

        assert show_message(stored) == english
    with override("sv"):
        assert show_message(stored) == swedish
    assert (english != swedish) == (name != "no message")


@pytest.mark.parametrize("values", [None, [], ["a", "b"], {"other": "a"}, [1.5]])
def test_a_message_with_other_values_is_shown_as_far_as_it_can_be(values):
    assert "%(name)s" in show_message({"msgid": GUEST, "values": values})


@pytest.mark.parametrize("name", MESSAGES)
def test_redacting_words_of_the_site_changes_no_stored_message(name):
    stored = json.loads(json.dumps(store_message(MESSAGES[name]())))

    for passage in ("msgid", "plural", "values", "name", *_msgids_in(stored)):
        assert redact_message(stored, Redaction(passage, "[redacted]")) == stored


def _msgids_in(stored) -> list[str]:
    """Return the msgids and plurals of a stored message and of those in it."""
    if not isinstance(stored, dict):
        return []
    values = stored.get("values") or []
    items = [*(values.values() if isinstance(values, dict) else values), *stored.get("parts", ())]
    own = [stored[name] for name in ("msgid", "plural") if name in stored]
    return own + [msgid for item in items for msgid in _msgids_in(item)]


@pytest.mark.parametrize(
    "build",
    [
        lambda: "By Vera Holm.",
        lambda: gettext("Liquid left out: %s") % "Vera Holm",
        lambda: gettext("Its words stay: %s") % (gettext("Liquid left out: %s") % "Vera Holm"),
        lambda: join_messages("Vera Holm.png:", gettext("Its words stay: %s") % "Vera Holm"),
        *(
            lambda name=name: gettext(f"%({name})s") % {name: "Vera Holm"}
            for name in ("author", "role", "key", "kind", "language", "related", "uid", "tags", "msgid")
        ),
    ],
)
def test_redacting_takes_a_passage_out_of_every_stored_message(build):
    redacted = redact_message(store_message(build()), Redaction("Vera Holm", "[redacted]"))

    assert "Vera Holm" not in repr(redacted)
    assert "[redacted]" in show_message(redacted)


def test_lazy_messages_are_stored_and_joined_as_others():
    lazy = gettext_lazy("The picture is missing.")
    stored = {"msgid": "The picture is missing.", "values": None}

    assert store_message(lazy) == stored
    assert store_message(join_messages("map.png:", lazy)) == {"parts": ["map.png:", stored]}
    assert store_message(gettext("Its words stay: %s") % lazy)["values"] == [stored]


BROKEN = {Path("map.png"): b"none", Path("large.png"): b"x" * (MAX_UPLOAD_BYTES + 1)}


@pytest.mark.parametrize("path", BROKEN)
def test_reasons_against_a_picture_are_shown_in_each_language(path, tmp_path):
    (tmp_path / path).write_bytes(BROKEN[path])
    image = ManuscriptImage(key="abc", file=path.name)
    log = ImportLog()
    with override("en"):
        finder_reason = ImageFinder((tmp_path,), {}, b"secret").find(path.name, tmp_path)
        with pytest.raises(UnsuitableImage) as refused:
            read_properties(BROKEN[path])
        _examine_images(Manuscript(images=(image,)), {path.name: tmp_path / path}, log)
        notes = [join_messages(f"{path}:", finder_reason), _describe_refusal(path.name, b"x", refused.value)]
        notes.append(log.notes[0].text)

    english = f"{path}: {finder_reason}"
    with override("sv"):
        for note in notes:
            assert note == english
            shown = show_message(store_message(note))
            assert shown.startswith(f"{path}: ") and shown != english


@pytest.mark.parametrize("content", [b"", b"none", b"PK none"])
def test_reasons_against_a_word_file_are_shown_in_each_language(content):
    with override("en"):
        with pytest.raises(InvalidWordFile) as refused:
            WordPackage(content)
        stored = store_message(str(refused.value))

    with override("sv"):
        assert show_message(stored) != str(refused.value)


MISSING = {"msgid": "The picture is missing.", "values": None}


@pytest.mark.parametrize(
    ("key", "text", "is_untranslated"),
    [
        ("image", "The biography stays.", True),
        ("image", MISSING, False),
        ("image", {"msgid": GUEST, "values": {"name": "Ann"}}, False),
        ("image-missing", {"parts": ["map.png:", MISSING]}, False),
        ("image-missing", {"parts": ["map.png:", "Permission denied"]}, True),
        ("image-missing", {"parts": ["map.png:", MISSING, {"parts": ["Permission denied"]}]}, True),
        ("picture", {"msgid": "A picture was not kept: %s", "values": [{"parts": ["a.png:", "None"]}]}, True),
        ("picture", {"msgid": "A picture was not kept: %s", "values": ["a.png"]}, False),
        ("missing", {"msgid": "Left out: %(why)s", "values": {"why": "This is no DOI."}}, True),
        ("missing", {"msgid": "Left out: %(why)s", "values": {"why": MISSING}}, False),
        ("held", {"msgid": "Not published: %s", "values": ["No author."]}, True),
    ],
)
def test_a_report_says_whether_notes_are_in_one_language_alone(key, text, is_untranslated):
    report = {"topics": [{"key": key, "notes": [], "more_notes": [{"text": text}]}]}

    assert has_untranslated_notes(report) is is_untranslated
