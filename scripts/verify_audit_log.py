#!/usr/bin/env python3
"""Verify an exported audit log: no entry was changed, removed or moved since a head that you kept or that was signed.

Check the signature of /.well-known/audit-head.json first: minisign -Vm audit-head.json -p KEY.pub. A line is the JSON
of an entry (sorted keys, once each, no spaces): "hash" is SHA-256 of the others, "previous" that of the line before."""

import argparse
import hashlib
import json


def verify_log(lines, head=None):
    """Yield a sentence for each fault of the lines of a log; with a head also if the log ends before it."""
    serialize = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
    previous, count, hashes = "", 0, {}
    for count, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            expected, version, named = entry.pop("hash"), entry["version"], entry["previous"]
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"Line {count} is no entry."
            continue
        whole = serialize({**entry, "hash": expected})
        if whole != line.rstrip("\n") or hashlib.sha256(serialize(entry).encode()).hexdigest() != expected:
            yield f"Line {count}, version {version}: the entry was changed."
        if named != previous:
            yield f"Line {count}, version {version}: it does not follow the entry before; one is missing or moved."
        previous = hashes[count] = expected
    if head and hashes.get(head["entries"]) != head["hash"]:
        yield f"The log of {count} entries does not hold the head: its entry {head['entries']} is missing or another."


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("log", type=argparse.FileType(encoding="utf-8"), help="audit-log.jsonl")
    parser.add_argument("head", type=argparse.FileType("rb"), nargs="?", help="audit-head.json")
    log, head = vars(parser.parse_args()).values()
    faults = list(verify_log(log, head and json.load(head)))
    print("\n".join(faults) or f"The log is sound{' up to the head' if head else '; its end is not known'}.")
    parser.exit(bool(faults))
