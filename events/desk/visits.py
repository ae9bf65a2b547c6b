"""Visits on the workbench: menu, the yearly figure, and what stands of them in a unit's timeline."""

from django.db.models import F
from django.utils.timezone import localdate, now

from association import desk
from association.formats import chinese_date
from events import footprint, permissions
from events.models import Event, EventHost, Visit
from members import together

desk.menu("活动", "走访足迹", "events:visits", allowed=permissions.can_see_visits, order=40)


# --- the yearly figure --------------------------------------------------------------------------------------------
def _made(unit):
    return "；".join(
        f"{chinese_date(v.visited_on)}{v.event.numbered}走访{v.park.name}（{v.get_mode_display()}）"
        for v in unit.made
    )


desk.figure(
    "events.visited_members",
    "案例云参访 走访会员",
    footprint.counted_units,
    (("单位", str), ("次数", lambda unit: len(unit.made)), ("走访", _made)),
    "当年办过的活动走访过的会员单位，一家只数一次；走访那天是会员的才数。场次和走访次数另见走访足迹。",
)


# --- a unit's timeline --------------------------------------------------------------------------------------------
def _units(unit):
    return [unit.pk, *(absorbed.pk for absorbed in unit.absorbed)]


def _known(user):
    """Events that took place, as far as the person may know of them."""
    return Event.objects.visible_to(user).standing().filter(starts_at__lte=now()).values("pk")


def _load_visits(rows):
    found = Visit.objects.select_related("park", "event__series").in_bulk([row["ref"] for row in rows])
    return {pk: together.Item(visit.event.starts_at, _visited(visit)) for pk, visit in found.items()}


def _visited(visit):
    labels = "、".join(visit.tag_labels)
    return (
        f"走访“{visit.park.name}”：{visit.event}，{visit.get_mode_display()}{f'，{labels}' if labels else ''}"
    )


@together.source("visit", together.EVENTS, load=_load_visits)
def _visit_rows(user, unit, group):
    found = Visit.objects.filter(organization__in=_units(unit), event__in=_known(user)).order_by()
    return found.annotate(**together.row("visit", F("event__starts_at"), F("pk"))).values(*together.ROW)


def _load_hosted(rows):
    found = EventHost.objects.select_related("event__series").in_bulk([row["ref"] for row in rows])
    return {pk: together.Item(host.event.starts_at, _hosted(host)) for pk, host in found.items()}


def _hosted(host):
    return f"{host.get_role_display()}：{host.event}（{chinese_date(localdate(host.event.starts_at))}）"


@together.source("hosted", together.EVENTS, load=_load_hosted)
def _hosted_rows(user, unit, group):
    found = EventHost.objects.filter(organization__in=_units(unit), event__in=_known(user)).order_by()
    return found.annotate(**together.row("hosted", F("event__starts_at"), F("pk"))).values(*together.ROW)
