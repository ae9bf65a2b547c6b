"""What every verb on a case needs: its number, the locks, the step in the file, telling people."""

import re

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from association import notices
from association.domain import attachments, outbox
from association.domain.activities import record
from association.domain.editing import store
from association.domain.notices import FOOTER, Words, notify
from association.errors import Refused
from association.formats import chinese_date
from association.models import User
from association.models.account import RoleAssignment
from association.money import yuan_of
from members import permissions
from members.choices import BillKind, CaseState
from members.models import CaseStep, Contact, ContactRole, ExitCase, Organization

NUMBER_LOCK = 20_230_630
EVIDENCE, STATEMENT, LETTER, APPEAL = "证据材料", "申辩材料", "退会申请书", "申诉材料"


def next_number(year: int) -> str:
    """The next free case number of `year`, such as TH-2023-0001; held under a lock until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBER_LOCK])
    prefix = f"TH-{year}-"
    taken = ExitCase.objects.filter(number__startswith=prefix).values_list("number", flat=True)
    last = max((int(m[1]) for n in taken if (m := re.search(r"-(\d+)$", n))), default=0)
    return f"{prefix}{last + 1:04d}"


# --- locks and guards -----------------------------------------------------------------------------------------


def locked_unit(organization) -> Organization:
    """The unit, locked for the rest of the transaction. Raises Refused when it was merged into another."""
    return Organization.objects.select_for_update().get(pk=organization.pk)


def locked(case) -> ExitCase:
    """The case with its unit, both locked, the unit first."""
    organization = locked_unit(case.organization)
    found = ExitCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    found.organization = organization
    return found


def refuse_own(case, by) -> None:
    """Raises Refused when the person may not take steps on this case: nobody does on that of a unit they serve."""
    if not permissions.handles_case(by, case):
        raise Refused("这项退会事项不由你办理：在单位任职的人不办理本单位的事项。")


def expect(case, *states, doing: str) -> None:
    """Raises Refused unless the case stands in one of `states`."""
    if case.state not in states:
        raise Refused(
            f"{case.number} {case.get_kind_display()}现为“{case.get_state_display()}”，不能{doing}。"
        )


def expect_period_over(case, doing: str) -> None:
    """Raises Refused while a period runs that must be over first."""
    if case.must_wait:
        raise Refused(f"期限未满，{chinese_date(case.due_on)}起才能{doing}。")


def refuse_second(organization) -> None:
    """Raises Refused when the unit has an open case."""
    other = organization.exit_cases.open().first()
    if other:
        raise Refused(f"{organization.name}已有一项在办的退会事项（{other.number}），办结之前不能另立。")


def refuse_outsider(organization) -> None:
    """Raises Refused for a unit that is no member today."""
    if not organization.memberships.on(timezone.localdate()).exists():
        raise Refused(f"{organization.name}现在不是会员，不能办理退会。")


# --- the file -------------------------------------------------------------------------------------------------


def open_case(organization, *, kind, by, reason, due_on, **fields) -> ExitCase:
    """Enter a case of a unit that the caller has locked, and tell its timeline."""
    refuse_outsider(organization)
    refuse_second(organization)
    return ExitCase.objects.create(
        number=next_number(timezone.localdate().year), organization=organization, kind=kind, filed_by=by,
        reason=reason, due_on=due_on, is_demo=organization.is_demo, **fields,
    )  # fmt: skip


def step(case, kind, *, by, text="", until=None) -> CaseStep:
    """Put one step into the file of the case."""
    return CaseStep.objects.create(case=case, kind=kind, by=by, text=text[:2000], until=until)


def attach(case, files, *, by, kind) -> None:
    """Put uploaded files into the file of the case. Raises Refused (422) for one that may not come in."""
    for file in files or ():
        attachments.add(case, file, by=by, kind=kind)


def note(case, what: str, *, by, sentence: str, basis: str = "", known: bool = True) -> None:
    """One sentence on the timeline of the case, and on the unit's as soon as the unit knows of it; reasons stay in the
    file, which fewer people read."""
    subjects = [case.organization, case] if known else [case]
    record(f"members.case.{what}", *subjects, by=by, sentence=sentence, basis=basis)


def close(case, *, by, outcome: str, **fields) -> ExitCase:
    """End an open case with the unit still a member."""
    facts = {"state": CaseState.CLOSED, "outcome": outcome[:300], "due_on": None, "ended_at": timezone.now()}
    return store(case, facts | fields)


# --- what leaving would touch -----------------------------------------------------------------------------------


def findings(organization) -> dict:
    """What is to be looked at before a unit leaves, fit for `ExitCase.checks`: unpaid bills with what is owed in 分 and
    the last day, the number of the valid certificate, the posts in words."""
    bills = organization.bills.outstanding().order_by("due_on", "pk")
    certificate = organization.certificates.filter(voided_at__isnull=True).first()
    posts = organization.posts.current().select_related("contact").order_by("grade")
    return {
        "bills": [
            {"pk": b.pk, "number": b.number, "title": b.title, "owed": b.outstanding, "due_on": b.due_on.isoformat()}
            for b in bills
        ],
        "certificate": certificate.number if certificate else "",
        "posts": [f"{p.get_grade_display()}（{p.contact}）" if p.contact else p.get_grade_display() for p in posts],
    }  # fmt: skip


def overdue_dues(organization):
    """The unit's dues that should have been paid before today."""
    return organization.bills.overdue().filter(kind=BillKind.DUES).order_by("due_on", "pk")


def owed_in_words(found: dict) -> str:
    """One sentence on what is unpaid, from `findings`."""
    if not found["bills"]:
        return "没有欠费"
    return f"欠费 {yuan_of(sum(b['owed'] for b in found['bills']))}（{len(found['bills'])} 张账单）"


def checked_in_words(found: dict) -> str:
    """The three findings in one sentence for the file."""
    certificate = f"会员证 {found['certificate']} 有效" if found["certificate"] else "没有有效的会员证"
    posts = "现任职务：" + "、".join(found["posts"]) if found["posts"] else "没有任职"
    return f"{owed_in_words(found)}；{certificate}；{posts}。"


# --- telling people -------------------------------------------------------------------------------------------


def page(case) -> str:
    return reverse("members:case", args=[case.pk])


def tell_unit(case, kind: str, *, by, **context) -> None:
    """Tell everybody who holds a duty at the case's unit of the case."""
    words = {"case": case.number, "what": case.get_kind_display()} | context
    tell_people(case.organization, kind, about=case, by=by, **words)


def tell_people(organization, kind: str, *, about, by, **context) -> None:
    """Tell everybody who holds a duty at the unit; who has no account but an address gets the letter there."""
    words = {"organization": organization.name} | context
    roles = ContactRole.objects.current().filter(organization=organization)
    people = User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")
    url = reverse("members:organization_membership", args=[organization.pk])
    notify(people, kind, about=about, url=url, by=by, **words)
    _write_to(_without_account(roles), kind, words)


def _without_account(roles):
    found = Contact.objects.filter(pk__in=roles.values("contact"), user__isnull=True).exclude(email="")
    return {contact.email: contact for contact in found.order_by("pk")}.values()


def _write_to(contacts, kind, words):
    title, body = Words(notices.get(kind), "", words | {"about": None, "by": None}).letter(None)
    subject = f"【{settings.ASSOCIATION_NAME}】{title}"
    letters = [
        outbox.new_letter(c.email, subject, f"{c.name}，您好：\n\n{body}\n\n{FOOTER}", kind=kind)
        for c in contacts
    ]
    if letters:
        outbox.store(letters)


def tell_staff(case, kind: str, roles, *, by, **context) -> None:
    """Tell those who hold one of `roles`, except whoever did it."""
    held = RoleAssignment.objects.current().filter(role__in=roles).values("user")
    people = (
        User.objects.filter(is_active=True, pk__in=held).exclude(pk=getattr(by, "pk", None)).order_by("pk")
    )
    words = {"organization": case.organization.name, "case": case.number, "what": case.get_kind_display()}
    notify(people, kind, about=case, url=page(case), by=by, **(words | context))
