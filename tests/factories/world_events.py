"""What the room of events adds to the world of the access test."""

from datetime import timedelta

from django.utils.timezone import localdate, now

from events.domain import feeds, invitations, registrations
from events.models import Event, EventInvitation
from members.models import Organization
from tests.factories.happenings import make_event, make_registration, make_series, open_registration


def add(world) -> None:
    """An event in every state that an address asks for; those of members are no secret among members."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    series = make_series("演示系列", by=secretary)
    made = {"by": secretary, "submitter": secretary, "approver": general}
    ended = make_event(series, stand="published", **made)
    Event.objects.filter(pk=ended.pk).update(
        starts_at=now() - timedelta(days=2), ends_at=now() - timedelta(days=1)
    )
    world.own |= {
        "series": series.pk,
        "event": make_event(series, stand="published", **made).pk,
        "open_event": make_event(series, stand="published", audience="public", **made).pk,
        "planned": make_event(series, **made).pk,
        "submitted": make_event(series, stand="submitted", **made).pk,
        "ended": ended.pk,
    }


def add_registrations(world) -> None:
    """One of each unit at an event that is open for it, one that waits for approval; they bear their unit's words."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    series = make_series("报名系列", by=secretary)
    made = {
        "by": secretary,
        "submitter": secretary,
        "approver": general,
        "stand": "published",
        "audience": "public",
    }
    event = open_registration(make_event(series, **made), lists_participants=True, online_capacity=50)
    world.own["signed_up"] = event.pk
    for side, name in (("own", "member"), ("other", "other_member")):
        objects, user = getattr(world, side), world.people[name]
        unit = Organization.objects.get(pk=objects["unit"])
        objects["registration"] = registrations.register(
            event, by=user, source="self", mode="online", full_name=user.full_name, mobile=user.contact.mobile,
            email=user.email, organization=unit, unit_name=unit.name, user=user,
        ).pk  # fmt: skip
    asking = open_registration(make_event(series, **made), needs_approval=True)
    pending = make_registration(asking, number=7, source="guest", guest_address="19900010007")
    feed = feeds.open_feed(by=secretary)
    world.own |= {
        "pending": pending.pk,
        "to_sign_up": open_registration(make_event(series, **made)).pk,
        "feed": feed.token,
    }


def add_invitations(world) -> None:
    """Both units' people are invited to one event; to another nobody is yet."""
    secretary, general = world.people["secretary"], world.people["secretary_general"]
    series = make_series("邀请系列", by=secretary)
    made = {
        "by": secretary,
        "submitter": secretary,
        "approver": general,
        "stand": "published",
        "audience": "invited",
    }
    event = open_registration(make_event(series, **made))
    inviting = open_registration(make_event(series, **made))
    units = Organization.objects.members_on(localdate())
    world.own |= {
        "inviting": inviting.pk,
        "invitees": len(invitations.recipients(inviting, units, "manager")[0]),
    }
    for side, name in (("own", "member"), ("other", "other_member")):
        objects = getattr(world, side)
        objects["invitation_to"] = EventInvitation.objects.create(
            event=event, organization_id=objects["unit"], contact=world.people[name].contact, sent_by=secretary, sent_at=now()
        ).pk  # fmt: skip
