"""What the members are told of a year's dues: due, received, waived and outstanding by tier, frozen when published."""

from django.db import connection
from django.db.models import Count, F, Sum
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from association.domain.activities import record, verb
from association.domain.notices import notify_many
from association.errors import Refused
from association.money import yuan_of
from members.choices import BillKind
from members.domain.audience import everybody_of_members
from members.models import Bill, DuesPublication

PUBLICATION_LOCK = 20_230_401
SUMS = ("amount", "paid", "waived")


def figures_of(year: int) -> dict:
    """The dues of `year` as they stand now, in 分: `tiers`, each with `name`, `count`, `amount`, `paid`, `waived` and
    `outstanding`, and the same in `total`. Void bills and other charges are left out."""
    rows = (
        Bill.objects.standing()
        .filter(kind=BillKind.DUES, year=year)
        .order_by()
        .values(name=F("tier__name"), place=F("tier__position"))
        .annotate(count=Count("pk"), **{f"{s}_sum": Coalesce(Sum(s), 0) for s in SUMS})
        .order_by("place", "name")
    )
    tiers = [
        _with_outstanding({"name": r["name"] or "", "count": r["count"]} | {s: r[f"{s}_sum"] for s in SUMS})
        for r in rows
    ]
    total = {key: sum(tier[key] for tier in tiers) for key in ("count", *SUMS)}
    return {"tiers": tiers, "total": _with_outstanding(total)}


def _with_outstanding(row):
    return row | {"outstanding": row["amount"] - row["paid"] - row["waived"]}


@verb
def publish(*, by, year: int, note: str = "") -> DuesPublication:
    """Freeze the year's figures and tell all members' people; a later one is a further version.

    Doing it twice with nothing changed gives the same version and tells nobody. Raises Refused for a year to come and
    one without bills.
    """
    if year > timezone.localdate().year:
        raise Refused(f"{year}年还没有到，不能公布。", status=422)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PUBLICATION_LOCK, year])
    figures = figures_of(year)
    if not figures["total"]["count"]:
        raise Refused(f"{year}年度还没有会费账单，没有可公布的数字。", status=422)
    latest = DuesPublication.objects.filter(year=year).order_by("-number").first()
    if latest and (latest.figures, latest.note) == (figures, note):
        return latest
    number = latest.number + 1 if latest else 1
    made = DuesPublication.objects.create(
        year=year, number=number, figures=figures, note=note, published_by=by
    )
    _tell(made, by)
    return made


def _tell(made, by):
    total = made.figures["total"]
    told = notify_many(
        everybody_of_members(), "members.dues_published", about=made, by=by,
        url=reverse("members:dues_publication", args=[made.pk]), publication=made,
        amount=yuan_of(total["amount"]), paid=yuan_of(total["paid"]),
    )  # fmt: skip
    sentence = f"公布{made.year}年度会费收支第 {made.number} 版：应收 {yuan_of(total['amount'])}，实收 {yuan_of(total['paid'])}，通知 {told} 人"
    record("members.dues.published", made, by=by, sentence=sentence)
