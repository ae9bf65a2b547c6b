"""The 17 districts as tiles, laid out roughly as they lie on the map: five rows of five, north at the top.

The plan is our own. Tiles of one size let a district of a few streets be read and touched as well as a large one; the
number on each tile says what its tone shows.
"""

from dataclasses import dataclass
from html import escape

from members.choices import District

PLAN = (
    (None, District.YANQING, District.HUAIROU, District.MIYUN, None),
    (None, District.CHANGPING, District.SHUNYI, District.PINGGU, None),
    (District.MENTOUGOU, District.HAIDIAN, District.XICHENG, District.DONGCHENG, District.CHAOYANG),
    (None, District.SHIJINGSHAN, District.FENGTAI, District.BDA, District.TONGZHOU),
    (None, District.FANGSHAN, District.DAXING, None, None),
)
WIDTH, HEIGHT, GAP = 68, 58, 4
STEP_X, STEP_Y = WIDTH + GAP, HEIGHT + GAP
SIZE = (len(PLAN[0]) * STEP_X - GAP, len(PLAN) * STEP_Y - GAP)
TONES = 3


def short(district: str) -> str:
    """The name without its last word, as it fits on a tile: 朝阳, 门头沟, 经开."""
    return "经开" if district == District.BDA else District(district).label.removesuffix("区")


def tone(count: int, most: int) -> int:
    """0 for none, else 1 to 3 by its part of the largest: up to a sixth, up to a half, above."""
    if not count:
        return 0
    return 1 if count * 6 <= most else 2 if count * 2 <= most else TONES


@dataclass(frozen=True)
class Tile:
    """What one tile shows: a short text, a tone from 0 to 3, and what it says to whoever points at it."""

    text: str
    tone: int
    said: str


def tiles(counts: dict, urls: dict, chosen: str = "") -> str:
    """The map of the districts' parks: for each a link that says its name and its number of parks.

    `counts` and `urls` are by district code; a district without a count has none. `chosen` is marked as current.
    """
    most = max(counts.values(), default=0)
    found = {}
    for code in District.values:
        count = counts.get(code, 0)
        found[code] = Tile(f"{count:,}", tone(count, most), f"{District(code).label}：{count:,} 个园区")
    return draw(found, urls, chosen, label="北京各区的园区数")


def draw(tiles: dict, urls: dict, chosen: str = "", *, label: str) -> str:
    """The map as SVG text: a link for each district, by its code, with its `Tile`. `label` says what is shown."""
    drawn = [
        _tile(code, tiles[code], urls[code], (x * STEP_X, y * STEP_Y), code == chosen)
        for y, row in enumerate(PLAN)
        for x, code in enumerate(row)
        if code is not None
    ]
    width, height = SIZE
    return (
        f'<svg class="tiles" viewBox="-2 -2 {width + 4} {height + 4}" role="group" aria-label="{escape(label)}">'
        f"{''.join(drawn)}</svg>"
    )


def _tile(code, tile, url, corner, is_chosen):
    (x, y), current = corner, ' aria-current="true"' if is_chosen else ""
    middle = x + WIDTH // 2
    return (
        f'<a class="tile tile--{tile.tone}" href="{escape(url)}"{current}>'
        f"<title>{escape(tile.said)}</title>"
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="3"/>'
        f'<text class="tile__name" x="{middle}" y="{y + 24}">{short(code)}</text>'
        f'<text class="tile__count" x="{middle}" y="{y + 45}">{escape(tile.text)}</text></a>'
    )
