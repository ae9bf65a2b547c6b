"""Invitations on the workbench: what a person has been invited to and has not answered."""

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate, now

from association import desk
from association.stocks import waiting
from events.models import EventInvitation
from events.permissions.invitations import ACTING
from members.models import ContactRole, Organization


def _open():
    return EventInvitation.objects.unanswered().filter(
        event__cancelled_at__isnull=True, event__registration_closes_at__date__gte=localdate()
    )


waiting.add("events.invitations_open", _open)


@desk.todo
def invitations_to_answer(user):
    """One for each invitation of the person, or of a unit that they act for, that is not answered."""
    if not user.is_authenticated or not waiting.of("events.invitations_open"):
        return
    acting = ContactRole.objects.current().filter(contact__user=user, duty__in=ACTING)
    units = Organization.objects.members_on(localdate()).filter(pk__in=acting.values("organization"))
    whose = Q(contact__user=user) | Q(organization__in=units.values("pk"))
    mine = _open().filter(whose, event__ends_at__gt=now())
    rows = mine.select_related("event__series", "organization", "contact")
    for invitation in rows.order_by("event__registration_closes_at", "pk")[:10]:
        yield desk.Todo(
            title=f"回复邀请：{invitation.event}",
            detail=f"{invitation.organization.name}，请{invitation.contact.name}参加",
            url=reverse("events:invitation", args=[invitation.pk]),
            action="去回复",
            due=localdate(invitation.event.registration_closes_at),
        )
