"""What the public pages of parks show, prepared for their templates."""

import math
from dataclasses import dataclass

from django.utils.html import format_html

from association.formats import area, chinese_date
from members.choices import District, Facility, Industry, ParkType, Platform, RecognitionLevel


@dataclass(frozen=True)
class Page:
    """One page of `total` rows, `size` a page."""

    number: int
    total: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, math.ceil(self.total / self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1 if self.number < self.pages else 0


def page_of(text: str, total: int, size: int) -> Page:
    """The page asked for, brought into range: nonsense is page 1, too far is the last one."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
    if text.isascii() and text.isdigit() and len(text) >= 10:
        number = 10**9
    return Page(min(max(number, 1), max(1, math.ceil(total / size))), total, size)


def facts(park) -> list[tuple]:
    """(label, value) pairs of what is known of the park, without those that are not."""
    pairs = [
        ("地址", _address(park)),
        ("类型", ParkType(park["park_type"]).label if park["park_type"] else ""),
        ("主导产业", "、".join(Industry(code).label for code in park["industries"])),
        ("占地面积", _area(park["land_area"])),
        ("建筑面积", _area(park["floor_area"])),
        ("开园", chinese_date(park["opened_on"]) if park["opened_on"] else ""),
        ("地铁与公交", park["transport"]),
        ("公共服务平台", "、".join(Platform(code).label for code in park["platforms"])),
        ("文化设施", "、".join(Facility(code).label for code in park["facilities"])),
        ("运营机构", park["organization__name"]),
        ("单位电话", park["organization__phone"]),
        ("网址", _link(park["website"] or park["organization__website"])),
    ]
    return [(label, value) for label, value in pairs if value]


def _address(park):
    """The street address with its district in front, once."""
    district = District(park["district"]).label
    return park["address"] if park["address"].startswith(district) else f"{district}{park['address']}"


def _area(value):
    return area(value) if value is not None else ""


def _link(url):
    """The park's own site. Only web addresses become links, and what stands there gets no credit of ours."""
    if not url.startswith(("http://", "https://")):
        return ""
    shown = url.partition("://")[2].rstrip("/")
    return format_html('<a href="{}" rel="noopener nofollow external">{}</a>', url, shown)


def shown(park) -> dict:
    """What the page of a park shows."""
    cover = (park["photos"] or ([park["logo"]] if park["logo"] else []))[:1]
    return {
        "park": park,
        "facts": facts(park),
        "district": District(park["district"]).label,
        "industries": [(code, Industry(code).label) for code in park["industries"]],
        "titles": [f"{year} 年度{RecognitionLevel(level).label}" for level, year in park["titles"]],
        "description": description(park),
        "cover": cover[0]["key"] if cover else None,
    }


def description(park) -> str:
    """One sentence for those who share the page or find it by search."""
    text = " ".join(park["introduction"].split())
    if not text:
        parts = [District(park["district"]).label]
        parts += [ParkType(park["park_type"]).label] if park["park_type"] else []
        parts += [Industry(code).label for code in park["industries"]]
        return f"{park['name']}：{'，'.join(parts)}。"
    return f"{text[:109]}…" if len(text) > 110 else text
