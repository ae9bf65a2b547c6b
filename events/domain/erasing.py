"""Taking a person out of the records of events; called inside the verb that erases (个人信息保护法 §47)."""

from django.db.models import Q
from django.db.models.functions import Lower

from association.domain.erasing import erases
from events.models import Attendance, CalendarFeed, OnlineRow, Project, QuestionAnswer, Registration


@erases
def erase_registrations(user, addresses, name):
    """Registrations of the account or with one of the addresses lose name, number, address and answers; that somebody of
    that unit was there stays, for the counts."""
    mine = Registration.objects.alias(mail=Lower("email")).filter(
        Q(mobile__in=addresses) | Q(mail__in=addresses) | Q(user=user, user__isnull=False)
    )
    keys = list(mine.exclude(full_name=name).values_list("pk", flat=True))
    Registration.objects.filter(pk__in=keys).update(
        full_name=name[:50], mobile="", email="", title="", note="", guest_address="", lists_name=False
    )
    QuestionAnswer.objects.filter(registration__in=keys).delete()
    if user is not None:
        CalendarFeed.objects.filter(user=user).delete()


@erases
def erase_attendance(user, addresses, name):
    """Attendance of the account's registrations or with one of the numbers loses name, number and title; a row of an online
    list that waits with the number loses them, too. That somebody of that unit was there stays, for the counts."""
    mine = Attendance.objects.filter(
        Q(mobile__in=addresses) | Q(registration__user=user, registration__user__isnull=False)
    )
    mine.exclude(full_name=name).update(full_name=name[:50], mobile="", title="")
    OnlineRow.objects.open().filter(mobile__in=addresses).update(full_name=name[:50], mobile="")


@erases
def erase_projects(user, addresses, name):
    """Projects for which one of the numbers is the one to ring up lose it and the name that goes with it."""
    Project.objects.filter(contact_mobile__in=addresses).update(contact_name=name[:30], contact_mobile="")
