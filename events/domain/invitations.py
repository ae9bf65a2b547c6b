"""Verbs on invitations: sent to the people of chosen units, answered, reminded of (domain 5.3)."""

from django.urls import reverse
from django.utils.timezone import localdate, now

from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import Outsider, Telling, notify_each
from association.errors import Refused
from events.choices import Reply, Source
from events.domain import registrations
from events.domain.registration_notices import moment_in_words, place_of
from events.models import Event, EventInvitation, Registration
from members.models import ContactRole

MOST = 2_000


def recipients(event, units, duty: str) -> tuple[list[ContactRole], list]:
    """(the primary holder of the duty at each of the units who is not invited yet, units where nobody holds it); two
    queries. `units` is a queryset of units."""
    held = ContactRole.objects.current().filter(organization__in=units.values("pk"), duty=duty)
    held = held.select_related("organization", "contact__user").order_by(
        "organization_id", "-is_primary", "pk"
    )
    first = {}
    for role in held:
        first.setdefault(role.organization_id, role)
    known = set(event.invitations.values_list("contact_id", flat=True))
    chosen = [role for role in first.values() if role.contact_id not in known]
    without = [unit for unit in units if unit.pk not in first]
    return chosen[:MOST], without


def _open(event_id) -> Event:
    event = Event.objects.select_for_update(of=("self",)).select_related("series").get(pk=event_id)
    if not event.is_published or event.is_off or event.is_over:
        raise Refused(f"{event.numbered}{event.state.label}，不能再发邀请。")
    if event.registration_opens_at is None:
        raise Refused("先在“报名安排”里写明报名的开始和截止，再发邀请。", status=422)
    return event


@verb
def invite(event, *, by, units, duty: str, expected: int) -> int:
    """Invite the holder of `duty` at each of the units who is not invited yet; gives how many were.

    `expected` is the number that the sender saw. Raises Refused when it is another one now, for nobody at all, and for an
    event that is not published, is off, over, or takes no registrations.
    """
    event = _open(event.pk)
    chosen, _ = recipients(event, units, duty)
    if len(chosen) != expected:
        raise Refused(f"刚才看到的是 {expected} 人，现在是 {len(chosen)} 人。请重新核对名单再发。")
    if not chosen:
        raise Refused("没有要发的人：所选单位的这项职责没有人，或都已经邀请过。", status=422)
    made = EventInvitation.objects.bulk_create(
        EventInvitation(
            event=event, organization=r.organization, contact=r.contact, sent_by=by, sent_at=now()
        )
        for r in chosen
    )
    record("events.invitations.sent", event, by=by, sentence=f"发出{event.numbered}的邀请：{len(made)} 人")
    notify_each((_telling(event, row) for row in made), "events.invited", by=by)
    return len(made)


@verb
def remind(event, *, by) -> int:
    """Remind whoever has not answered, at most once a day each; gives how many notices and letters were written."""
    event = _open(event.pk)
    rows = event.invitations.unanswered().select_related("organization", "contact__user").order_by("pk")
    key = f"remind:{localdate()}"
    told = notify_each((_telling(event, row, key=key) for row in rows), "events.invited_reminder", by=by)
    if told:
        record("events.invitations.reminded", event, by=by, sentence=f"提醒回复{event.numbered}的邀请")
    return told


def _telling(event, row, *, key="") -> Telling:
    contact = row.contact
    words = {
        "event": str(event), "numbered": event.numbered, "when": moment_in_words(event.starts_at),
        "where": place_of(event, event.mode), "unit": row.organization.name, "who": contact.name,
        "until": moment_in_words(event.registration_closes_at),
    }  # fmt: skip
    outsiders = [] if contact.user_id else [Outsider(contact.name, contact.email, contact.mobile)]
    people = [contact.user] if contact.user_id else []
    url = reverse("events:invitation", args=[row.pk])
    return Telling(people, outsiders, about=row, url=url, key=key, context=words)


@verb
def answer(
    invitation, *, by, reply: str, mode: str = "", delegate: dict | None = None, reason: str = ""
) -> EventInvitation:
    """Write down what an invited person answers; for 参加 and 委派 a place is registered, and given back when the answer
    changes to another person or mode or to 不参加. The same answer again changes nothing.

    `delegate` holds full_name, mobile and title of whoever comes instead. Raises Refused for an event that is over or off,
    and whatever `registrations.register` refuses.
    """
    invitation = EventInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    event = Event.objects.select_related("series").get(pk=invitation.event_id)
    if event.is_off or event.is_over:
        raise Refused(f"{event.numbered}{event.state.label}，不用再回复。")
    person = _person(invitation, reply, delegate)
    standing = _standing(invitation)
    keeps = bool(person and standing) and (standing.mobile, standing.mode) == (person["mobile"], mode)
    if (reply, reason) == (invitation.reply, invitation.reason) and (keeps or person is None):
        return invitation
    made = standing if keeps else None
    if standing is not None and not keeps:
        registrations.cancel(standing, by=by, reason="改了邀请的回复", as_staff=True)
    if person is not None and not keeps:
        made = registrations.register(event, by=by, source=Source.INVITED, mode=mode, **person)
    store(
        invitation,
        {"reply": reply, "replied_at": now(), "replied_by": by, "reason": reason, "registration": made},
    )
    sentence = f"{event.numbered}邀请回执（{invitation.organization}）：{Reply(reply).label}"
    record("events.invitation.answered", invitation, event, by=by, sentence=sentence, basis=reason)
    return invitation


def _standing(invitation) -> Registration | None:
    if invitation.registration_id is None:
        return None
    return Registration.objects.live().filter(pk=invitation.registration_id).first()


def _person(invitation, reply, delegate) -> dict | None:
    """Who comes, as `register` takes it; None for nobody."""
    if reply == Reply.DECLINED:
        return None
    unit = {"organization": invitation.organization, "unit_name": invitation.organization.name}
    if reply == Reply.DELEGATED:
        if not delegate or not delegate.get("full_name") or not delegate.get("mobile"):
            raise Refused("委派别人参加，请写明姓名和手机。", status=422)
        return unit | delegate
    contact = invitation.contact
    if not contact.mobile:
        raise Refused("名册里没有受邀人的手机号，请先在本单位的联系人里补上。", status=422)
    return unit | {
        "full_name": contact.name, "mobile": contact.mobile, "email": contact.email, "user": contact.user,
    }  # fmt: skip
