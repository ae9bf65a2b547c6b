"""Projects for tests, brought to any stage by the verbs."""

from events.choices import Stage
from events.domain import projects, reviews
from events.models import Project, Review
from tests.factories import make_user

FIELDS = {
    "kind": "technology", "scene": "园区夜间演艺", "maturity": "trial", "needs": ["scene", "funding"], "contact_name": "演示联系人",
    "contact_mobile": "13900000001",
}  # fmt: skip
MARKS = {"novelty": 80, "fit": 90, "readiness": 70, "reach": 60}
WAY = (Stage.SCREENING, Stage.SELECTED, Stage.PUBLISHED, Stage.TO_PITCH, Stage.PITCHED, Stage.TALKING)


def make_reviewers(number=3) -> list:
    return [make_user(f"演示专家{n}", f"expert{n}@test.cn") for n in range(1, number + 1)]


def make_project(*, by, name="演示光影秀", unit_name="演示科技公司", **fields) -> Project:
    return projects.put_forward(by=by, name=name, unit_name=unit_name, **FIELDS | fields)


def reviewed(project, *, by, people, marks=MARKS) -> list[Review]:
    reviews.ask(project, by=by, people=people)
    return [reviews.give(project, by=person, marks=marks, comment="可行") for person in people]


def brought_to(project, stage, *, by, reviewers=(), on=None) -> Project:
    """The project at `stage`, by every step before it; `reviewers` are asked on the way."""
    verbs = {
        Stage.SCREENING: projects.begin_screening, Stage.SELECTED: projects.select, Stage.PUBLISHED: projects.publish,
        Stage.TO_PITCH: projects.invite_to_pitch, Stage.PITCHED: projects.pitch, Stage.TALKING: projects.start_talks,
    }  # fmt: skip
    if stage == Stage.COLLECTED:
        return project
    for step in WAY[: WAY.index(stage) + 1]:
        project = verbs[step](project, by=by, on=on)
        if step == Stage.SCREENING and reviewers:
            reviewed(project, by=by, people=reviewers)
    return project
