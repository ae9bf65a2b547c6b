"""Which unit a row means: by credit code, else by member number, else by present name, else by a former one."""

import unicodedata
from collections import defaultdict

from django.db.models.functions import Coalesce

from association import chinese, creditcode
from association.exchange.cells import cell_text
from association.widgets import tidy_name
from members.choices import NameKind
from members.models import AlternativeName, Organization

BY_CODE, BY_NUMBER, BY_FORMER = "按信用代码找到", "按会员编号找到", "按曾用名找到"


def name_key(text) -> str:
    """A name for comparing: one width, no spaces, one kind of brackets, no case."""
    folded = unicodedata.normalize("NFKC", chinese.normalise(text or ""))
    return "".join(folded.split()).casefold()


def identify(row) -> None:
    """Clean what tells the unit; a code is compared as written, whether or not its check character is right."""
    row.name = tidy_name(cell_text(row.cells.get("name")))
    row.code = creditcode.clean(cell_text(row.cells.get("credit_code")))
    row.member_number = chinese.normalise(cell_text(row.cells.get("member_number"))).replace(" ", "").upper()


class Lookup:
    """The units that the rows of one file may mean; six queries, however many rows."""

    def __init__(self, rows):
        codes = {row.code for row in rows if row.code}
        numbers = {row.member_number for row in rows if row.member_number}
        names = {spelling for row in rows if row.name for spelling in _spellings(row)}
        units = Organization.objects.order_by("pk")
        self.superseded: set[tuple] = set()
        self.names: dict[int, str] = {}
        self.codes: dict[int, str] = {}
        self.by_code = self._index("credit_code", codes)
        self.by_number = self._index("member_number", numbers)
        self.by_name = defaultdict(list)
        for pk, name, code in units.filter(name__in=names).values_list("pk", "name", "credit_code"):
            self.names[pk], self.codes[pk] = name, code
            self.by_name[name_key(name)].append(pk)
        self.by_former = defaultdict(set)
        for pk, name, present, code in _former(names):
            self.names[pk], self.codes[pk] = present, code
            self.by_former[name_key(name)].add(pk)

    def _index(self, field, values):
        """Value → unit; what a unit bore that was merged into another leads to that one."""
        found = {}
        rows = Organization.everything.filter(**{f"{field}__in": values}).order_by("pk")
        whose = Coalesce("merged_into", "pk"), Coalesce("merged_into__name", "name")
        rows = rows.annotate(owner=whose[0], owner_name=whose[1])
        for owner, name, into, value in rows.values_list("owner", "owner_name", "merged_into", field):
            found[value] = owner
            self.names[owner] = name
            if into:
                self.superseded.add((field, value))
        self.codes |= dict(
            Organization.objects.filter(pk__in=found.values()).values_list("pk", "credit_code")
        )
        return found

    def _pass_over_superseded(self, row):
        """A code or number that only tells which unit is meant, and is no longer its own, changes nothing."""
        for key, value in (("credit_code", row.code), ("member_number", row.member_number)):
            if (key, value) in self.superseded:
                row.cells.pop(key, None)

    def find(self, row) -> None:
        """Set the row's unit, and how it was found; or an error in words where the row contradicts itself."""
        by_code, by_number = self.by_code.get(row.code), self.by_number.get(row.member_number)
        self._pass_over_superseded(row)
        if by_code and by_number and by_code != by_number:
            row.wrong(
                "member_number", f"属于“{self.names[by_number]}”，信用代码却属于“{self.names[by_code]}”"
            )
        elif unit := by_code or by_number:
            self._found_by_key(row, unit, "credit_code" if by_code else "member_number")
        else:
            self._find_by_name(row)
        if row.unit:
            row.unit_name = self.names[row.unit]

    def _found_by_key(self, row, unit, key):
        named, former = self.by_name[name_key(row.name)], self.by_former[name_key(row.name)]
        row.unit = unit
        if row.name and unit not in named and unit not in former and named:
            row.wrong(key, f"属于“{self.names[unit]}”，本行的单位名称却是另一家单位的")
        elif unit not in named:
            row.found_by = f"{BY_CODE if key == 'credit_code' else BY_NUMBER}：{self.names[unit]}"

    def _find_by_name(self, row):
        if not row.name:
            if not (row.code or row.member_number):
                row.wrong("name", "没有填写，也没有信用代码或会员编号，认不出是哪家单位")
            return
        named = self.by_name[name_key(row.name)]
        # A company may take a name that another has given up: two different codes are two units.
        former = [
            pk
            for pk in sorted(self.by_former[name_key(row.name)])
            if not (row.code and self.codes[pk] and row.code != self.codes[pk])
        ]
        found = named or former
        if len(found) > 1:
            row.wrong(
                "name", f"有 {len(found)} 家单位用{'' if named else '过'}这个名称，请填写信用代码或会员编号"
            )
        elif found:
            row.unit = found[0]
            row.found_by = "" if named else f"{BY_FORMER}：{self.names[found[0]]}"


def _spellings(row):
    raw = cell_text(row.cells.get("name"))
    return {raw.strip(), row.name, row.name.replace("（", "(").replace("）", ")")}


def _former(names):
    rows = AlternativeName.objects.filter(kind=NameKind.FORMER, park__isnull=True, name__in=names)
    return rows.values_list("organization_id", "name", "organization__name", "organization__credit_code")
