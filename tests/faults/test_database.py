"""Postgres is restarted under load: what was acknowledged is stored once, and everything goes on by itself."""

import signal
import threading
import time

import pytest

from association.models import Activity
from members.models import Contact
from tests.factories import make_organization, make_user
from tests.faults.processes import eventually
from tests.faults.stage import queue
from tests.faults.visitors import Visitor, contact_form

pytestmark = pytest.mark.xdist_group("faults-2")


class Clerk(threading.Thread):
    """Adds contacts one after the other; sends each form again until it is acknowledged, as a person would."""

    def __init__(self, visitor, path, number):
        super().__init__(daemon=True)
        self.visitor, self.path, self.number = visitor, path, number
        self.acknowledged, self.statuses, self.enough = [], [], threading.Event()

    def run(self):
        while not self.enough.is_set():
            name = f"经办{self.number}第{len(self.acknowledged)}"
            data = contact_form(name)
            while (answer := self.visitor.post(self.path, data)).status != 303:
                self.statuses.append(answer.status)
                if self.enough.wait(0.2):
                    return
            self.acknowledged.append(name)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_restarted_under_load(stage, chance, stop):
    user = make_user("陈思远", "secretary@test.cn", roles=["secretariat"])
    unit = make_organization("演示运营公司01", people=False)
    queued, names = queue(60, seconds=0.05)
    visitor = Visitor(stage.web(), user)
    stage.background()
    assert eventually(lambda: visitor.get("/readyz").status == 200), stage.logs()
    clerks = [Clerk(visitor, f"/members/{unit.pk}/contacts/add/", number) for number in range(3)]
    for clerk in clerks:
        clerk.start()
    stage.announce(*queued)
    assert eventually(lambda: all(len(clerk.acknowledged) > 1 for clerk in clerks)), stage.logs()
    time.sleep(chance.uniform(0, 1))
    stage.server.restart(stop, pause=chance.choice([0, 2]))
    before = [len(clerk.acknowledged) for clerk in clerks]
    more = [b + 2 for b in before]
    went_on = eventually(lambda: all(len(c.acknowledged) >= m for c, m in zip(clerks, more, strict=True)))
    for clerk in clerks:
        clerk.enough.set()
    for clerk in clerks:
        clerk.join(60)
    assert went_on, stage.logs()
    # 0: the connection was cut; 503 is the page that asks for patience; nobody sees an error of ours.
    assert {status for clerk in clerks for status in clerk.statuses} <= {0, 503}
    acknowledged = sorted(name for clerk in clerks for name in clerk.acknowledged)
    stored = sorted(Contact.objects.filter(name__startswith="经办").values_list("name", flat=True))
    assert len(stored) == len(set(stored))
    assert set(acknowledged) <= set(stored)
    assert len(stored) - len(acknowledged) <= len(clerks)  # the last of each, given up unanswered
    assert Activity.objects.filter(kind="members.contact.assigned").count() == len(stored)
    stage.done(names)
