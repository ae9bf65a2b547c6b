"""A form is sent twice, or its web worker is killed: what it creates is there once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from association.models import Activity
from members.models import Contact
from tests.factories import make_organization, make_user
from tests.faults.processes import eventually
from tests.faults.visitors import Visitor, contact_form

pytestmark = pytest.mark.xdist_group("faults-1")


@pytest.fixture
def site(stage):
    """The web server, a secretary who is signed in, and the address that adds a contact to a unit."""
    user = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    unit = make_organization("演示运营公司01", people=False)
    visitor = Visitor(stage.web(), user)
    assert eventually(lambda: visitor.get("/readyz").status == 200), stage.logs()
    return visitor, f"/members/{unit.pk}/contacts/"


def twice(visitor, path, data, pause):
    """The same sending two times, the second a moment after the first."""

    def send(wait):
        time.sleep(wait)
        return visitor.post(path, data)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(send, (0, pause)))


def test_double_submit_creates_once(site, chance):
    visitor, path = site
    names = [f"双击{'甲乙丙丁戊己庚辛壬癸'[n]}" for n in range(10)]
    for name in names:
        answers = twice(
            visitor, f"{path}add/", contact_form(name), chance.choice([0, chance.uniform(0, 0.1)])
        )
        assert [answer.status for answer in answers] == [303, 303], answers
        assert {answer.location for answer in answers} == {path}
    assert sorted(Contact.objects.values_list("name", flat=True)) == sorted(names)
    assert Activity.objects.filter(kind="members.contact.assigned").count() == len(names)


def test_double_submit_without_a_key_creates_twice(site, chance):
    """That the fault is real: the same without the hidden key."""
    visitor, path = site
    data = contact_form("双击") | {"_key": ""}
    answers = twice(visitor, f"{path}add/", data, chance.uniform(0, 0.02))
    assert [answer.status for answer in answers] == [303, 303]
    assert Contact.objects.filter(name="双击").count() == 2


@pytest.mark.parametrize(("fault", "stored"), [("before-commit", 0), ("after-commit", 1)])
def test_web_worker_killed_around_the_commit(site, chance, fault, stored):
    visitor, path = site
    time.sleep(chance.uniform(0, 0.2))
    data = contact_form("演示人员")
    assert visitor.post(f"{path}add/", data, fault=fault).status == 0
    assert Contact.objects.filter(name="演示人员").count() == stored
    assert eventually(lambda: visitor.post(f"{path}add/", data).status == 303)
    assert Contact.objects.filter(name="演示人员").count() == 1
    assert Activity.objects.filter(kind="members.contact.assigned").count() == 1
    assert "演示人员" in visitor.get(path).body
