"""Forms of a page as a browser sees them: their values, typing into them, and what is submitted."""

from dataclasses import dataclass
from itertools import count

from lxml import html

OTHER_TYPES = ("hidden", "submit", "button", "file", "reset", "image")
_numbers = count(1)


@dataclass
class PageForm:
    """A form of a page."""

    element: html.FormElement
    page: str

    @property
    def action(self) -> str:
        """Return the path that it is submitted to."""
        action = self.element.get("action") or ""
        return action if action.startswith("/") else self.page

    @property
    def controls(self) -> list:
        """Return the controls that accept typing or a choice."""
        return [control for control in self.element.inputs if control.name and not _is_other(control)]

    @property
    def names(self) -> set[str]:
        return {control.name for control in self.controls}

    def type_everywhere(self) -> None:
        """Change the value of every control."""
        for control in self.controls:
            _type(control)

    def submitted(self) -> dict[str, list[str]]:
        """Return all that the browser submits, by name."""
        values: dict[str, list[str]] = {}
        for name, value in submitted_values(self.element):
            values.setdefault(name, []).append(value)
        return values

    def typed(self) -> dict[str, list[str]]:
        """Return what was typed or chosen, with normalized line ends."""
        values_by_name = {
            name: [_plain(value) for value in values if value] for name, values in self.submitted().items()
        }
        for name in values_by_name.keys() & {f"{name}-role" for name in values_by_name}:
            values_by_name[name] = values_by_name[name][
                : len(values_by_name[name.removesuffix("-role")])
            ]  # empty bylines have a role too
        return {name: values for name, values in values_by_name.items() if name in self.names and values}


def submitted_values(form: html.FormElement) -> list[tuple[str, str]]:
    """Return names and values as a browser submits them.

    lxml leaves out an input without a value, and keeps the line break after the start tag of a textarea.
    """
    textareas = {control.name for control in form.iter("textarea")}
    for control in form.iter("input"):
        if control.get("type", "text") not in ("checkbox", "radio", "file") and "value" not in control.attrib:
            control.set("value", "")
    return [
        (name, value.removeprefix("\n") if name in textareas else value) for name, value in form.form_values()
    ]


def forms_of(text: str, page: str) -> list[PageForm]:
    """Return the forms of a page that are posted and have controls to type into."""
    forms = [PageForm(form, page) for form in html.fromstring(text).forms]
    return [form for form in forms if form.element.method == "POST" and form.controls]


def _is_other(control) -> bool:
    return control.tag == "button" or control.get("type") in OTHER_TYPES or "readonly" in control.attrib


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
