"""Chinese text set in the bundled face: measured, broken into lines, made smaller until it fits.

A character that the face lacks is set as 〓, the printer's mark for a missing type: visible, and explained in a note.
"""

import functools
import itertools
import re
import unicodedata

from PIL import ImageFont
from pylopdf_fonts_zh_cn import serif_path

MISSING = "〓"
# Selectors of variant shapes and what no reader sees; dropped, the character itself stays.
INVISIBLE = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
WORDS = re.compile(r"[A-Za-z0-9][A-Za-z0-9.&@'’/-]*|.", re.DOTALL)
# What may not begin a line, and what may not end one (GB/T 15834).
CLOSING = frozenset("）」』》〉】〕、，。．·：；！？”’)]…—％%")
OPENING = frozenset("（「『《〈【〔“‘([")
MEASURE = 200


def font_path() -> str:
    """Where the face lies; a package of its own brings it."""
    return str(serif_path())


@functools.lru_cache(maxsize=1)
def _drawn() -> frozenset:
    """Code points that the face can draw."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  (heavy, and a web process seldom needs it)

    with TTFont(font_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


@functools.lru_cache(maxsize=16)
def face(size: int) -> ImageFont.FreeTypeFont:
    """The face at so many pixels. The basic layout, because the PDF sets the same advances, without kerning."""
    return ImageFont.truetype(font_path(), size, layout_engine=ImageFont.Layout.BASIC)


def settable(text: str) -> str:
    """The text as it can be set: composed, without what no reader sees, 〓 for what the face lacks."""
    text = INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = " ".join("".join(c for c in text if c.isspace() or unicodedata.category(c)[0] != "C").split())
    return "".join(c if ord(c) in _drawn() else MISSING for c in text)


def width_of(text: str, size: float, tracking: float = 0) -> float:
    """How wide the text is when its em is `size`, in the same unit; `tracking` stands between its characters."""
    return sum(map(_advance, text)) * size + tracking * max(len(text) - 1, 0)


@functools.lru_cache(maxsize=4096)
def _advance(character: str) -> float:
    """The advance of a character in ems."""
    return face(MEASURE).getlength(character) / MEASURE


def fitted(text: str, *, width: float, height: float, largest: float, smallest: float, leading: float = 1.4):
    """(size, lines): the text as large as it may be within `width` and `height`, its lines about equally long.

    Below the smallest size nothing goes: then it stands taller than `height`, for a name is never cut.
    """
    text = settable(text)
    steps = max(round((largest - smallest) / 0.25), 1)
    for step in range(steps + 1):
        size = largest - (largest - smallest) * step / steps
        lines = broken(text, size, width)
        if len(lines) * size * leading <= height:
            break
    return size, _even(text, size, width, lines)


def _even(text, size, width, lines):
    """The same number of lines in the narrowest measure: no single character is left alone on the last."""
    low, high = width_of(text, size) / len(lines), width
    for _ in range(10):
        middle = (low + high) / 2
        narrower = broken(text, size, middle)
        if len(narrower) <= len(lines):
            high, lines = middle, narrower
        else:
            low = middle
    return lines


def broken(text: str, size: float, width: float) -> list[str]:
    """Lines no wider than `width`: between any two characters of Chinese, around Latin words, with 避头尾."""
    lines, line = [], ""
    for piece in _pieces(text, size, width):
        if line and width_of((line + piece).rstrip(), size) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() or not lines else lines


def _pieces(text, size, width):
    """What stays together on a line: words, and marks with the character they belong to."""
    words = [
        part
        for word in WORDS.findall(text)
        for part in ([word] if width_of(word, size) <= width else list(word))
    ]
    piece = ""
    for word, following in itertools.zip_longest(words, words[1:]):
        piece += word
        keeps = following is not None and (following[0] in CLOSING or word[-1] in OPENING)
        if not keeps or width_of(piece + (following or ""), size) > width:
            yield piece
            piece = ""
