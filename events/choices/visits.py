"""How a park was visited and what it showed (domain 5.7, 云参访 record)."""

from django.db import models


class VisitMode(models.TextChoices):
    ONSITE = "onsite", "线下"
    LIVE = "live", "直播"
    RECORDED = "recorded", "录播"


class VisitTag(models.TextChoices):
    """What a visited park is an example of."""

    PROFESSIONAL = "professional", "专业化"
    DISTINCTIVE = "distinctive", "特色化"
    DIGITAL = "digital", "数字化"
