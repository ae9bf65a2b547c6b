"""The closed lists of the projects of 文科汇 (domain 5.6, 10.8)."""

from django.db import models

__all__ = ["Maturity", "Need", "ProjectKind", "Stage"]


class ProjectKind(models.TextChoices):
    TECHNOLOGY = "technology", "技术"
    SCENE = "scene", "场景"
    CONTENT = "content", "内容"


class Maturity(models.TextChoices):
    CONCEPT = "concept", "方案"
    PROTOTYPE = "prototype", "样品或原型"
    TRIAL = "trial", "试点应用"
    PROVEN = "proven", "成熟应用"


class Need(models.TextChoices):
    SCENE = "scene", "场景"
    FUNDING = "funding", "资金"
    TECHNOLOGY = "technology", "技术"
    SPACE = "space", "空间"


class Stage(models.TextChoices):
    """The stages of a project in their order; which may follow which stands in `events.stages`."""

    COLLECTED = "collected", "征集中"
    SCREENING = "screening", "初筛"
    REJECTED = "rejected", "淘汰"
    SELECTED = "selected", "入选"
    PUBLISHED = "published", "优选公开"
    TO_PITCH = "to_pitch", "待路演"
    PITCHED = "pitched", "已路演"
    TALKING = "talking", "对接中"
    SUCCEEDED = "succeeded", "有合作"
    UNSUCCESSFUL = "unsuccessful", "无合作"
