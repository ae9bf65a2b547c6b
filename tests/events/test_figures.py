"""Yearly figures of events, and the demonstration that must give those of 2022."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from association import demo as accounts
from association import integrity
from association.desk import desk
from association.models import User
from events.demo import loading
from events.models import Event, Series

pytestmark = pytest.mark.django_db
OURS = ("show", "government_dialogue", "matchmaking", "park_talks", "forum", "wenke")


@pytest.fixture
def shown(db):
    accounts.load(tell=lambda text: None)
    loading.load(tell=lambda text: None)


def test_the_demonstration_gives_the_figures_of_2022_and_nothing_else_counts(shown, as_user):
    published = json.loads((Path(settings.BASE_DIR) / "tests/data/figures-2022.json").read_text("utf-8"))
    wanted = {f["key"]: f["demo"] for f in published["figures"] if f["key"].removeprefix("events.") in OURS}
    assert {key: desk.figures[key].value(2022) for key in wanted} == wanted
    assert len(wanted) == len(OURS)
    of_2022 = Event.objects.of_year(2022)
    assert (of_2022.held().count(), of_2022.count(), Event.objects.of_year(2023).held().count()) == (
        128,
        131,
        2,
    )
    assert not Event.objects.filter(is_demo=False).exists()
    page = as_user(User.objects.get(email="president@example.cn")).get("/figures/2022/events.show/")
    assert (page.status_code, "政企沟通会第1场" in page.content.decode()) == (200, True)


def test_loading_it_twice_changes_nothing_and_every_number_is_there_once(shown):
    before = Event.objects.count()
    loading.load(tell=lambda text: None)
    assert Event.objects.count() == before
    for series in Series.objects.all():
        numbers = sorted(series.events.values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1)), series


KEYS = ["events.states_in_order", "events.numbers_in_their_scope"]


def broken():
    return {
        found.invariant.key: len(found.offenders) for found in integrity.verify(only=KEYS) if found.offenders
    }


def test_what_the_demonstration_wrote_is_as_the_verbs_would_leave_it(shown):
    assert broken() == {}
    Event.objects.filter(series__code="wenke", number=1).update(number_scope=2022)
    archived = Event.objects.filter(series__code="wenke", number=2)
    archived.update(submitted_at=None)
    assert broken() == dict.fromkeys(KEYS, 1)
