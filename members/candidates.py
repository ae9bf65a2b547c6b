"""Which units look like one, among very many: never every unit with every other.

Equal keys (registration kernel, core, sound, park name) put units into groups. For names that are merely alike, each
one is filed under the rarest pairs of its brand only: two names can reach `SIMILAR` only if they meet under one of
these (prefix filtering, Chaudhuri et al. 2006; Bayardo et al. 2007), so that a hundred thousand names need some
hundred thousand comparisons and not five thousand million.
"""

import itertools
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from members.similarity import HOMOPHONE, LEAST_BRAND, SIMILAR, Name, kernel_of, similarity, telling

NAME, FORMER, SHORT, PARK = "name", "former", "short", "park"
SAID = {NAME: "", FORMER: "曾用名", SHORT: "简称", PARK: "园区"}
# A pair of characters under which more names meet than this tells nothing; their equal keys still find each other.
CROWD = 100
# A group of equal keys larger than this is paired with its first unit only.
GROUP = 40
SAME_KERNEL, SAME_PARK, SAME_SHORT = 98, 82, 80
REASONS = 4


@dataclass(frozen=True)
class Entry:
    """A name under which a unit, or a park of it, is or was known."""

    unit: int
    kind: str
    name: Name

    def __str__(self):
        return f"{SAID[self.kind]}“{self.name.text}”"


class Candidates:
    """Collects for each pair of units (smaller key first) the best reasons why they look like one."""

    def __init__(self, entries: Iterable[Entry], codes: dict[int, str], tell: Callable = lambda *step: None):
        """`codes` are credit codes by unit; `tell(label, done, total)` hears how far it has come."""
        self.entries, self.codes, self.tell = list(entries), codes, tell
        self.reasons: dict[tuple, dict] = defaultdict(dict)
        self.crowded = 0

    def find(self) -> dict[tuple[int, int], tuple[int, list[str]]]:
        """Score (0 to 100) and reasons, the strongest first, by pair."""
        self._by_kernel()
        named = [e for e in self.entries if e.kind in (NAME, FORMER) and e.name.core]
        self._by_core([*named, *(e for e in self.entries if e.kind == SHORT)])
        self._by_park()
        self._by_sound(named)
        self._by_brand(named)
        return {pair: _summed_up(found) for pair, found in self.reasons.items()}

    def _say(self, one, other, score, sentence):
        if one == other:
            return
        pair = (min(one, other), max(one, other))
        known = self.reasons[pair]
        known[sentence] = max(score, known.get(sentence, 0))

    def _groups(self, keyed, most=None):
        """Pairs of entries with the same key and different units."""
        groups = defaultdict(dict)
        for key, entry in keyed:
            groups[key].setdefault(entry.unit, entry)
        for members in groups.values():
            found = [members[unit] for unit in sorted(members)]
            if most and len(found) > most:
                continue
            if len(found) > GROUP:
                self.crowded += 1
                yield from ((found[0], other) for other in found[1:])
            else:
                yield from itertools.combinations(found, 2)

    def _by_kernel(self):
        self.tell("正在比对信用代码", 0, 0)
        keyed = [
            (kernel_of(code), Entry(unit, NAME, Name(code))) for unit, code in self.codes.items() if code
        ]
        for one, other in self._groups((key, e) for key, e in keyed if key):
            sentence = f"登记主体相同：信用代码第9至17位同为 {kernel_of(one.name.text)}"
            self._say(one.unit, other.unit, SAME_KERNEL, sentence)

    def _by_core(self, entries):
        self.tell("正在比对名称", 0, 0)
        for one, other in self._groups((e.name.core, e) for e in entries if e.kind != SHORT):
            self._say(
                one.unit,
                other.unit,
                100 if one.kind == other.kind == NAME else 96,
                f"名称实为相同：{one}，{other}",
            )
        shorts = [(e.name.core, e) for e in entries if e.kind == SHORT and e.name.core]
        for one, other in self._groups(shorts, most=3):
            self._say(one.unit, other.unit, SAME_SHORT, f"简称相同：“{one.name.text}”")
        names = {key for key, _ in shorts}
        mixed = [(e.name.core, e) for e in entries if e.name.core in names]
        for one, other in self._groups(mixed, most=3):
            if one.kind != other.kind and SHORT in (one.kind, other.kind):
                self._say(one.unit, other.unit, SAME_SHORT + 8, f"名称实为相同：{one}，{other}")

    def _by_park(self):
        self.tell("正在比对园区", 0, 0)
        parks = [e for e in self.entries if e.kind == PARK and telling(e.name.text)]
        for one, other in self._groups((e.name.core, e) for e in parks):
            self._say(one.unit, other.unit, SAME_PARK, f"园区同名：{one}，{other}")

    def _by_sound(self, entries):
        self.tell("正在比对读音", 0, len(entries))
        keyed = []
        for done, entry in enumerate(entries, start=1):
            keyed.append(((entry.name.numbers, len(entry.name.core), entry.name.sound), entry))
            if done % 1_000 == 0:
                self.tell("正在比对读音", done, len(entries))
        for one, other in self._groups(keyed):
            if one.name.core != other.name.core:
                self._say(one.unit, other.unit, round(HOMOPHONE * 100), f"名称同音：{one}，{other}")

    def _by_brand(self, entries):
        blocks = self._blocks(entries)
        seen = set()
        for done, block in enumerate(blocks, start=1):
            if done % 1_000 == 0:
                self.tell("正在比对相似的名称", done, len(blocks))
            for i, j in itertools.combinations(block, 2):
                if (i, j) not in seen:
                    seen.add((i, j))
                    self._compare(entries[i], entries[j])

    def _compare(self, one, other):
        if one.unit == other.unit or one.name.core == other.name.core:
            return
        value = similarity(one.name, other.name)
        if SIMILAR <= value < HOMOPHONE:
            self._say(
                one.unit, other.unit, int(value * 100), f"名称相似（{int(value * 100)}%）：{one}，{other}"
            )

    def _blocks(self, entries):
        frequency = Counter()
        grams = [e.name.brand_grams or e.name.grams for e in entries]
        for found in grams:
            frequency.update(found.keys())
        blocks = defaultdict(list)
        for place, (entry, found) in enumerate(zip(entries, grams, strict=True)):
            least = LEAST_BRAND if entry.name.brand else SIMILAR
            for gram in _prefix(found, frequency, least):
                blocks[entry.name.numbers, bool(entry.name.brand), gram].append(place)
        self.crowded += sum(len(block) > CROWD for block in blocks.values())
        return [block for block in blocks.values() if 1 < len(block) <= CROWD]


def _prefix(grams, frequency, least):
    """The rarest of the pairs: a name that shares enough with this one has at least one of them too."""
    count = grams.total()
    needed = math.ceil(count * least / (2 - least) - 1e-9)
    return sorted(grams, key=lambda g: (frequency[g], g))[: count - needed + 1]


def _summed_up(found):
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return min(best[0][1] + 2 * (len(best) - 1), 100), [sentence for sentence, _ in best[:REASONS]]
