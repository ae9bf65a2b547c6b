"""The closed lists of the register of deals (domain 5.5, 10.8)."""

from django.db import models

__all__ = ["EVIDENCE_KINDS", "DealState", "PartyRole"]

# Kinds of files that show that a deal landed.
EVIDENCE_KINDS = ("合同", "协议", "照片")


class PartyRole(models.TextChoices):
    FIRST = "first", "甲方"
    SECOND = "second", "乙方"
    OTHER = "other", "其他"


class DealState(models.TextChoices):
    """Where a deal stands; derived from dated facts, never stored."""

    SIGNED = "signed", "已签约"
    LANDED = "landed", "已落地"
    VERIFIED = "verified", "已核实"
    ENDED = "ended", "已终止"
