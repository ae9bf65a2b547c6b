"""Structured logs: one JSON line an event, with the request's id and no personal data."""

import structlog

SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=False),
]


def logging_config(level: str) -> dict:
    """A dictConfig that writes every log record of the process as one JSON line on standard error."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Without Django's own handler: its letters to ADMINS would repeat what a request carried.
            "django": {"handlers": []},
            "django.server": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
            # Refused hosts and odd addresses are the visitor's doing, and the message repeats what they sent.
            "django.security.DisallowedHost": {"handlers": [], "propagate": False},
            "celery": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},
        },
    }
