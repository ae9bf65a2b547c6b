"""What the books hold about the units of a file, on the day that the file speaks of and today.

Loaded in a fixed number of queries; the values of the roster's columns come from the roster's own loaders, so that
what the system exports is compared with what it would export.
"""

from collections import defaultdict
from dataclasses import dataclass

from association.columns import Column, ColumnSet
from members.choices import LEVEL_ORDER, ContactDuty, NameKind
from members.columns import ROSTER
from members.exchange.layout import PARK_KEYS, YEAR_KEYS
from members.exchange.matching import name_key
from members.models import AlternativeName, ContactRole, Membership, Park, ParkYear, Recognition

DUTIES = (ContactDuty.REPRESENTATIVE, ContactDuty.LIAISON)
# Always needed, whether or not the file has them; keys with a leading underscore are no columns of the roster.
ALWAYS = (
    *("name", "member_number", "credit_code", "district", "park_name", "joined_on", "grade"),
    *("representative", "liaison", "stat_year"),
)
HIDDEN = (
    Column("_park", "", "park", "pk"),
    Column("_representative_role", "", "representative", "pk"),
    Column("_representative", "", "representative", "contact_id"),
    Column("_liaison_role", "", "liaison", "pk"),
    Column("_liaison", "", "liaison", "contact_id"),
)
PARK_FIELDS = tuple(c.field for c in ROSTER.importable if c.part == "park")


def _cells(columns, rows):
    """The rows as an export writes them, in full: what comes back unchanged is not looked at any further."""
    if not rows:
        return rows
    turned = []
    for column, values in zip(columns, zip(*rows, strict=True), strict=True):
        turn = column.turner()
        turned.append(map(turn, values) if turn else values)
    return list(zip(*turned, strict=True))


class Known:
    """What is known of one row's unit and park: by column key, the value and the cell of both days."""

    __slots__ = ("index", "loaded", "overlay")
    NOTHING = (None, None, None, None)

    def __init__(self, index=None, loaded=None, overlay=None):
        self.index, self.loaded, self.overlay = index, loaded, overlay

    def __call__(self, key):
        """(value then, value now, cell then, cell now)."""
        if self.overlay is not None and key in self.overlay:
            return self.overlay[key]
        if self.loaded is None:
            return self.NOTHING
        position = self.index[key]
        return tuple(values[position] for values in self.loaded)

    def now(self, key):
        return self(key)[1]

    def then(self, key):
        return self(key)[0]


@dataclass(slots=True)
class KnownPark:
    pk: int
    unit: int
    is_main: bool
    fields: dict

    def __getitem__(self, field):
        return self.fields[field]


class Units:
    """Everything the check asks about the matched units."""

    def __init__(self, pks, columns: ColumnSet, as_of, today):
        self.pks, self.as_of, self.today = sorted(pks), as_of, today
        shown = list(dict.fromkeys([*(c.key for c in columns), *ALWAYS]))
        wanted = ColumnSet([*(ROSTER[key] for key in shown), *HIDDEN], ROSTER.parts)
        self.index = {c.key: i for i, c in enumerate(wanted)}
        now = wanted.values(self.pks, today)
        then = now if as_of == today else wanted.values(self.pks, as_of)
        cells_now = _cells(wanted, now)
        cells_then = cells_now if then is now else _cells(wanted, then)
        self.loaded = dict(zip(self.pks, zip(then, now, cells_then, cells_now, strict=True), strict=True))
        self._load_parks()
        self._load_former_names()
        self._load_memberships()
        self._load_people()

    def known(self, row) -> Known:
        """What is known about the row: of a new unit nothing, of a second park its own values."""
        if row.unit is None:
            return Known()
        overlay = None
        if row.park is not None and not (row.is_main_park and row.park):
            overlay = self._park_overlay(row.park, () if row.is_main_park else ("district",))
        return Known(self.index, self.loaded[row.unit], overlay)

    def plain(self, unit) -> Known:
        return Known(self.index, self.loaded[unit])

    # --- parks ------------------------------------------------------------------------------------------
    def _load_parks(self):
        self.parks: dict[int, KnownPark] = {}
        self.parks_of = defaultdict(list)
        fields = ("district", *PARK_FIELDS)
        rows = Park.objects.filter(organization__in=self.pks).order_by("-is_main", "pk")
        for pk, unit, is_main, *values in rows.values_list("pk", "organization_id", "is_main", *fields):
            park = self.parks[pk] = KnownPark(pk, unit, is_main, dict(zip(fields, values, strict=True)))
            self.parks_of[unit].append(park)
        self.years = defaultdict(dict)
        years = ParkYear.objects.filter(park__organization__in=self.pks)
        for park, year, *numbers in years.values_list("park_id", "year", *YEAR_KEYS):
            self.years[park][year] = dict(zip(YEAR_KEYS, numbers, strict=True))
        self.recognitions = defaultdict(set)
        titles = Recognition.objects.filter(park__organization__in=self.pks)
        for park, level, year in titles.values_list("park_id", "level", "year"):
            self.recognitions[park].add((level, year))

    def _load_former_names(self):
        self.former_names, self.former_parks = defaultdict(set), {}
        former = AlternativeName.objects.filter(organization__in=self.pks, kind=NameKind.FORMER)
        for unit, park, name in former.values_list("organization_id", "park_id", "name"):
            if park is None:
                self.former_names[unit].add(name_key(name))
            else:
                self.former_parks[unit, name_key(name)] = park

    def main_park(self, unit) -> KnownPark | None:
        parks = self.parks_of[unit]
        return parks[0] if parks and parks[0].is_main else None

    def park_named(self, unit, name) -> KnownPark | None:
        """The unit's park of that name, present or former."""
        key = name_key(name)
        for park in self.parks_of[unit]:
            if name_key(park["name"]) == key:
                return park
        return self.parks.get(self.former_parks.get((unit, key)))

    def _park_overlay(self, pk, more):
        """The park's columns for a park that is not the main one, as the roster would show them if it were."""
        keys = (*PARK_KEYS, *more)
        if not pk:
            return dict.fromkeys(keys, Known.NOTHING)
        then, now = self._park_values(pk, self.as_of), self._park_values(pk, self.today)
        overlay = {}
        for key in keys:
            column = ROSTER[key]
            overlay[key] = (then[key], now[key], column.cell(then[key]), column.cell(now[key]))
        return overlay

    def _park_values(self, pk, day):
        park = self.parks[pk]
        values = {c.key: park[c.field] for c in ROSTER.importable if c.part == "park"} | {
            "district": park["district"]
        }
        year = max((y for y in self.years[pk] if y <= day.year), default=None)
        values |= self.years[pk].get(year, dict.fromkeys(YEAR_KEYS)) | {"stat_year": year}
        titles = [t for t in self.recognitions[pk] if t[1] <= day.year]
        level, title_year = max(titles, key=lambda t: (t[1], -LEVEL_ORDER.index(t[0])), default=(None, None))
        return values | {"recognition_level": level, "recognition_year": title_year}

    # --- membership and people --------------------------------------------------------------------------
    def _load_memberships(self):
        self.memberships = defaultdict(list)
        rows = Membership.objects.filter(organization__in=self.pks).order_by("joined_on")
        for unit, pk, joined_on, left_on in rows.values_list("organization_id", "pk", "joined_on", "left_on"):
            self.memberships[unit].append((pk, joined_on, left_on))

    def _load_people(self):
        self.people = defaultdict(dict)
        roles = ContactRole.objects.filter(organization__in=self.pks).order_by("pk")
        fields = ("contact_id", "contact__name", "contact__mobile", "contact__email")
        for unit, contact, name, mobile, email in roles.values_list("organization_id", *fields):
            self.people[unit][contact] = (name, mobile, email)
        ahead = ContactRole.objects.filter(
            organization__in=self.pks,
            duty__in=DUTIES,
            is_primary=True,
            until__isnull=True,
            since__gt=self.today,
        )
        self.ahead = {
            (unit, duty): since for unit, duty, since in ahead.values_list("organization_id", "duty", "since")
        }

    def namesakes(self, unit, name) -> list[tuple]:
        """People of the unit who bear the name: (key, mobile, email)."""
        key = name_key(name)
        return [
            (pk, mobile, email)
            for pk, (known, mobile, email) in self.people[unit].items()
            if name_key(known) == key
        ]
