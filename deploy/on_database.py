"""Run a program of PostgreSQL on the database that DATABASE_URL names.

    python deploy/on_database.py pg_dump --format=custom

The password goes into the program's environment: every user of the machine can read a list of arguments.
"""

import os
import sys
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

OURS = {"pool"}  # options of the site; the rest, such as sslmode, are those of libpq


def for_programs(address: str) -> tuple[str, str]:
    """Return the URL as libpq takes it, without its password; and the password.

    https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
    """
    parts = urlsplit(address)
    who, at, where = parts.netloc.rpartition("@")
    user, _, password = who.partition(":")
    query = dict(parse_qsl(parts.query))
    password = query.pop("password", unquote(password))
    options = urlencode({name: value for name, value in query.items() if name not in OURS}, quote_via=quote)
    known = parts._replace(scheme="postgresql", netloc=f"{user}{at}{where}", query=options)
    return known.geturl(), password


def main(program: str, *arguments: str) -> None:
    address, password = for_programs(os.environ["DATABASE_URL"])
    if password:
        os.environ["PGPASSWORD"] = password
    os.execvp(program, [program, *arguments, f"--dbname={address}"])  # noqa: S606 (without one is meant)


if __name__ == "__main__":
    main(*sys.argv[1:])
