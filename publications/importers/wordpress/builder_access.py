"""Settings by which blocks and elements of page builders hide a part of a text from some readers, or from all.

Each plugin has names of its own, which share their words: what is on and speaks of visibility, of conditions, or of who
is logged in hides in doubt. What is hidden on some devices alone is shown on others; on all, it is shown to nobody.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_HIDING_NAME = re.compile(
    r"visibilit|condition|logged_?(?:in|out)|restrict|capabilit|user_?roles?|protect|content_?controls",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(r"responsive|(?:catalog|content)_?visibility", re.IGNORECASE)
"""Names of settings for screens of some width, and for the parts of a product."""
_DEVICE_NAME = re.compile(r"(?:hid(?:e|den)\w*?|\Avs)_?(desk|tab|mob|phone)", re.IGNORECASE)
DEVICES = {"desk": "desktop", "tab": "tablet", "mob": "phone", "phone": "phone"}
"""The devices by the beginnings of their names in settings such as `hideOnDesktop`, `vstablet` and `hide_mobile`."""
OFF_VALUES = frozenset({
    "", "0", "[]", "{}", "all", "always", "default", "everybody", "everyone", "false", "inherit", "no", "none", "null",
    "off", "public", "show", "visible",
})  # fmt: skip
MAX_DEPTH = 8


def hides_element(values: Mapping[str, Any]) -> bool:
    """Whether the settings of a block or an element say that not all readers saw it."""
    devices = {
        DEVICES[match[1].lower()]
        for name in values
        if (match := _DEVICE_NAME.search(name)) and _is_on(values[name])
    }
    names = (name for name in values if _HIDING_NAME.search(name) and not _OTHER_NAME.search(name))
    return (
        devices == {*DEVICES.values()}
        or any(_is_on(values[name]) for name in names)
        or _is_hidden_block(values)
    )


def hides_in_elementor(text: str) -> bool:
    """Whether an element of a page of Elementor, whose elements are JSON, was not shown to all readers."""
    try:
        elements = json.loads(text)
    except (ValueError, RecursionError):
        return bool(_HIDING_NAME.search(text))
    return any(map(hides_element, _list_settings(elements)))


def _list_settings(elements: Any) -> Iterator[Mapping[str, Any]]:
    waiting = [elements]
    while waiting:
        element = waiting.pop()
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            waiting.append(element.get("elements"))
            if isinstance(settings := element.get("settings"), dict):
                yield settings


def _is_hidden_block(values: Mapping[str, Any]) -> bool:
    """Whether WordPress itself hides a block, on all devices (6.9 and later)."""
    metadata = values.get("metadata")
    visibility = metadata.get("blockVisibility") if isinstance(metadata, dict) else None
    devices = visibility.get("viewport") if isinstance(visibility, dict) else None
    is_on_none = (
        isinstance(devices, dict) and len(devices) >= len({*DEVICES.values()}) and not any(devices.values())
    )
    return visibility is False or is_on_none


def _is_on(value: Any, depth: int = 0) -> bool:
    """Whether a setting is on; one of several, if any is that is not turned off as a whole."""
    if isinstance(value, str):
        return value.strip().casefold() not in OFF_VALUES
    if isinstance(value, dict):
        value = [value["enabled"]] if "enabled" in value else [*value.values()]
    if isinstance(value, list):
        return depth < MAX_DEPTH and any(_is_on(item, depth + 1) for item in value)
    return bool(value)
