"""Bulk writing: what arrives in the tables, what the history says, and the way back."""

import json
from datetime import date
from decimal import Decimal

import pghistory.models
import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction

from association import bulk
from association.choices import RowResult
from association.domain.activities import record, verb
from association.ledger import Ledger, take_back
from association.models import Activity, ImportBatch, ImportRow
from members.models import AlternativeName, Organization, Park, ParkYear
from tests.factories import make_organization
from tests.factories.tables import contents

pytestmark = pytest.mark.django_db
ORDER = (Organization, AlternativeName, Park, ParkYear)


def reloaded(effects):
    return json.loads(json.dumps(effects, cls=DjangoJSONEncoder))


def test_inserted_rows_are_what_save_would_have_written():
    plain = {
        "name": "演示公司",
        "district": "BDA",
        "registered_capital": Decimal("1.50"),
        "founded_on": date(2020, 2, 29),
    }
    saved, copied = Organization.objects.create(**plain), Organization(**plain)
    bulk.insert(Organization, [copied])
    saved.refresh_from_db()
    copied.refresh_from_db()
    left_out = {"id", "created_at", "updated_at"}
    fields = [f.attname for f in Organization._meta.concrete_fields if f.name not in left_out]
    assert [getattr(copied, f) for f in fields] == [getattr(saved, f) for f in fields]
    assert abs((copied.created_at - saved.created_at).total_seconds()) < 5


def test_odd_texts_survive_copying():
    text = 'Tab\t, "quote", back\\slash, \\N, 换行\n, {a,b}, é𬭎'
    unit = Organization(name="演示公司", introduction=text)
    bulk.insert(Organization, [unit])
    park = Park(organization=unit, name="园", district="BDA", industries=["02", "03"], facilities=[])
    bulk.insert(Park, [park])
    unit.refresh_from_db()
    park.refresh_from_db()
    assert (unit.introduction, park.industries, park.facilities) == (text, ["02", "03"], [])


def test_documents_survive_copying(secretary):
    batch = ImportBatch.objects.create(plan="x", owner=secretary, filename="x")
    row = ImportRow(
        batch=batch,
        number=1,
        result=RowResult.NEW,
        differences=[["a", 'b"\\', None]],
        operations={"on": date(2022, 1, 26)},
    )
    bulk.insert(ImportRow, [row])
    row.refresh_from_db()
    assert (row.differences, row.operations) == ([["a", 'b"\\', None]], {"on": "2022-01-26"})


def test_update_writes_the_named_fields_only():
    units = [make_organization(f"演示{i}公司", park="园") for i in range(3)]
    for i, unit in enumerate(units):
        unit.phone, unit.founded_on, unit.name = f"010-6512345{i}", None, "不该写入"
    bulk.update(Organization, units, ["phone", "founded_on"])
    assert list(Organization.objects.order_by("pk").values_list("name", "phone")) == [
        (f"演示{i}公司", f"010-6512345{i}") for i in range(3)
    ]
    park = Park.objects.first()
    park.industries, park.floor_area = ["01", "09"], Decimal("50000.25")
    bulk.update(Park, [park], ["industries", "floor_area"])
    park.refresh_from_db()
    assert (park.industries, park.floor_area) == (["01", "09"], Decimal("50000.25"))


def test_constraints_hold():
    unit = make_organization("演示公司")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Organization, [Organization(name="别家", credit_code=unit.credit_code)])


def test_history_knows_the_verb():
    unit = make_organization("演示公司")

    @verb
    def rewrite():
        ledger = Ledger(ORDER)
        ledger.change(unit, phone="010-65123456")
        new = ledger.create(Organization(name="演示新公司"))
        ledger.create(Park(organization=new, name="新园", district="BDA"))
        ledger.write()
        return record("test.rewritten", unit, by=None, sentence="改写")

    activity = rewrite()
    events = pghistory.models.Events.objects.filter(pgh_context_id=activity.context_id)
    assert sorted((e.pgh_obj_model, e.pgh_label) for e in events) == [
        ("members.Organization", "insert"),
        ("members.Organization", "update"),
        ("members.Park", "insert"),
    ]
    assert {e.pgh_context["verb"].rpartition(".")[2] for e in events} == {"rewrite"}


def test_what_a_ledger_wrote_can_be_taken_back():
    unit = make_organization("演示公司", park="园")
    before, activities = contents(without=("version", "updated_at")), Activity.objects.count()
    ledger, version = Ledger(ORDER), unit.version
    ledger.change(unit, phone="010-65123456", founded_on=date(2020, 1, 1), registered_capital=Decimal("2.50"))
    ledger.change(unit, phone="010-65123457")
    ledger.change(unit.parks.get(), industries=["01"], name="新园")
    new = ledger.create(Organization(name="演示新公司"))
    park = ledger.create(Park(organization=new, name="新园", district="BDA"))
    ledger.create(ParkYear(park=park, year=2022, tenants=5))
    ledger.write()
    unit.refresh_from_db()
    assert (unit.phone, unit.version) == ("010-65123457", version + 1)
    assert ParkYear.objects.get().park.organization.name == "演示新公司"
    take_back(reloaded(ledger.effects()), ORDER)
    assert contents(without=("version", "updated_at")) == before
    assert Activity.objects.count() == activities


def test_unchanged_values_are_not_written():
    unit = make_organization("演示公司")
    ledger = Ledger(ORDER)
    ledger.change(unit, name="演示公司")
    ledger.write()
    assert ledger.effects() == {"created": {}, "changed": {}}
