"""The funnel and the yearly figures of projects and deals: counted from steps of the year, each with its rows."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.timezone import localdate

from association import demo as accounts
from association import integrity
from association.desk import desk
from association.models import User
from events import funnel
from events.choices import Stage
from events.demo import loading
from events.models import Deal, DealParty, Event, Project, ProjectStage, Review, Series
from tests.factories.happenings import make_event, make_series
from tests.factories.projects import brought_to, make_project, make_reviewers

pytestmark = pytest.mark.django_db
OURS = ("wenke_projects", "wenke_pitched", "wenke_deals")
KEYS = [
    "events.stages_in_order", "events.decided_with_reviews", "events.stage_undone_in_place", "events.deals_in_order",
]  # fmt: skip


@pytest.fixture
def shown(db):
    accounts.load(tell=lambda text: None)
    loading.load(tell=lambda text: None)


def broken():
    return {f.invariant.key: len(f.offenders) for f in integrity.verify(only=KEYS) if f.offenders}


def test_the_demonstration_gives_64_27_37_by_event_and_every_bar_opens_its_rows(shown, as_user):
    published = json.loads((Path(settings.BASE_DIR) / "tests/data/figures-2022.json").read_text("utf-8"))
    wanted = {f["key"]: f["demo"] for f in published["figures"] if f["key"].removeprefix("events.") in OURS}
    assert {key: desk.figures[key].value(2022) for key in wanted} == wanted
    assert [desk.figures[f"events.{name}"].value(2023) for name in OURS] == [0, 0, 0]
    found = funnel.funnel(Series.objects.get(code="wenke"), 2022)
    columns = dict(
        zip(
            found["heads"],
            zip(*([c["number"] for c in line["cells"]] for line in found["lines"]), strict=True),
            strict=True,
        )
    )
    assert columns["优选公开"] == (11, 13, 12, 14, 14)
    assert columns["路演"] == (5, 6, 5, 6, 5)
    assert columns["落地（单）"] == (6, 8, 7, 9, 7)
    assert [number for _, number, _ in found["bars"]] == [97, 94, 64, 27, 27, 37]
    client = as_user(User.objects.get(email="president@example.cn"))
    page = client.get(reverse("events:funnel")).content.decode()
    for _, number, address in [
        *found["bars"],
        *((0, c["number"], c["url"]) for c in found["lines"][2]["cells"]),
    ]:
        assert client.get(address).context["page"].paginator.count == number
        assert address.replace("&", "&amp;") in page
    rows = client.get("/figures/2022/events.wenke_deals/")
    assert (rows.status_code, "演示合作1-01" in rows.content.decode()) == (200, True)


def test_the_pitched_are_among_the_published_and_deals_have_projects_or_none(shown):
    published, pitched = (
        set(desk.figures[f"events.{n}"].queryset(2022).values_list("pk", flat=True)) for n in OURS[:2]
    )
    assert pitched < published
    deals = Deal.objects.landed_in(2022)
    of_pitched = deals.filter(project__in=pitched)
    assert (
        of_pitched.count(),
        deals.filter(project=None).count(),
        deals.exclude(project=None).exclude(project__in=pitched).count(),
    ) == (22, 10, 5)
    assert of_pitched.values("project").distinct().count() < of_pitched.count()
    for model in (Project, Deal):
        assert not model.objects.filter(is_demo=False).exists()
    assert not Project.objects.exclude(unit_name__startswith="演示").exists()
    assert not DealParty.objects.exclude(name__startswith="演示").exists()


def test_what_the_demonstration_wrote_is_as_the_verbs_would_leave_it(shown):
    assert broken() == {}
    project = Project.objects.reached(Stage.PITCHED).first()
    Review.objects.filter(project=project).first().delete()
    ProjectStage.objects.filter(project=project, stage=Stage.PUBLISHED).delete()
    step = ProjectStage.objects.filter(stage=Stage.TALKING).exclude(project=project).first()
    ProjectStage.objects.create(
        project=step.project, stage=Stage.COLLECTED, reached_on=localdate(), reason="x", undoes=step
    )
    DealParty.objects.filter(deal=Deal.objects.first()).first().delete()
    assert {key: bool(number) for key, number in broken().items()} == dict.fromkeys(KEYS, True)


def test_a_step_counts_in_its_own_year_wherever_the_project_is_now(secretary, secretary_general):
    series = make_series(by=secretary)
    event = make_event(
        series, by=secretary, stand="published", submitter=secretary, approver=secretary_general
    )
    Event.objects.filter(pk=event.pk).update(
        starts_at="2022-03-01T14:00+08:00", ends_at="2022-03-01T16:00+08:00"
    )
    event.refresh_from_db()
    project = make_project(by=secretary, event=event)
    brought_to(project, Stage.PITCHED, by=secretary, reviewers=make_reviewers())
    ProjectStage.objects.exclude(stage=Stage.PITCHED).update(reached_on="2021-12-31")
    year = localdate().year
    numbers = {y: [n for _, n, _ in funnel.funnel(series, y)["bars"]] for y in (2021, year)}
    assert numbers == {2021: [1, 1, 1, 0, 0, 0], year: [0, 0, 0, 1, 0, 0]}
    make_project(by=secretary, name="演示未定")
    assert funnel.funnel(series, year)["undated"] == 1
    assert funnel.funnel(None, year)["bars"][0][1] == 0


def test_the_funnel_asks_as_many_queries_for_one_project_as_for_many(secretary, as_user, queries):
    series = make_series(by=secretary)
    client, counts = as_user(secretary), []
    for number in (1, 8):
        event = make_event(series, by=secretary)
        for n in range(number):
            make_project(by=secretary, event=event, name=f"演示{n}")
        client.get(reverse("events:funnel"))
        with queries() as captured:
            client.get(reverse("events:funnel"))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 20
