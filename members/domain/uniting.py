"""What two units have of the same kind: their fields, periods of membership, parks, duties and posts made one."""

from dataclasses import dataclass, field
from datetime import date

from association.history import as_read
from members.models import ContactRole, Membership, Organization, Park, Post

KEPT, MERGED = "kept", "merged"
BLANK = (None, "", [])
OPEN = date.max


def plain_fields(model) -> list:
    """The fields of a model that people fill in, relations aside."""
    return [f for f in model._meta.concrete_fields if f.editable and not f.is_relation and not f.primary_key]


def differing(kept, merged) -> list:
    """Fields of the unit whose values differ between the two."""
    return [f for f in plain_fields(Organization) if getattr(kept, f.attname) != getattr(merged, f.attname)]


def usual_picks(kept, merged) -> dict:
    """For each differing field the side that is taken unless a person says otherwise: the kept unit's, unless it is
    blank there."""
    return {f.name: MERGED if getattr(kept, f.attname) in BLANK else KEPT for f in differing(kept, merged)}


def both_sides(kept, merged) -> list[tuple]:
    """(field, kept value, merged value, whether they differ) as people read them, blank on both sides left out."""
    rows = []
    for f in plain_fields(Organization):
        values = [as_read(f, getattr(unit, f.attname)) for unit in (kept, merged)]
        if values != [None, None]:
            rows.append((f, *values, getattr(kept, f.attname) != getattr(merged, f.attname)))
    return rows


# --- periods of membership ------------------------------------------------------------------------------------


@dataclass
class Span:
    """One period of the united membership: the rows it comes from; `row` is the one that stays."""

    joined_on: date
    left_on: date | None
    rows: list = field(default_factory=list)


def spans(rows) -> list[Span]:
    """The union of periods, each from its first day (inclusive) to its last (exclusive), in order.

    Periods that share a day become one; those that merely meet (one ends the day the next begins) stay two.
    """
    found: list[Span] = []
    for row in sorted(rows, key=lambda r: (r.joined_on, r.left_on or OPEN)):
        last = found[-1] if found else None
        if last and row.joined_on < (last.left_on or OPEN):
            last.rows.append(row)
            last.left_on = None if None in (last.left_on, row.left_on) else max(last.left_on, row.left_on)
        else:
            found.append(Span(row.joined_on, row.left_on, [row]))
    return found


def unite_memberships(kept, merged) -> list[tuple]:
    """Unite the periods of both units; gives (period that went, period it became part of), still to be repointed.

    What says how a period ended comes from the row that ended it. Rows that go are deleted by the caller after that.
    """
    rows = Membership.objects.filter(organization__in=(kept, merged)).select_for_update(of=("self",))
    gone = []
    for span in spans(rows.order_by("pk")):
        own = [row for row in span.rows if row.organization_id == kept.pk]
        if not own or len(span.rows) == 1:
            continue
        stays = own[0]
        gone += [(row, stays, span) for row in span.rows if row is not stays]
    return gone


def widen(mover, gone) -> None:
    """Give the periods that stay the whole of their span; those that went must be gone before."""
    for stays, span in {id(s): (stays, s) for _, stays, s in gone}.values():
        first = min(span.rows, key=lambda r: (r.joined_on, r is not stays))
        last = max(span.rows, key=lambda r: (r.left_on or OPEN, r is stays))
        mover.change(
            stays,
            joined_on=span.joined_on,
            left_on=span.left_on,
            batch=first.batch or stays.batch,
            basis=first.basis or stays.basis,
            leave_reason=last.leave_reason,
            leave_basis=last.leave_basis,
        )


# --- parks ----------------------------------------------------------------------------------------------------


def unite_parks(mover, kept, merged) -> list[tuple]:
    """(park of the merged unit, park of the same name of the kept one) for each such pair; what the latter lacks is
    filled in. Of two main parks the kept unit's stays the main one."""
    own = {p.name: p for p in _locked(Park, kept)}
    pairs = []
    for park in _locked(Park, merged):
        if park.name in own:
            _fill_in(mover, own[park.name], park)
            pairs.append((park, own[park.name]))
        elif park.is_main and any(p.is_main for p in own.values()):
            mover.change(park, is_main=False)
    return pairs


def _locked(model, organization):
    rows = model._base_manager.filter(organization=organization)
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _fill_in(mover, park, other):
    lacking = {
        f.attname: getattr(other, f.attname)
        for f in plain_fields(Park)
        if getattr(park, f.attname) in BLANK and getattr(other, f.attname) not in BLANK
    }
    floor = lacking.get("floor_area", park.floor_area)
    rentable = lacking.get("rentable_area", park.rentable_area)
    if floor is not None and rentable is not None and rentable > floor:
        lacking = {
            name: value for name, value in lacking.items() if name not in ("floor_area", "rentable_area")
        }
    mover.change(park, **lacking)


# --- duties and posts -----------------------------------------------------------------------------------------

SAME = {
    ContactRole: ("contact_id", "duty", "since", "until"),
    Post: ("contact_id", "grade", "since", "until"),
}


def same_rows(kept, merged) -> list[tuple]:
    """(row of the merged unit, the same row of the kept one) for duties and posts that both have alike."""
    pairs = []
    for model, columns in SAME.items():
        own = {tuple(getattr(row, c) for c in columns): row for row in _locked(model, kept)}
        for row in _locked(model, merged):
            same = own.get(tuple(getattr(row, c) for c in columns))
            if same is not None:
                pairs.append((row, same))
    return pairs


def yield_first_place(mover, kept, merged, going) -> None:
    """Where both have a first holder of a duty today, the merged unit's becomes a further one."""
    going = {row.pk for row in going if isinstance(row, ContactRole)}
    held = ContactRole.objects.filter(is_primary=True, until__isnull=True)
    duties = set(held.filter(organization=kept).values_list("duty", flat=True))
    for role in held.filter(organization=merged, duty__in=duties).order_by("pk"):
        if role.pk not in going:
            mover.change(role, is_primary=False)
