"""The closed lists of invitations and feedback, with the words a reader sees (domain 5.3)."""

from django.db import models


class Reply(models.TextChoices):
    """What an invited person answered."""

    ATTENDING = "attending", "参加"
    DELEGATED = "delegated", "委派"
    DECLINED = "declined", "不参加"
