"""URLs of the services that the site uses, an environment variable each: database, pub/sub, storage, mail, Tor.

An invalid URL raises ImproperlyConfigured at the start, with its variable and the expected form, never with secrets.
"""

from importlib.util import find_spec
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from publications.minisign import PublicKey, UnusableKey

INSTALL_COMMAND = "pip install --require-hashes -r requirements/scale.txt"
MAIL_INSTALL_COMMAND = "pip install --require-hashes -r requirements/mail.txt"
MAX_POOL_SIZE = 100  # PostgreSQL accepts a hundred connections in all by default
CONNECT_TIMEOUT = 3  # seconds to reach another machine
LOCK_TIMEOUT = 20  # seconds that a server waits for a lock; on SQLite all wait as long

# PostgreSQL ends the sessions of clients that are gone (lost by the network, or kept open by a proxy): else their locks
# would stay.
CONNECTION_SETTINGS = (
    "-c jit=off -c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 "
    "-c tcp_user_timeout=25s -c idle_in_transaction_session_timeout=10min"
)
SERVER_SETTINGS = f"-c lock_timeout={LOCK_TIMEOUT}s -c idle_in_transaction_session_timeout=60s"

DATABASE_SCHEMES = ("postgres", "postgresql", "pgsql", "sqlite")
CACHE_SCHEMES = ("redis", "rediss", "valkey", "valkeys")
EMAIL_SCHEMES = ("console", "smtp", "smtps")
STORAGE_OPTIONS = {"region", "tls"}

DATABASE_URL_FORMAT = (
    "postgres://USER:PASSWORD@HOST:5432/NAME, or sqlite:////PATH (@ and / of a password as %40 and %2F)"
)
CACHE_URL_FORMAT = "redis://:PASSWORD@HOST:6379/0, or rediss:// for TLS"
STORAGE_URL_FORMAT = (
    "s3://KEY:SECRET@HOST/BUCKET?region=REGION (without KEY:SECRET@, the machine needs access of its own)"
)
SMTP_TIMEOUT = 20  # seconds that a mail server may be silent
EMAIL_URL_FORMAT = (
    "smtp://USER:PASSWORD@HOST:587 (STARTTLS), smtp://HOST:25/?tls=none for a relay that has none, smtps:// for TLS "
    "from the start, or console:// (@ and / of a password as %40 and %2F)"
)
MIRROR_URLS_FORMAT = "https://HOST/FOLDER/,https://HOST"
MAIL_EVENTS_PROVIDERS = (
    "amazon_ses", "brevo", "mailersend", "mailgun", "mailjet", "mailtrap", "mandrill", "postal", "postmark",
    "sparkpost", "unisender_go",
)  # fmt: skip
"""Those that Anymail reads reports of without further packages."""
MIN_SECRET_CHARACTERS = 20
PUBLIC_KEY_FORMAT = "the second line of minisign.pub, which minisign -G -W has written: RW…"
WEB_ADDRESS_FORMAT = "https://HOST/PATH"
ONION_URL_FORMAT = "http://NAME.onion, without a path"


def check_database_url(url: str) -> str:
    """Return DATABASE_URL. Raises ImproperlyConfigured where it is invalid or its package is missing."""
    parts = _split_url("DATABASE_URL", url, DATABASE_SCHEMES, DATABASE_URL_FORMAT)
    if parts.scheme != "sqlite":
        if len(parts.path) < 2:
            raise _invalid("DATABASE_URL", "names no database", DATABASE_URL_FORMAT)
        _require_package("DATABASE_URL", "psycopg")
    return url


def configure_postgresql(database: dict) -> dict:
    """Return the entry of DATABASES with the default connection options; options of the URL override them.

    A server that disappears is noticed within half a minute, not within hours. JIT compilation is off: PostgreSQL would
    compile plans that it estimates as expensive, such as searches, which takes longer than running them.
    """
    url_options = database.get("OPTIONS", {})
    options = {
        "connect_timeout": CONNECT_TIMEOUT,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 25_000,  # milliseconds
        **url_options,
        "options": f"{CONNECTION_SETTINGS} {url_options.get('options', '')}".strip(),
    }
    return configure_pool({**database, "OPTIONS": options})


def limit_lock_waits(database: dict) -> None:
    """Limit how long an app server waits for locks (as long as on SQLite) and holds them while idle.

    Changes the options of `database` in place. Management commands wait without limit, as migrations must.
    """
    options = database["OPTIONS"]
    options["options"] = options["options"].replace(
        CONNECTION_SETTINGS, f"{CONNECTION_SETTINGS} {SERVER_SETTINGS}", 1
    )


def configure_pool(database: dict) -> dict:
    """Return the entry with the connection pool of `?pool=14` in its URL.

    A process then has at most that many connections. Without a pool each rendering thread keeps one; a pool smaller
    than the number of threads lets floods of requests delay readers.
    """
    options = database["OPTIONS"]
    if "pool" not in options:
        return database
    size = str(options["pool"])
    if not size.isdecimal() or not 2 <= int(size) <= MAX_POOL_SIZE:
        raise _invalid(
            "DATABASE_URL", f"has a pool that is no number from 2 to {MAX_POOL_SIZE}", DATABASE_URL_FORMAT
        )
    # A wait beyond the timeout is an error; a failed connection is retried soon.
    pool = {"min_size": 1, "max_size": int(size), "timeout": 2, "reconnect_timeout": 1}
    return {**database, "CONN_MAX_AGE": 0, "OPTIONS": {**options, "pool": pool}}


def parse_cache_url(url: str) -> str:
    """Return the URL of the server over which app servers announce changes to each other, or "" for none."""
    if not url:
        return ""
    parts = _split_url("CACHE_URL", url, CACHE_SCHEMES, CACHE_URL_FORMAT)
    if not parts.hostname:
        raise _invalid("CACHE_URL", "names no machine", CACHE_URL_FORMAT)
    if not parts.path.strip("/").isdecimal() and parts.path.strip("/"):
        raise _invalid("CACHE_URL", "has a database that is no number", CACHE_URL_FORMAT)
    _require_package("CACHE_URL", "redis")
    return url.replace("valkey", "redis", 1) if parts.scheme.startswith("valkey") else url


def parse_storage_url(url: str, folder: object) -> dict[str, object]:
    """Return the entry of STORAGES for the private originals: a bucket of an S3 store, or this folder without a URL."""
    if not url:
        return {
            "BACKEND": "publications.folder_storage.FolderStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        }
    parts = _split_url("STORAGE_URL", url, ("s3",), STORAGE_URL_FORMAT)
    bucket, _, location = parts.path.strip("/").partition("/")
    if not parts.hostname or not bucket:
        raise _invalid("STORAGE_URL", "names no machine or no bucket", STORAGE_URL_FORMAT)
    if bool(parts.username) != bool(parts.password):
        raise _invalid(
            "STORAGE_URL", "has a key without its secret, or the other way round", STORAGE_URL_FORMAT
        )
    options = dict(parse_qsl(parts.query))
    if unknown := set(options) - STORAGE_OPTIONS:
        raise _invalid("STORAGE_URL", f"has an option {min(unknown)} that is not known", STORAGE_URL_FORMAT)
    _require_package("STORAGE_URL", "storages")
    return {
        "BACKEND": "publications.bucket_storage.BucketStorage",
        "OPTIONS": _bucket_options(parts, bucket, location, options),
    }


def _bucket_options(
    parts: SplitResult, bucket: str, location: str, options: dict[str, str]
) -> dict[str, object]:
    from botocore.config import Config

    scheme = "http" if options.get("tls") == "0" else "https"
    credentials = {"access_key": unquote(parts.username or ""), "secret_key": unquote(parts.password or "")}
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    return {
        **(credentials if parts.username else {}),
        "bucket_name": bucket,
        "location": location,
        "endpoint_url": f"{scheme}://{host}",
        "region_name": options.get("region") or "us-east-1",
        "default_acl": None,  # private, by the rules of the bucket
        "file_overwrite": True,  # the name is a digest, so a replaced file is the same
        "client_config": Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=20,
            retries={"max_attempts": 3, "mode": "standard"},
            s3={"addressing_style": "path"},
            signature_version="s3v4",
            # Stores other than Amazon's do not all know the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }


def parse_email_url(url: str) -> dict[str, object]:
    """Return the entry of MAILERS: mail over SMTP, or printed on the console, as with an empty URL."""
    parts = _split_url("EMAIL_URL", url or "console://", EMAIL_SCHEMES, EMAIL_URL_FORMAT)
    if parts.scheme == "console":
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if not parts.hostname:
        raise _invalid("EMAIL_URL", "names no machine", EMAIL_URL_FORMAT)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := set(query) - {"tls"}:
        raise _invalid("EMAIL_URL", f"has an option {min(unknown)} that is not known", EMAIL_URL_FORMAT)
    if query.get("tls", "none") != "none":
        raise _invalid("EMAIL_URL", "has an option tls that can only be none", EMAIL_URL_FORMAT)
    if query and parts.scheme == "smtps":
        raise _invalid("EMAIL_URL", "has TLS from the start and tls=none", EMAIL_URL_FORMAT)
    options = {
        "host": parts.hostname,
        "port": parts.port or (465 if parts.scheme == "smtps" else 587),
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": parts.scheme == "smtps",
        "use_tls": parts.scheme == "smtp" and not query,
        "timeout": SMTP_TIMEOUT,
    }
    return {"BACKEND": "accounts.mail.BackgroundEmailBackend", "OPTIONS": options}


def check_mail_events(provider: str, settings: object) -> str:
    """Return MAIL_EVENTS_PROVIDER, or "" for none.

    Raises:
        ImproperlyConfigured: it is unknown, its package is missing, or whoever knows the address could send reports.
    """
    if not provider:
        return ""
    if provider not in MAIL_EVENTS_PROVIDERS:
        raise ImproperlyConfigured(
            f"MAIL_EVENTS_PROVIDER is unknown. It is one of {', '.join(MAIL_EVENTS_PROVIDERS)}."
        )
    _require_package("MAIL_EVENTS_PROVIDER", "anymail", MAIL_INSTALL_COMMAND)
    secret = settings.get("WEBHOOK_SECRET") if isinstance(settings, dict) else None
    if not isinstance(secret, str) or ":" not in secret or len(secret) < MIN_SECRET_CHARACTERS:
        raise ImproperlyConfigured(
            f"MAIL_EVENTS_PROVIDER needs a secret of at least {MIN_SECRET_CHARACTERS} characters: "
            """ANYMAIL='{"WEBHOOK_SECRET": "USER:PASSWORD"}'."""
        )
    return provider


def check_public_key(variable: str, key: str) -> str:
    """Return a public key of minisign, or "". Raises ImproperlyConfigured where it is none."""
    try:
        return str(PublicKey.parse(key)) if key else ""
    except UnusableKey:
        raise _invalid(variable, "is no public key", PUBLIC_KEY_FORMAT) from None


def parse_onion_url(url: str) -> str:
    """Return ONION_URL without a last slash, or "" if it is empty."""
    if not url:
        return ""
    parts = _split_url("ONION_URL", url, ("http", "https"), ONION_URL_FORMAT)
    if not (parts.hostname or "").endswith(".onion"):
        raise _invalid("ONION_URL", "names no onion service", ONION_URL_FORMAT)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
        raise _invalid("ONION_URL", "has more than a host", ONION_URL_FORMAT)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def check_web_address(variable: str, url: str) -> str:
    """Return the address, or "" if it is empty."""
    if url and (not _split_url(variable, url, ("http", "https"), WEB_ADDRESS_FORMAT).hostname or " " in url):
        raise _invalid(variable, "names no machine", WEB_ADDRESS_FORMAT)
    return url


def parse_mirror_urls(urls: list[str]) -> list[str]:
    """Return MIRROR_URLS without spaces and empty ones."""
    stripped = [url.strip() for url in urls if url.strip()]
    for url in stripped:
        if not _split_url("MIRROR_URLS", url, ("http", "https"), MIRROR_URLS_FORMAT).hostname or " " in url:
            raise _invalid("MIRROR_URLS", "names no machine", MIRROR_URLS_FORMAT)
    return stripped


def _invalid(variable: str, problem: str, expected: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{variable} {problem}. It has the form {expected}.")


def _split_url(variable: str, url: str, schemes: tuple[str, ...], expected: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises where it is no number)
    except ValueError:  # whose message would show a part of the password
        raise _invalid(variable, "cannot be read as an address", expected) from None
    if parts.scheme not in schemes:
        problem = f"begins with {parts.scheme}:" if parts.scheme else "has no scheme"
        raise _invalid(variable, problem, expected)
    return parts


def _require_package(variable: str, package: str, command: str = INSTALL_COMMAND) -> None:
    if find_spec(package) is None:
        raise ImproperlyConfigured(
            f"{variable} needs the package {package}, which is not installed: {command}"
        )
