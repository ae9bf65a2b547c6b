"""Verbs on deals: signed, landed with evidence, verified by somebody else, ended (domain 10.8)."""

from django.urls import reverse
from django.utils.timezone import localdate, now

from association.choices import AttachmentState
from association.domain.activities import record, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.domain.notices import notify
from association.errors import Refused
from association.models import Attachment, User
from association.models.account import RoleAssignment
from events import permissions
from events.choices import EVIDENCE_KINDS, DealState
from events.models import Deal, DealParty
from members.models import Organization

MOST_PARTIES = 10


# --- signed -------------------------------------------------------------------------------------------------------


@verb
def sign(
    *, by, title, parties, signed_on, event=None, project=None, amount=None, confidential=False, content=""
) -> Deal:
    """Register a deal that was signed; `parties` are rows of role (`PartyRole`) and name, `amount` whole 分.

    Without `event` it is attributed to that of its project. Raises Refused (422) for fewer than two parties, one named
    twice, and a day to come.
    """
    _refuse_parties(parties)
    _refuse_future(signed_on, "签约")
    if event is None and project is not None:
        event = project.event
    deal = Deal.objects.create(
        title=title, event=event, project=project, signed_on=signed_on, amount=amount, content=content,
        amount_is_confidential=confidential, registered_by=by,
    )  # fmt: skip
    _write_parties(deal, parties)
    record("events.deal.signed", deal, by=by, sentence=f"登记合作“{deal}”：{_names(parties)}")
    return deal


def _refuse_parties(parties):
    names = [party["name"] for party in parties]
    if len(names) < 2:
        raise Refused("请写明合作的至少两方。", status=422)
    if len(set(names)) != len(names):
        raise Refused("同一单位只写一次。", status=422)
    if len(names) > MOST_PARTIES:
        raise Refused(f"一项合作最多写 {MOST_PARTIES} 方。", status=422)


def _refuse_future(day, what):
    if day > localdate():
        raise Refused(f"{what}日期还没有到，请核对。", status=422)


def _names(parties) -> str:
    return "、".join(party["name"] for party in parties[:4])


def _write_parties(deal, parties):
    names = [party["name"] for party in parties]
    units = dict(Organization.objects.filter(name__in=names).values_list("name", "pk"))
    DealParty.objects.bulk_create(
        DealParty(
            deal=deal, role=party["role"], name=party["name"], organization_id=units.get(party["name"]), position=place
        )
        for place, party in enumerate(parties)
    )  # fmt: skip


def _locked(deal) -> Deal:
    return Deal.objects.select_for_update(of=("self",)).get(pk=deal.pk)


@verb
def update(deal, *, by, version: int, changes: dict, parties=None) -> Deal:
    """Correct a deal until it is verified or ended; with `parties` also who is party to it.

    Raises Conflict when somebody saved it meanwhile, Refused (422) as `sign` does and for a signing after the landing.
    """
    deal = locked(deal, version, changes)
    changes = changed_fields(deal, changes)
    wanted = None if parties is None else [(party["role"], party["name"]) for party in parties]
    if wanted == [(party.role, party.name) for party in deal.parties.all()]:
        wanted = None
    if not changes and wanted is None:
        return deal
    if deal.state in (DealState.VERIFIED, DealState.ENDED):
        raise Refused(f"“{deal}”{deal.state.label}，不能再改。")
    _check_days(changes.get("signed_on", deal.signed_on), deal.landed_on)
    told = labels(deal, changes).replace("（分）", "")
    if wanted is not None:
        _refuse_parties(parties)
        deal.parties.all().delete()
        _write_parties(deal, parties)
        told = "、".join(filter(None, (told, "合作各方")))
    store(deal, changes)
    record("events.deal.updated", deal, by=by, sentence=f"修改合作“{deal}”：{told}")
    return deal


def _check_days(signed_on, landed_on):
    _refuse_future(signed_on, "签约")
    if landed_on and landed_on < signed_on:
        raise Refused("落地日期不能早于签约日期。", status=422)


# --- landed -------------------------------------------------------------------------------------------------------


def evidence(deal):
    """The files of the deal that show its landing."""
    return (
        Attachment.objects.about(deal).filter(kind__in=EVIDENCE_KINDS).exclude(state=AttachmentState.REFUSED)
    )


@verb
def land(deal, *, by, on, note) -> Deal:
    """Register that the deal came to something, on the day, with evidence among its files; somebody else verifies it.

    Doing it twice changes nothing. Raises Refused for what has ended, (422) without a contract, an agreement or a
    photograph among its files, and for a day before the signing or to come.
    """
    deal = _locked(deal)
    if deal.landed_on == on and deal.landed_note == note and deal.landed_by_id == by.pk:
        return deal
    if deal.state != DealState.SIGNED:
        raise Refused(f"“{deal}”{deal.state.label}，不用再登记落地。")
    _refuse_future(on, "落地")
    _check_days(deal.signed_on, on)
    if not evidence(deal).exists():
        raise Refused(
            f"请先在“{deal}”的附件里放上{'、'.join(EVIDENCE_KINDS[:-1])}或{EVIDENCE_KINDS[-1]}，再登记落地。",
            status=422,
        )
    store(deal, {"landed_on": on, "landed_by": by, "landed_note": note, "returned_reason": ""})
    record("events.deal.landed", deal, by=by, sentence=f"登记“{deal}”落地", basis=note)
    _tell(_verifiers(by), "events.deal_landed", deal, by)
    return deal


def _verifiers(but):
    held = RoleAssignment.objects.current()
    people = User.objects.filter(is_active=True, pk__in=held.values("user")).exclude(pk=but.pk)
    return [person for person in people.order_by("pk") if permissions.can_verify_deals(person)]


@verb
def verify(deal, *, by, version: int | None = None) -> Deal:
    """Verify a landing: from now on it counts in the figures of its year. Doing it twice changes nothing.

    Raises Refused to who registered the landing, for what has not landed, without evidence, and, where the `version`
    that the person saw is given, for what was changed since.
    """
    deal = _locked(deal)
    if deal.state == DealState.VERIFIED:
        return deal
    if deal.state != DealState.LANDED:
        raise Refused(f"“{deal}”{deal.state.label}，没有登记落地。")
    if not permissions.verifies(by, deal):
        raise Refused("登记落地的人不能自己核实，要由另一位同事办理。")
    if version is not None and deal.version != version:
        raise Refused(f"“{deal}”刚被改过。请重新打开，看过现在的内容再核实。")
    if not evidence(deal).exists():
        raise Refused(f"“{deal}”的落地凭据已被移除，请退回登记的人补齐。")
    store(deal, {"verified_at": now(), "verified_by": by})
    record("events.deal.verified", deal, by=by, sentence=f"核实“{deal}”落地")
    return deal


@verb
def send_back(deal, *, by, reason: str) -> Deal:
    """Return a landing, also one that was verified and proves to be none: the deal is signed again and counts no more.
    Doing it twice changes nothing. Raises Refused to who registered the landing, and for what has not landed."""
    deal = _locked(deal)
    if deal.state == DealState.SIGNED and deal.returned_reason == reason:
        return deal
    if deal.state not in (DealState.LANDED, DealState.VERIFIED):
        raise Refused(f"“{deal}”{deal.state.label}，没有登记落地。")
    if not permissions.verifies(by, deal):
        raise Refused("登记落地的人不能自己退回，要由另一位同事办理。")
    lander = deal.landed_by
    nothing = {
        "landed_on": None,
        "landed_by": None,
        "landed_note": "",
        "verified_at": None,
        "verified_by": None,
    }
    store(deal, nothing | {"returned_reason": reason})
    record("events.deal.returned", deal, by=by, sentence=f"退回“{deal}”的落地登记", basis=reason)
    _tell([lander], "events.deal_returned", deal, by, reason=reason)
    return deal


# --- ended --------------------------------------------------------------------------------------------------------


@verb
def end(deal, *, by, on, reason: str) -> Deal:
    """Register that the deal ended without landing, or that its unverified landing came to nothing. Doing it twice
    changes nothing. Raises Refused for a verified landing, (422) for a day before the signing or to come."""
    deal = _locked(deal)
    if deal.state == DealState.ENDED:
        return deal
    if deal.state == DealState.VERIFIED:
        raise Refused(f"“{deal}”的落地已核实，计入了统计。有误的，请先退回落地登记。")
    _refuse_future(on, "终止")
    if on < deal.signed_on:
        raise Refused("终止日期不能早于签约日期。", status=422)
    store(deal, {"ended_on": on, "ended_by": by, "end_reason": reason})
    record("events.deal.ended", deal, by=by, sentence=f"登记“{deal}”终止", basis=reason)
    return deal


@verb
def taken_out(*, by, number: int, conditions: str) -> None:
    """Record that the register left the house as a file, with how many rows and which conditions."""
    sentence = f"导出合作成果登记簿，{number:,} 项" + (f"（{conditions}）" if conditions else "")
    record("events.deal.exported", by=by, sentence=sentence)


def _tell(people, kind, deal, by, **more):
    notify(
        people, kind, about=deal, url=reverse("events:deal", args=[deal.pk]), by=by, deal=deal.title, **more
    )
