"""Dates as this site writes them in Swedish: 9 april 2024."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y H:i"
SHORT_DATE_FORMAT = "j b Y"
TIME_FORMAT = "H:i"
