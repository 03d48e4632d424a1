"""Account events in words: each type describes its own detail, whatever keys others have."""

import pytest

from accounts.models import AccountEvent, EventType
from accounts.provider_accounts import Refusal
from publications.admin.account_events import describe_event

DESCRIPTIONS = [
    (EventType.SIGNED_IN, {}, "Signed in"),
    (EventType.SIGNED_IN, {"is_new_device": True}, "Signed in: in a browser not used for it before"),
    (EventType.SIGNED_IN, {"provider": "Uni"}, "Signed in: by Uni"),
    (
        EventType.PROVIDER_ACCEPTED,
        {"provider": "Uni"},
        "Signed in at the provider, second factor not shown: by Uni",
    ),
    (EventType.PROVIDER_LINKED, {"provider": "Uni"}, "Linked to a person at the provider: by Uni"),
    (
        EventType.PROVIDER_FAILED,
        {"refusal": Refusal.NO_ROLE.value},
        "Sign-in through the provider not completed: no group with a role",
    ),
    (
        EventType.PROVIDER_FAILED,
        {"refusal": "of a later release"},
        "Sign-in through the provider not completed",
    ),
    (
        EventType.FAILED,
        {"is_old_password": True},
        "Sign-in failed: wrong old password, in an open session",
    ),
    (EventType.REFUSED, {"limit": "site", "of": "failed"}, "Refused: too many attempts at the whole site"),
    (EventType.REFUSED, {"limit": "of a later release"}, "Refused: too many attempts"),
    (EventType.CODE_USED, {"left": 1}, "Recovery code used: 1 code is left"),
    (
        EventType.FACTOR_ADDED,
        {"factors": ["passkey"], "name": "Telephone"},
        "Second factor added: passkey “Telephone”",
    ),
    (EventType.CODES_PRINTED, {"factors": ["codes"]}, "Recovery codes made: recovery codes"),
    (
        EventType.PASSKEY_CLONED,
        {"passkey": "Key"},
        "Passkey refused: a copy of it may exist: “Key”",
    ),
    (EventType.HANDED_OVER, {"to": "bo", "count": 3}, "Work handed over: 3 to bo"),
    (
        EventType.LIST_IMPORTED,
        {"lines": 5, "added": 2, "known": 1, "suppressed": 0, "refused": 0, "shortened": 4, "read": 3},
        "List of subscribers imported: 2 added, 1 subscribed before, 4 with further addresses, read up to line 3 of 5",
    ),
    (EventType.MAILS_STOPPED, {"waiting": 2}, "Mails to subscribers stopped: 2 mails wait"),
    (EventType.MAILS_RESUMED, {"waiting": 1}, "Mails to subscribers sent again: 1 mail waits"),
    (
        EventType.CHANGED,
        {"fields": ["groups"], "groups_before": [], "groups_after": ["Editors"]},
        "Account changed: groups (none → Editors)",
    ),
]


@pytest.mark.parametrize(("type", "detail", "text"), DESCRIPTIONS)
def test_an_event_is_described_by_its_detail(type, detail, text):
    assert describe_event(AccountEvent(type=type, detail=detail)) == text


@pytest.mark.parametrize("type", EventType)
def test_an_event_without_a_detail_is_its_type(type):
    assert describe_event(AccountEvent(type=type)) == type.label


def test_an_event_is_not_described_by_keys_that_others_have():
    others = {"provider": "Uni", "left": 1, "factors": [], "passkey": "x", "added": 1, "waiting": 2}
    event = AccountEvent(type=EventType.CHANGED, detail={"fields": ["email"], **others})

    assert describe_event(event) == "Account changed: email address"
