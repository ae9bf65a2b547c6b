"""The bank's list of the demonstration: pays open bills of invented units, once, and leaves real ones alone."""

import pytest

from members.demo import bank
from members.models import BankStatement, Bill, Organization
from tests.factories import make_organization
from tests.factories.bank import make_bill

pytestmark = pytest.mark.django_db


def test_without_bills_there_is_nothing_to_do(treasurer):
    assert bank.load(treasurer) is None
    assert BankStatement.objects.count() == 0


def test_the_list_can_be_tried_at_once(treasurer, secretary):
    for number in range(7):
        make_bill(make_organization(f"演示第{number}公司", people=False), by=secretary)
    real = make_bill(make_organization("莱锦公司", people=False))
    Organization.objects.update(is_demo=True)
    statement = bank.load(treasurer)
    assert bank.load(treasurer) == statement
    assert (statement.state, statement.layout, statement.is_demo) == ("ready", "icbc", True)
    assert (statement.line_count, statement.skipped_count, BankStatement.objects.count()) == (9, 1, 1)
    found = statement.lines.all()
    assert found.filter(suggested=real).count() == 0
    assert found.filter(score__gte=90).count() >= 3
    assert found.filter(suggested__isnull=False).count() == Bill.objects.count() - 1
