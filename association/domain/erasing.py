"""Emptying the account of somebody whose personal data are erased; called inside the verb that erases."""

from collections.abc import Callable
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from association.domain.attachments import drop_files
from association.models import Attachment, ColumnChoice, NoticePreference, SavedView, Submission, User

NO_NAME = "（已删除）"
# What apps to the right take out of their own tables: functions of (account, addresses of the person, placeholder).
_erasers: list[Callable] = []


def erases(function):
    """Register `function(user, addresses, name)`, which takes the person out of an app's records inside the verb that
    erases: rows of the account, or with one of the addresses (small letters), get `name` in the place of theirs."""
    _erasers.append(function)
    return function


def erase_elsewhere(user, addresses: frozenset, name: str) -> None:
    """Let every app take the person out of its records. Doing it twice changes nothing more."""
    for function in _erasers:
        function(user, addresses, name)


def empty_account(user, *, name: str) -> None:
    """Switch the account off for good and put `name` in the place of the person's; its key stays, for what they did.

    Sessions, second factors, addresses and what the person kept of lists are gone. Doing it twice changes nothing.
    """
    _end_sessions(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    NoticePreference.objects.filter(user=user).delete()
    ColumnChoice.objects.filter(owner=user).delete()
    SavedView.objects.filter(owner=user).delete()
    Submission.objects.filter(user=user).delete()
    if (user.full_name, user.email, user.mobile, user.is_active) == (name, None, "", False):
        return
    user.full_name, user.email, user.mobile, user.mobile_verified_at = name, None, "", None
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.session_round += 1
    user.set_unusable_password()
    user.save()


def _end_sessions(user):
    store = import_module(settings.SESSION_ENGINE).SessionStore
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    UserSession.objects.filter(user=user).delete()
    for key in keys:
        transaction.on_commit(lambda key=key: store(key).delete(), robust=True)


def drop_attachments_of(records) -> int:
    """Take the files of records that are one person's alone out of the store; gives how many. The rows stay, nameless."""
    of_records = Q()
    for record in records:
        content_type = ContentType.objects.get_for_model(record)
        of_records |= Q(content_type=content_type, object_id=record.pk)
    found = list(Attachment.objects.filter(of_records).exclude(name=NO_NAME)) if of_records else []
    for attachment in found:
        drop_files(attachment)
    Attachment.objects.filter(pk__in=[a.pk for a in found]).update(name=NO_NAME, removed_at=now())
    return len(found)


def account_of(key) -> User | None:
    """The account with this key, locked; None when there is none."""
    return User.objects.select_for_update().filter(pk=key).first() if key else None
