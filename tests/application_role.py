"""Acting in the database with the rights of web, worker and beat; tests else run as the owner of the tables."""

from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection

from association import grants


def become_application() -> None:
    """Let the rest of the transaction run with the rights of the application."""
    quoted = connection.ops.quote_name(settings.APP_DATABASE_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_DATABASE_ROLE])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {quoted}")
            grants.grant_application_role(sender=apps.get_app_config("association"))
        cursor.execute(f"SET LOCAL ROLE {quoted}")


@contextmanager
def as_application():
    """A cursor, and everything else of this connection meanwhile, with the rights of the application."""
    become_application()
    with connection.cursor() as cursor:
        try:
            yield cursor
        finally:
            cursor.execute("RESET ROLE")
