"""How the demonstration is loaded: where, by how many at once, and after an interruption."""

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from association.domain import accounts
from association.management.commands.demo import LOCK
from association.models import Activity, User
from members.demo import loading, plan
from members.models import Organization


@pytest.fixture
def demo_site(settings):
    settings.DEMO = True


@pytest.fixture
def small(monkeypatch):
    """A demonstration of three units only."""
    some = [u for u in plan.units() if u.name in ("演示运营公司01", "演示运营公司32", "演示运营公司73")]
    monkeypatch.setattr(loading, "units", lambda: some)
    return some


def test_a_run_that_was_cut_short_is_taken_up(db, demo_site, small, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(loading, "units", lambda: small[:1])
        patch.setattr(loading, "_finish", lambda by: None)
        call_command("demo")
    call_command("demo")
    # Those whom the council admits in the demonstration come in by their applications.
    planned = Organization.objects.filter(applications__isnull=True)
    assert set(planned.values_list("name", flat=True)) == {unit.name for unit in small}
    assert Activity.objects.filter(kind="members.organization.created").count() == 3 + 3


def test_a_unit_is_written_completely_or_not_at_all(db, demo_site, small, monkeypatch):
    monkeypatch.setattr(loading, "_write_period", None)
    with pytest.raises(TypeError):
        call_command("demo")
    assert Organization.objects.count() == 0


def test_only_the_first_run_says_anything(db, demo_site, small, capfd):
    call_command("demo")
    first = capfd.readouterr()
    call_command("demo")
    assert (first.out, first.err.splitlines()) == (
        "",
        [
            "正在装入演示名册：3 家单位",
            "演示名册已就绪：会员 3 家，演示账号的密码都是 yanshi-2022",
            "演示活动已就绪：137 场",
            "演示诉求已就绪：31 件",
        ],
    )
    assert capfd.readouterr() == ("", "")


def test_an_account_that_exists_is_left_alone(db, demo_site, small):
    User.objects.create_user("secretary@example.cn", "另一位", "another-password-1")
    call_command("demo")
    user = User.objects.get(email="secretary@example.cn")
    assert (user.full_name, user.check_password("another-password-1")) == ("另一位", True)
    assert not user.role_assignments.exists()


def test_it_refuses_a_site_that_is_no_demonstration(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="演示数据只能装入演示站"):
        call_command("demo")
    assert (User.objects.count(), Organization.objects.count()) == (0, 0)


def test_opening_an_account_twice_leaves_the_first(db):
    first = accounts.open_account(email="New@test.cn", full_name="新人", password=None, by=None)
    again = accounts.open_account(
        email="new@TEST.cn", full_name="别名", password="another-password-1", by=None
    )
    assert (again, again.full_name, again.has_usable_password()) == (first, "新人", False)
    assert [a.sentence for a in Activity.objects.about(first)] == ["为新人开通账号"]


@pytest.mark.parametrize("scale", [-1, 5_001])
def test_it_refuses_a_senseless_scale(db, demo_site, scale):
    with pytest.raises(CommandError, match="0 至 5000"):
        call_command("demo", scale=scale)


def test_two_do_not_load_at_once(db, demo_site):
    given = connection.get_connection_params()
    other = psycopg.connect(
        **{key: given[key] for key in ("dbname", "user", "password", "host", "port") if key in given}
    )
    with other:
        other.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        with pytest.raises(CommandError, match="另一个进程正在装入"):
            call_command("demo")
        other.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    other.close()
