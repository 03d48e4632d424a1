"""What is logged, where and how: the value of the setting LOGGING."""

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "console": {"()": "sceeus.log_formatters.LogFormatter"},
        "django.server": {
            "()": "sceeus.log_formatters.DevelopmentServerFormatter",
            "format": "[{server_time}] {message}",
            "style": "{",
        },
    },
    "filters": {"forbidden": {"()": "sceeus.log_formatters.ForbiddenFilter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "console", "filters": ["forbidden"]},
        "django.server": {"class": "logging.StreamHandler", "formatter": "django.server", "level": "INFO"},
        "failed_requests": {"class": "sceeus.log_handlers.FailedRequestHandler", "level": "ERROR"},
    },
    "loggers": {
        "django.request": {"handlers": ["failed_requests"]},
        "django.server": {"handlers": ["django.server"], "level": "INFO", "propagate": False},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
}
