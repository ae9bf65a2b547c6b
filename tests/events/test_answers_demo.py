"""Invitations and feedback as the demonstration shows them: every answer is there, nothing bad of a real park."""

import pytest

from association import demo as accounts
from association import integrity
from association.models import User
from events.choices import Outcome, Reply
from events.demo import answers, loading
from events.models import EventInvitation, Feedback, Registration
from tests.factories import make_organization, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(db):
    accounts.load(tell=lambda text: None)
    for number in range(20):
        make_organization(f"演示运营公司{number:02}", park=f"演示园区{number:02}")
    unit = make_organization("演示运营公司109", park="莱锦文化创意产业园", people=False)
    make_user("莱锦的人", "member@example.cn", organization=unit)
    loading.load(tell=lambda text: None)
    return unit


def test_every_answer_is_there_and_nothing_is_broken(shown):
    replies = EventInvitation.objects.values_list("reply", flat=True)
    assert {reply: list(replies).count(reply) for reply in ("", *Reply)} == {
        "": 7, Reply.ATTENDING: 8, Reply.DELEGATED: 3, Reply.DECLINED: 3,
    }  # fmt: skip
    invited = Registration.objects.filter(invitation__isnull=False)
    assert (invited.count(), invited.filter(is_demo=False).count()) == (11, 0)
    said = Feedback.objects.all()
    assert {feedback.registration.event.numbered for feedback in said} == {"园区有话说第22期"}
    assert [text for f in said for text in (f.liked, f.missed) if text and "演示" not in text] == []
    assert [f.invariant.key for f in integrity.verify() if f.is_broken] == []


def test_the_unit_of_a_real_park_has_its_answer_still_to_give_and_missed_nothing(shown):
    assert EventInvitation.objects.get(organization=shown).reply == ""
    outcomes = {r.unit_name: r.outcome for r in Registration.objects.filter(event__number=22)}
    assert [unit for unit, outcome in outcomes.items() if outcome == Outcome.MISSED] == ["演示企业099"]


def test_a_second_run_adds_nothing(shown):
    def numbers():
        return [model.objects.count() for model in (EventInvitation, Registration, Feedback)]

    before = numbers()
    answers.load(User.objects.get(email="secretary@example.cn"))
    loading.load(tell=lambda text: None)
    assert numbers() == before
