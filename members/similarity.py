"""How much two names of firms, or of parks, look like one: pure functions, no database.

A name is taken apart into a core (without place, brackets and legal form), the numbers in it, and a brand (the core
without the words that every firm in this trade bears). Only brands tell firms apart: 万象文化创意产业投资管理 and
云帆文化创意产业投资管理 share nearly every pair of characters and are strangers.
"""

import itertools
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from association import chinese, creditcode

# From here on a pair is shown to a person. At this value the brands share at least two thirds of their pairs.
SIMILAR = 0.8
BRAND_SHARE = 0.6
HOMOPHONE = 0.95
LEAST_BRAND = (SIMILAR - (1 - BRAND_SHARE)) / BRAND_SHARE

LEGAL_FORMS = re.compile(
    "(股份有限责任公司|有限责任公司|股份有限公司|股份合作公司|集团有限公司|集团公司|有限公司|总公司|公司|集团|股份|有限)+$"
)
PLACE = re.compile("^(中国)?(北京市|北京)")
BRACKETED_PLACE = re.compile(r"\((北京市|北京|中国|集团)\)")
NOT_A_LETTER = re.compile(r"[\W_]+")
NUMERALS = {c: str(n) for n, c in enumerate("一二三四五六七八九十", start=1)}
ORDINAL = re.compile("第([一二三四五六七八九十])|([一二三四五六七八九十])(?=[期分店号厂院区座])")
# The longer ones first: of 文化创意产业园区 nothing must be left over.
GENERIC = re.compile(
    "文化创意产业园区|文化创意产业园|文化产业园区|文化产业园|产业园区|产业园|创意园区|创意园|文创园|科技园|园区|"
    "文化|创意|文创|产业|科技|投资|管理|发展|传播|传媒|国际|控股|运营|服务|影视|艺术|数字|商业|资产|置业|房地产|"
    "建设|开发|经营|咨询|企业|实业|网络|信息|技术|中心|基地|物业|孵化器|空间|公司|集团|有限"
)


def core_of(name: str) -> str:
    """What is left of a name without width, case, punctuation, place and legal form; the bare name if nothing is."""
    text = unicodedata.normalize("NFKC", chinese.normalise(name)).casefold()
    bare = NOT_A_LETTER.sub("", text)
    text = NOT_A_LETTER.sub("", BRACKETED_PLACE.sub("", text))
    text = PLACE.sub("", LEGAL_FORMS.sub("", text))
    text = ORDINAL.sub(lambda m: NUMERALS[m[1] or m[2]], text)
    return text or bare


def kernel_of(code: str) -> str:
    """The nine characters by which a body is registered whatever its code: positions 9-17 of a unified credit code
    (GB 32100-2015), or the whole of an old organization code (GB 11714); an empty text for anything else."""
    code = creditcode.clean(code)
    if len(code) == 18:
        return code[8:17]
    return code if len(code) == 9 else ""


@dataclass(frozen=True)
class Name:
    """A name taken apart; what costs something is worked out when asked for."""

    text: str

    @cached_property
    def core(self) -> str:
        return core_of(self.text)

    @cached_property
    def numbers(self) -> tuple:
        return tuple(str(int(n)) for n in re.findall("[0-9]+", self.core))

    @cached_property
    def brand(self) -> str:
        return GENERIC.sub("", self.core)

    @cached_property
    def trades(self) -> frozenset:
        """The common words in it, which say what the firm does."""
        return frozenset(GENERIC.findall(self.core))

    @cached_property
    def grams(self) -> Counter:
        return pairs(self.core)

    @cached_property
    def brand_grams(self) -> Counter:
        return pairs(self.brand)

    @cached_property
    def sound(self) -> str:
        return chinese.pinyin_full(self.core)


def pairs(text: str) -> Counter:
    """Pairs of neighbouring characters with how often each occurs; a single character stands for itself."""
    if len(text) == 1:
        return Counter([text])
    return Counter(a + b for a, b in itertools.pairwise(text))


def dice(one: Counter, other: Counter) -> float:
    """Twice what both have over all that they have: 0 for nothing in common, 1 for the same."""
    whole = one.total() + other.total()
    return 2 * (one & other).total() / whole if whole else 0.0


def are_sisters(one: Name, other: Name) -> bool:
    """Whether each has a trade that the other has not, and no two of these look alike: 锦程科技 and 锦程投资 are two
    firms of one house, 锦程传播 and 锦程传媒 may be one misspelt."""
    mine, theirs = one.trades - other.trades, other.trades - one.trades
    return bool(mine and theirs) and not any(set(a) & set(b) for a in mine for b in theirs)


def similarity(one: Name, other: Name) -> float:
    """From 0 to 1. Names with different numbers in them are never alike: 一分公司 and 二分公司 are two; nor are those
    of sister firms.

    1 for the same core, 0.95 for cores that sound the same, else the shared pairs of the brands (three fifths) and
    of the whole cores (two fifths); a name that is nothing but common words is compared as a whole.
    """
    if one.numbers != other.numbers:
        return 0.0
    if one.core == other.core:
        return 1.0
    if are_sisters(one, other):
        return 0.0
    whole = dice(one.grams, other.grams)
    if one.brand and other.brand:
        found = BRAND_SHARE * dice(one.brand_grams, other.brand_grams) + (1 - BRAND_SHARE) * whole
    else:
        found = 0.0 if one.brand or other.brand else whole
    if found < HOMOPHONE and len(one.core) == len(other.core) and one.sound == other.sound:
        return HOMOPHONE
    return found


def telling(name: str) -> bool:
    """Whether a park's name says which park: it has a brand, or a number, beside the common words."""
    return len(Name(name).brand) >= 2
