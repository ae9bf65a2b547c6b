"""The invariants of the members app, one module a room."""

from members.integrity import (  # noqa: F401  (each registers itself)
    applications,
    bank,
    cases,
    certificates,
    dues,
    paying,
    people,
    roster,
)
