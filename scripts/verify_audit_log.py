#!/usr/bin/env python3
"""Verify an exported audit log: no entry was changed, removed or moved since a head that you kept or that was signed.

The log is made by `manage.py export_audit_log`; audit-head.json is in /.well-known/ of the site. Check its signature
first: minisign -Vm audit-head.json -p KEY.pub. Each line is the JSON of an entry: "hash" is the SHA-256 of all its
other keys (sorted, no spaces, UTF-8), "previous" the hash of the line before. Exits with 1 and a sentence a fault."""

import argparse
import hashlib
import json


def verify_log(lines, head=None):
    """Yield a sentence for each fault of the lines of a log; with a head also if the log ends before it."""
    previous, count, hashes = "", 0, {}
    for count, line in enumerate(lines, start=1):
        try:
            entry = json.loads(line)
            expected, version, named = entry.pop("hash"), entry["version"], entry["previous"]
        except (ValueError, KeyError, TypeError, AttributeError):
            yield f"Line {count} is no entry."
            continue
        text = json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != expected:
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
