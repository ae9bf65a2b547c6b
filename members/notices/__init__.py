"""The kinds of notices that the members app sends, one module a room."""

from members.notices import (  # noqa: F401  (each registers itself)
    applications,
    bills,
    cases,
    certificates,
    paying,
    people,
    reminders,
    roster,
)
