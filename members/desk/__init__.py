"""What the members app puts on the workbench, one module a room."""

from members.desk import (  # noqa: F401  (each registers itself)
    applications,
    bank,
    bills,
    cases,
    certificates,
    growth,
    paying,
    people,
    reminders,
    roster,
)
