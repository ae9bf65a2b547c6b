"""Background functions of the members app, one module a room."""

from members.tasks import (  # noqa: F401  (each registers itself)
    applications,
    bank,
    bills,
    cases,
    certificates,
    people,
    reminders,
    roster,
)
