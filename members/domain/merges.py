"""Verbs on merging two records of one unit: one person proposes, a second one confirms; undone likewise.

Locks are taken in one order: the merge, both units by key, then what belongs to them.
"""

from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from association.domain.activities import record, verb
from association.domain.notices import notify
from association.errors import Refused
from association.models import User
from members.choices import BillKind, ContactDuty, MergeState, NameKind, PairState, SensitiveField
from members.domain import certificates, moving, uniting
from members.domain.search_keys import refresh
from members.models import AlternativeName, Bill, ContactRole, DuplicatePair, Merge, Organization

NAMED = 6
VOID_REASON = "并入其他单位"
STANDING = (MergeState.DONE, MergeState.UNDO_ASKED)


# --- propose, decline -----------------------------------------------------------------------------------------


@verb
def propose(kept, merged, *, by, basis: str, picks: dict, versions: tuple[int, int]) -> Merge:
    """Propose that `merged` become part of `kept`. `picks` names for differing fields the side to take from.

    `versions` are those of the two units that the person saw. Doing it twice proposes once. Raises Refused when
    either was changed since, or has another merge under way.
    """
    kept, merged = _both(kept.pk, merged.pk)
    same = Merge.objects.filter(kept=kept, merged=merged, state=MergeState.PROPOSED, proposed_by=by).first()
    if same:
        return same
    other = Merge.objects.pending().involving(kept, merged).select_related("kept", "merged").first()
    if other:
        raise Refused(f"{other.merged.name}与{other.kept.name}的合并还在办理，办完之前不能另提合并。")
    if (kept.version, merged.version) != tuple(versions):
        raise Refused("两家单位的资料刚有改动，请重新对照后再提出。")
    _refuse_clashes(kept, merged)
    usual = uniting.usual_picks(kept, merged)
    merge = Merge.objects.create(
        kept=kept,
        merged=merged,
        picks=usual | {name: side for name, side in picks.items() if name in usual},
        kept_version=kept.version,
        merged_version=merged.version,
        basis=basis,
        proposed_by=by,
    )
    _say(merge, "proposed", f"提出把{merged.name}并入{kept.name}", by=by, basis=basis)
    return merge


def _both(kept_pk, merged_pk):
    """Both units, locked in the order of their keys. Raises Refused when one is gone into another already."""
    if kept_pk == merged_pk:
        raise Refused("一家单位不能并入自己。", status=422)
    units = {pk: Organization.objects.select_for_update().get(pk=pk) for pk in sorted((kept_pk, merged_pk))}
    return units[kept_pk], units[merged_pk]


def _refuse_clashes(kept, merged):
    """What waits on both sides and of which one unit has one only: the other would wait for ever."""
    waiting = [set(unit.profile_changes.pending().values_list("field", flat=True)) for unit in (kept, merged)]
    both = [SensitiveField(name).label for name in sorted(waiting[0] & waiting[1])]
    if both:
        raise Refused(f"两家单位都有待审核的资料变更（{'、'.join(both)}），请先审核其中一家的。")
    bills = [unit.bills.standing().filter(kind=BillKind.DUES) for unit in (kept, merged)]
    years = set(bills[0].values_list("year", flat=True)) & set(bills[1].values_list("year", flat=True))
    owed = Bill.objects.outstanding().filter(kind=BillKind.DUES, year__in=years)
    if bill := owed.filter(organization__in=(kept, merged)).order_by("year", "pk").first():
        raise Refused(
            f"两家单位都有 {bill.year} 年度会费账单，其中 {bill.number} 没有缴清：请先作废多出的一份，或者等它缴清。"
        )
    if all(unit.exit_cases.open().exists() for unit in (kept, merged)):
        raise Refused("两家单位都有在办的退会事项，请先办结或撤回其中一项。")


def _say(merge, kind, sentence, *, by, basis=""):
    return record(f"members.merge.{kind}", merge.kept, merge.merged, by=by, sentence=sentence, basis=basis)


@verb
def decline(merge, *, by, basis: str) -> Merge:
    """Say no to a proposal, or take one's own back, with the reason. Doing it twice changes nothing."""
    merge = _locked(merge)
    if merge.state == MergeState.DECLINED:
        return merge
    if merge.state != MergeState.PROPOSED:
        raise Refused(f"这次合并现在是“{merge.get_state_display()}”，不能撤回或退回。")
    merge.state, merge.decided_by, merge.decided_at = MergeState.DECLINED, by, timezone.now()
    merge.decline_basis = basis
    merge.save(update_fields=["state", "decided_by", "decided_at", "decline_basis"])
    words = "撤回合并" if by == merge.proposed_by else "不同意合并"
    _say(merge, "declined", f"{words}：{merge.merged.name}不并入{merge.kept.name}", by=by, basis=basis)
    _tell_proposer(merge, merge.proposed_by, "members.merge_declined", by, reason=basis)
    return merge


def _locked(merge):
    return (
        Merge.objects.select_for_update(of=("self",))
        .select_related("kept", "merged", "proposed_by")
        .get(pk=merge.pk)
    )


# --- confirm --------------------------------------------------------------------------------------------------


@verb
def confirm(merge, *, by) -> Merge:
    """Merge as proposed; everything that points at the merged unit moves. Doing it twice, or two at once, merges once.

    Raises Refused for the proposer, and when either unit was changed since the proposal.
    """
    merge = _locked(merge)
    if merge.state in STANDING:
        return merge
    if merge.state != MergeState.PROPOSED:
        raise Refused(f"这次合并现在是“{merge.get_state_display()}”，不能确认。")
    if merge.proposed_by_id == by.pk:
        raise Refused("合并要由另一位同事确认，提出的人不能自己确认。")
    kept, merged = _both(merge.kept_id, merge.merged_id)
    if (kept.version, merged.version) != (merge.kept_version, merge.merged_version):
        raise Refused("提出之后，两家单位的资料又有改动。请退回这次合并，对照新的资料重新提出。")
    _refuse_clashes(kept, merged)
    managers, days = managers_of(kept, merged), double_days(kept, merged)
    certified = any(map(certificates.present_of, (kept, merged)))
    mover = moving.Mover()
    _carry_out(mover, kept, merged, merge.picks)
    if certified:
        certificates.settle(kept, by=by, reason="合并")
    merge.kept, merge.merged = kept, merged
    merge.state, merge.decided_by, merge.decided_at = MergeState.DONE, by, timezone.now()
    merge.effects = {"steps": mover.steps, "left": mover.left_keys}
    merge.outcome = {"moved": mover.moved.most_common(), "left": mover.left, "days": days}
    merge.save(update_fields=["state", "decided_by", "decided_at", "effects", "outcome"])
    _settle_pair(merge, by)
    sentence = f"{merged.name}并入{kept.name}，转入 {mover.moved.total()} 条记录"
    _say(merge, "done", sentence, by=by, basis=merge.basis)
    url = reverse("members:organization", args=[kept.pk])
    notify(managers, "members.merge_done", about=kept, url=url, by=by, kept=kept.name, merged=merged.name)
    _tell_proposer(merge, merge.proposed_by, "members.merge_confirmed", by)
    return merge


def _carry_out(mover, kept, merged, picks):
    _void_certificate(mover, merged)
    _undate_names(mover, merged)
    parks = uniting.unite_parks(mover, kept, merged)
    periods = uniting.unite_memberships(kept, merged)
    same = uniting.same_rows(kept, merged)
    going = [row for row, *_ in (*periods, *same)]
    uniting.yield_first_place(mover, kept, merged, going)
    names = (kept.name, merged.name)
    _take_fields(mover, kept, merged, picks)
    pairs = [(merged, kept), *parks, *((row, stays) for row, stays, *_ in (*periods, *same))]
    mover.repoint(pairs, staying=[*going, *(park for park, _ in parks)])
    for row in going:
        mover.delete(row)
    uniting.widen(mover, periods)
    _follow_main_park(mover, kept)
    mover.change(merged, merged_into_id=kept.pk)
    _keep_names(mover, kept, names)
    mover.touched[Organization] |= {kept.pk, merged.pk}
    mover.finish()
    refresh(kept)
    for unit in (kept, merged):
        unit.refresh_from_db()


def _undate_names(mover, merged):
    """Names that the merged unit bore before stay known, but no earlier roster may show the kept unit under them."""
    dated = merged.alternative_names.filter(park=None, kind=NameKind.FORMER, used_until__isnull=False)
    for name in dated.order_by("pk"):
        mover.change(name, used_until=None)


def _void_certificate(mover, merged):
    """What was printed for the unit that goes is void from now on; undoing the merge makes it valid again."""
    certificate = certificates.present_of(merged)
    if certificate:
        mover.change(certificate, voided_at=timezone.now(), void_reason=VOID_REASON)


def _take_fields(mover, kept, merged, picks):
    """Give the kept unit the values picked from the other, and a member number if it has none. A code or number that
    is taken over changes places with the kept unit's own, for each may stand only once; lists that still show it lead
    to the kept unit."""
    differing = {f.name: f for f in uniting.differing(kept, merged)}
    taken = {differing[n].attname for n, side in picks.items() if side == uniting.MERGED and n in differing}
    values = {name: getattr(merged, name) for name in taken}
    if not kept.member_number and merged.member_number:
        values["member_number"] = merged.member_number
    for name in ("credit_code", "member_number"):
        if values.get(name):
            own = getattr(kept, name)
            mover.change(merged, **{name: ""})
            mover.change(kept, **{name: values.pop(name)})
            mover.change(merged, **{name: own})
    mover.change(kept, **values)


def _follow_main_park(mover, kept):
    """The unit's district is that of its main park, also when that park has just come."""
    main = kept.parks.filter(is_main=True).first()
    if main is not None:
        mover.change(kept, district=main.district)


def _keep_names(mover, kept, names):
    """The name that goes becomes a former name; the kept unit's own was in use until today, the other's never was, so
    no earlier roster shows it."""
    known = set(kept.alternative_names.filter(park=None, kind=NameKind.FORMER).values_list("name", flat=True))
    for name, until in zip(names, (localdate(), None), strict=True):
        if name != kept.name and name not in known:
            known.add(name)
            mover.create(
                AlternativeName(organization=kept, kind=NameKind.FORMER, name=name, used_until=until)
            )


def _settle_pair(merge, by):
    low, high = sorted((merge.kept_id, merge.merged_id))
    for pair in DuplicatePair.objects.select_for_update().filter(first=low, second=high):
        merge.effects["pair"] = [pair.pk, pair.state, pair.decided_by_id, moving.plain(pair.decided_at)]
        pair.state, pair.decided_by, pair.decided_at = PairState.MERGED, by, timezone.now()
        pair.save(update_fields=["state", "decided_by", "decided_at"])
        merge.save(update_fields=["effects"])


# --- undo -----------------------------------------------------------------------------------------------------


@verb
def ask_undo(merge, *, by, basis: str) -> Merge:
    """Ask that a merge be taken back, with the reason; somebody else confirms it. Twice changes nothing.

    Raises Refused, naming what stands in the way, when it could not be taken back exactly.
    """
    merge = _locked(merge)
    if merge.state == MergeState.UNDO_ASKED:
        return merge
    if merge.state != MergeState.DONE:
        raise Refused(f"这次合并现在是“{merge.get_state_display()}”，不能撤销。")
    _refuse_obstacles(merge)
    merge.state, merge.undo_asked_by, merge.undo_asked_at = MergeState.UNDO_ASKED, by, timezone.now()
    merge.undo_basis = basis
    merge.save(update_fields=["state", "undo_asked_by", "undo_asked_at", "undo_basis"])
    sentence = f"提出撤销合并：{merge.merged.name}与{merge.kept.name}重新分开"
    _say(merge, "undo_asked", sentence, by=by, basis=basis)
    return merge


def _refuse_obstacles(merge):
    after = Merge.objects.filter(state__in=STANDING, merged=merge.kept_id).select_related("kept").first()
    if after:
        raise Refused(f"{merge.kept.name}之后又并入了{after.kept.name}。请先撤销那一次合并。")
    found = moving.obstacles(merge.effects["steps"])
    if found:
        shown = "；".join(found[:NAMED]) + (f"；等 {len(found)} 处" if len(found) > NAMED else "")
        raise Refused(
            f"合并之后又有改动，不能原样撤销：{shown}。请先把这些改回，或在两家单位的页面逐项更正。"
        )


@verb
def refuse_undo(merge, *, by) -> Merge:
    """Leave a merge as it is although somebody asked to take it back. Doing it twice changes nothing."""
    merge = _locked(merge)
    if merge.state == MergeState.DONE:
        return merge
    if merge.state != MergeState.UNDO_ASKED:
        raise Refused(f"这次合并现在是“{merge.get_state_display()}”，没有待确认的撤销。")
    asked_by = merge.undo_asked_by
    merge.state, merge.undo_asked_by, merge.undo_asked_at, merge.undo_basis = MergeState.DONE, None, None, ""
    merge.save(update_fields=["state", "undo_asked_by", "undo_asked_at", "undo_basis"])
    _say(merge, "undo_refused", f"不撤销合并：{merge.merged.name}仍并入{merge.kept.name}", by=by)
    _tell_proposer(merge, asked_by, "members.merge_undo_refused", by)
    return merge


@verb
def undo(merge, *, by) -> Merge:
    """Take a merge back exactly: all that moved, changed or went is as it was. Doing it twice changes nothing.

    Raises Refused for whoever asked for it, and when something stands in the way.
    """
    merge = _locked(merge)
    if merge.state == MergeState.UNDONE:
        return merge
    if merge.state != MergeState.UNDO_ASKED:
        raise Refused(f"这次合并现在是“{merge.get_state_display()}”，没有待确认的撤销。")
    if merge.undo_asked_by_id == by.pk:
        raise Refused("撤销合并要由另一位同事确认，提出的人不能自己确认。")
    units = Organization.everything.filter(pk__in=(merge.kept_id, merge.merged_id))
    list(units.select_for_update(of=("self",)).order_by("pk"))
    _refuse_obstacles(merge)
    managers = managers_of(merge.kept, merge.merged)
    try:
        with transaction.atomic():
            moving.take_back(merge.effects["steps"])
    except IntegrityError:
        raise Refused(
            "合并之后登记的内容与原来的记录冲突（例如同一时段的会籍、同名的园区），不能原样撤销。"
        ) from None
    _restore_pair(merge)
    merge.state, merge.undone_by, merge.undone_at = MergeState.UNDONE, by, timezone.now()
    merge.save(update_fields=["state", "undone_by", "undone_at"])
    for unit in (merge.kept, merge.merged):
        refresh(unit)
        unit.refresh_from_db()
        certificates.refresh(unit, by=by, reason="撤销合并")
    _say(
        merge,
        "undone",
        f"撤销合并：{merge.merged.name}与{merge.kept.name}重新分开",
        by=by,
        basis=merge.undo_basis,
    )
    told = {"by": by, "kept": merge.kept.name, "merged": merge.merged.name}
    notify(managers, "members.merge_undone", about=merge.merged, url=reverse("members:own"), **told)
    _tell_proposer(merge, merge.undo_asked_by, "members.merge_undo_confirmed", by)
    return merge


def _restore_pair(merge):
    if "pair" not in merge.effects:
        return
    pk, state, decided_by, decided_at = merge.effects["pair"]
    for pair in DuplicatePair.objects.select_for_update().filter(pk=pk, state=PairState.MERGED):
        pair.state, pair.decided_by_id = state, decided_by
        pair.decided_at = DuplicatePair._meta.get_field("decided_at").to_python(decided_at)
        pair.save(update_fields=["state", "decided_by", "decided_at"])


# --- who is told, what changes in the counts ------------------------------------------------------------------


def managers_of(*units) -> list[User]:
    """People with an account who manage one of the units today."""
    roles = ContactRole.objects.current().filter(organization__in=units, duty=ContactDuty.MANAGER)
    return list(User.objects.filter(contact__roles__in=roles).distinct().order_by("pk"))


def _tell_proposer(merge, proposer, kind, by, **context):
    if proposer is not None and proposer != by:
        url = reverse("members:merge", args=[merge.pk])
        told = {"by": by, "kept": merge.kept.name, "merged": merge.merged.name}
        notify([proposer], kind, about=merge.kept, url=url, **told, **context)


def double_days(kept, merged) -> list[list]:
    """[day in words, members counted now, counted once they are one] for the founding day, each year's end and today,
    as far as both were members that day: the past roster then shows one where it showed two."""
    today = localdate()
    founded = date.fromisoformat(settings.ASSOCIATION_APPROVED_ON)
    days = [("核准成立之日", founded)]
    days += [(f"{year} 年末", date(year, 12, 31)) for year in range(founded.year, today.year)]
    found = []
    for label, day in [*days, ("今天", today)]:
        members = Organization.objects.members_on(day)
        if members.filter(pk__in=(kept.pk, merged.pk)).count() == 2:
            number = members.count()
            found.append([label, number, number - 1])
    return found
