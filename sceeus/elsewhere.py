"""What stands on other machines, each named by one variable: database, store of files, bell, mail.

An address that cannot be meant is refused at the start, by the name of its variable and with what would do. Secrets in
an address are never repeated.
"""

from importlib.util import find_spec
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

INSTALL = "pip install --require-hashes -r requirements/scale.txt"
MOST_POOLED = 100  # PostgreSQL takes a hundred in all, unless told otherwise
PATIENCE = 3  # seconds to reach another machine
LOCK_SECONDS = 20  # that a server waits for a lock; on SQLite all wait as long

# PostgreSQL ends what its client has left, else the locks of that client stay: lost by the network, or kept open by a
# relay in between.
CONNECTION_SETTINGS = (
    "-c jit=off -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=25s -c idle_in_transaction_session_timeout=10min"
)
SERVER_SETTINGS = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout=60s"

DATABASES = ("postgres", "postgresql", "pgsql", "sqlite")
BELLS = ("redis", "rediss", "valkey", "valkeys")
MAILERS = ("console", "smtp", "smtps")
STORE_OPTIONS = {"region", "tls"}

DATABASE_FORM = (
    "postgres://USER:PASSWORD@HOST:5432/NAME, or sqlite:////PATH (signs as @ and / in a password as %40, %2F)"
)
BELL_FORM = "redis://:PASSWORD@HOST:6379/0, or rediss:// for TLS"
STORE_FORM = (
    "s3://KEY:SECRET@HOST/BUCKET?region=REGION (without KEY:SECRET@, what the machine is allowed counts)"
)
MAIL_SECONDS = 20  # that a mail server may be silent
MAIL_FORM = (
    "smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtp://HOST:25/?tls=none for a relay that has none, smtps:// for TLS "
    "from the start, or console:// (signs as @ and / in a password as %40, %2F)"
)


def database(address: str) -> str:
    """The address of the database, if it can be one."""
    parts = _parts("DATABASE_URL", address, DATABASES, DATABASE_FORM)
    if parts.scheme != "sqlite":
        if len(parts.path) < 2:
            raise wrong("DATABASE_URL", "names no database", DATABASE_FORM)
        _needs("DATABASE_URL", "psycopg")
    return address


def postgresql(known: dict) -> dict:
    """A database as Django knows it, with what its connections are to do unless the address says otherwise.

    A server that is gone without a word is noticed within half a minute, not within hours. Plans are not compiled:
    PostgreSQL would do it for those that it takes for dear, as a search, which is done sooner than that. Options of the
    address are added to ours and come last, so that they count.
    """
    given = known.get("OPTIONS", {})
    options = {
        "connect_timeout": PATIENCE,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,  # milliseconds
        **given,
        "options": f"{CONNECTION_SETTINGS} {given.get('options', '')}".strip(),
    }
    return pooled({**known, "OPTIONS": options})


def limit_waits(known: dict) -> None:
    """Let a server wait for a lock no longer than on SQLite, and hold none for long while it does nothing.

    Commands wait as long as it takes, as migrations must.
    """
    options = known["OPTIONS"]
    options["options"] = options["options"].replace(
        CONNECTION_SETTINGS, f"{CONNECTION_SETTINGS} {SERVER_SETTINGS}", 1
    )


def pooled(known: dict) -> dict:
    """The same with the pool that `?pool=14` in its address asks for: so many connections at most in each process.
    Without it each thread that makes pages keeps one. One that is smaller lets crowds hold up readers.
    """
    options = known["OPTIONS"]
    if "pool" not in options:
        return known
    size = str(options["pool"])
    if not size.isdecimal() or not 2 <= int(size) <= MOST_POOLED:
        raise wrong("DATABASE_URL", f"has a pool that is no number from 2 to {MOST_POOLED}", DATABASE_FORM)
    # Who waits longer than this is told; who cannot connect gives up at once, so that the next attempt is made at once.
    pool = {"min_size": 1, "max_size": int(size), "timeout": 2, "reconnect_timeout": 1}
    return {**known, "CONN_MAX_AGE": 0, "OPTIONS": {**options, "pool": pool}}


def bell(address: str) -> str:
    """The address of the server over which app servers tell each other of deeds; empty where there is none."""
    if not address:
        return ""
    parts = _parts("CACHE_URL", address, BELLS, BELL_FORM)
    if not parts.hostname:
        raise wrong("CACHE_URL", "names no machine", BELL_FORM)
    if not parts.path.strip("/").isdecimal() and parts.path.strip("/"):
        raise wrong("CACHE_URL", "has a database that is no number", BELL_FORM)
    _needs("CACHE_URL", "redis")
    return address.replace("valkey", "redis", 1) if parts.scheme.startswith("valkey") else address


def originals(address: str, folder: object) -> dict[str, object]:
    """The private store of uploads: a folder, or a bucket of an S3 store, as an entry of STORAGES."""
    if not address:
        return {
            "BACKEND": "publications.original_storage.FolderStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        }
    parts = _parts("STORAGE_URL", address, ("s3",), STORE_FORM)
    bucket, _, below = parts.path.strip("/").partition("/")
    if not parts.hostname or not bucket:
        raise wrong("STORAGE_URL", "names no machine or no bucket", STORE_FORM)
    if bool(parts.username) != bool(parts.password):
        raise wrong("STORAGE_URL", "has a key without its secret, or the other way round", STORE_FORM)
    asked = dict(parse_qsl(parts.query))
    if unknown := set(asked) - STORE_OPTIONS:
        raise wrong("STORAGE_URL", f"has an option {min(unknown)} that is not known", STORE_FORM)
    _needs("STORAGE_URL", "storages")
    return {
        "BACKEND": "publications.bucket_storage.BucketStorage",
        "OPTIONS": _bucket(parts, bucket, below, asked),
    }


def _bucket(parts: SplitResult, bucket: str, below: str, asked: dict[str, str]) -> dict[str, object]:
    from botocore.config import Config

    scheme = "http" if asked.get("tls") == "0" else "https"
    known = {"access_key": unquote(parts.username or ""), "secret_key": unquote(parts.password or "")}
    place = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        **(known if parts.username else {}),
        "bucket_name": bucket,
        "location": below,
        "endpoint_url": f"{scheme}://{place}",
        "region_name": asked.get("region") or "us-east-1",
        "default_acl": None,  # private, by the rules of the bucket
        "file_overwrite": True,  # a name is a digest, so what is written over is the same
        "client_config": Config(
            connect_timeout=PATIENCE,
            read_timeout=20,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            # Stores other than Amazon's do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }


def mailer(address: str) -> dict[str, object]:
    """How mail is sent, as an entry of MAILERS: over SMTP, or printed."""
    parts = _parts("EMAIL_URL", address, MAILERS, MAIL_FORM)
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if not parts.hostname:
        raise wrong("EMAIL_URL", "names no machine", MAIL_FORM)
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := set(asked) - {"tls"}:
        raise wrong("EMAIL_URL", f"has an option {min(unknown)} that is not known", MAIL_FORM)
    if asked.get("tls", "none") != "none":
        raise wrong("EMAIL_URL", "has an option tls that can only be none", MAIL_FORM)
    if asked and parts.scheme == "smtps":
        raise wrong("EMAIL_URL", "has TLS from the start and tls=none", MAIL_FORM)
    options = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not asked,
        "timeout": MAIL_SECONDS,
    }
    return {"BACKEND": "accounts.mail.BackgroundEmailBackend", "OPTIONS": options}


def wrong(variable: str, what: str, form: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable} {what}. It has the form {form}.")


def _parts(variable: str, address: str, schemes: tuple[str, ...], form: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018 (raises where it is no number)
    except ValueError:  # which would show a piece of the password
        raise wrong(variable, "cannot be read as an address", form) from None
    if parts.scheme not in schemes:
        begins = f"begins with {parts.scheme}:" if parts.scheme else "has no scheme"
        raise wrong(variable, begins, form)
    return parts


def _needs(variable: str, package: str) -> None:
    if find_spec(package) is None:
        raise ImproperlyConfigured(
            f"{variable} needs the package {package}, which is not installed: {INSTALL}"
        )
