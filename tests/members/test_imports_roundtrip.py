"""What the house exports it imports unchanged: the roster of any day, however much has happened since."""

import io
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from association import jobs
from association.choices import ImportState, RowResult
from association.domain import imports
from association.exchange.writing import write_csv, write_workbook
from members import permissions
from members.columns import ROSTER
from members.domain import contacts, memberships, organizations, parks
from members.exchange.plan import PLAN
from members.models import Organization
from tests.factories import make_organization, next_mobile

pytestmark = pytest.mark.django_db
DAYS = [date(2022, 1, 26), date(2022, 6, 30), date(2022, 12, 31), date(2023, 1, 10), date(2026, 11, 1)]


@pytest.fixture
def eventful(db):
    """A unit to which everything has happened, one that left, one that came back, one without a membership."""
    with time_machine.travel("2022-01-26 10:00+08:00"):
        busy = make_organization(
            "演示旧名公司", park="演示旧园", registered_capital=Decimal("1000.50"), website="http://old.cn"
        )
        park = busy.parks.get()
        parks.add_recognition(park, by=None, level="municipal", year=2020)
        parks.report_year(park, by=None, year=2021, tenants=90, culture_tenants=70, rented_area=20000)
        make_organization("演示退会公司", left=date(2022, 9, 1), grade=50)
        back = make_organization("演示往返公司", left=date(2022, 3, 1))
        make_organization("演示观望公司", joined=None, people=False, credit_code="")
        make_organization(
            "-3度=空间（北京）@ 公司", park="751D·PARK 北京时尚设计广场", phone="010-65123456-801"
        )
    with time_machine.travel("2022-07-15 10:00+08:00"):
        busy.refresh_from_db()
        organizations.update_organization(
            busy, by=None, version=busy.version, changes={"name": "演示新名公司"}
        )
        memberships.add_post(busy, by=None, grade=20, since=date(2022, 7, 15), basis="选举")
        contacts.add_contact(
            busy, by=None, duty="representative", name="周新任", mobile=next_mobile(), title="董事长"
        )
        park.refresh_from_db()
        parks.update_park(park, by=None, version=park.version, changes={"name": "演示新园", "address": ""})
        parks.report_year(
            park, by=None, year=2022, tenants=120, culture_tenants=96, rented_area=Decimal("23000.25")
        )
        parks.add_recognition(park, by=None, level="model", year=2022)
        memberships.join(back, by=None, on=date(2022, 7, 1))
    with time_machine.travel("2023-01-05 10:00+08:00"):
        busy.refresh_from_db()
        organizations.update_organization(
            busy, by=None, version=busy.version, changes={"name": "演示末名公司"}
        )
        contacts.add_contact(
            busy, by=None, duty="liaison", name="吴再任", mobile=next_mobile(), email="wu@example.cn"
        )
    return busy


def exported(columns, day, *, unmasked=True, write=write_workbook, **options) -> SimpleUploadedFile:
    pks = list(Organization.objects.order_by("pk").values_list("pk", flat=True))
    stream = io.BytesIO()
    write(stream, columns=columns, rows=iter(columns.cells(pks, day, unmasked=unmasked)), **options)
    return SimpleUploadedFile("名册.csv" if write is write_csv else "名册.xlsx", stream.getvalue())


def checked(by, file):
    batch = imports.upload(PLAN, file, by=by)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert batch.sentence == ""
    return batch


def all_same(batch):
    odd = batch.rows.exclude(result=RowResult.SAME).values_list("number", "title", "differences", "errors")
    return list(odd) == [] and batch.total == batch.same_count == Organization.objects.count()


@pytest.mark.parametrize("unmasked", [True, False])
@pytest.mark.parametrize("day", DAYS)
def test_roster_of_any_day_comes_back_unchanged(secretary, eventful, day, unmasked):
    columns = ROSTER.allowed(permissions.tiers(secretary))
    file = exported(columns, day, unmasked=unmasked, sheet="会员名册", as_of=day)
    batch = checked(secretary, file)
    assert (batch.as_of, all_same(batch)) == (day, True)


def test_csv_of_today_comes_back_unchanged(secretary, eventful):
    columns = ROSTER.allowed(permissions.tiers(secretary))
    assert all_same(checked(secretary, exported(columns, date.today(), write=write_csv)))


def test_chosen_columns_come_back_unchanged(secretary, eventful):
    columns = ROSTER.chosen(["member_number", "name", "tenants", "culture_share", "tags"])
    assert all_same(checked(secretary, exported(columns, DAYS[2], sheet="会员名册", as_of=DAYS[2])))


def test_masked_roster_of_another_person_comes_back_unchanged(administrator, eventful):
    columns = ROSTER.allowed(permissions.tiers(administrator))
    file = exported(columns, DAYS[2], unmasked=False, sheet="会员名册", as_of=DAYS[2])
    assert all_same(checked(administrator, file))


def test_only_the_edited_cell_is_a_difference(secretary, eventful):
    """The roster of a past day with one cell changed: that cell, and nothing that happened since."""
    columns, day = ROSTER.allowed(permissions.tiers(secretary)), DAYS[1]
    pks = list(Organization.objects.order_by("pk").values_list("pk", flat=True))
    rows = [list(row) for row in columns.cells(pks, day)]
    rows[0][list(columns.by_key).index("legal_representative")] = "改法人"
    stream = io.BytesIO()
    write_workbook(stream, sheet="会员名册", columns=columns, rows=map(tuple, rows), as_of=day)
    batch = checked(secretary, SimpleUploadedFile("名册.xlsx", stream.getvalue()))
    changed = batch.rows.exclude(result=RowResult.SAME).get()
    assert changed.differences == [["legal_representative", "王法人", "改法人", ""]]
    assert changed.target == eventful.pk


def test_import_into_an_empty_house_and_out_again(secretary, eventful, park_unit, other_unit):
    """A roster imported where nothing was gives the same roster of that day."""
    columns, day = ROSTER.importable.allowed(permissions.tiers(secretary)), DAYS[2]
    # The rest of the fixture lacks what a new unit must have.
    chosen = Organization.objects.members_on(day).filter(parks__isnull=False).order_by("pk")
    pks = list(chosen.values_list("pk", flat=True))
    before = columns.cells(pks, day)
    stream = io.BytesIO()
    write_workbook(stream, sheet="会员名册", columns=columns, rows=iter(before), as_of=day)
    for unit in Organization.objects.all():
        unit.memberships.all().delete()
        unit.posts.all().delete()
        unit.parks.all().delete()
        unit.delete()
    batch = checked(secretary, SimpleUploadedFile("名册.xlsx", stream.getvalue()))
    assert (batch.new_count, batch.error_count) == (len(before), 0)
    imports.confirm(batch, by=secretary, round=1)
    jobs.run_queued_jobs()
    batch.refresh_from_db()
    assert batch.state == ImportState.DONE
    assert columns.cells([row.target for row in batch.rows.order_by("number")], day) == before
