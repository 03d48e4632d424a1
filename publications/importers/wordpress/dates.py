"""When a post was published, in the zone of its site."""

from datetime import UTC, datetime, timedelta, timezone

from publications.manuscript import HOME_ZONE

from .export_item import ExportItem

NO_DATE = "0000-00-00"
MAX_OFFSET = timedelta(hours=14)


def read_date(item: ExportItem) -> datetime | None:
    """Return when a post was published, in the zone of the site; None for one that never was, or no date.

    The zone is the difference of local time and UTC. If it would change the day in Stockholm, the time is read as
    that of Stockholm.
    """
    try:
        return _read_date(
            item, _parse(item.get("wp:post_date")), _parse(item.get("wp:post_date_gmt"), is_utc=True)
        )
    except OverflowError:
        return None


def _read_date(item: ExportItem, local: datetime | None, utc: datetime | None) -> datetime | None:
    if utc is None and (local is None or item.get("wp:status") in ("draft", "pending")):
        return None
    if utc is None:
        return local.replace(tzinfo=HOME_ZONE)
    offset = (local or utc) - utc
    if abs(offset) > MAX_OFFSET or offset.total_seconds() % 60:
        return utc.replace(tzinfo=UTC)
    moment = (local or utc).replace(tzinfo=timezone(offset))
    is_same_day = moment.astimezone(HOME_ZONE).date() == moment.date()
    return moment if is_same_day else moment.replace(tzinfo=HOME_ZONE)


def _parse(text: str, *, is_utc: bool = False) -> datetime | None:
    """Return a time without a zone; of one that names its zone, which no export of WordPress does, the same time."""
    if text.startswith(NO_DATE):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment.astimezone(UTC) if is_utc and moment.tzinfo else moment).replace(tzinfo=None)
