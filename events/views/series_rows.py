"""Series prepared for their pages: what each held in a year and what counts for the brands."""

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.formats import chinese_date
from events.models import Event, Series


def year_asked(text: str) -> int:
    """The year of the address, this one for everything that is none."""
    return (
        int(text) if text.isascii() and text.isdigit() and 2000 <= int(text[:5]) <= 2100 else localdate().year
    )


def year_tabs(path: str, current: int) -> list[dict]:
    """The years in which events begin, the latest first, and the one looked at."""
    years = {day.year for day in Event.objects.dates("starts_at", "year")} | {localdate().year, current}
    return [
        {"label": f"{year}年", "url": f"{path}?year={year}", "current": year == current}
        for year in sorted(years, reverse=True)
    ]


def board(year: int) -> dict:
    """Series with their numbers of the year, and the totals: of each brand what counts for it, and of all events."""
    of_year = Q(events__starts_at__year=year, events__approved_at__isnull=False)
    held = of_year & Q(events__cancelled_at__isnull=True, events__ends_at__lte=now())
    coming = of_year & Q(events__cancelled_at__isnull=True, events__ends_at__gt=now())
    series = list(
        Series.objects.select_related("brand")
        .annotate(
            held=Count("events", filter=held),
            coming=Count("events", filter=coming),
            off=Count("events", filter=of_year & Q(events__cancelled_at__isnull=False)),
        )
        .order_by("brand__name", "name")
    )
    listed = reverse("events:events")
    for one in series:
        one.address = f"{listed}?tab=all&series={one.pk}&year={year}"
    brands = {}
    for one in series:
        if one.counts_in_brand:
            brands[one.brand.name] = brands.get(one.brand.name, 0) + one.held
    return {"series": series, "brands": sorted(brands.items()), "total": sum(one.held for one in series)}


def facts(series) -> list[tuple]:
    return [
        ("品牌", str(series.brand or "")),
        ("计入品牌活动总数", "计入" if series.counts_in_brand else "不计入"),
        ("按什么计", series.get_unit_display()),
        ("编号", "每年重新编号" if series.resets_yearly else "跨年连续编号"),
        ("停办", chinese_date(series.ended_on) if series.ended_on else "正在举办"),
    ]
