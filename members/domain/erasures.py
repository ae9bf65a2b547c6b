"""Erasing a person: the records stay, the person is taken out of them, of their history and of what was sent."""

import json

from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils.timezone import localdate, now

from association.domain import erasing, imports
from association.domain.activities import record, verb
from association.domain.notices import notify
from association.errors import Refused
from association.models import ImportBatch, RoleAssignment, User
from members import erasure_journal
from members.choices import ChangeState, ContactDuty, RequestState, SensitiveField
from members.domain import person_requests
from members.domain.search_keys import contact_keys
from members.models import (
    Contact,
    ContactRole,
    Erasure,
    Invitation,
    Organization,
    PersonRequest,
    ProfileChange,
)

# Without somebody in these a member unit can neither be reached nor represented.
NEEDED = (ContactDuty.REPRESENTATIVE, ContactDuty.MANAGER)
DONE = "个人信息已删除，法定记录保留而不再指明个人"
ENDED = "随个人信息的删除一并结束"
FIELDS = ("name", "mobile", "landline", "email", "wechat")


def name_of(contact_key, user_key) -> str:
    """What stands in the place of the person's name; the database function `erase_person` says the same."""
    return f"已删除的个人{contact_key or f'Z{user_key}'}"


def obstacles(user, contact) -> list[str]:
    """Why the person cannot be erased now, each as a sentence that says what comes first; at best none."""
    found = []
    held = RoleAssignment.objects.filter(
        user=user, until__isnull=True
    ) | RoleAssignment.objects.current().filter(user=user)
    if user and held.exists():
        found.append("本人仍有协会内部的职责，或有职责待确认，先由系统管理员结束。")
    if contact is None:
        return found
    found += [
        f"本人是“{role.organization}”唯一的{role.get_duty_display()}，先由该单位换上另一位。"
        for role in _only_ones(contact)
    ]
    posts = contact.posts.current().select_related("organization")
    found += [
        f"本人代表“{post.organization}”担任{post.get_grade_display()}，先办理卸任或换人。" for post in posts
    ]
    proposed = ProfileChange.objects.filter(
        state=ChangeState.PENDING, field=SensitiveField.REPRESENTATIVE, new__contact=contact.pk
    )
    found += [
        f"“{c.organization}”变更会员代表为本人的申请还在审核，先办结。"
        for c in proposed.select_related("organization")
    ]
    return found


def _only_ones(contact):
    """Duties of the person at units that are members today which nobody else there holds."""
    members = Organization.objects.members_on(localdate())
    held = ContactRole.objects.current().filter(
        contact=contact, duty__in=NEEDED, organization__in=members.values("pk")
    )
    for role in held.select_related("organization").order_by("organization", "duty"):
        others = ContactRole.objects.current().filter(organization=role.organization_id, duty=role.duty)
        if role.duty == ContactDuty.MANAGER:
            others = others.filter(contact__user__is_active=True)
        if not others.exclude(contact=contact).exists():
            yield role


@verb
def erase(request, *, by) -> Erasure:
    """Carry out a request to be erased that another person has verified. Doing it twice changes nothing.

    Raises Refused for one's own, for whoever verified it, before that, and while something stands in the way.
    """
    _lock_units(request)
    request = person_requests.locked(request)
    if request.state == RequestState.DONE:
        return request.erasures.get()
    person_requests.refuse_own(request, by)
    person_requests.refuse_not_verified(request)
    if not request.is_erasure:
        raise Refused("这不是删除的请求。", status=422)
    if request.verified_by_id == by.pk:
        raise Refused("身份是你核对的，删除要由另一位同事执行。", status=422)
    user = erasing.account_of(request.user_id)
    contact = Contact.objects.select_for_update(of=("self",)).filter(user=user).first() if user else None
    if found := obstacles(user, contact):
        raise Refused("现在还不能删除：" + "".join(found))
    _tell_last(request, by)
    erasure = Erasure.objects.create(
        request=request, contact_key=contact and contact.pk, user_key=request.user_id, by=by
    )
    _apply(erasure)
    request = person_requests.locked(request)
    person_requests.settle(request, RequestState.DONE, by=by, reason=DONE)
    for other in PersonRequest.objects.open().filter(user=user).select_for_update(of=("self",)):
        person_requests.settle(other, RequestState.WITHDRAWN, by=by, reason=ENDED)
    sentence = f"个人信息请求 {request.number}（删除）已完成"
    record("members.person.erased", request, *filter(None, [contact]), by=by, sentence=sentence, basis=DONE)
    transaction.on_commit(lambda: erasure_journal.add([erasure_journal.entry_of(erasure)]), robust=True)
    return erasure


def _lock_units(request):
    """The units first, as everywhere: of two who give up the last duty of a kind one must stay."""
    units = ContactRole.objects.filter(contact__user=request.user_id).values("organization")
    list(Organization.everything.select_for_update(of=("self",)).filter(pk__in=units).order_by("pk"))


def _tell_last(request, by):
    """Colleagues of whoever verified it hear that it was done; the person was told when it was verified."""
    notify(
        [request.verified_by],
        "members.person_erased",
        about=request,
        url=reverse("members:person_request", args=[request.pk]),
        by=by,
        number=request.number,
    )


def _addresses(user, contact) -> frozenset:
    """Every number and address that is known to be the person's, in small letters."""
    found = {contact.mobile, contact.email} if contact else set()
    if user:
        found |= user.proved_addresses
    return frozenset(address.lower() for address in found if address)


def _apply(erasure) -> dict:
    """Take the person of an erasure out of everything. Doing it twice changes nothing more."""
    contact = Contact.objects.select_for_update(of=("self",)).filter(pk=erasure.contact_key).first()
    user = erasing.account_of(erasure.user_key)
    for batch in _workbooks_about(contact):
        _drop_workbook(batch)
    name = name_of(erasure.contact_key, erasure.user_key)
    erasing.erase_elsewhere(user, _addresses(user, contact), name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT erase_person(%s)", [erasure.pk])
        counts = cursor.fetchone()[0]
    own = [*PersonRequest.objects.filter(user=user)] if user else []
    for request in own:
        person_requests.drop_file(request)
    erasing.drop_attachments_of([*filter(None, [contact, user]), *own])
    if contact:
        _empty_contact(contact, name)
    if user:
        erasing.empty_account(user, name=name)
    return json.loads(counts) if isinstance(counts, str) else counts


def _empty_contact(contact, name):
    today = localdate()
    Invitation.objects.unfinished().filter(contact=contact).update(revoked_at=now())
    ContactRole.objects.current().filter(contact=contact).update(until=today)
    ContactRole.objects.filter(contact=contact, since__gt=today, until__isnull=True).update(until=F("since"))
    values = dict.fromkeys(FIELDS, "") | {"name": name}
    if all(getattr(contact, field) == value for field, value in values.items()):
        return
    for field, value in values.items():
        setattr(contact, field, value)
    for field, value in contact_keys(contact).items():
        setattr(contact, field, value)
    contact.version += 1
    contact.save()


def _workbooks_about(contact):
    """Imported workbooks with rows about the person's units: each may hold their name and number."""
    if contact is None:
        return ImportBatch.objects.none()
    units = ContactRole.objects.filter(contact=contact).values("organization")
    return ImportBatch.objects.filter(rows__target__in=units).distinct().order_by("pk")


def _drop_workbook(batch):
    """The file cannot be changed, so it goes; a batch nobody has confirmed would bring the person back, and goes too."""
    if batch.can_be_discarded:
        imports.discard(batch, by=None)
    transaction.on_commit(lambda: imports.remove_files(batch), robust=True)


# --- after a restore ----------------------------------------------------------------------------------------------


def replay(entries) -> int:
    """Erase again everybody whom a restored backup brought back; gives how many people were there to be erased.

    A record that is younger than the erasure bears its key by chance and is left alone.
    """
    return sum(_replay(entry) for entry in dict.fromkeys(entries))


@verb
def _replay(entry) -> bool:
    contact = Contact.objects.filter(pk=entry.contact, created_at__lte=entry.moment).first()
    user = User.objects.filter(pk=entry.user, created_at__lte=entry.moment).first()
    if contact is None and user is None:
        return False
    keys = {"contact_key": contact and contact.pk, "user_key": user and user.pk}
    erasure = Erasure.objects.filter(**keys, request__isnull=True).first() or Erasure.objects.create(**keys)
    _apply(erasure)
    return True


def known() -> list[erasure_journal.Entry]:
    """Every erasure that the database knows of, the oldest first."""
    return [erasure_journal.entry_of(erasure) for erasure in Erasure.objects.order_by("pk")]
