"""Load the demonstration of every app; a second run changes nothing."""

from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.module_loading import module_has_submodule

LOCK = 20_220_127
MOST = 5_000


class Command(BaseCommand):
    help = "装入演示数据：账号、会员名册等。重复运行不会改变已有的数据。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--scale",
            type=int,
            default=0,
            metavar="N",
            help=f"另外扩充 N×100 家演示单位，供性能测试用，最多 {MOST}",
        )

    def handle(self, *, scale, **options):
        if not settings.DEMO:
            raise CommandError("演示数据只能装入演示站，这里的 DEMO 没有设为 1，没有装入任何数据。")
        if not 0 <= scale <= MOST:
            raise CommandError(f"--scale 应在 0 至 {MOST} 之间。")
        with alone():
            for load in loaders():
                load(scale=scale, tell=self.tell)

    def tell(self, text: str) -> None:
        """Progress goes to standard error, one line a step; standard output stays empty."""
        self.stderr.write(text, style_func=str)
        self.stderr.flush()


def loaders():
    """The function `load(scale=…, tell=…)` in `<app>/demo` of each app, in the order of INSTALLED_APPS."""
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "demo"):
            load = getattr(import_module(f"{config.name}.demo"), "load", None)
            if load is not None:
                yield load


@contextmanager
def alone():
    """Hold a lock of the session, so that two loaders never write the same records at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise CommandError("另一个进程正在装入演示数据，请等它完成后再试。")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
