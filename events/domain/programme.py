"""Verbs on what an event's programme names: who holds it, and what comes when."""

from association.domain.activities import record, verb
from association.domain.editing import locked
from association.errors import Refused
from events.models import AgendaItem, EventHost
from members.models import Organization

MOST_HOSTS, MOST_ITEMS = 40, 60


def _open(event, version):
    event = locked(event, version, {})
    if event.archived_at or event.is_off:
        raise Refused(f"{event.numbered}{event.state.label}，不能再改。")
    return event


def _touch(event):
    event.version += 1
    event.save(update_fields=["version", "updated_at"])


@verb
def set_hosts(event, *, by, version: int, rows: list[dict]) -> list[EventHost]:
    """Replace who holds the event by `rows` of role, name and city, in their order; units of the roster are linked by
    their very name. The same rows again change nothing.

    Raises Conflict when somebody saved the event meanwhile, Refused (422) for a unit named twice in a role.
    """
    event = _open(event, version)
    wanted = [(row["role"], row["name"], row["city"]) for row in rows[:MOST_HOSTS]]
    if len({(role, name) for role, name, _ in wanted}) != len(wanted):
        raise Refused("同一单位在同一角色里只写一次。", status=422)
    before = list(event.hosts.all())
    if [(h.role, h.name, h.city) for h in before] == wanted:
        return before
    units = dict(
        Organization.objects.filter(name__in=[name for _, name, _ in wanted]).values_list("name", "pk")
    )
    event.hosts.all().delete()
    made = EventHost.objects.bulk_create(
        EventHost(
            event=event, role=role, name=name, city=city, organization_id=units.get(name), position=place
        )
        for place, (role, name, city) in enumerate(wanted)
    )
    _touch(event)
    names = "、".join(f"{host.get_role_display()}{host.name}" for host in made[:4])
    record("events.event.hosts_set", event, by=by, sentence=f"写明{event.numbered}的单位：{names or '无'}")
    return made


@verb
def set_agenda(event, *, by, version: int, rows: list[dict]) -> list[AgendaItem]:
    """Replace the programme by `rows` of starts_at, minutes, title, speaker and speaker_title, sorted by their time.
    The same rows again change nothing. Raises Conflict when somebody saved the event meanwhile."""
    event = _open(event, version)
    names = ("starts_at", "minutes", "title", "speaker", "speaker_title")
    wanted = sorted((tuple(row[name] for name in names) for row in rows[:MOST_ITEMS]), key=lambda row: row[0])
    before = list(event.agenda.all())
    if [tuple(getattr(item, name) for name in names) for item in before] == wanted:
        return before
    event.agenda.all().delete()
    made = AgendaItem.objects.bulk_create(
        AgendaItem(event=event, position=place, **dict(zip(names, row, strict=True)))
        for place, row in enumerate(wanted)
    )
    _touch(event)
    record(
        "events.event.agenda_set", event, by=by, sentence=f"编排{event.numbered}的议程：{len(made)} 个环节"
    )
    return made
