"""The districts as tiles: each once, each a link with its name and number."""

from xml.etree import ElementTree

import pytest

from members.choices import District
from members.tilemap import PLAN, SIZE, short, tiles, tone

URLS = {code: f"/parks/?district={code}" for code in District.values}


def links(svg):
    return ElementTree.fromstring(svg).findall("a")


def test_every_district_has_one_tile():
    assert sorted(code for row in PLAN for code in row if code) == sorted(District.values)
    assert {len(row) for row in PLAN} == {5}


def test_the_plan_lies_roughly_as_the_city_does():
    where = {code: (x, y) for y, row in enumerate(PLAN) for x, code in enumerate(row) if code}
    assert where[District.DONGCHENG][0] == where[District.XICHENG][0] + 1
    assert where[District.CHAOYANG][0] > where[District.DONGCHENG][0] > where[District.HAIDIAN][0]
    assert where[District.MENTOUGOU][0] < where[District.SHIJINGSHAN][0]
    northern = (District.YANQING, District.HUAIROU, District.MIYUN, District.CHANGPING)
    assert max(where[code][1] for code in northern) < where[District.HAIDIAN][1] < where[District.DAXING][1]


def test_each_tile_is_a_link_that_says_its_name_and_number():
    found = links(tiles({"110105": 1234, "BDA": 2}, URLS))
    said = {link.get("href"): link.find("title").text for link in found}
    assert len(found) == 17
    assert said["/parks/?district=110105"] == "朝阳区：1,234 个园区"
    assert said["/parks/?district=BDA"] == "北京经济技术开发区：2 个园区"
    assert said["/parks/?district=110119"] == "延庆区：0 个园区"
    shown = {"".join(link.itertext()).partition("个园区")[2] for link in found}
    assert {"朝阳1,234", "经开2", "门头沟0"} <= shown


def test_only_the_chosen_tile_is_marked():
    marked = [link.get("href") for link in links(tiles({}, URLS, "110101")) if link.get("aria-current")]
    assert marked == ["/parks/?district=110101"]
    assert [link.get("aria-current") for link in links(tiles({}, URLS))] == [None] * 17


def test_no_two_tiles_touch_and_all_are_within():
    boxes = [[int(rect.get(k)) for k in ("x", "y", "width", "height")] for a in links(tiles({}, URLS)) for rect in [a.find("rect")]]  # fmt: skip
    assert all(x + w <= SIZE[0] and y + h <= SIZE[1] for x, y, w, h in boxes)
    apart = [
        abs(one[0] - other[0]) >= one[2] + 4 or abs(one[1] - other[1]) >= one[3] + 4
        for i, one in enumerate(boxes)
        for other in boxes[:i]
    ]
    assert all(apart)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (1, 1), (5, 1), (6, 2), (15, 2), (16, 3), (30, 3)])
def test_the_tone_follows_the_largest(count, expected):
    assert tone(count, 30) == expected


def test_an_empty_directory_has_a_map_too():
    assert 'class="tile tile--1"' not in tiles({}, URLS)
    assert tiles({}, URLS).count('class="tile tile--0"') == 17


def test_addresses_are_escaped():
    urls = URLS | {"110105": '/parks/?q="><script>&district=110105'}
    assert "<script>" not in tiles({}, urls)
    assert links(tiles({}, urls))


@pytest.mark.parametrize(("code", "name"), [("110105", "朝阳"), ("110109", "门头沟"), ("BDA", "经开")])
def test_names_are_short_enough_for_a_tile(code, name):
    assert short(code) == name
