"""Two member units with everything that belongs to them, each marked with words of its own.

The words stand in every text of a unit's records, so that a test can see whether a page told somebody what they
may not know: `public` what stands in the public directory (and nowhere else may be told to those who do not know the
unit), `open` what the unit's own people and the staff may read, `bank` what the treasurer may, `personal` what those
may who see numbers and addresses of persons in full.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from allauth.mfa.models import Authenticator
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.timezone import localdate, now

from association.choices import (
    AttachmentState,
    Channel,
    DeliveryState,
    ExportState,
    FileRole,
    ImportState,
    RowResult,
)
from association.domain import account_state, accounts
from association.models import (
    Activity,
    Attachment,
    Delivery,
    ExportJob,
    ImportBatch,
    ImportRow,
    Notice,
    SavedView,
    StoredFile,
)
from members.columns import KEY
from members.domain import contacts, invitations, memberships, merges, organizations, parks, profile_changes
from members.models import Contact, DuplicatePair, Organization
from tests.factories import (
    FOUNDED,
    make_organization,
    make_user,
    world_bills,
    world_certificates,
    world_doors,
    world_events,
    world_market,
    world_petitions,
    world_projects,
    world_visits,
)
from tests.factories.attachments import added
from tests.factories.world_applications import applications
from tests.factories.world_bank import bank_objects
from tests.factories.world_cases import add_cases
from tests.factories.world_paying import money
from tests.factories.world_people import add_requests
from tests.factories.world_reminders import remind

JPG_SUM = sha256(b"jpg").hexdigest()


@dataclass(frozen=True)
class Words:
    public: str
    open: str
    bank: str
    personal: str
    mobile: str


OWN = Words("甲公开PBLOWN", "甲记号QXKOWN", "银记号BKOWN", "privown", "13800000011")
OTHER = Words("乙公开PBLOTH", "乙记号QXKOTH", "银记号BKOTH", "privoth", "13900000022")


@dataclass
class World:
    """The people by name; `own` and `other` the objects of `member`'s and of `other_member`'s unit."""

    people: dict = field(default_factory=dict)
    own: dict = field(default_factory=dict)
    other: dict = field(default_factory=dict)

    @property
    def none(self) -> dict:
        return {}


def build(people) -> World:
    """`people` maps the names of the cast to accounts; `member` and `other_member` are made here."""
    world = World(people=dict(people))
    for side, words, name in (("own", OWN, "member"), ("other", OTHER, "other_member")):
        keeper = world.people["secretary" if side == "own" else "secretary_general"]
        unit = _unit(words, keeper)
        world.people[name] = make_user(f"{words.open}账号", f"{words.personal}@test.cn", organization=unit)
        contacts.assign_duty(unit, world.people[name].contact, by=keeper, duty="manager", since=FOUNDED)
        setattr(world, side, _belongings(words, unit, world.people[name], keeper))
        getattr(world, side).update(money(words, unit, world.people[name], world.people["treasurer"]))
    world.own |= _accounts() | _invitation_link(world.people["secretary"])
    world.own |= applications(world.people["secretary_general"])
    remind([world.own["unit"], world.other["unit"]])
    own = Organization.objects.get(pk=world.own["unit"])
    world.people["clerk"] = make_user("钱经办", "clerk@test.cn", organization=own, duty="clerk")
    left = make_organization("演示已退公司", people=False, left=localdate())
    world.people["former"] = make_user("吴曾任", "former@test.cn", organization=left, duty="manager")
    world_certificates.add(world)
    add_cases(world)
    add_requests(world)
    world_events.add(world)
    world_events.add_registrations(world)
    world_market.add(world)
    world_projects.add(world)
    world_visits.add(world)
    world_petitions.add(world)
    world_doors.add(world)
    # Last: invitations and a bill run say how many members there are.
    world_events.add_invitations(world)
    world_bills.add(world)
    return world


def _accounts() -> dict:
    """A new colleague for whom another administrator has proposed a duty and the reset of a second factor."""
    second = make_user("高明远", "second@test.cn", roles=["administrator"])
    newcomer = make_user("许知新", "newcomer@test.cn")
    Authenticator.objects.create(user=newcomer, type=Authenticator.Type.TOTP, data={})
    return {
        "person": newcomer.pk,
        "seen": account_state.fingerprint(newcomer),
        "role": accounts.grant_role(newcomer, "treasurer", by=second).pk,
        "held": second.role_assignments.get().pk,
        "reset": account_state.propose_reset(newcomer, by=second, reason="手机遗失").pk,
    }


def _invitation_link(keeper) -> dict:
    """A link as somebody without an account has it; of a unit whose name is no secret to whoever has the link."""
    invited_unit = make_organization("演示邀请公司", people=False)
    contact = contacts.add_contact(
        invited_unit, by=keeper, duty="liaison", name="林晓园", mobile="19900008888"
    )
    return {"token": invitations.invite(invited_unit, contact, by=keeper, duty="manager")[1]}


def _unit(words, keeper):
    text = words.open
    unit = make_organization(
        f"{words.public}公司", by=keeper, park=f"{words.public}园区", grade=20, english_name=text, legal_representative=f"{text}人",
        registered_address=f"{text}注册", phone="010-66660000", email=f"{words.open[3:].lower()}@unit.cn", website="https://example.cn/",
        introduction=f"{text}简介", invoice_title=f"{text}抬头", invoice_address_phone=f"{text}开票",
        bank_name=words.bank, bank_account="6222020200001111" if words is OWN else "6222020200002222", people=False,
    )  # fmt: skip
    organizations.add_name(unit, by=keeper, kind="short", name=f"{text}简称")
    organizations.tag_organizations(Organization.objects.filter(pk=unit.pk), by=keeper, name=f"{text}签"[:20])
    return unit


def _belongings(words, unit, account, keeper):
    park = unit.parks.get()
    parks.report_year(park, by=keeper, year=2021, tenants=10)
    second = parks.add_park(unit, by=keeper, name=f"{words.open}二园", district="110105", address=words.open)
    parks.withdraw_park(second, by=keeper)
    contact = contacts.add_contact(
        unit, by=keeper, duty="representative", name=f"{words.open}代表"[:15], title=words.open, mobile=words.mobile,
        email=f"{words.personal}-r@test.cn", wechat=f"{words.personal}-w",
    )  # fmt: skip
    Contact.objects.filter(user=account).update(wechat=f"{words.personal}-x")
    candidate = make_organization(f"{words.open}候选", by=keeper, joined=None, people=False)
    contacts.assign_duty(candidate, account.contact, by=keeper, duty="liaison")
    recognition = parks.add_recognition(park, by=keeper, level="other", year=2021, title=f"{words.open}称号")
    post = memberships.add_post(unit, by=keeper, grade=50, since=date(2022, 3, 1), basis=f"{words.open}选举")
    attachment = added(unit, keeper, name=f"{words.open}.pdf")
    return {
        "unit": unit.pk,
        "candidate": candidate.pk,
        "park": park.pk,
        "second": second.pk,
        "contact": contact.pk,
        "duty": contact.roles.get().pk,
        "name": unit.alternative_names.get().pk,
        "recognition": recognition.pk,
        "post": post.pk,
        "version": Organization.objects.get(pk=unit.pk).version,
        "activity": Activity.objects.about(unit).filter(kind="members.organization.created").get().pk,
        "units": ContentType.objects.get_for_model(unit).pk,
        "file": attachment.key,
        "picture": _picture(words, unit, keeper).key,
        "photo": _picture(words, park, keeper, kind="照片").key,
        "change": _proposals(words, unit, account),
        "linked": account.contact.pk,
        "invitation": invitations.invite(unit, contact, by=keeper, duty="clerk")[0].pk,
        "view": SavedView.objects.create(owner=keeper, listing=KEY, name=words.open[:40]).pk,
        "batch": _batch(words, keeper),
        "export": _export(words, keeper),
        **_twins(words, unit, candidate, keeper),
        **_told(words, account),
        **bank_objects(words, unit, keeper),
    }


def _proposals(words, unit, account):
    """What the unit's manager has proposed: another legal representative, decided by the secretariat, and another
    account, which only the treasurer and the unit itself may read."""
    unit = Organization.objects.get(pk=unit.pk)
    changes = {"legal_representative": f"{words.open}新人", "bank_name": f"{words.bank}新"}
    changes |= {"bank_account": f"{unit.bank_account}9"}
    filed = profile_changes.save_profile(unit, by=account, version=unit.version, changes=changes)
    return next(change.pk for change in filed if not change.is_bank)


def _picture(words, unit, keeper, kind=""):
    """A picture as it is once it has been redrawn; the drawing itself is tested elsewhere."""
    picture = Attachment.objects.create(
        content_type=ContentType.objects.get_for_model(unit), object_id=unit.pk, name=f"{words.open}.jpg", kind=kind,
        media_type="image/jpeg", size=3, sha256=JPG_SUM, state=AttachmentState.READY, uploaded_by=keeper,
    )  # fmt: skip
    for role in (FileRole.DISPLAY, FileRole.THUMBNAIL):
        name = storages["attachments"].save(uuid.uuid4().hex, ContentFile(b"jpg"))
        StoredFile.objects.create(
            attachment=picture, role=role, stored_name=name, media_type="image/jpeg", size=3, sha256=JPG_SUM
        )
    return picture


def _batch(words, keeper):
    batch = ImportBatch.objects.create(
        plan=KEY, owner=keeper, filename=f"{words.open}.xlsx", state=ImportState.READY, total=1, error_count=1
    )
    batch.error_copy.save("x.xlsx", ContentFile(b"PK"))
    ImportRow.objects.create(batch=batch, number=2, result=RowResult.ERROR, title=words.open)
    return batch.pk


def _told(words, account):
    """A notice in the person's inbox, and the letter beside it, which did not arrive."""
    notice = Notice.objects.create(
        recipient=account, kind="test.told", title=words.open, body=words.open, url="/today/"
    )
    letter = Delivery.objects.create(
        notice=notice, user=account, kind=notice.kind, channel=Channel.EMAIL, address=account.email,
        subject=words.open, text=words.personal, state=DeliveryState.FAILED, give_up_at=now(),
    )  # fmt: skip
    return {"notice": notice.pk, "delivery": letter.pk}


def _twins(words, unit, candidate, keeper):
    """Further records of the unit: one that the keeper proposed to merge into it, and one to be merged; and a pair."""
    twin = make_organization(f"{words.open}重名", by=keeper, joined=None, people=False)
    spare = make_organization(f"{words.open}又名", by=keeper, joined=None, people=False)
    unit = Organization.objects.get(pk=unit.pk)
    versions = (unit.version, twin.version)
    merge = merges.propose(unit, twin, by=keeper, basis=words.open, picks={}, versions=versions)
    pair = DuplicatePair.objects.create(first=unit, second=candidate, score=90, reasons=[words.open])
    return {"spare": spare.pk, "merge": merge.pk, "pair": pair.pk}


def _export(words, keeper):
    name = storages["exports"].save(f"{uuid.uuid4().hex}.xlsx", ContentFile(b"PK"))
    return ExportJob.objects.create(
        person=keeper, listing=KEY, title="会员名册", conditions=words.open, columns=["name"], as_of=date(2022, 12, 31),
        state=ExportState.DONE, file=name, file_name="会员名册_20221231.xlsx", rows_total=1, rows_done=1,
    ).pk  # fmt: skip
