"""The twelve 案例云参访 of 2022: 36 visits to 32 member units (domain 1.3).

Real parks are named as visited and in neutral words only; what the camera showed, who guided and how many watched is
invented and says so.
"""

from django.utils.timezone import localdate

from association.domain.activities import record_many, verb
from events.choices import VisitMode, VisitTag
from events.models import Event, Visit
from members.models import Park

# Three parks a session, in their order; 首创郎园 is visited in three of its parks, two parks twice.
SESSIONS = (
    ("中关村软件园", "星光影视园", "演示园区03"),
    ("嘉诚胡同创意工场", "隆福寺文创园", "演示园区41"),
    ("莱锦文化创意产业园", "77文创园", "演示园区39"),
    ("中国北京出版创意产业园", "清华科技园", "演示园区24"),
    ("798艺术区", "大磨坊文创园", "演示园区54"),
    ("郎园Vintage文化创意产业园", "中关村雍和航星科技园", "演示园区07"),
    ("751D·PARK北京时尚设计广场", "北京塞隆国际文化创意园", "演示园区13"),
    ("北京坊", "首钢文化产业园（首钢园）", "演示园区26"),
    ("腾讯北京总部文化产业园区", "北京德必天坛WE国际文化创意中心", "演示园区52"),
    ("“新华1949”文化金融与创新产业园", "郎园Station", "演示园区11"),
    ("E9区创新工场", "北京懋隆文化产业创意园", "演示园区09"),
    ("莱锦文化创意产业园", "郎园Park", "演示园区07"),
)
THEMES = (
    (VisitTag.PROFESSIONAL, "演示文字：运营团队介绍招商、服务与物业的分工。"),
    (VisitTag.DISTINCTIVE, "演示文字：看空间的改造与保留，听园区讲自己的特色。"),
    (VisitTag.DIGITAL, "演示文字：看园区的线上服务与数字展厅。"),
)
MODES = (VisitMode.LIVE, VisitMode.RECORDED, VisitMode.ONSITE)


def planned(session: int) -> list[dict]:
    """What is noted of each park of a session, counted from 0."""
    tag, words = THEMES[session % len(THEMES)]
    return [_planned(session, place, name, tag, words) for place, name in enumerate(SESSIONS[session], 1)]


def _planned(session, place, name, tag, words):
    mode = MODES[(session + place) % len(MODES)]
    also = [VisitTag.DIGITAL] if place == 1 and tag != VisitTag.DIGITAL else []
    link = (
        f"https://example.com/demo/visit-{session + 1}-{place}"
        if mode != VisitMode.ONSITE and place < 3
        else ""
    )
    return {
        "park": name,
        "position": place,
        "mode": mode,
        "guide": "演示讲解人",
        "tags": [tag, *also],
        "highlights": words,
        "video_link": link,
        "viewers": None if mode == VisitMode.ONSITE else 620 + session * 47 + place * 83,
    }


def load(*, by) -> None:
    """Write the visits whose parks there are, in bulk and once."""
    events = Event.objects.held().of_year(2022).filter(series__code="cloud_visits", is_demo=True)
    events = events.filter(visits__isnull=True).select_related("series").order_by("number")
    names = {name for session in SESSIONS for name in session}
    known = Park.objects.filter(name__in=names, organization__is_demo=True).select_related("organization")
    parks = {park.name: park for park in known}
    rows = [row for event in events[: len(SESSIONS)] for row in _rows(event, parks)]
    if rows:
        _write(rows, by)


def _rows(event, parks):
    day = localdate(event.starts_at)
    for plan in planned(event.number - 1):
        park = parks.get(plan.pop("park"))
        if park and park.organization.memberships.on(day).exists():
            yield Visit(event=event, park=park, organization_id=park.organization_id, visited_on=day, **plan)


@verb
def _write(rows, by):
    Visit.objects.bulk_create(rows)
    by_event: dict = {}
    for row in rows:
        by_event.setdefault(row.event, []).append(row.park.name)
    told = [(event, f"登记{event.numbered}走访{'、'.join(names)}") for event, names in by_event.items()]
    record_many("events.visit.added", told, by=by)
