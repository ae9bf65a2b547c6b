"""A large export while the right to it ends, or its worker dies: nothing is handed out that may not be, all else is."""

import time

import pytest
from django.utils.timezone import localdate

from association.choices import ExportState
from association.models import ExportJob, RoleAssignment
from tests.factories import make_organization, make_user
from tests.faults.processes import eventually
from tests.faults.visitors import Visitor

pytestmark = pytest.mark.xdist_group("faults-1")
SLOWLY = "0.5"  # seconds before each chunk of three units
FORM = {"columns": ["name", "member_number"], "as_of": "2022-12-31", "format": "csv"}


@pytest.fixture
def house(stages):
    """A roster of thirty units, made into a file slowly; a secretary who is signed in."""
    stage = stages(FAULT_SLOW_EXPORT=SLOWLY, JOB_LOST_AFTER="10")
    stage.person = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    for number in range(30):
        make_organization(f"演示运营公司{number:02d}", people=False)
    stage.visitor = Visitor(stage.web(), stage.person)
    stage.worker_process = stage.background()
    assert eventually(lambda: stage.visitor.get("/readyz").status == 200), stage.logs()
    return stage


def ask(house) -> None:
    answer = house.visitor.post("/members/export/", FORM)
    assert answer.status == 303, answer


def half_made() -> bool:
    return ExportJob.objects.filter(state=ExportState.RUNNING, rows_done__gt=0).exists()


def ended() -> bool:
    return not ExportJob.objects.unfinished().exists()


def fetch(house):
    return house.visitor.post(f"/members/exports/{ExportJob.objects.get().pk}/download/", {})


def end_roles(house) -> None:
    RoleAssignment.objects.filter(user=house.person).update(until=localdate())


def files(house) -> int:
    return len(list((house.folder / "exports").glob("*")))


def test_role_ended_in_mid_export(house, chance):
    ask(house)
    assert eventually(half_made), house.logs()
    time.sleep(chance.uniform(0, 0.2))
    end_roles(house)
    assert eventually(ended), house.logs()
    export = ExportJob.objects.get()
    assert (export.state, export.file) == (ExportState.FAILED, "")
    assert "权限" in export.failure
    assert files(house) == 0
    assert fetch(house).status == 403
    house.sound()


def test_role_ended_before_the_file_is_fetched(house, chance):
    ask(house)
    assert eventually(ended), house.logs()
    time.sleep(chance.uniform(0, 0.3))
    end_roles(house)
    answer = fetch(house)
    assert answer.status == 403
    assert "演示运营公司" not in answer.body
    house.sound()


def test_worker_killed_in_mid_export(house, chance):
    """The other way round, that the file is made and handed out to whom may have it."""
    ask(house)
    assert eventually(half_made), house.logs()
    time.sleep(chance.uniform(0, 0.6))
    house.worker_process.kill_children()
    assert eventually(ended), house.logs()
    assert ExportJob.objects.get().state == ExportState.DONE
    answer = fetch(house)
    assert (answer.status, answer.body.count("演示运营公司")) == (200, 30)
    assert files(house) == 1
    house.sound()
