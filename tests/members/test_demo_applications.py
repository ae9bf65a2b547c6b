"""The demonstration's applications: one in every state, all of invented units."""

import pytest

from association import demo as accounts
from association.models import User
from members.choices import ApplicationState
from members.demo import applications
from members.integrity import applications as invariants
from members.models import Application, Membership, Organization
from tests.factories.dues import make_standard

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(settings):
    settings.DEMO = True
    accounts.load()
    return User.objects.get(email="secretary@example.cn")


def test_there_is_one_in_every_state(by):
    make_standard(2022)
    applications.load(by)
    applications.load(by)
    states = list(Application.objects.values_list("state", flat=True))
    assert (set(states), len(states)) == (set(ApplicationState.values), 11)
    assert [a for a in Application.objects.all() if not (a.is_demo and a.name.startswith("演示"))] == []
    assert set(Organization.objects.values_list("is_demo", flat=True)) == {True}
    assert (Organization.objects.count(), Membership.objects.count()) == (3, 1)
    assert list(invariants.admitted_without_bill()) == list(invariants.filed_without_consent()) == []


def test_without_a_fee_standard_nobody_is_admitted(by):
    applications.load(by)
    assert (Application.objects.count(), Organization.objects.count()) == (8, 0)


def test_somebody_has_something_to_do(by):
    make_standard(2022)
    applications.load(by)
    late = [a for a in Application.objects.filed() if a.is_late]
    assert sorted(a.state for a in late) == ["admitted", "checking"]
