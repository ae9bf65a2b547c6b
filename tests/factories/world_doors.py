"""What check-in adds to the world of the access test."""

from events.domain import attendance, doors, online_attendance
from events.models import Event
from members.models import Organization
from tests.factories.doors import expected, make_running
from tests.factories.happenings import make_series


def add(world) -> None:
    """An event at whose door people stand: one of each unit expected, one there, one on an online list who fits nobody."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    event = make_running(secretary, general, series=make_series("签到系列", by=secretary))
    for number, objects in enumerate((world.own, world.other), 1):
        unit = Organization.objects.get(pk=objects["unit"])
        row, _ = attendance.add_walk_in(event, by=secretary, full_name=f"来宾{number}", unit_name=unit.name)
        objects["attendance"] = row.pk
    door, token = doors.open_door(event, by=secretary, label="志愿者甲")
    visit = online_attendance.Visit(2, "线上来宾", "演示外单位")
    found = online_attendance.import_online(event, [visit], by=secretary, filename="名单.csv", digest="1")
    attendance.renew_code(event, by=secretary)
    world.own |= {
        "running": event.pk, "running_version": Event.objects.get(pk=event.pk).version, "awaited": expected(event, number=71).pk,
        "door": door.pk, "door_token": token, "online_row": found.rows.get().pk,
    }  # fmt: skip
