"""Messages of an import: a text in the language of the run, stored so that it can be shown in another language."""

import json
import pickle

import pytest
from django.utils.translation import override

from publications.importers.imported_file import ImportRefused
from publications.importers.messages import (
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
    "plural": lambda: ngettext("%d text.", "%d texts.", 2) % 2,
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
    assert (english != swedish) == (name not in ("no message", "plural"))


@pytest.mark.parametrize("values", [None, [], ["a", "b"], {"other": "a"}, [1.5]])
def test_a_message_with_other_values_is_shown_as_far_as_it_can_be(values):
    assert "%(name)s" in show_message({"msgid": GUEST, "values": values})
