"""Services in a temporary folder, for tests, checks and benchmarks."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from starter.children import Family
from starter.folder import DataFolder
from starter.services import Services, django_environment, start_services
from starter.virtualenv import DEVELOP, VirtualEnvironment


@contextlib.contextmanager
def throwaway(*, durable: bool) -> Iterator[tuple[Family, DataFolder, VirtualEnvironment, Services]]:
    """Install what development needs and start the services; all is removed at the end, however it comes."""
    folder = DataFolder(_temporary_folder()).open()
    with Family(folder.lock) as family:
        family.remove_at_end(folder.path)
        environment = VirtualEnvironment()
        environment.ensure(family, DEVELOP)
        yield family, folder, environment, start_services(family, folder, environment, durable=durable)


def test_environment(services: Services, folder: DataFolder) -> dict[str, str]:
    """For pytest: as the owner, who creates the test database; demo mode as in bin/serve."""
    settings = django_environment(services, folder, demo=True)
    hosts = settings["ALLOWED_HOSTS"].split(",")
    return settings | {
        "DATABASE_URL": services.owner_url,
        "ALLOWED_HOSTS": ",".join(dict.fromkeys([*hosts, "testserver"])),
    }


def _temporary_folder() -> Path:
    # /tmp may live in memory, and a database would fill it.
    base = None if os.environ.get("TMPDIR") or not os.access("/var/tmp", os.W_OK) else "/var/tmp"
    return Path(tempfile.mkdtemp(prefix="house-", dir=base))
