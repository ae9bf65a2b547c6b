"""The closed lists of membership certificates (domain 10.17)."""

from django.db import models


class CertificateState(models.TextChoices):
    """What the verify page says of a certificate; derived from dates and from the unit's membership, never stored."""

    VALID = "valid", "有效"
    VOID = "void", "已失效"
    EXPIRED = "expired", "已过期"


class CertificateNeed(models.TextChoices):
    """Why a member waits for a certificate."""

    MISSING = "missing", "没有会员证"
    CHANGED = "changed", "内容已变"
    EXPIRED = "expired", "已过期"
