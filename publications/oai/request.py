"""Requests of harvesters, validated: the six verbs, their arguments, resumption tokens, and the protocol's errors.

A resumption token contains the query and the position of the last item, so none is stored and none expires. Whatever
changes between two pages, no item is repeated or left out; changed items come later with their new datestamp.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.http import QueryDict

METADATA_PREFIX = "oai_dc"
LIST_ARGUMENTS = {"metadataPrefix": True, "from": False, "until": False, "set": False}
ARGUMENTS: dict[str, dict[str, bool]] = {
    "Identify": {},
    "ListMetadataFormats": {"identifier": False},
    "ListSets": {},
    "GetRecord": {"identifier": True, "metadataPrefix": True},
    "ListIdentifiers": LIST_ARGUMENTS,
    "ListRecords": LIST_ARGUMENTS,
}
"""The verbs and their arguments, each with whether it is required."""
RESUMABLE = {"ListIdentifiers", "ListRecords", "ListSets"}
DAY_PATTERN, SECOND_PATTERN = (
    re.compile(r"\d{4}-\d\d-\d\d", re.ASCII),
    re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII),
)
SET_SPEC = re.compile(r"[A-Za-z0-9_.!~*'()-]+(?::[A-Za-z0-9_.!~*'()-]+)*", re.ASCII)
"""The syntax of a setSpec."""
MAX_TOKEN_LENGTH = 500


@dataclass(frozen=True, order=True)
class ListPosition:
    """The position of an item in the list, which is unique."""

    datestamp: datetime
    publication: int


@dataclass(frozen=True)
class HarvestQuery:
    """The query of a list; both bounds are whole seconds and inclusive."""

    set: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: ListPosition | None = None


class OaiError(Exception):
    """An error condition of the protocol (section 3.6): its code, and a message for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class OaiRequest:
    """A valid verb with valid arguments."""

    verb: str
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def query(self) -> HarvestQuery:
        """The query of a list. Raises OaiError."""
        if "resumptionToken" in self.arguments:
            query = _read_token(self.arguments["resumptionToken"])
            if not query:
                raise OaiError("badResumptionToken", "This token was not given by this repository.")
            return query
        check_format(self.arguments["metadataPrefix"])
        since, until = (self._parse_bound(name) for name in ("from", "until"))
        if since and until and (since > until or self._granularity("from") != self._granularity("until")):
            raise OaiError(
                "badArgument", "“from” must not be after “until”, and both must have one granularity."
            )
        if not SET_SPEC.fullmatch(self.arguments.get("set", "any")):
            raise OaiError("badArgument", "“set” is not the name of a set, such as kind-report.")
        return HarvestQuery(self.arguments.get("set", ""), since, until)

    @property
    def identifier(self) -> str:
        return self.arguments.get("identifier", "")

    def _granularity(self, name: str) -> int:
        return len(self.arguments[name])

    def _parse_bound(self, name: str) -> datetime | None:
        """Return the first second of “from” or the last of “until”. Raises OaiError."""
        text = self.arguments.get(name)
        if text is None:
            return None
        try:
            if DAY_PATTERN.fullmatch(text):
                start = datetime.fromisoformat(f"{text}T00:00:00+00:00")
                return start if name == "from" else start.replace(hour=23, minute=59, second=59)
            if SECOND_PATTERN.fullmatch(text):
                return datetime.fromisoformat(text).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise OaiError(
            "badArgument", f"“{name}” must be a day (2026-05-03) or a second (2026-05-03T10:00:00Z)."
        )


def parse_request(params: QueryDict) -> OaiRequest:
    """Validate the parameters of a request. Raises OaiError."""
    repeated = [name for name, values in params.lists() if len(values) > 1]
    verb = params.get("verb", "")
    if "verb" in repeated or verb not in ARGUMENTS:
        raise OaiError("badVerb", f"“verb” must be one of {', '.join(ARGUMENTS)}, and be given once.")
    if repeated:
        raise OaiError("badArgument", f"“{repeated[0][:100]}” is given more than once.")
    arguments = {name: value for name, value in params.items() if name != "verb"}
    _check_arguments(verb, arguments)
    return OaiRequest(verb, arguments)


def _check_arguments(verb: str, arguments: dict[str, str]) -> None:
    if "resumptionToken" in arguments and verb in RESUMABLE:
        if len(arguments) > 1:
            raise OaiError("badArgument", "“resumptionToken” stands alone: the other arguments are in it.")
        return
    allowed = ARGUMENTS[verb]
    if unknown := arguments.keys() - allowed.keys():
        raise OaiError("badArgument", f"{verb} takes no “{min(unknown)[:100]}”.")
    if missing := [name for name, is_required in allowed.items() if is_required and name not in arguments]:
        raise OaiError("badArgument", f"{verb} needs “{missing[0]}”.")


def check_format(prefix: str) -> None:
    """Raise OaiError for any metadataPrefix but oai_dc."""
    if prefix != METADATA_PREFIX:
        raise OaiError("cannotDisseminateFormat", f"The one format here is {METADATA_PREFIX}.")


def parse_identifier(identifier: str, prefix: str) -> UUID:
    """Return the uid of the publication that an identifier names.

    Args:
        prefix: how all identifiers of this repository start.

    Raises:
        OaiError: it is no identifier of this repository.
    """
    text = identifier.removeprefix(prefix)
    try:
        uid = UUID(text)
    except ValueError:
        uid = None
    if not uid or identifier != f"{prefix}{uid}":
        raise OaiError("idDoesNotExist", "No item here has this identifier.")
    return uid


def write_token(query: HarvestQuery, after: ListPosition) -> str:
    values = [
        query.set,
        _format(query.since),
        _format(query.until),
        _format(after.datestamp),
        after.publication,
    ]
    encoded = json.dumps(values, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(encoded).decode().rstrip("=")


def _read_token(token: str) -> HarvestQuery | None:
    """Return the query of a token, or None if it is not valid."""
    if len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        return None
    try:
        padded = token + "=" * (-len(token) % 4)
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True)
        set_spec, since, until, datestamp, publication = json.loads(decoded)
        after = ListPosition(_parse_datetime(datestamp), publication)
        return _valid_or_none(HarvestQuery(set_spec, _parse_datetime(since), _parse_datetime(until), after))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None


def _valid_or_none(query: HarvestQuery) -> HarvestQuery | None:
    has_position = isinstance(query.after.publication, int) and 0 <= query.after.publication < 2**63
    has_valid_set = query.set == "" or SET_SPEC.fullmatch(query.set)
    return query if has_position and has_valid_set and query.after.datestamp else None


def _format(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""


def _parse_datetime(text: str) -> datetime | None:
    parsed = datetime.fromisoformat(text) if text else None
    return parsed.astimezone(UTC) if parsed else None
