"""What the application's own database role may do: everything but touch the past.

The owner of the tables runs migrations. Web, worker and beat connect as `settings.APP_DATABASE_ROLE`, which may
read history and activity but neither change nor remove them. History rows are written by triggers that run with
the owner's rights, so the application cannot forge them either.
"""

from django.apps import apps
from django.conf import settings
from django.db import connections


def history_tables() -> list[str]:
    """Names of the tables that the history triggers fill, the shared context table included."""
    tables = [
        m._meta.db_table for m in apps.get_models() if getattr(m, "pgh_tracked_model", None) is not None
    ]
    return [*tables, "pghistory_context"]


def append_only_tables() -> list[str]:
    """Names of the tables that the application may add to but never change."""
    return [m._meta.db_table for m in apps.get_models() if getattr(m, "append_only", False)]


def _statements(role: str) -> list[str]:
    quoted = connections["default"].ops.quote_name
    lines = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    ]
    lines += [f"REVOKE INSERT, UPDATE, DELETE ON {quoted(t)} FROM {role}" for t in history_tables()]
    lines += [f"REVOKE UPDATE, DELETE ON {quoted(t)} FROM {role}" for t in append_only_tables()]
    # Functions of ours that touch the past are for this role and nobody else.
    for signature in _erasing_functions():
        lines += [f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC"]
    return lines


def _erasing_functions() -> list[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'public' AND p.proname LIKE 'erase\\_%' AND pg_get_userbyid(p.proowner) = current_user"
        )
        return [signature for (signature,) in cursor.fetchall()]


def _run_triggers_as_owner(cursor):
    """History triggers write with the owner's rights; a fixed search path keeps them from being led astray."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = 'public' AND (p.proname LIKE 'pgtrigger\\_%' OR p.proname = '_pgh_attach_context') "
        "AND pg_get_userbyid(p.proowner) = current_user"
    )
    for (signature,) in cursor.fetchall():
        cursor.execute(f"ALTER FUNCTION {signature} SECURITY DEFINER SET search_path = public, pg_temp")


def grant_application_role(sender, using="default", **kwargs):
    """Give the application's role its rights after every migration; silent where that role does not exist."""
    if sender.name != "association":
        return
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [settings.APP_DATABASE_ROLE])
        if cursor.fetchone() is None:
            return
        _run_triggers_as_owner(cursor)
        for statement in _statements(connections[using].ops.quote_name(settings.APP_DATABASE_ROLE)):
            cursor.execute(statement)
