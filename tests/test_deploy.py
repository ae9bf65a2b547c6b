"""What lies in deploy/ fits together: it parses, and it names settings, commands and files that there are."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.apps import apps as django_apps
from django.conf import settings
from django.core.management import get_commands

from association.embedded import APP_ROLE, DATABASE, OWNER_ROLE

DEPLOY = Path(settings.BASE_DIR) / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
SETTINGS = "\n".join(
    p.read_text("utf-8") for p in Path(settings.BASE_DIR, "association").glob("*settings.py")
)
# What is read elsewhere than in the settings.
ELSEWHERE = {"WEB_WORKERS", "WEB_THREADS"}
FOR_TESTS = {"TEST_TEMPLATE"}
PREPARED = {"SITE_" + name.upper() for name in settings.SITE}


def read_by_settings():
    flat = re.sub(r"\s+", " ", SETTINGS)
    return set(re.findall(r'(?:env\.\w+|required)\( ?"([A-Z][A-Z0-9_]*)"', flat)) | PREPARED


def in_example():
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    return {match[1] for line in lines if (match := re.match(r"#?([A-Z][A-Z0-9_]*)=", line))}


def in_compose():
    return set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose.yaml").read_text("utf-8")))


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))


def test_the_example_names_every_variable_that_is_read_and_no_other():
    assert in_example() - in_compose() - ELSEWHERE - read_by_settings() == set()
    assert read_by_settings() - in_example() == FOR_TESTS
    assert in_compose() - in_example() == set()


def test_the_example_alone_is_no_secret():
    """Whoever forgets to fill it in does not run with values that everybody can read."""
    text = (DEPLOY / "env.example").read_text("utf-8")
    assert len(re.findall(r"change-me", text)) == 4
    assert "DEMO=1" not in text
    assert not (DEPLOY / "env").exists() or "deploy/env" in (settings.BASE_DIR / ".gitignore").read_text()


def test_the_variables_of_the_services_are_read():
    set_here = set()
    for service in compose()["services"].values():
        if "house" in service.get("image", ""):
            set_here |= set(service["environment"])
    assert set_here - read_by_settings() == {"DATABASE_OWNER_URL"}
    assert "DATABASE_OWNER_URL" in (settings.BASE_DIR / "manage.py").read_text("utf-8")


def test_the_services_are_all_there():
    services = compose()["services"]
    assert set(services) == {"db", "queue", "migrate", "web", "worker", "beat", "nginx", "backup"}
    assert [n for n, s in services.items() if (s.get("deploy") or {}).get("replicas", 1) > 1] == [
        "web",
        "worker",
    ]
    assert "--appendonly" in services["queue"]["command"]
    for name in ("migrate", "web", "worker", "beat", "backup"):
        assert (services[name]["read_only"], services[name]["cap_drop"]) == (True, ["ALL"])
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose()["volumes"] or source.startswith(("./", "${"))
            if source.startswith("./") and source != "./certificates":
                assert (DEPLOY / source).exists()


def commands_named():
    texts = [
        p.read_text("utf-8")
        for p in (*UNITS, DEPLOY / "compose.yaml", settings.BASE_DIR / "docs/operations.md")
    ]
    text = "\n".join(texts).replace('", "', " ")
    return set(re.findall(r"(?:manage\.py|bin/manage(?: --data \S+)?) ([a-z_]+)", text))


def test_the_commands_exist():
    named = commands_named()
    assert {"migrate", "backup", "restore", "verify_integrity", "collectstatic"} <= named
    assert named - set(get_commands()) == set()


def section(unit, name):
    """The lines of one section as a list of (key, value); systemd repeats keys."""
    lines, inside = [], ""
    for line in unit.read_text("utf-8").splitlines():
        if line.startswith("["):
            inside = line.strip("[]")
        elif "=" in line and not line.startswith("#") and inside == name:
            lines.append(tuple(line.split("=", 1)))
    return lines


@pytest.mark.parametrize("unit", [u for u in UNITS if u.suffix == ".service"], ids=lambda u: u.name)
def test_the_services_run_without_rights(unit):
    lines = dict(section(unit, "Service"))
    wanted = {
        "User": "house",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": "",
    }
    assert {key: lines.get(key) for key in wanted} == wanted
    assert lines["ExecStart"].startswith("/srv/house/.venv/bin/")


def test_workers_are_told_that_they_are(tmp_path):
    for name in ("house-worker@.service", "house-beat.service", "house-backup.service"):
        assert ("Environment", "IN_WORKER=1") in section(DEPLOY / "systemd" / name, "Service")
    assert [u.name for u in UNITS] == [
        "house-backup.service", "house-backup.timer", "house-beat.service", "house-web@.service", "house-web@.socket",
        "house-worker@.service",
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze 不在本机")
def test_systemd_reads_the_units(tmp_path):
    """The programs they start are put in place, since it looks for them."""
    for unit in UNITS:
        text = unit.read_text("utf-8").replace("/srv/house/.venv/bin/", f"{tmp_path}/").replace("%%h", "h")
        (tmp_path / unit.name).write_text(text)
    for program in ("gunicorn", "celery", "python"):
        (tmp_path / program).write_text("#!/bin/sh\n")
        (tmp_path / program).chmod(0o755)
    names = [re.sub(r"@\.", "@1.", u.name) for u in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "verify", *names], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{tmp_path}:/lib/systemd/system:"},
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "house" in line and "Cannot find" not in line]
    assert ours == []


NGINX = {
    "HOUSE_HOST": "www.test.cn",
    "UPLOADS_HOST": "files.test.cn",
    "HOUSE_UPSTREAM": "server unix:/run/house/web-1.sock max_fails=0; server unix:/run/house/web-2.sock max_fails=0",
    "HOUSE_STATIC": "/srv/house-static/",
    "HOUSE_FILES": "/var/lib/house/attachments/",
}


def rendered(certificates):
    text = (DEPLOY / "nginx/house.conf.template").read_text("utf-8")
    for name, value in (NGINX | {"HOUSE_CERTIFICATES": str(certificates)}).items():
        text = text.replace("${" + name + "}", value)
    return text


def test_nothing_is_left_to_fill_in(tmp_path):
    assert "${" not in rendered(tmp_path)
    text = (DEPLOY / "nginx/house.conf.template").read_text("utf-8")
    assert set(re.findall(r"\$\{(\w+)\}", text)) == {*NGINX, "HOUSE_CERTIFICATES"}


def test_nginx_lets_no_forwarded_header_through(tmp_path):
    """Set, not appended; and where a location sets its own, all of them are repeated, because it inherits none."""
    text = rendered(tmp_path)
    assert "$proxy_add_x_forwarded_for" not in text
    for name in (
        "Host $host",
        "X-Forwarded-For $remote_addr",
        "X-Forwarded-Proto $scheme",
        'X-Forwarded-Host ""',
        'Forwarded ""',
    ):
        assert text.count(f"proxy_set_header {name};") == 2
    assert f"client_max_body_size {settings.UPLOAD_MAX_BYTES // 2**20 + 3}m" in text
    assert settings.UPLOAD_MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE < 23 * 2**20


@pytest.mark.skipif(shutil.which("nginx") is None or shutil.which("openssl") is None, reason="nginx 不在本机")
def test_nginx_reads_its_file(tmp_path):
    certificate(tmp_path)
    text = rendered(tmp_path).replace("/var/log/nginx/", f"{tmp_path}/")
    (tmp_path / "house.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\nhttp {{ include {tmp_path}/house.conf; }}"
    )
    done = subprocess.run(
        ["nginx", "-t", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "[warn]" in done.stderr, "[emerg]" in done.stderr) == (0, False, False), (
        done.stderr
    )


def certificate(folder):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=www.test.cn",
         "-addext", "subjectAltName=DNS:www.test.cn,DNS:files.test.cn", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip


def test_the_image_takes_only_what_is_pinned():
    text = (DEPLOY / "Dockerfile").read_text("utf-8")
    assert text.count("--require-hashes") == 2
    assert re.search(r"^USER house$", text, re.M)
    own = [
        app.label for app in django_apps.get_app_configs() if Path(app.path).parent == Path(settings.BASE_DIR)
    ]
    assert f"compileall -q {' '.join(own)}\n" in text
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.M):
        assert all((settings.BASE_DIR / name).exists() for name in copied.split())
    for name in ("requirements.txt", "requirements-s3.txt"):
        lines = (settings.BASE_DIR / name).read_text("utf-8").splitlines()
        assert [line for line in lines if "==" in line and not line.endswith("\\")] == []


def test_the_names_of_the_database_are_the_same_everywhere():
    init = (DEPLOY / "postgres/init.sh").read_text("utf-8")

    for line in (
        f"CREATE ROLE {OWNER_ROLE} LOGIN",
        f"CREATE ROLE {APP_ROLE} LOGIN",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER_ROLE}",
    ):
        assert line in init
    assert subprocess.run(["sh", "-n", DEPLOY / "postgres/init.sh"], check=False).returncode == 0
