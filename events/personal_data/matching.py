"""What the market keeps about one person, for the copy they may ask for."""

from association.personal_data import Table, personal_data
from events.models import ContactSharing, Posting


@personal_data
def shared(user):
    """To which units the person's number was told, or may be once both agree."""
    rows = ContactSharing.objects.filter(contact__user=user).select_related(
        "match__posting", "match__owner", "match__asker", "organization"
    )
    yield Table(
        "供需对接中提供联系方式",
        ("时间", "对接", "提供给", "依据", "同意的内容", "撤回时间"),
        (
            (
                s.given_at,
                s.match.posting.title,
                s.match.other_of(s.organization),
                s.get_basis_display(),
                s.wording,
                s.withdrawn_at,
            )
            for s in rows.order_by("pk")
        ),
    )
    answering = Posting.objects.filter(contact__user=user).order_by("pk")
    yield Table("作为答复人的供需", ("标题", "有效期至"), ((p.title, p.valid_to) for p in answering))
