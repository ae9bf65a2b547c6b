"""Two at once, with real transactions."""

import threading
from datetime import date

import pytest
from django.db import connection, connections

from association import jobs
from association.choices import ImportState
from association.domain import imports
from association.models import Activity, ImportBatch, Job
from members.domain import memberships, organizations
from members.exchange.plan import PLAN
from members.models import Organization
from tests.factories import make_organization, make_user
from tests.factories.sheets import csv_upload, new_unit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def by():
    return make_user("陈思远", "secretary@test.cn", roles=["secretariat"])


def uploaded(by, *rows):
    batch = imports.upload(PLAN, csv_upload(*rows), by=by)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    return batch


def at_once(*functions):
    """Run functions in threads that start together; gives what each returned or raised."""
    barrier, results = threading.Barrier(len(functions)), [None] * len(functions)

    def run(place, function):
        barrier.wait()
        try:
            results[place] = function()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_two_confirms_at_once_import_once(by):
    batch = uploaded(by, new_unit("演示双桥公司"))
    results = at_once(*[lambda: imports.confirm(batch, by=by, round=1).state] * 4)
    assert results == [ImportState.APPLYING] * 4
    assert Job.objects.filter(name="members.apply_import").count() == 1
    jobs.run_queued_jobs()
    assert Organization.objects.count() == 1


def test_two_workers_on_one_batch_write_once(by):
    batch = uploaded(by, new_unit("演示双桥公司"))
    imports.confirm(batch, by=by, round=1)
    assert at_once(*[lambda: imports.apply(batch.pk)] * 3) == [None] * 3
    assert Organization.objects.count() == 1
    assert Activity.objects.filter(kind="association.import.applied").count() == 1


def test_two_undos_at_once(by):
    batch = uploaded(by, new_unit("演示双桥公司"))
    imports.confirm(batch, by=by, round=1)
    jobs.run_queued_jobs()
    imports.undo(batch, by=by, basis="传错了")
    assert at_once(*[lambda: imports.take_back(batch.pk)] * 3) == [None] * 3
    assert (Organization.objects.count(), ImportBatch.objects.get().state) == (0, ImportState.UNDONE)


def test_two_batches_with_the_same_new_unit(by):
    """Both were checked while nobody knew the unit; whichever comes second finds it and writes nothing."""
    row = new_unit("演示双桥公司")
    first, second = uploaded(by, row), uploaded(by, row | {"法定代表人": "另一人"})
    for batch in (first, second):
        imports.confirm(batch, by=by, round=1)
    assert at_once(lambda: imports.apply(first.pk), lambda: imports.apply(second.pk)) == [None, None]
    assert Organization.objects.count() == 1
    assert sorted(ImportBatch.objects.values_list("state", flat=True)) == [
        ImportState.DONE,
        ImportState.STALE,
    ]


def test_member_numbers_of_a_join_and_an_import_at_once(by):
    waiting = make_organization("演示观望公司", joined=None)
    batch = uploaded(by, *[new_unit(f"演示新{i}公司") for i in range(5)])
    imports.confirm(batch, by=by, round=1)
    results = at_once(
        lambda: imports.apply(batch.pk),
        lambda: memberships.join(waiting, by=by, on=date(2022, 3, 1)).joined_on,
    )
    assert results == [None, date(2022, 3, 1)]
    numbers = sorted(Organization.objects.values_list("member_number", flat=True))
    assert numbers == [f"BCIPA-2022-{i:04d}" for i in range(1, 7)]


def test_edit_during_the_import_waits_and_meets_the_new_version(by):
    """Whoever saves a form that was opened before the import gets a conflict, never the last word."""
    unit = make_organization("演示运营公司")
    batch = uploaded(by, {"单位名称": unit.name, "法定代表人": "甲"})
    imports.confirm(batch, by=by, round=1)

    def edit():
        return organizations.update_organization(
            unit, by=by, version=unit.version, changes={"legal_representative": "乙"}
        )

    edited, _ = at_once(edit, lambda: imports.apply(batch.pk))
    unit.refresh_from_db()
    batch.refresh_from_db()
    if isinstance(edited, Exception):
        assert (unit.legal_representative, batch.state) == ("甲", ImportState.DONE)
    else:
        assert (unit.legal_representative, batch.state) == ("乙", ImportState.STALE)


def test_a_failing_write_leaves_nothing(by, monkeypatch):
    batch = uploaded(by, new_unit("演示双桥公司"))
    imports.confirm(batch, by=by, round=1)

    def broken(*args, **kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr("members.exchange.apply.record_many", broken)
    with pytest.raises(RuntimeError):
        imports.apply(batch.pk)
    batch.refresh_from_db()
    assert (batch.state, Organization.objects.count()) == (ImportState.APPLYING, 0)
    monkeypatch.undo()
    imports.apply(batch.pk)
    assert Organization.objects.count() == 1


def test_worker_killed_in_mid_import_leaves_nothing(by, monkeypatch):
    """The server ends the connection before the commit; the job runs again afterwards."""
    batch = uploaded(by, new_unit("演示双桥公司"))
    imports.confirm(batch, by=by, round=1)

    def killed(*args, **kwargs):
        connection.connection.close()
        raise SystemError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("members.exchange.apply.record_many", killed)
        at_once(lambda: imports.apply(batch.pk))
    assert Organization.objects.count() == 0
    imports.apply(batch.pk)
    assert Organization.objects.count() == 1
