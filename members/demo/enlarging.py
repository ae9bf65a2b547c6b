"""Many more invented units for benchmarks, written in bulk under the same triggers as everything else."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor

from association.domain.activities import record, verb
from members.demo import invented
from members.demo.drafts import SERIES, Draft
from members.models import (
    AlternativeName,
    Contact,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
    Tag,
    Tagging,
)

CHUNK = 1_000
TAGS = ("重点服务", "数字化试点")


def enlarge(total: int, *, by, tell) -> None:
    """Add invented units until there are `total` of them; nothing happens when there are as many already."""
    starts = range(_last_number() + 1, total + 1, CHUNK)
    chunks = [range(start, min(start + CHUNK, total + 1)) for start in starts]
    for drafts in _one_ahead(chunks):
        write(drafts, by=by)
        tell(f"扩充演示单位 {drafts[-1].number} / {total}")


def _last_number() -> int:
    prefix = invented.CODE_PREFIX + SERIES
    codes = Organization.objects.filter(credit_code__startswith=prefix).order_by("-credit_code")
    last = codes.values_list("credit_code", flat=True).first()
    return int(last[len(prefix) :][:6]) if last else 0


def _one_ahead(chunks):
    """Drafts chunk by chunk; while the database stores one, the next is worked out beside it."""
    waiting = deque()
    with ThreadPoolExecutor(1) as pool:
        for chunk in chunks:
            waiting.append(pool.submit(_drafts, chunk))
            if len(waiting) > 1:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _drafts(numbers) -> list[Draft]:
    return [Draft(number) for number in numbers]


@verb
def write(drafts: list[Draft], *, by) -> None:
    """Write these units with everything that belongs to them, in one statement a table."""
    tags = [Tag.objects.get_or_create(name=name)[0] for name in TAGS]
    for draft in drafts:
        draft.tags = tags
    Organization.objects.bulk_create([draft.organization for draft in drafts])
    Contact.objects.bulk_create([contact for draft in drafts for contact in draft.contacts])
    Park.objects.bulk_create(_parks(drafts))
    for model, make in DEPENDENTS.items():
        model.objects.bulk_create([row for draft in drafts for row in make(draft)])
    first, last = drafts[0].number, drafts[-1].number
    record("members.demo.enlarged", by=by, sentence=f"扩充演示单位 {first} 至 {last}")


def _parks(drafts):
    parks = []
    for draft in drafts:
        if draft.park:
            draft.park.organization = draft.organization
            parks.append(draft.park)
    return parks


DEPENDENTS = {
    AlternativeName: Draft.names,
    ContactRole: Draft.roles,
    Membership: Draft.memberships,
    Post: Draft.posts,
    ParkYear: Draft.years,
    Recognition: Draft.recognitions,
    Tagging: Draft.taggings,
}
