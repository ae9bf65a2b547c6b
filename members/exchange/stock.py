"""The records that a batch will change, locked for the rest of the transaction and at hand by key."""

from django.utils.timezone import localdate

from members.choices import NameKind
from members.models import AlternativeName, Contact, ContactRole, Membership, Organization, Park, ParkYear


class Stock:
    """Everything the operations of `rows` refer to; locked in the order in which other verbs lock: unit, park, person."""

    def __init__(self, rows):
        targets = {row.target for row in rows if row.target}
        operations = [row.operations for row in rows]
        people = [person for o in operations for person in o.get("people", ())]
        self.units = _locked(Organization, pk__in=targets)
        self.parks = _locked(Park, pk__in={o["park"]["pk"] for o in operations if "park" in o} - {None})
        self.contacts = _locked(Contact, pk__in={p["contact"] for p in people if p.get("contact")})
        self.memberships = _locked(
            Membership, pk__in={o["membership"]["pk"] for o in operations if "membership" in o}
        )
        self.roles = _locked(ContactRole, pk__in={p["role"] for p in people if p.get("role")})
        self._find_holders(rows)
        self._find_years(operations)
        self._find_former_names(rows)

    def _find_holders(self, rows):
        """The primary duties, open or ending later, that end when somebody takes over, by unit and duty."""
        wanted = {
            row.target for row in rows if any(p.get("take_over") for p in row.operations.get("people", ()))
        }
        roles = _locked(ContactRole, organization__in=wanted - {None}, is_primary=True)
        self.holders = {}
        for pk, role in roles.items():
            if role.until and role.until <= localdate():
                continue
            self.holders[role.organization_id, role.duty] = self.roles.setdefault(pk, role)

    def _find_years(self, operations):
        parks = {o["park"]["pk"] for o in operations if "year" in o} - {None}
        years = _locked(ParkYear, park__in=parks)
        self.years = {(year.park_id, year.year): year for year in years.values()}

    def _find_former_names(self, rows):
        """Former names of units and parks that get a new name, by unit, park and name."""
        renamed = {
            row.target
            for row in rows
            if row.target
            and (
                "name" in row.operations.get("unit", {})
                or "name" in row.operations.get("park", {}).get("fields", {})
            )
        }
        names = _locked(AlternativeName, organization__in=renamed, kind=NameKind.FORMER)
        self.former_names = {(name.organization_id, name.park_id, name.name): name for name in names.values()}


def _locked(model, **which):
    if not all(which.values()):
        return {}
    rows = model._base_manager.filter(**which).select_for_update(of=("self",)).order_by("pk")
    return {row.pk: row for row in rows}
