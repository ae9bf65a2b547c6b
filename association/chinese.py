"""Chinese text as keys: cleaned, by pinyin, by strokes, and in pairs of characters for the search index."""

import functools
import itertools
import re
import unicodedata

from unicodedataplus import total_strokes

# Readings that the library's phrase table has otherwise or not at all: places by their local names.
PLACE_READINGS = {
    "朝阳门": "cháo yáng mén",
    "大栅栏": "dà shí lan",
    "什刹海": "shí chà hǎi",
    "西什库": "xī shí kù",
    "马家堡": "mǎ jiā pù",
    "十里堡": "shí lǐ pù",
    "五里坨": "wǔ lǐ tuó",
    "车公庄": "chē gōng zhuāng",
    "番禺": "pān yú",
    "厦门": "xià mén",
}
# Surnames read otherwise than the same character elsewhere (现代汉语词典).
SURNAMES = {
    "单": "shan", "仇": "qiu", "曾": "zeng", "解": "xie", "查": "zha", "盖": "ge", "区": "ou", "朴": "piao",
    "员": "yun", "黑": "he", "缪": "miao", "种": "chong", "秘": "bi", "折": "she", "召": "shao", "翟": "zhai",
    "乐": "yue", "洗": "xian", "覃": "qin", "祭": "zhai", "能": "nai", "宿": "su", "任": "ren", "华": "hua",
    "尉": "wei", "柏": "bai", "晏": "yan", "谌": "chen", "隗": "wei", "繁": "po", "句": "gou", "逄": "pang",
    "牟": "mou", "那": "na", "卜": "bu", "宓": "mi", "郗": "xi", "訾": "zi", "呙": "guo", "么": "yao",
    "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai",
    "令狐": "ling hu",
}  # fmt: skip
DOTS = dict.fromkeys(map(ord, "•‧∙⋅・･"), "·")
SELECTORS = re.compile("[\ufe00-\ufe0f]")
HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# Full-width Latin letters and digits only: the wide punctuation of a Chinese sentence is right as it is.
WIDE = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
KANGXI = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
PLAIN = WIDE | KANGXI | DOTS


def normalise(text: str) -> str:
    """Text as it is stored and searched: half-width Latin and digits, one kind of middle dot,
    single spaces, nothing unseen.

    In a text with Chinese in it round brackets become full-width, as on certificates: one name, one spelling.
    """
    text = unicodedata.normalize("NFC", str(text)).translate(PLAIN)
    # Printable text holds nothing unseen but variation selectors; most is, and an import cleans 200,000 cells.
    if not text.isprintable() or SELECTORS.search(text):
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or _is_seen(c))
    if HAN.search(text):
        text = text.replace("(", "（").replace(")", "）")
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _is_seen(character: str) -> bool:
    # Control, format (zero-width, direction marks), surrogate halves, and variation selectors.
    return (
        unicodedata.category(character) not in {"Cc", "Cf", "Cs"} and not 0xFE00 <= ord(character) <= 0xFE0F
    )


def pinyin_full(text: str, *, person: bool = False) -> str:
    """All syllables joined, in lower case without tones: 重庆 is chongqing, 751D·PARK is 751dpark; ü is v.

    With `person` the beginning is read as a surname: 单 is shan, 尉迟 is yuchi.
    """
    return "".join(_syllables(text, person))


def pinyin_initials(text: str, *, person: bool = False) -> str:
    """First letters of the syllables, with Latin letters and digits kept whole: 首创郎园 is scly."""
    return "".join(part if part.isascii() and not han else part[:1] for part, han in _parts(text, person))


def _syllables(text, person):
    return [part for part, _ in _parts(text, person)]


def _parts(text: str, person: bool) -> list[tuple[str, bool]]:
    """(syllable or run of other letters, whether it stands for a Chinese character), punctuation left out."""
    text = normalise(text).lower()
    parts = []
    if person and (surname := next((text[:n] for n in (2, 1) if text[:n] in SURNAMES), "")):
        parts = [(syllable, True) for syllable in SURNAMES[surname].split()]
        text = text[len(surname) :]
    for run in re.findall(f"{HAN.pattern}+|[^\\W_]", text):
        if HAN.match(run):
            parts += [(syllable, True) for syllable in _readings(run)]
        else:
            parts.append((run, False))
    return parts


# Full spelling, initials and sort key are asked for one after the other, and names of firms share most of their words.
@functools.lru_cache(maxsize=10_000)
def _readings(run: str) -> tuple[str, ...]:
    return tuple(_reader()(run))


@functools.cache
def _reader():
    """The library's function with our readings of places."""
    # Its tables take fifty megabytes; a web process that only shows pages never needs them.
    from pypinyin import lazy_pinyin, load_phrases_dict  # noqa: PLC0415

    places = {phrase: [[syllable] for syllable in text.split()] for phrase, text in PLACE_READINGS.items()}
    load_phrases_dict(places)
    return lazy_pinyin


def stroke_key(text: str) -> str:
    """A key that sorts by the stroke count of the first character, then of the next: 王一 is 04王01一.

    Equal counts fall back to the character itself; what is not Chinese counts 00 and comes first.
    """
    return "".join(f"{_strokes(c):02d}{c}" for c in normalise(text) if not c.isspace())


def _strokes(character: str) -> int:
    # Unicode's own table (kTotalStrokes, mainland forms); it has no count for the zero of written years.
    return 1 if character == "〇" else total_strokes(character)


def grams(text: str) -> list[str]:
    """Characters and pairs of neighbours in the cleaned lower-case text, sorted; no pair spans a gap."""
    found = set()
    for word in normalise(text).lower().split():
        found.update(word)
        found.update(a + b for a, b in itertools.pairwise(word))
    return sorted(found)
