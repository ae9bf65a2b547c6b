"""What an applicant without an account does: begin a draft, fill it in, add files, hand it in, take it back (domain 10.1).

Whoever calls these has seen the proof that the application's address is the person's own (`association.guests`).
"""

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from association import creditcode, privacy
from association.choices import AttachmentState
from association.domain import attachments, guests
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, store
from association.domain.notices import notify
from association.errors import Refused
from association.formats import chinese_date
from association.models import Attachment
from association.workdays import add_workdays_or_weekdays
from members import permissions
from members.choices import ApplicationState, Category, Purpose
from members.domain.audience import holders
from members.domain.invitations import hashed
from members.models import Application, Consent, Organization

WORKDAYS_TO_CHECK = 5
NUMBER_LOCK = 20_260_101
STAMPED_FORM, LICENCE = "入会申请书（盖章）", "营业执照"
FILE_KINDS = (STAMPED_FORM, LICENCE, "园区简介", "其他")
REQUIRED_FILES = (STAMPED_FORM, LICENCE)
MOST_FILES, MOST_DRAFTS = 20, 5
# A draft that nobody touched for so long is deleted, with its files: nobody needs the data any more.
DRAFTS_LAST = timedelta(days=90)
REQUIRED = (
    "name", "credit_code", "category", "district", "legal_representative", "registered_address",
    "representative_name", "representative_title", "representative_mobile", "liaison_name", "liaison_mobile",
)  # fmt: skip
REQUIRED_OF_PARKS = ("park_name", "park_district", "park_address")


# --- the link -------------------------------------------------------------------------------------------------


def token_of(application) -> str:
    """The secret of the application's link. It is computed and not stored, so that letters can name the link while the
    database holds no more than its hash; by itself it opens nothing."""
    made = salted_hmac("members.application.link", str(application.pk), algorithm="sha256")
    return made.hexdigest()[:32]


def page_of(application) -> str:
    """The path of the applicant's page."""
    return reverse("join:application", args=[token_of(application)])


def find(token: str, address: str) -> Application | None:
    """The application behind a link, for whoever has proved its address; else None."""
    return Application.objects.filter(token_hash=hashed(token), address=address).first()


def of_address(address: str):
    """The applications of a proved address, the newest first."""
    return Application.objects.filter(address=address).order_by("-pk")


@verb
def renew_link(application) -> str:
    """The path of the applicant's page, with a link that opens it: after the house's key was changed, a new one."""
    Application.objects.filter(pk=application.pk).update(token_hash=hashed(token_of(application)))
    return page_of(application)


# --- the draft ------------------------------------------------------------------------------------------------


@verb
def begin(address: str) -> Application:
    """A new draft of whoever has proved the address; one that is still empty is given again.

    Raises Refused (429) for a sixth draft at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"application:{address}"])
    drafts = Application.objects.filter(address=address, state=ApplicationState.DRAFT)
    if empty := drafts.filter(version=1).first():
        return empty
    if drafts.count() >= MOST_DRAFTS:
        raise Refused(f"已有 {MOST_DRAFTS} 份没有提交的草稿，请先填完或删除其中的。", status=429)
    application = Application.objects.create(address=address, token_hash=secrets.token_hex(32))
    application.token_hash = hashed(token_of(application))
    application.save(update_fields=["token_hash"])
    return application


def locked(application) -> Application:
    """The application, locked for the rest of the transaction."""
    return Application.objects.select_for_update(of=("self",)).get(pk=application.pk)


def _editable(application):
    application = locked(application)
    if not application.is_editable:
        raise Refused(f"申请{application.get_state_display()}，现在不能修改。")
    return application


@verb
def write(application, *, changes: dict) -> Application:
    """Write what was filled in; what is valid is kept, though the rest is missing. Doing it twice changes nothing.

    No sentence is recorded: a draft is the applicant's own, and of a mended application the history shows each field.
    Raises Refused once it was handed in.
    """
    application = _editable(application)
    changes = changed_fields(application, changes)
    if changes.get("policy_version"):
        changes["consented_at"] = timezone.now()
    return store(application, changes) if changes else application


@verb
def add_file(application, upload, *, kind: str) -> Attachment:
    """Add a file; the very same one of the same kind is not added twice.

    Raises Refused once the application was handed in, for a twenty-first file, and for one that may not come in.
    """
    application = _editable(application)
    present = Attachment.objects.about(application)
    digest = hashlib.sha256(b"".join(upload.chunks())).hexdigest()
    upload.seek(0)
    same = present.filter(sha256=digest, kind=kind).exclude(state=AttachmentState.REFUSED).first()
    if same:
        return same
    if present.count() >= MOST_FILES:
        raise Refused(f"最多上传 {MOST_FILES} 个文件，请先移除用不着的。", status=422)
    return attachments.add(application, upload, by=None, kind=kind)


@verb
def remove_file(application, attachment) -> None:
    """Take a file off again. Doing it twice changes nothing; raises Refused once the application was handed in."""
    _editable(application)
    attachments.remove(attachment, by=None)


def lacking(application) -> list[tuple[str, str]]:
    """What is still missing before the application can be handed in: (name of the field or kind of file, in words)."""
    names = REQUIRED + (REQUIRED_OF_PARKS if application.category == Category.PARK_OPERATOR else ())
    found = [(n, Application._meta.get_field(n).verbose_name) for n in names if not getattr(application, n)]
    if not application.accepts_charter:
        found.append(("accepts_charter", "拥护协会章程"))
    if application.policy_version != privacy.in_force(localdate()).key:
        found.append(("agrees", "同意个人信息保护政策"))
    files = Attachment.objects.about(application).exclude(state=AttachmentState.REFUSED)
    kinds = set(files.values_list("kind", flat=True))
    return found + [("files", kind) for kind in REQUIRED_FILES if kind not in kinds]


# --- handing in -----------------------------------------------------------------------------------------------


@verb
def submit(application) -> Application:
    """Hand the application in, or in again after mending; the secretariat answers within five working days.

    Doing it twice changes nothing. Raises Refused (422) with what is missing, and for a unit that is a member, has
    another application open, or was refused less than six months ago.
    """
    application = locked(application)
    if application.is_open and not application.is_editable:
        return application
    if not application.is_editable:
        raise Refused(f"申请{application.get_state_display()}，不能提交。")
    if missing := lacking(application):
        raise Refused(f"还缺：{'、'.join(words for _, words in missing)}。补齐后再提交。", status=422)
    number = application.number or _next_number(localdate().year)
    _refuse_taken(application)
    again = application.state == ApplicationState.MENDING
    now = timezone.now()
    due_on, _ = add_workdays_or_weekdays(timezone.localdate(now), WORKDAYS_TO_CHECK)
    facts = {
        "state": ApplicationState.CHECKING, "number": number, "submitted_at": now, "due_on": due_on, "missing": [],
    }  # fmt: skip
    store(application, facts)
    _keep_consents(application)
    sentence = f"{application.name}{'补正后重新提交' if again else '提交'}入会申请 {number}"
    record("members.application.submitted", application, by=None, sentence=sentence)
    _tell_submitted(application, again)
    return application


def _next_number(year: int) -> str:
    """The next free number, such as RH-2026-0001. Its lock is held until the transaction ends: of two applications with
    one credit code the second one sees the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = f"RH-{year}-"
    taken = Application.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    last = max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)
    return f"{prefix}{last + 1:04d}"


def _refuse_taken(application):
    code, today = application.credit_code, localdate()
    try:
        creditcode.check(code)
    except creditcode.CreditCodeError as error:
        raise Refused(f"统一社会信用代码{error}。", status=422) from error
    if Organization.objects.with_code(code).members_on(today).exists():
        raise Refused("使用这个统一社会信用代码的单位已经是会员，不必再申请；请登录后办理。")
    others = Application.objects.filter(credit_code=code).exclude(pk=application.pk)
    if others.open().exists():
        raise Refused("这个统一社会信用代码已有一份在办的入会申请。")
    refused = others.filter(state=ApplicationState.REFUSED, may_apply_again_on__gt=today)
    if last := refused.order_by("-may_apply_again_on").first():
        raise Refused(f"上次申请未获通过，{chinese_date(last.may_apply_again_on)}起可以再次申请。")


def _keep_consents(application):
    """A row for each consent, unless the last one says the same."""
    given = [
        (Purpose.POLICY, application.policy_version, True),
        (Purpose.PUBLISH_NAME, "", application.publishes_name),
    ]
    for purpose, version, yes in given:
        last = application.consents.filter(purpose=purpose).order_by("-pk").first()
        if last is None or (last.version, last.given) != (version, yes):
            Consent.objects.create(
                application=application, purpose=purpose, version=version, given=yes, how="入会申请表上勾选"
            )


def _tell_submitted(application, again):
    words = words_of(application)
    notify(
        holders(permissions.checking_roles()), "members.application_submitted", about=application,
        url=reverse("members:application", args=[application.pk]), again=again, **words,
    )  # fmt: skip
    guests.tell(application.address, "members.application_received", url=page_of(application), **words)


def words_of(application) -> dict:
    """What the letters about an application say of it."""
    due = chinese_date(application.due_on) if application.due_on else ""
    return {"unit": application.name, "number": application.number, "due": due}


# --- taking back ----------------------------------------------------------------------------------------------


@verb
def withdraw(application) -> Application:
    """The applicant takes it back, as long as the council does not have it. Doing it twice changes nothing."""
    application = locked(application)
    if application.state == ApplicationState.WITHDRAWN:
        return application
    if not application.is_withdrawable or not application.number:
        raise Refused(f"申请{application.get_state_display()}，不能撤回。如有变化请联系秘书处。")
    ended = {"state": ApplicationState.WITHDRAWN, "ended_at": timezone.now(), "due_on": None, "missing": []}
    store(application, ended)
    sentence = f"申请人撤回入会申请 {application.number}"
    record("members.application.withdrawn", application, by=None, sentence=sentence)
    return application


@verb
def discard(application) -> None:
    """Delete a draft that was never handed in, with its files. Doing it twice changes nothing; raises Refused once it
    was handed in."""
    application = Application.objects.select_for_update(of=("self",)).filter(pk=application.pk).first()
    if application is None:
        return
    if application.number:
        raise Refused("已经提交过的申请不能删除，可以撤回。")
    attachments.erase(application)
    application.delete()


def discard_old(now=None) -> int:
    """Delete the drafts that nobody touched for ninety days; gives how many."""
    before = (now or timezone.now()) - DRAFTS_LAST
    old = list(Application.objects.filter(number="", state=ApplicationState.DRAFT, updated_at__lt=before))
    for application in old:
        discard(application)
    return len(old)
