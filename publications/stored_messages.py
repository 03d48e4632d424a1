"""Messages that are stored as msgids with their values, as in reports of imports, and translated for each reader.

`gettext`, `gettext_lazy` and `ngettext` are used as those of Django. A message is a text in the language of the run,
for a terminal, that remembers how it was made: `store_message` returns that for JSON, `show_message` the text in the
current language.
"""

from typing import Any

from django.utils import translation
from django.utils.functional import Promise, lazy

Stored = str | dict[str, Any]


class TranslatedText(str):
    """A translated text with its msgid, `plural` and `number` if it has those, and the values filled in.

    A message of `parts` is several texts with a space between them.
    """

    msgid: str = ""
    plural: str = ""
    number: int = 0
    values: Any = None
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the message itself, so that the text of an exception is still a message."""
        return self

    def __mod__(self, values: Any) -> "TranslatedText":
        message = _build_message(super().__mod__(values), **vars(self))
        message.values = values
        return message


def gettext(msgid: str) -> TranslatedText:
    return _build_message(translation.gettext(msgid), msgid=msgid)


gettext_lazy = lazy(gettext, str)


def ngettext(singular: str, plural: str, number: int) -> TranslatedText:
    text = translation.ngettext(singular, plural, number)
    return _build_message(text, msgid=singular, plural=plural, number=number)


def join_messages(*parts: str) -> TranslatedText:
    """Return texts, those that are not empty, with spaces between them."""
    parts = tuple(_evaluate(part) for part in parts if part)
    return _build_message(" ".join(parts), parts=parts)


def _evaluate(text: Any) -> Any:
    return str(text) if isinstance(text, Promise) else text


def _build_message(text: str, **attributes: Any) -> TranslatedText:
    message = TranslatedText(text)
    message.__dict__.update(attributes)
    return message


def store_message(text: Any) -> Stored | int | float:
    """Return a message for JSON: a mapping, or the text if it is none."""
    text = _evaluate(text)
    if not isinstance(text, TranslatedText):
        return text if isinstance(text, int | float) else str(text)
    if text.parts:
        return {"parts": [store_message(part) for part in text.parts]}
    stored = {"msgid": text.msgid, "values": _store_values(text.values)}
    return stored | ({"plural": text.plural, "number": text.number} if text.plural else {})


def _store_values(values: Any) -> Any:
    if isinstance(values, dict):
        return {name: store_message(value) for name, value in values.items()}
    if isinstance(values, tuple):
        return [store_message(value) for value in values]
    return None if values is None else [store_message(values)]


def show_message(stored: Any) -> Any:
    """Return a stored message in the current language; a text, as older releases stored them, as it is."""
    if not isinstance(stored, dict):
        return stored
    if "parts" in stored:
        return " ".join(str(show_message(part)) for part in stored["parts"])
    msgid, values = stored.get("msgid", ""), stored.get("values")
    if plural := stored.get("plural"):
        text = translation.ngettext(msgid, plural, stored["number"])
    else:
        text = translation.gettext(msgid)
    if values is None:
        return text
    try:
        return text % _show_values(values)
    except (TypeError, ValueError, KeyError):  # the message has other values in this release
        return msgid


def _show_values(values: dict | list) -> dict | tuple:
    if isinstance(values, dict):
        return {name: show_message(value) for name, value in values.items()}
    return tuple(show_message(value) for value in values)
