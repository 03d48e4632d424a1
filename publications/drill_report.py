"""The report of a drill, as the machine that ran it signs it and the site reads it. Needs no settings of the site."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from publications.minisign import SecretKey

MAX_REPORT_CHARACTERS = 2_000
BACKUP_NAME = re.compile(r"[\w.:+-]{1,100}", re.ASCII)
SIGNATURE_COMMENT = "drill"


class DrillResult(StrEnum):
    WHOLE = "whole"
    FAULTS = "faults"  # restored, but `manage.py verify` found faults
    FAILED = "failed"  # could not be restored or verified


@dataclass(frozen=True)
class DrillReport:
    """A report.

    Attributes:
        site: SITE_URL of the site whose backup it was.
        backup: the name of the backup.
        finished_at: when the drill ended.
    """

    site: str
    backup: str
    result: DrillResult
    finished_at: datetime

    def serialize(self) -> str:
        return json.dumps(asdict(self) | {"finished_at": self.finished_at.isoformat()}, sort_keys=True)

    @classmethod
    def parse(cls, text: str) -> "DrillReport":
        """Return a report from its JSON.

        Raises:
            ValueError: it is malformed.
        """
        try:
            values = json.loads(text)
            site, backup, result, finished_at = (values[name] for name in cls.__dataclass_fields__)
            report = cls(str(site), str(backup), DrillResult(result), datetime.fromisoformat(finished_at))
        except (TypeError, KeyError, RecursionError) as error:
            raise ValueError("no report of a drill") from error
        if report.finished_at.tzinfo is None or not BACKUP_NAME.fullmatch(report.backup):
            raise ValueError("no report of a drill")
        return report


def sign_report(report: DrillReport, key: SecretKey) -> dict[str, str]:
    """Return the fields of the form that reports a drill."""
    text = report.serialize()
    return {"report": text, "signature": key.sign([text.encode()], comment=SIGNATURE_COMMENT)}
