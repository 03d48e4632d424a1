"""Messages of an import: a text in the language of the run, stored so that it can be shown in another language."""

import json
import pickle

import pytest
from django.utils.translation import override

from publications.actions.redacted_word_files import redact_message
from publications.importers.imported_file import ImportRefused
from publications.importers.messages import (
    gettext,
    gettext_lazy,
    join_messages,
    ngettext,
    show_message,
    store_message,
)
from publications.markup import Redaction

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
