"""From the operations of a row to records: what is created and what is changed, collected in a ledger."""

from collections import defaultdict

from members.choices import ContactDuty, NameKind
from members.domain.memberships import next_number
from members.domain.search_keys import contact_keys, sort_keys
from members.exchange.matching import name_key
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
)

BASIS = "名册导入"


def typed(model, fields: dict) -> dict:
    """Values as they come out of JSON, as the model's fields hold them."""
    return {name: model._meta.get_field(name).to_python(value) for name, value in fields.items()}


def set_all(instance, values: dict) -> None:
    for name, value in values.items():
        setattr(instance, name, value)


class Writer:
    """Takes rows one by one. Afterwards `units` are all units concerned in the order of the rows, `new_units` the unit
    of each new row by its number, `stale_keys` the known units whose search keys must be computed again."""

    def __init__(self, stock, ledger, today):
        self.stock, self.ledger, self.today = stock, ledger, today
        self.units, self.new_units = {}, {}
        self.stale_keys = set()
        self.touched, self.added_names, self.said = defaultdict(list), defaultdict(list), defaultdict(str)
        self.numberless = []
        self.made = defaultdict(list)
        self.changed_contacts = {}

    def write(self, row) -> None:
        operations = row.operations
        unit = self._unit(row)
        self.touched[unit.pk] += [key for key, *_ in row.differences]
        joined_on = self._join(unit, operations)
        self._people(unit, operations.get("people", ()), joined_on or self.today)
        if "post" in operations:
            representative = self.made[unit.pk, ContactDuty.REPRESENTATIVE]
            self.ledger.create(
                Post(
                    organization=unit,
                    grade=operations["post"],
                    since=joined_on,
                    basis=BASIS,
                    contact=representative[0] if representative else None,
                )
            )
        if "park" in operations:
            self._park(unit, operations)

    def finish(self) -> None:
        """What can only be done when all rows are known: member numbers in the order of the rows, people's keys."""
        self._give_numbers()
        for contact in self.changed_contacts.values():
            self.ledger.change(contact, **contact_keys(contact))
        for contact in self.ledger.created[Contact]:
            set_all(contact, contact_keys(contact))

    # --- the unit ---------------------------------------------------------------------------------------
    def _unit(self, row):
        fields = typed(Organization, row.operations.get("unit", {}))
        if row.target:
            unit = self.units.setdefault(row.target, self.stock.units[row.target])
            self._change_unit(unit, fields)
            return unit
        leader = row.operations.get("leader")
        unit = self.new_units[leader] if leader else self.ledger.create(Organization(**fields))
        self.new_units[row.number] = unit
        return self.units.setdefault(f"new {leader or row.number}", unit)

    def _change_unit(self, unit, fields):
        if fields.get("name", unit.name) != unit.name:
            self._keep_former_name(unit)
        if fields.keys() & {"name", "credit_code", "member_number"}:
            self.stale_keys.add(unit.pk)
        self.ledger.change(unit, **fields)

    def _keep_former_name(self, unit):
        former = self.stock.former_names.get((unit.pk, None, unit.name))
        if former:
            self.ledger.change(former, used_until=self.today)
        else:
            self.ledger.create(
                AlternativeName(
                    organization=unit, kind=NameKind.FORMER, name=unit.name, used_until=self.today
                )
            )
            self.added_names[unit.pk].append(unit.name)

    # --- membership -------------------------------------------------------------------------------------
    def _join(self, unit, operations):
        """Begin the membership; gives its first day."""
        if "membership" in operations:
            membership = self.stock.memberships[operations["membership"]["pk"]]
            self.ledger.change(membership, batch=operations["membership"]["batch"])
        join = operations.get("join")
        if join is None:
            return None
        joined_on = Membership._meta.get_field("joined_on").to_python(join["on"])
        self.ledger.create(
            Membership(organization=unit, joined_on=joined_on, batch=join["batch"], basis=BASIS)
        )
        if unit._state.adding:
            # What the trigger would set; set here it costs nothing more.
            unit.latest_joined_on, unit.membership_count = joined_on, 1
        self.said[unit.pk] = f"，{joined_on} 入会"
        if not unit.member_number:
            self.numberless.append((unit, joined_on.year))
        return joined_on

    def _give_numbers(self):
        """Consecutive numbers of each year from the next free one; the lock that guards them is held by then."""
        taken = {unit.member_number for unit in self.units.values() if unit.member_number}
        upcoming = {}
        for unit, year in self.numberless:
            if unit.member_number:
                continue
            number = upcoming.get(year) or next_number(year)
            while number in taken:
                number = _following(number)
            upcoming[year] = _following(number)
            if unit._state.adding:
                unit.member_number = number
            else:
                self.stale_keys.add(unit.pk)
                self.ledger.change(unit, member_number=number)

    # --- people -----------------------------------------------------------------------------------------
    def _people(self, unit, people, since):
        for person in people:
            contact = self._contact(unit, person)
            if person.get("take_over"):
                self._take_over(unit, contact, person, since)
            elif person.get("role"):
                self.ledger.change(self.stock.roles[person["role"]], title=person["title"])

    def _contact(self, unit, person):
        if person.get("contact"):
            contact = self.stock.contacts[person["contact"]]
            if person["fields"]:
                self.ledger.change(contact, **person["fields"])
                self.changed_contacts[contact.pk] = contact
            return contact
        return self._made_before(unit, person["fields"]) or self._new_contact(unit, person["fields"])

    def _made_before(self, unit, fields):
        """One person may come in as representative and liaison at once; another number makes another person."""
        for contact in self.made[unit.pk, name_key(fields["name"])]:
            if not fields.get("mobile") or fields["mobile"] == contact.mobile:
                contact.email = contact.email or fields.get("email", "")
                return contact
        return None

    def _new_contact(self, unit, fields):
        contact = self.ledger.create(Contact(**fields))
        self.made[unit.pk, name_key(fields["name"])].append(contact)
        return contact

    def _take_over(self, unit, contact, person, since):
        holder = self.stock.holders.get((unit.pk, person["duty"]))
        if holder:
            self.ledger.change(holder, until=self.today)
        self.ledger.create(
            ContactRole(
                organization=unit, contact=contact, duty=person["duty"], title=person["title"], since=since
            )
        )
        self.made[unit.pk, person["duty"]].append(contact)

    # --- the park ---------------------------------------------------------------------------------------
    def _park(self, unit, operations):
        known, fields = operations["park"]["pk"], typed(Park, operations["park"]["fields"])
        if known:
            park = self.stock.parks[known]
            self._change_park(unit, park, fields)
        else:
            park = self.ledger.create(Park(organization=unit, is_main=operations["park"]["main"], **fields))
            set_all(park, sort_keys(park.name))
            self._added_name(unit, park.name)
        if "year" in operations:
            self._year(park, operations["year"]["year"], typed(ParkYear, operations["year"]["fields"]))
        if "recognition" in operations:
            self.ledger.create(Recognition(park=park, **operations["recognition"]))

    def _change_park(self, unit, park, fields):
        if fields.get("name", park.name) != park.name:
            if (unit.pk, park.pk, park.name) not in self.stock.former_names:
                self.ledger.create(
                    AlternativeName(organization=unit, park=park, kind=NameKind.FORMER, name=park.name)
                )
            fields |= sort_keys(fields["name"])
            self._added_name(unit, fields["name"])
        self.ledger.change(park, **fields)

    def _added_name(self, unit, name):
        self.added_names[unit.pk].append(name)
        if not unit._state.adding:
            self.stale_keys.add(unit.pk)

    def _year(self, park, year, numbers):
        stored = self.stock.years.get((park.pk, year))
        if stored:
            self.ledger.change(stored, **numbers)
        else:
            self.ledger.create(ParkYear(park=park, year=year, **numbers))


def _following(number: str) -> str:
    head, _, count = number.rpartition("-")
    return f"{head}-{int(count) + 1:04d}"
