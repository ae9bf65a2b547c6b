"""Named questions about projects (domain 1.5: 对接/项目, 专家评审)."""

from association.choices import Role
from association.permissions import KEEPERS, has_role, question
from events.permissions.events import can_see_events
from members.permissions import duties_at, serves_member

__all__ = [
    "can_keep_projects",
    "can_publish_projects",
    "can_put_forward_projects",
    "can_see_projects",
    "edits_project",
    "is_of_unit",
    "sees_contact",
]  # fmt: skip


@question("看全部征集项目", group="活动")
def can_see_projects(user) -> bool:
    return can_see_events(user)


@question("登记项目、请人评审、推进项目阶段", group="活动")
def can_keep_projects(user) -> bool:
    return has_role(user, *KEEPERS)


@question("批准优选公开项目", group="活动")
def can_publish_projects(user) -> bool:
    return has_role(user, Role.SECRETARY_GENERAL)


@question("为本单位申报项目", group="活动")
def can_put_forward_projects(user) -> bool:
    return serves_member(user)


def is_of_unit(user, project) -> bool:
    """Whether the person holds a duty at the project's unit."""
    return project.organization_id is not None and bool(duties_at(user, project.organization))


def sees_contact(user, project) -> bool:
    """Whether the person sees who is to be rung up about the project: the secretariat, and the unit that wrote it."""
    return can_keep_projects(user) or is_of_unit(user, project)


def edits_project(user, project) -> bool:
    """Whether the person corrects it: the secretariat, and its unit as long as nobody has begun to look at it."""
    return can_keep_projects(user) or (is_of_unit(user, project) and project.stage == "collected")
