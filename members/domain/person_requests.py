"""Verbs on what a person asks for about their own data: filed, identity verified, done or refused (domain 10.18)."""

import re
from datetime import timedelta
from tempfile import TemporaryFile

from django.conf import settings
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from association import personal_data
from association.domain.activities import record, verb
from association.domain.editing import store
from association.domain.notices import notify
from association.errors import Refused
from association.jobs import later
from association.models import RoleAssignment, User
from association.workdays import add_workdays_or_weekdays
from members import permissions
from members.choices import RequestKind, RequestState
from members.models import Contact, PersonRequest

NUMBER_LOCK = 20_211_101
COPY_JOB = "members.make_copy"
COPY_KEPT = timedelta(days=14)
COPY_READY = "副本已生成，可以下载"


# --- by the person ------------------------------------------------------------------------------------------------


@verb
def file(user, *, kind, text="") -> PersonRequest:
    """File a request; due in fifteen working days. The same kind asked for again gives the one that is open.

    Raises Refused (422) for a correction that does not say what is wrong.
    """
    User.objects.select_for_update().get(pk=user.pk)
    same = PersonRequest.objects.open().filter(user=user, kind=kind).first()
    if same:
        return same
    if kind == RequestKind.CORRECTION and not text:
        raise Refused("请写明哪里不对、应当是什么。", status=422)
    now = timezone.now()
    today = timezone.localdate(now)
    due_on, _ = add_workdays_or_weekdays(today, settings.PERSON_REQUEST_WORKDAYS)
    request = PersonRequest.objects.create(
        number=_next_number(today.year), kind=kind, user=user, contact=Contact.objects.filter(user=user).first(),
        text=text, due_on=due_on,
    )  # fmt: skip
    sentence = f"提出个人信息请求 {request.number}：{request.get_kind_display()}"
    record("members.person_request.filed", request, user, by=user, sentence=sentence)
    _tell_handlers(request)
    return request


def _next_number(year: int) -> str:
    """The next free number of the year, such as GR-2026-0001; under a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = f"GR-{year}-"
    taken = PersonRequest.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    last = max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)
    return f"{prefix}{last + 1:04d}"


def _tell_handlers(request):
    held = RoleAssignment.objects.current().filter(role__in=permissions.REQUEST_HANDLERS)
    handlers = User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=request.user_id)
    notify(
        handlers.order_by("pk"),
        "members.person_request_filed",
        about=request,
        url=reverse("members:person_request", args=[request.pk]),
        by=request.user,
        number=request.number,
        kind_label=request.get_kind_display(),
        due_on=request.due_on,
    )


@verb
def withdraw(request, *, by) -> PersonRequest:
    """The person takes the request back while it is open. Doing it twice changes nothing; raises Refused once settled."""
    request = locked(request)
    if request.state == RequestState.WITHDRAWN:
        return request
    _refuse_settled(request)
    settle(request, RequestState.WITHDRAWN, by=by)
    sentence = f"撤回个人信息请求 {request.number}"
    record("members.person_request.withdrawn", request, request.user, by=by, sentence=sentence)
    return request


# --- by the secretariat -------------------------------------------------------------------------------------------


@verb
def verify(request, *, by, how: str) -> PersonRequest:
    """Note how it was made sure that the person is who they say; a copy is made in the background from here on.

    Doing it twice changes nothing. Raises Refused for one's own request and for one that is settled.
    """
    request = locked(request)
    if request.state == RequestState.HANDLING and request.verified_by_id == by.pk:
        return request
    refuse_own(request, by)
    _refuse_settled(request)
    if request.state == RequestState.HANDLING:
        raise Refused(f"{request.number} 的身份已由{request.verified_by}核对过。")
    store(request, {"state": RequestState.HANDLING, "verified_by": by, "verified_how": how})
    sentence = f"核对个人信息请求 {request.number} 的身份，开始办理"
    record("members.person_request.verified", request, request.user, by=by, sentence=sentence)
    _tell_person(request, "members.person_request_verified", by)
    if request.is_copy:
        later(COPY_JOB, request_id=request.pk)
    return request


@verb
def make_again(request, *, by) -> PersonRequest:
    """Have the copy made again when the background work gave up on it. Raises Refused when nothing is to be made."""
    request = locked(request)
    refuse_own(request, by)
    if not request.is_copy or request.state != RequestState.HANDLING:
        raise Refused("这项请求现在不需要生成副本。")
    later(COPY_JOB, request_id=request.pk)
    return request


@verb
def complete(request, *, by, reason: str) -> PersonRequest:
    """A correction was made: `reason` says what was changed. Doing it twice changes nothing.

    Raises Refused for one's own, before the identity was verified, and for kinds that are completed another way.
    """
    request = locked(request)
    if request.state == RequestState.DONE:
        return request
    refuse_own(request, by)
    refuse_not_verified(request)
    if request.kind != RequestKind.CORRECTION:
        raise Refused("只有更正的请求由经办人写明结果办结；副本生成后、信息删除后自动办结。", status=422)
    return _settle_and_tell(request, RequestState.DONE, by, reason)


@verb
def refuse(request, *, by, reason: str) -> PersonRequest:
    """Refuse the request with its reason, at any time before it is settled. Doing it twice changes nothing."""
    request = locked(request)
    if request.state == RequestState.REFUSED:
        return request
    refuse_own(request, by)
    _refuse_settled(request)
    return _settle_and_tell(request, RequestState.REFUSED, by, reason)


def _settle_and_tell(request, state, by, reason, **facts):
    settle(request, state, by=by, reason=reason, **facts)
    sentence = f"个人信息请求 {request.number}（{request.get_kind_display()}）{request.get_state_display()}"
    record("members.person_request.settled", request, request.user, by=by, sentence=sentence, basis=reason)
    _tell_person(request, "members.person_request_settled", by)
    return request


def settle(request, state, *, by, **facts):
    """Write down that a locked request is settled; the sentence and the notice are the caller's."""
    return store(request, {"state": state, "settled_by": by, "settled_at": timezone.now(), **facts})


def _tell_person(request, kind, by):
    notify(
        [request.user],
        kind,
        about=request,
        url=reverse("members:my_requests"),
        by=by,
        number=request.number,
        kind_label=request.get_kind_display(),
        state=request.get_state_display(),
        reason=request.reason,
        due_on=request.due_on,
        is_erasure=request.is_erasure,
    )


def locked(request) -> PersonRequest:
    """The request, locked for the rest of the transaction, with its people."""
    rows = PersonRequest.objects.select_for_update(of=("self",))
    return rows.select_related("user", "contact", "verified_by").get(pk=request.pk)


def refuse_own(request, by):
    """Raise Refused when somebody would handle their own request."""
    if request.user_id == by.pk:
        raise Refused("自己的请求由另一位同事办理。", status=422)


def refuse_not_verified(request):
    """Raise Refused unless the identity was verified and the request is not settled."""
    _refuse_settled(request)
    if request.state != RequestState.HANDLING:
        raise Refused(f"{request.number} 还没有核对身份，先核对再办理。")


def _refuse_settled(request):
    if not request.is_open:
        raise Refused(f"{request.number} {request.get_state_display()}，不能再办理。")


# --- the copy -----------------------------------------------------------------------------------------------------


def make_copy(request_id: int) -> None:
    """Make the zip of everything about the person and settle the request; twice is harmless, and so is one too late."""
    request = PersonRequest.objects.select_related("user").filter(pk=request_id).first()
    if request is None or not request.is_copy or request.state != RequestState.HANDLING:
        return
    with TemporaryFile() as made:
        personal_data.write(made, request.user)
        made.seek(0)
        _hand_out(request, made)


@verb
def _hand_out(request, made):
    request = locked(request)
    if request.state != RequestState.HANDLING:
        return
    request.file.save("copy.zip", File(made), save=False)
    name, store_of_files = request.file.name, request.file.storage
    try:
        with transaction.atomic():
            facts = {"file": name, "file_until": timezone.now() + COPY_KEPT}
            _settle_and_tell(request, RequestState.DONE, request.verified_by, COPY_READY, **facts)
    except BaseException:
        store_of_files.delete(name)
        raise


@verb
def note_download(request, *, by) -> PersonRequest:
    """The person fetches the copy; each time is written down. Raises Refused when it is not there any more."""
    request = locked(request)
    if not request.has_file:
        raise Refused("副本不在了：生成后保留十四天。需要时可以重新提出。")
    sentence = f"下载个人信息副本 {request.number}"
    record("members.person_request.downloaded", request, by=by, sentence=sentence)
    return request


# --- what is kept no longer ---------------------------------------------------------------------------------------


@verb
def tidy() -> tuple[int, int]:
    """Remove copies past their fourteen days, and requests settled three years ago; gives how many of each.

    A request that an erasure rests on stays: a restored backup must be treated the same way.
    """
    now = timezone.now()
    stale = PersonRequest.objects.exclude(file="").filter(Q(file_until__lt=now) | Q(file_until__isnull=True))
    removed = sum(drop_file(request) for request in stale)
    old = now - timedelta(days=365.25 * settings.PERSON_REQUEST_YEARS)
    gone, _ = PersonRequest.objects.settled().filter(settled_at__lt=old, erasures__isnull=True).delete()
    if gone:
        with connection.cursor() as cursor:
            cursor.execute("SELECT erase_gone_requests()")
    return removed, gone


def drop_file(request) -> bool:
    """Take the copy of a request out of the store after the commit; gives whether there was one."""
    if not request.file:
        return False
    name, storage = request.file.name, request.file.storage
    PersonRequest.objects.filter(pk=request.pk).update(file="")
    transaction.on_commit(lambda: storage.delete(name), robust=True)
    return True
