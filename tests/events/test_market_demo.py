"""The market as the demonstration shows it: every state is there, and all of it is as the verbs would have left it."""

import pytest

from association import demo as accounts
from association import integrity
from association.demo import DEMO_ACCOUNTS
from association.models import User
from events.choices import MatchState, PostingState
from events.demo import loading, market, market_plan
from events.models import ContactSharing, Match, Posting
from members.models import Organization
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(db):
    accounts.load(tell=lambda text: None)
    for name in sorted(market_plan.names()):
        make_organization(name, is_demo=True)
    make_user("莱锦的人", market.MEMBER_ADDRESS, organization=make_organization("莱锦运营"), duty="manager")
    loading.load(tell=lambda text: None)


def test_every_state_is_there_and_nothing_is_broken(shown):
    assert [s for s in PostingState.values if not Posting.objects.in_state(s).exists()] == []
    assert [s for s in MatchState.values if not Match.objects.in_state(s).exists()] == []
    assert [f.invariant.key for f in integrity.verify() if f.is_broken] == []
    assert {stage: Match.objects.reached(stage, 2022).count() for stage in ("asked", "agreed", "signed", "landed")} == {
        "asked": 21, "agreed": 14, "signed": 6, "landed": 5,
    }  # fmt: skip
    assert Posting.objects.filter(event__isnull=False).values("event").distinct().count() == 7
    assert not Posting.objects.filter(is_demo=False).exists()
    assert not Posting.objects.exclude(title__contains="演示").exists()


def test_only_good_comes_to_the_unit_that_is_real_and_a_second_run_adds_nothing(shown):
    unit = Organization.objects.get(name="莱锦运营")
    states = {m.state for m in Match.objects.all() if unit.pk in (m.owner_id, m.asker_id)}
    assert states == {MatchState.WAITING, MatchState.TALKING}
    numbers = [model.objects.count() for model in (Posting, Match, ContactSharing)]
    loading.load(tell=lambda text: None)
    assert [model.objects.count() for model in (Posting, Match, ContactSharing)] == numbers


def test_without_its_units_nothing_is_written(db):
    accounts.load(tell=lambda text: None)
    market.load(*(User.objects.get(email=email) for _, _, email in DEMO_ACCOUNTS[:2]))
    assert Posting.objects.count() == 0
