"""Open bills and bank lists that were read, for tests."""

from datetime import date

from association import jobs
from members.domain import bank_lists
from members.models import Bill
from tests.bank_lists import ICBC, csv_file, icbc
from tests.factories import make_organization

OWED = 500_000
ISSUED = date(2023, 1, 10)
_numbers = {"bill": 0}


def make_bill(unit, *, by=None, amount=OWED, year=2023, **fields) -> Bill:
    """An outstanding bill of the unit; written straight, because issuing is another room's business."""
    _numbers["bill"] += 1
    return Bill.objects.create(
        organization=unit, kind="dues", year=year, number=f"HF-{year}-9{_numbers['bill']:05d}", payer_name=unit.name,
        amount=amount, issued_on=ISSUED, due_on=date(year, 3, 31), issued_by=by, **fields,
    )  # fmt: skip


def make_unit_with_bill(name="演示甲公司", **fields) -> Bill:
    return make_bill(make_organization(name, people=False), **fields)


def read_list(by, *rows, header=ICBC, run=True, **options):
    """A list of those rows (of 工商银行 unless said otherwise), uploaded and read."""
    statement = bank_lists.upload(csv_file(header, *rows, **options), by=by)
    if run:
        jobs.run_queued_jobs()
        statement.refresh_from_db()
    return statement


def paid(payer="演示甲公司", amount="5000", **options):
    return icbc(payer, amount, **options)
