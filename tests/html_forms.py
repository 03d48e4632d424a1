"""Forms of a page as a browser sees them: what they hold, what somebody types into them, what is sent."""

from dataclasses import dataclass
from itertools import count

from lxml import html

UNTYPED = ("hidden", "submit", "button", "file", "reset", "image")
_numbers = count(1)


@dataclass
class PageForm:
    """One form of a page."""

    element: html.FormElement
    page: str

    @property
    def action(self) -> str:
        """The address it is sent to, without the host."""
        own = self.element.get("action") or ""
        return own if own.startswith("/") else self.page

    @property
    def controls(self) -> list:
        """What somebody can type into or choose."""
        return [each for each in self.element.inputs if each.name and not _is_untyped(each)]

    @property
    def names(self) -> set[str]:
        return {control.name for control in self.controls}

    def type_everywhere(self) -> None:
        """Give every control another value than it has."""
        for control in self.controls:
            _type(control)

    def sent(self) -> dict[str, list[str]]:
        """All that the browser sends, by name."""
        found: dict[str, list[str]] = {}
        for name, value in self.element.form_values():
            found.setdefault(name, []).append(value)
        return found

    def typed(self) -> dict[str, list[str]]:
        """What somebody typed or chose, as it is compared: browsers send lines with two signs at their ends."""
        sent = {name: [_plain(each) for each in values if each] for name, values in self.sent().items()}
        for name in sent.keys() & {f"{name}-role" for name in sent}:
            sent[name] = sent[name][: len(sent[name.removesuffix("-role")])]  # spare places have a role too
        return {name: values for name, values in sent.items() if name in self.names and values}


def forms_of(text: str, page: str) -> list[PageForm]:
    """The forms of a page that are posted and that something can be typed into."""
    found = [PageForm(form, page) for form in html.fromstring(text).forms]
    return [form for form in found if form.element.method == "POST" and form.controls]


def _is_untyped(control) -> bool:
    return control.tag == "button" or control.get("type") in UNTYPED or "readonly" in control.attrib


def _type(control) -> None:
    kind = control.get("type", "text") if control.tag == "input" else control.tag
    if kind == "select":
        options = [option.get("value", "") for option in control.iter("option") if option.get("value")]
        control.value = options[-1:] if control.multiple else (options or [""])[-1]
    elif kind == "checkbox":
        control.checked = not control.checked
    elif kind == "radio":
        for other in control.getroottree().getroot().iter("input"):
            if other.get("name") == control.name:
                other.checked = other is control
    elif kind == "datetime-local":
        control.value = "2027-02-03T04:05"
    elif kind == "number":
        control.value = "7"
    else:
        control.value = f"Typed ☂ {next(_numbers)} <b>&amp;"


def _plain(value: str) -> str:
    return value.replace("\r\n", "\n").strip("\n")
