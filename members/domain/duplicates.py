"""Verbs on pairs of units that look like one: search for them, say that they are none, take that back."""

import time

from django.db import IntegrityError, transaction
from django.utils import timezone

from association.domain.activities import record, verb
from association.errors import Refused
from association.jobs import later
from members.candidates import FORMER, NAME, PARK, SHORT, Candidates, Entry
from members.choices import MergeState, NameKind, PairState, SearchState
from members.models import AlternativeName, DuplicatePair, DuplicateSearch, Merge, Organization, Park
from members.models.organization import search_condition
from members.similarity import HOMOPHONE, SIMILAR, Name, similarity

JOB = "members.find_duplicates"
BETWEEN_STEPS = 0.5
AT_ONCE = 1_000
HINTED = 5


@verb
def start_search(*, by) -> DuplicateSearch:
    """Have all units searched for duplicates in the background; while one search runs, that one is given."""
    running = DuplicateSearch.objects.select_for_update(of=("self",)).select_related("job")
    running = running.filter(state=SearchState.RUNNING).first()
    if running and running.is_running:
        return running
    if running:
        _close(running, SearchState.FAILED)
    try:
        with transaction.atomic():
            search = DuplicateSearch.objects.create(started_by=by, step="正在排队")
    except IntegrityError:
        # Somebody else's search began between the look and the insert.
        return DuplicateSearch.objects.get(state=SearchState.RUNNING)
    search.job = later(JOB, search_id=search.pk)
    search.save(update_fields=["job"])
    record("members.duplicates.started", by=by, sentence="开始查重")
    return search


def _close(search, state, **values):
    DuplicateSearch.objects.filter(pk=search.pk).update(state=state, finished_at=timezone.now(), **values)


def run_search(search_id: int) -> None:
    """Compare all units and keep the pairs found; called in a worker. Running it again finds the same."""
    search = DuplicateSearch.objects.filter(pk=search_id, state=SearchState.RUNNING).first()
    if search is None:
        return
    candidates = Candidates(_entries(), _codes(), _Teller(search))
    found = candidates.find()
    _keep(search, found, candidates.crowded)


class _Teller:
    """Writes how far the search has come, twice a second at most, outside of any transaction."""

    def __init__(self, search):
        self.search, self.last = search, 0.0

    def __call__(self, step, done, total):
        now = time.monotonic()
        if done and now - self.last < BETWEEN_STEPS:
            return
        self.last = now
        DuplicateSearch.objects.filter(pk=self.search.pk).update(step=step, done=done, total=total)


def _entries():
    for pk, name in Organization.objects.values_list("pk", "name").iterator(chunk_size=AT_ONCE * 10):
        yield Entry(pk, NAME, Name(name))
    kinds = {NameKind.FORMER: FORMER, NameKind.SHORT: SHORT}
    names = AlternativeName.objects.filter(organization__merged_into__isnull=True, park__isnull=True)
    for pk, kind, name in names.values_list("organization_id", "kind", "name").iterator(AT_ONCE * 10):
        yield Entry(pk, kinds[kind], Name(name))
    parks = Park.objects.filter(organization__merged_into__isnull=True)
    for pk, name in parks.values_list("organization_id", "name").iterator(AT_ONCE * 10):
        yield Entry(pk, PARK, Name(name))


def _codes():
    return dict(Organization.objects.exclude(credit_code="").values_list("pk", "credit_code"))


@verb
def _keep(search, found, crowded):
    """New pairs are added, open ones brought up to date, open ones that are none any more taken away; what a person
    has decided stays."""
    known = {(p.first_id, p.second_id): p for p in DuplicatePair.objects.select_for_update().order_by("pk")}
    present = set(
        Organization.objects.filter(pk__in={pk for pair in found for pk in pair}).values_list("pk", flat=True)
    )
    fresh = [
        DuplicatePair(first_id=a, second_id=b, score=score, reasons=reasons)
        for (a, b), (score, reasons) in found.items()
        if (a, b) not in known and {a, b} <= present
    ]
    DuplicatePair.objects.bulk_create(fresh, batch_size=AT_ONCE, ignore_conflicts=True)
    changed = []
    for key, pair in known.items():
        if key in found and (pair.score, pair.reasons) != found[key]:
            pair.score, pair.reasons = found[key]
            changed.append(pair)
    DuplicatePair.objects.bulk_update(changed, ["score", "reasons"], batch_size=AT_ONCE)
    gone = [pair.pk for key, pair in known.items() if key not in found and pair.state == PairState.OPEN]
    DuplicatePair.objects.standing().filter(pk__in=gone, state=PairState.OPEN).delete()
    number = DuplicatePair.objects.open().count()
    _close(search, SearchState.DONE, found=number, crowded=crowded, step="")


# --- decisions ------------------------------------------------------------------------------------------------


@verb
def dismiss(pair, *, by) -> DuplicatePair:
    """Say that two units are two; remembered for good, whatever they are called later. Twice changes nothing."""
    pair = _locked(pair)
    if pair.state == PairState.NOT_DUPLICATE:
        return pair
    if pair.state == PairState.MERGED:
        raise Refused("这两家单位已经合并。要分开，请先撤销合并。")
    if Merge.objects.filter(state=MergeState.PROPOSED).filter(_between(pair)).exists():
        raise Refused("这两家单位的合并正等人确认。要判为不是重复，请先撤回合并。")
    return _decide(pair, PairState.NOT_DUPLICATE, by, "not_duplicate", "判定不是重复")


@verb
def reopen(pair, *, by) -> DuplicatePair:
    """Take back that two units are two. Twice changes nothing."""
    pair = _locked(pair)
    if pair.state != PairState.NOT_DUPLICATE:
        return pair
    return _decide(pair, PairState.OPEN, by, "reopened", "重新列为疑似重复")


def _locked(pair):
    return (
        DuplicatePair.objects.select_for_update(of=("self",))
        .select_related("first", "second")
        .get(pk=pair.pk)
    )


def _between(pair):
    return Merge.between(pair.first_id, pair.second_id)


def _decide(pair, state, by, kind, words):
    pair.state, pair.decided_by, pair.decided_at = state, by, timezone.now()
    pair.save(update_fields=["state", "decided_by", "decided_at"])
    sentence = f"{words}：{pair.first.name}与{pair.second.name}"
    record(f"members.duplicates.{kind}", pair.first, pair.second, by=by, sentence=sentence)
    return pair


# --- one new name ---------------------------------------------------------------------------------------------


def units_like(name: str, *, other_than=None) -> list[Organization]:
    """At most five units whose present, former or short name is as good as `name`, the most alike first.

    The index on pairs of characters finds those that hold the brand or sound the same; only they are compared.
    """
    wanted = Name(name)
    if not wanted.core:
        return []
    found = Organization.objects.filter(
        search_condition((wanted.brand or wanted.core).lower()) | search_condition(wanted.sound)
    ).exclude(pk=other_than)
    units = list(found.prefetch_related("alternative_names")[:200])
    rated = [(max(_ratings(wanted, unit)), unit) for unit in units]
    rated = sorted((r for r in rated if r[0] >= SIMILAR), key=lambda r: (-r[0], r[1].pk))
    return [unit for _, unit in rated[:HINTED]]


def _ratings(wanted, unit):
    names = [unit.name, *(n.name for n in unit.alternative_names.all() if n.park_id is None)]
    for name in map(Name, names):
        yield HOMOPHONE if name.sound == wanted.sound else similarity(wanted, name)
