"""Background functions of the members app, one module a room."""

from members.tasks import certificates, roster  # noqa: F401  (each registers itself)
