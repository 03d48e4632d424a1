"""THE DEEDS: everything that changes what readers see goes through here.

publish (now, at, until) · withdraw · undo · relate · keep_apart · amend · redact. Each is one transaction, leaves an
audit line and starts a new generation of the public site. No other room writes an edition, an address,
a related link or anything else that readers see. A deed that cannot be done raises Refused and
leaves everything as it was.
"""

from .public_state import NEVER_PUBLIC, actions_since, public_state, public_states
from .publish import address_to_come, publish, publish_many
from .redact import RedactionReport, default_mark, preview_redaction, redact
from .redirects import lead_here
from .related_links import keep_apart, let_together, relate
from .repair import repair_copies, repair_windows
from .save import amend, check_unused, remove, write_out
from .transaction import ClockBehind, NotReady, Outdated, Refused, hold, renew, trust_clock
from .undo import Undoing, undo, what_undo_does
from .withdraw import withdraw

__all__ = [
    "NEVER_PUBLIC",
    "ClockBehind",
    "NotReady",
    "Outdated",
    "RedactionReport",
    "Refused",
    "Undoing",
    "actions_since",
    "address_to_come",
    "amend",
    "check_unused",
    "default_mark",
    "hold",
    "keep_apart",
    "lead_here",
    "let_together",
    "preview_redaction",
    "public_state",
    "public_states",
    "publish",
    "publish_many",
    "redact",
    "relate",
    "remove",
    "renew",
    "repair_copies",
    "repair_windows",
    "trust_clock",
    "undo",
    "what_undo_does",
    "withdraw",
    "write_out",
]
