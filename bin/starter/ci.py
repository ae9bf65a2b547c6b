"""bin/ci: every check by name, then the tests; what failed is listed at the end."""

import os
import secrets
import sys

from association.embedded import CannotStart
from starter.children import Family, Stopped
from starter.console import say, tell
from starter.foreground import run_in_foreground
from starter.services import django_environment, manage_command
from starter.throwaway import throwaway
from starter.virtualenv import ROOT

COMMANDS = ["bin/serve", "bin/test", "bin/manage", "bin/bench", "bin/ci"]
PRODUCTION = {"HTTPS": "1", "DEMO": "0", "DEBUG": "0", "ALLOWED_HOSTS": "house.example.cn"}


def main() -> int:
    try:
        failed = [*_failed_checks(), *_failed_tests()]
    except CannotStart as refusal:
        tell(str(refusal))
        return 1
    except Stopped:
        return 130
    say(f"未通过：{'、'.join(failed)}" if failed else "全部通过")
    return 1 if failed else 0


def _failed_checks() -> list[str]:
    failed = []
    with throwaway(durable=False) as (family, folder, environment, services):
        settings = django_environment(services, folder, demo=True)
        for name, command, extra in _checks(environment):
            say(f"检查：{name}")
            if run_in_foreground(family, command, settings | extra):
                failed.append(name)
            family.rest(0)  # was it the check that ended, or are we asked to?
    return failed


def _failed_tests() -> list[str]:
    say("测试：bin/test")
    with Family() as family:
        code = run_in_foreground(family, [sys.executable, str(ROOT / "bin/test")], dict(os.environ))
        family.rest(0)
    return [f"bin/test（退出码 {code}）"] if code else []


def _checks(environment) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and further environment of each check."""
    python, scripts = str(environment.python), environment.folder / "bin"
    production = PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(50)}
    deploy = ["check", "--deploy", "--fail-level", "WARNING"]
    # Not by the scripts' own first line, which names the folder where they were installed.
    return [
        ("代码格式", [python, "-m", "ruff", "format", "--check", ".", *COMMANDS], {}),
        ("代码规范", [python, "-m", "ruff", "check", ".", *COMMANDS], {}),
        ("模板规范", [python, "-m", "djlint", "templates", "--lint", "--quiet"], {}),
        ("迁移文件齐全", manage_command(environment, "makemigrations", "--check", "--dry-run"), {}),
        ("上线检查", manage_command(environment, *deploy), production),
        ("分层与依赖方向", [python, os.fspath(scripts / "lint-imports")], {"PYTHONPATH": str(ROOT)}),
    ]
