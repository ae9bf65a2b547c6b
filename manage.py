#!/usr/bin/env python
import os
import sys

# DDL and bulk removal belong to the role that owns the tables; everything else runs as the application does.
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "flush",
    "sqlflush",
    "dbshell",
    "pgtrigger",
    "backup",
    "restore",
    "replay_erasures",
}


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "association.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS and os.environ.get("DATABASE_OWNER_URL"):
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
        # Filling a new column or building an index of a large table takes as long as it takes.
        os.environ.setdefault("STATEMENT_TIMEOUT", "0")
    from django.core.management import execute_from_command_line  # noqa: PLC0415  (after the environment is set)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
