"""Which bill a transfer is for: pure functions, no database.

Two kinds of evidence are added up to at most 100: who paid (60 for the very name or the bill's own number, less for a
former or short name) and how much (40 for exactly what is owed). A suggestion is certain from 90 on, and only when no
other bill comes near: a machine that guesses a treasurer's work wrongly costs more than one that asks.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from members.similarity import core_of

CERTAIN = 90
BEST_DOUBTFUL = CERTAIN - 1
LEAST = 30

# Who paid.
SAME_NAME, BILL_NUMBER = (60, "户名相同"), (60, "附言写有账单号")
BILLED_NAME = (60, "户名与账单上的交款单位相同")
FORMER_NAME, INVOICE_TITLE = (50, "曾用名相同"), (50, "发票抬头相同")
MEMBER_NUMBER = (50, "附言写有会员编号")
SHORT_NAME, NAMED = (40, "简称相同"), (40, "附言写有单位名称")
NAMED_PARK = (35, "附言写有园区名称")
ALIKE = (35, "户名相近")
# How much.
EXACT, SUM = (40, "金额等于应缴"), (25, "金额等于几张账单的合计")
LESS, MORE = (10, "金额少于应缴，只缴一部分"), (10, "金额多于应缴，余款留待认领")
LONE_AMOUNT = (30, "只有这张账单是这个金额")
YEAR = "附言写有年度"
ELDER = "同额账单有几张，先缴较早的"
RIVALS = "还有别的账单也像"
TAKEN = "像的账单已由另一笔流水对上"
NAME_SIGNS = (SAME_NAME, BILLED_NAME, FORMER_NAME, INVOICE_TITLE)
NUMBER_SIGNS = (BILL_NUMBER, MEMBER_NUMBER)

NOT_A_LETTER = re.compile(r"[\W_]+")
NUMBERS = re.compile(r"[A-Z]{2,8}-?\d{4}-?\d{3,6}")
YEARS = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
LEAST_NAME = 5


def key_of(name: str) -> str:
    """A name for comparing: one width, no case, neither spaces nor brackets nor other marks."""
    return NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", name or "").casefold())


def number_key(number: str) -> str:
    return number.replace("-", "").upper()


@dataclass(frozen=True, slots=True)
class OpenBill:
    """A bill of which `owed` 分 are still to be paid."""

    pk: int
    unit: int
    number: str
    owed: int
    year: int
    due_on: date
    payer_name: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is called; `parks` are the names of its parks."""

    pk: int
    name: str
    member_number: str = ""
    invoice_title: str = ""
    former: tuple = ()
    short: tuple = ()
    parks: tuple = ()


@dataclass(frozen=True, slots=True)
class OpenLine:
    """A transfer of which `left` 分 are still to be claimed."""

    pk: int
    left: int
    payer_name: str = ""
    summary: str = ""


@dataclass(slots=True)
class Suggestion:
    """A bill that a line seems to be for; without one, `why` may say why there is none."""

    bill: int | None
    score: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def is_certain(self) -> bool:
        return self.bill is not None and self.score >= CERTAIN


class Book:
    """Open bills and their units, indexed by everything a transfer may name; built once for any number of lines."""

    def __init__(self, bills: Iterable[OpenBill], units: Iterable[Unit]):
        self.bills = {bill.pk: bill for bill in bills}
        self.of_unit, self.by_amount = defaultdict(list), defaultdict(list)
        self.by_name, self.by_core = defaultdict(dict), defaultdict(set)
        self.by_number, self.by_bill = {}, {}
        self.by_start = defaultdict(list)
        for bill in self.bills.values():
            self._add_bill(bill)
        for unit in units:
            if unit.pk in self.of_unit:
                self._add_unit(unit)
        for bills_of in self.of_unit.values():
            bills_of.sort(key=lambda b: (b.due_on, b.pk))

    def _add_bill(self, bill):
        self.of_unit[bill.unit].append(bill)
        self.by_amount[bill.owed].append(bill)
        self.by_bill[number_key(bill.number)] = bill
        if key := key_of(bill.payer_name):
            self._name(key, bill.unit, BILLED_NAME)

    def _add_unit(self, unit):
        if unit.member_number:
            self.by_number[number_key(unit.member_number)] = unit.pk
        named = [(SAME_NAME, unit.name), (INVOICE_TITLE, unit.invoice_title)]
        named += [(FORMER_NAME, name) for name in unit.former] + [(SHORT_NAME, name) for name in unit.short]
        for evidence, name in named:
            if key := key_of(name):
                self._name(key, unit.pk, evidence)
                self._stand(key, unit.pk, NAMED)
        for park in unit.parks:
            self._stand(key_of(park), unit.pk, NAMED_PARK)
        self.by_core[core_of(unit.name)].add(unit.pk)

    def _name(self, key, unit, evidence):
        before = self.by_name[key].get(unit)
        # Of two equal ones the unit's present name is the plainer reason.
        if before is None or evidence[0] > before[0] or evidence == SAME_NAME:
            self.by_name[key][unit] = evidence

    def _stand(self, key, unit, evidence):
        """Remember a name that may stand inside a summary, by how it begins."""
        if len(key) >= LEAST_NAME:
            self.by_start[key[:LEAST_NAME]].append((key, unit, evidence))

    # --- who paid ---------------------------------------------------------------------------------------------

    def _units_named(self, line) -> dict:
        """Unit → its evidences, by the payer's name and what the summary says."""
        found = defaultdict(list)
        payer = key_of(line.payer_name)
        for unit, evidence in self.by_name.get(payer, {}).items():
            found[unit].append(evidence)
        if payer and not found:
            for unit in self.by_core.get(core_of(line.payer_name), ()):
                found[unit].append(ALIKE)
        for number in NUMBERS.findall(unicodedata.normalize("NFKC", line.summary).upper()):
            if unit := self.by_number.get(number_key(number)):
                found[unit].append(MEMBER_NUMBER)
        for unit, evidence in self._standing_in(key_of(line.summary)):
            found[unit].append(evidence)
        return found

    def _standing_in(self, text):
        seen = set()
        for place in range(len(text) - LEAST_NAME + 1):
            for key, unit, evidence in self.by_start.get(text[place : place + LEAST_NAME], ()):
                if (unit, evidence) not in seen and _stands(key, text, place):
                    seen.add((unit, evidence))
                    yield unit, evidence

    def _bills_named(self, line) -> list:
        text = unicodedata.normalize("NFKC", line.summary).upper()
        numbers = map(number_key, NUMBERS.findall(text))
        return [self.by_bill[number] for number in numbers if number in self.by_bill]

    # --- candidates ---------------------------------------------------------------------------------------------

    def candidates(self, line: OpenLine) -> list[Suggestion]:
        """The bills the line may be for, likeliest first; where one of them is beyond doubt it alone is certain."""
        named_bills = self._bills_named(line)
        by_unit = self._units_named(line)
        for bill in named_bills:
            by_unit.setdefault(bill.unit, [])
        found = [
            self._judged(line, bill, evidence, bill in named_bills)
            for unit, evidence in by_unit.items()
            for bill in self.of_unit[unit]
        ]
        if not found:
            found = self._by_amount_alone(line)
        self._weigh_equals(line, found)
        found.sort(key=lambda s: (-s.score, self.bills[s.bill].due_on, s.bill))
        return [s for s in found if s.score >= LEAST]

    def _judged(self, line, bill, evidence, is_named) -> Suggestion:
        who = sorted({*evidence, *((BILL_NUMBER,) if is_named else ())}, key=lambda e: (-e[0], e[1]))
        if not who:  # another bill of the unit whose bill was named by its number
            return Suggestion(bill.pk)
        amount = self._amount_evidence(line, bill)
        # A second sign of the same unit adds a little: 会员编号 beside an equal name.
        weight = min(60, who[0][0] + 10 * (len(who) - 1))
        return Suggestion(bill.pk, weight + amount[0], [*(word for _, word in who), amount[1]])

    def _amount_evidence(self, line, bill):
        if line.left == bill.owed:
            return EXACT
        others = self.of_unit[bill.unit]
        if len(others) > 1 and line.left == sum(b.owed for b in others):
            return SUM
        return LESS if line.left < bill.owed else MORE

    def _by_amount_alone(self, line):
        same = self.by_amount.get(line.left, ())
        return [Suggestion(same[0].pk, LONE_AMOUNT[0], [LONE_AMOUNT[1]])] if len(same) == 1 else []

    def _weigh_equals(self, line, found):
        """Of several that are equally likely none is certain, unless the summary names the year of one of them."""
        rivals = [s for s in found if s.score >= CERTAIN]
        if len(rivals) < 2:
            return
        one_unit = len({self.bills[s.bill].unit for s in rivals}) == 1
        chosen = self._meant(line, rivals) if one_unit else [s for s in rivals if _is_told_twice(s)]
        for suggestion in rivals:
            if len(chosen) == 1 and suggestion is chosen[0]:
                continue
            suggestion.score = min(suggestion.score, BEST_DOUBTFUL)
            suggestion.why.append(ELDER if one_unit else RIVALS)

    def _meant(self, line, rivals) -> list:
        """Of one unit's bills those that the summary names, by number or else by year."""
        numbered = [s for s in rivals if BILL_NUMBER[1] in s.why]
        if numbered:
            return numbered
        years = {int(y) for y in YEARS.findall(unicodedata.normalize("NFKC", line.summary))}
        meant = [s for s in rivals if self.bills[s.bill].year in years]
        if len(meant) == 1:
            meant[0].why.append(YEAR)
        return meant


def _stands(key, text, place) -> bool:
    """Whether the name stands there in full: 演示公司1 does not stand in 演示公司12."""
    after = text[place + len(key) : place + len(key) + 1]
    return text.startswith(key, place) and not (key[-1].isdigit() and after.isdigit())


def _is_told_twice(suggestion) -> bool:
    """Whether both the payer's name and a number in the summary lead to the bill's unit: of two units of one name the
    number tells which. A number alone does not, where the payer is another unit that owes as much."""
    said = set(suggestion.why)
    return not said.isdisjoint(word for _, word in NUMBER_SIGNS) and not said.isdisjoint(
        word for _, word in NAME_SIGNS
    )


def suggest(
    lines: Iterable[OpenLine], bills: Iterable[OpenBill], units: Iterable[Unit]
) -> dict[int, Suggestion]:
    """For every line the bill it seems to be for, by line.

    The likeliest pairs are taken first; no bill is suggested to more lines than what it owes can take, except that a
    single line may bring more money than is owed.
    """
    book = Book(bills, units)
    lines = list(lines)
    found = {line.pk: book.candidates(line) for line in lines}
    left = {line.pk: line.left for line in lines}
    pairs = [
        (-s.score, book.bills[s.bill].due_on, pk, s.bill, s) for pk, several in found.items() for s in several
    ]
    room = {pk: bill.owed for pk, bill in book.bills.items()}
    chosen: dict[int, Suggestion] = {}
    for _, _, pk, bill, suggestion in sorted(pairs, key=lambda pair: pair[:4]):
        if pk in chosen or not _has_room(room[bill], book.bills[bill].owed, left[pk]):
            continue
        chosen[pk] = suggestion
        room[bill] = max(0, room[bill] - left[pk])
    for pk, several in found.items():
        if pk not in chosen:
            chosen[pk] = Suggestion(None, 0, [TAKEN] if several else [])
    return chosen


def _has_room(room, owed, amount) -> bool:
    return amount <= room or room == owed
