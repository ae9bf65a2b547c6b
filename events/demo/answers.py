"""Who is invited to the next 政企沟通会 and what they answered; what those who came to the last 园区有话说 of 2022 said.

People and words are invented. Only units of invented parks decline, send somebody else or stay away; that of
the demonstration's member, whose park is real, has its answer still to give.
"""

from datetime import timedelta

from django.db.models import Q
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.editing import store
from events.choices import Mode, Reply, Source
from events.domain import invitations
from events.models import Attendance, Event, EventInvitation, Feedback, Registration
from members.choices import ContactDuty
from members.models import Organization

TO_COME, HEARD = ("government_dialogue", 18), ("park_talks", 22)
INVITED = 23
INVENTED = Q(parks__is_main=True, parks__name__startswith="演示园区")
MEMBER = Q(contact_roles__contact__user__email="member@example.cn")
ANSWERS = (
    *[(Reply.ATTENDING, "")] * 8,
    *[(Reply.DELEGATED, "")] * 3,
    (Reply.DECLINED, "演示：当天在外地出差"),
    (Reply.DECLINED, "演示：与本单位的会议冲突"),
    (Reply.DECLINED, ""),
)
# Score, what was useful, what should become better; the last one who came says nothing.
SAID = (
    (5, "演示：老厂房改造的步骤讲得很清楚。", ""),
    (5, "演示：三城的做法放在一起看，有启发。", "演示：希望会后能拿到讲稿。"),
    (4, "演示：案例里的数字很实在。", "演示：提问的时间可以再长一些。"),
    (4, "", ""),
    (5, "演示：主讲人回答得直接。", ""),
    (3, "", "演示：画面有几次卡顿。"),
    (4, "演示：招商那一段最有用。", ""),
)


def load(secretary) -> None:
    """Write both once, after the events and who took part in them; what lacks its event is left out."""
    event = _event(TO_COME)
    if event and event.takes_registrations and not event.invitations.exists():
        _invite(event, secretary)
        _answer(event, secretary)
    event = _event(HEARD)
    if event and event.is_demo and not event.registrations.exists():
        _hear(event, secretary)


def _event(which) -> Event | None:
    code, number = which
    return Event.objects.filter(series__code=code, number=number).select_related("series").first()


def _invite(event, secretary):
    members = Organization.objects.members_on(localdate())
    invented = members.filter(INVENTED).order_by("pk").values_list("pk", flat=True)[:INVITED]
    own = members.filter(MEMBER).values_list("pk", flat=True)
    units = Organization.objects.filter(pk__in=[*own, *invented])
    duty = ContactDuty.LIAISON
    chosen, _ = invitations.recipients(event, units, duty)
    if chosen:
        invitations.invite(event, by=secretary, units=units, duty=duty, expected=len(chosen))


def _answer(event, secretary):
    """The first of the invented units answer; the secretariat writes down what they said on the telephone."""
    invented = Organization.objects.filter(INVENTED)
    sent = event.invitations.filter(organization__in=invented.values("pk")).order_by("pk")
    for number, (row, (reply, reason)) in enumerate(zip(sent, ANSWERS, strict=False), 1):
        delegate = None
        if reply == Reply.DELEGATED:
            delegate = {
                "full_name": f"演示代表{number}",
                "mobile": f"199000188{number:02d}",
                "title": "演示职务",
            }
        mode = "" if reply == Reply.DECLINED else Mode.ONLINE
        invitations.answer(row, by=secretary, reply=reply, mode=mode, delegate=delegate, reason=reason)
    _mark(event)


@verb
def _mark(event):
    made = EventInvitation.objects.filter(event=event, registration__isnull=False).values("registration")
    for registration in Registration.objects.filter(pk__in=made, is_demo=False):
        store(registration, {"is_demo": True})


@verb
def _hear(event, secretary):
    """Places of those who took part and of one who did not come, as they were filed six days before; what they said."""
    came = list(event.attendances.counted().order_by("pk"))
    filed_at = event.starts_at - timedelta(days=6)
    opened_at, closed_at = (event.starts_at - timedelta(days=days) for days in (14, 1))
    store(event, {"registration_opens_at": opened_at, "registration_closes_at": closed_at})
    rows = [_place(event, number, one, secretary, filed_at) for number, one in enumerate(came, 1)]
    Registration.objects.bulk_create([*rows, _place(event, 99, None, secretary, filed_at)])
    event.registrations.update(created_at=filed_at)
    for one, row in zip(came, rows, strict=True):
        one.registration = row
    Attendance.objects.bulk_update(came, ["registration"])
    said = [
        Feedback(registration=row, score=score, liked=liked, missed=missed)
        for row, (score, liked, missed) in zip(rows, SAID, strict=False)
    ]
    Feedback.objects.bulk_create(said)
    record("events.feedback.given", event, by=None, sentence=f"收到{event.numbered}的 {len(said)} 份评价")


def _place(event, number, attendance, secretary, filed_at) -> Registration:
    return Registration(
        event=event, mode=event.modes[0], source=Source.STAFF, filed_by=secretary, confirmed_at=filed_at, is_demo=True,
        full_name=attendance.full_name if attendance else "演示来宾未到", mobile=f"199000177{number:02d}",
        organization_id=attendance.organization_id if attendance else None,
        unit_name=attendance.unit_name if attendance else "演示企业099",
    )  # fmt: skip
