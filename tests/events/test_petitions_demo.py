"""The petitions of the demonstration: every state, nothing that the verbs would not have left, nothing bad of real parks."""

import pytest

from association import demo as accounts
from association import integrity
from events.choices import PetitionState
from events.demo import loading
from events.demo.petition_plan import OF_2022, OPEN
from events.models import Answer, Handover, Petition
from members.models import Organization
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(db):
    accounts.load(tell=lambda text: None)
    for number in range(1, 4):
        make_organization(f"演示运营公司{number:02d}", park=f"演示园区{number:02d}", is_demo=True)
    make_organization("演示运营公司04", park="嘉诚胡同创意工场", is_demo=True)
    loading.load(tell=lambda text: None)


def test_there_is_a_petition_in_every_state_and_several_of_government_dialogues(shown):
    planned = [one for one in (*OF_2022, *OPEN) if not one.own]
    found = list(Petition.objects.select_related("organization"))
    assert len(found) == len(planned)
    assert {petition.state for petition in found} == set(PetitionState)
    of_2022 = [petition for petition in found if petition.year == 2022]
    assert len(of_2022) == len([one for one in OF_2022 if not one.own])
    assert not any(petition.is_open for petition in of_2022)
    assert sum(petition.event_id is not None for petition in found) > 12
    assert any(petition.is_late for petition in found)
    assert {petition.organization.name for petition in found} == {f"演示运营公司0{n}" for n in (1, 2, 3)}


def test_it_is_as_the_verbs_would_have_left_it_and_loaded_once(shown):
    keys = [i.key for i in integrity.invariants() if i.key.startswith("events.")]
    assert {f.invariant.key: f.offenders for f in integrity.verify(only=keys) if f.offenders} == {}
    before = (Petition.objects.count(), Handover.objects.count(), Answer.objects.count())
    loading.load(tell=lambda text: None)
    assert (Petition.objects.count(), Handover.objects.count(), Answer.objects.count()) == before
    assert Organization.objects.filter(name="演示运营公司04", petitions__isnull=False).count() == 0
