"""bin/manage: one management command against the services of bin/serve.

Standard output belongs to the command alone; other programs read it.
"""

import os
import sys

from association.embedded import CannotStart
from starter.children import Family, Stopped
from starter.console import tell
from starter.folder import DataFolder
from starter.foreground import run_in_foreground
from starter.serve import run_step
from starter.services import Services, django_environment, manage_command, start_services
from starter.virtualenv import ROOT, SERVE, VirtualEnvironment

USAGE = "用法：bin/manage [--data 目录] 命令 [参数……]，例如：bin/manage figures 2022 --json"


def main() -> int:
    try:
        data, arguments = _split(sys.argv[1:])
        folder = DataFolder(data).open()
        with Family(folder.lock) as family:
            return _manage(family, folder, arguments)
    except CannotStart as refusal:
        tell(str(refusal))
        return 1
    except Stopped:
        return 130


def _split(arguments: list[str]) -> tuple[str, list[str]]:
    """The data folder and the command; --data only counts before the command."""
    data = str(ROOT / "var")
    if arguments[:1] == ["--data"]:
        data, arguments = "".join(arguments[1:2]), arguments[2:]
    elif arguments and arguments[0].startswith("--data="):
        data, arguments = arguments[0].removeprefix("--data="), arguments[1:]
    if not arguments:
        raise CannotStart(USAGE)
    return data, arguments


def _manage(family: Family, folder: DataFolder, arguments: list[str]) -> int:
    environment = VirtualEnvironment()
    environment.ensure(family, SERVE)
    last = folder.facts()
    demo = last.demo if last else os.environ.get("DEMO", "1") != "0"
    if facts := folder.take_for_command(family):
        settings = django_environment(Services(**facts.services), folder, demo=facts.demo)
    else:
        services = start_services(family, folder, environment)
        settings = django_environment(services, folder, demo=demo)
        if services.is_new and arguments[0] != "migrate":
            run_step(family, folder, environment, settings, "migrate", "--verbosity=0", "--no-input")
    # A command may rightly take longer than a page: the worker's time limit for statements.
    return run_in_foreground(family, manage_command(environment, *arguments), settings | {"IN_WORKER": "1"})
