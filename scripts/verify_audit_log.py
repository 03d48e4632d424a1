#!/usr/bin/env python3
"""Verify an exported audit log: no entry was changed, removed or moved since a head that you kept or that was signed.

It needs Python alone. The site exports the log with `manage.py export_audit_log audit-log.jsonl`; get audit-head.json
from its /.well-known/, and check the signature of the head with `minisign -Vm audit-head.json -p KEY.pub` first. Each
line of the log is the JSON of an entry: "hash" is the SHA-256 of all its other keys (sorted, without spaces, UTF-8),
"previous" the hash of the line before.
Exits with 0 if all is sound, with 1 and a sentence for each fault if not.
"""

import argparse
import hashlib
import json
import sys


def verify_log(lines, head=None):
    """Yield a sentence for each fault of the lines of a log; with a head also if the log ends before it."""
    previous, count, hashes = "", 0, {}
    for count, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            expected = entry.pop("hash")
            version, named = entry["version"], entry["previous"]
            text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"Line {count} is no entry."
            continue
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != expected:
            yield f"Line {count}, version {version}: the entry was changed."
        if named != previous:
            yield f"Line {count}, version {version}: it does not follow the entry before; one is missing or moved."
        previous = hashes[count] = expected
    if head and hashes.get(head["entries"]) != head["hash"]:
        yield f"The log of {count} entries does not hold the head: its entry {head['entries']} is missing or another."


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("log", type=argparse.FileType(encoding="utf-8"), help="audit-log.jsonl")
    parser.add_argument("head", type=argparse.FileType("rb"), nargs="?", help="audit-head.json")
    arguments = parser.parse_args()
    head = json.load(arguments.head) if arguments.head else None
    faults = list(verify_log(arguments.log, head))
    print(
        "\n".join(faults)
        or "The log is sound" + (" up to the head." if head else "; without a head, its end is not known.")
    )
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
