"""All checks of one draft, in their order."""

from dataclasses import dataclass

from .advice import ADVICE
from .blocking import BLOCKING
from .placeholders import CONFIRMED
from .proof import Finding, Proof


@dataclass(frozen=True)
class Findings:
    """What forbids publishing, what has to be confirmed before it, and what is worth a look."""

    blocking: list[Finding]
    confirm: list[Finding]
    advice: list[Finding]


def check(proof: Proof) -> Findings:
    """Run every check. What is owed is said once, first."""
    return Findings(
        blocking=[finding for each in BLOCKING for finding in each(proof)],
        confirm=[finding for each in CONFIRMED for finding in each(proof)],
        advice=[finding for each in ADVICE for finding in each(proof)],
    )
