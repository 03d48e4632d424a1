"""What a harvester asks, checked: six verbs, the arguments of each, and the protocol's words for what is wrong."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.http import QueryDict

from . import tokens
from .items import SET, Wanted

PREFIX = "oai_dc"
LIST = {"metadataPrefix": True, "from": False, "until": False, "set": False}
ARGUMENTS: dict[str, dict[str, bool]] = {
    "Identify": {},
    "ListMetadataFormats": {"identifier": False},
    "ListSets": {},
    "GetRecord": {"identifier": True, "metadataPrefix": True},
    "ListIdentifiers": LIST,
    "ListRecords": LIST,
}
"""The verbs with their arguments: whether each is required."""
RESUMABLE = {"ListIdentifiers", "ListRecords", "ListSets"}
DAY, MOMENT = (
    re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
)


class Fault(Exception):
    """An error condition of the protocol (section 3.6): its code, and words for a person."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True)
class Question:
    """A verb with its arguments, each given once, known and complete."""

    verb: str
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def wanted(self) -> Wanted:
        """What a list is asked for. Raises Fault."""
        if "resumptionToken" in self.arguments:
            found = tokens.read(self.arguments["resumptionToken"])
            if not found:
                raise Fault("badResumptionToken", "This token was not given by this repository.")
            return found
        check_format(self.arguments["metadataPrefix"])
        since, until = (self._bound(name) for name in ("from", "until"))
        if since and until and (since > until or self._granularity("from") != self._granularity("until")):
            raise Fault(
                "badArgument", "“from” must not be after “until”, and both must have one granularity."
            )
        if not SET.fullmatch(self.arguments.get("set", "any")):
            raise Fault("badArgument", "“set” is not the name of a set, such as kind-report.")
        return Wanted(self.arguments.get("set", ""), since, until)

    @property
    def identifier(self) -> str:
        return self.arguments.get("identifier", "")

    def _granularity(self, name: str) -> int:
        return len(self.arguments[name])

    def _bound(self, name: str) -> datetime | None:
        """The first second of “from”, the last of “until”. Raises Fault."""
        text = self.arguments.get(name)
        if text is None:
            return None
        try:
            if DAY.fullmatch(text):
                start = datetime.fromisoformat(f"{text}T00:00:00+00:00")
                return start if name == "from" else start.replace(hour=23, minute=59, second=59)
            if MOMENT.fullmatch(text):
                return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise Fault("badArgument", f"“{name}” must be a day (2026-05-03) or a second (2026-05-03T10:00:00Z).")


def read(query: QueryDict) -> Question:
    """The question in a query. Raises Fault."""
    repeated = [name for name, values in query.lists() if len(values) > 1]
    verb = query.get("verb", "")
    if "verb" in repeated or verb not in ARGUMENTS:
        raise Fault("badVerb", f"“verb” must be one of {', '.join(ARGUMENTS)}, and be given once.")
    if repeated:
        raise Fault("badArgument", f"“{repeated[0][:100]}” is given more than once.")
    arguments = {name: value for name, value in query.items() if name != "verb"}
    _check(verb, arguments)
    return Question(verb, arguments)


def _check(verb: str, arguments: dict[str, str]) -> None:
    if "resumptionToken" in arguments and verb in RESUMABLE:
        if len(arguments) > 1:
            raise Fault("badArgument", "“resumptionToken” stands alone: the other arguments are in it.")
        return
    known = ARGUMENTS[verb]
    if unknown := arguments.keys() - known.keys():
        raise Fault("badArgument", f"{verb} takes no “{min(unknown)[:100]}”.")
    if missing := [name for name, is_required in known.items() if is_required and name not in arguments]:
        raise Fault("badArgument", f"{verb} needs “{missing[0]}”.")


def check_format(prefix: str) -> None:
    """Raises Fault."""
    if prefix != PREFIX:
        raise Fault("cannotDisseminateFormat", f"The one format here is {PREFIX}.")


def uid_of(identifier: str, before: str) -> UUID:
    """The piece that an identifier names: `before` is what all of this repository begin with. Raises Fault."""
    text = identifier.removeprefix(before)
    try:
        uid = UUID(text)
    except ValueError:
        uid = None
    if not uid or identifier != f"{before}{uid}":
        raise Fault("idDoesNotExist", "No item here has this identifier.")
    return uid
