"""Parks of the demonstration: what is on the public record about real ones, and invented numbers for all.

A real park never gets a bad number: its occupancy and its share of culture firms are high in every year.
"""

import csv
from datetime import date
from pathlib import Path

from association.chinese import normalise
from members.choices import District, Facility, ParkType, Platform, Tenure
from members.choices import RecognitionLevel as Level
from members.demo.shapes import ParkPlan

YEARS = (2020, 2021, 2022)
LISTED = 67  # 演示园区01 to 67 are on the municipal list of 2020, the first ten as nominees
SECOND_PARKS = {3: District.TONGZHOU, 12: District.CHANGPING, 26: District.DAXING, 58: District.BDA}


def real_rows() -> list[dict]:
    """The rows of parks.csv, numbered from 101: names, districts and recognitions on the public record."""
    with (Path(__file__).parent / "parks.csv").open(encoding="utf-8", newline="") as file:
        return [{"number": number} | row for number, row in enumerate(csv.DictReader(file), 101)]


def real_park(row) -> ParkPlan:
    number = row["number"]
    park = _park(
        normalise(row["name"]), row["district"], number, kind=row["park_type"], occupancy=93 + number % 5
    )
    park.fields |= {"industries": row["industries"].split(), "is_featured": bool(row["featured"])}
    if row["level"]:
        park.recognitions = [{"level": row["level"], "year": int(row["year"])}]
    if row["name"].startswith("E9"):
        _published_numbers(park)
    return park


def _published_numbers(park):
    """What the E9 park has published itself (domain 3.2); the other numbers remain invented."""
    park.fields |= {
        "land_area": 78_667,
        "floor_area": 67_000,
        "rentable_area": 56_000,
        "former_use": "双桥乳品厂",
    }
    for year, rented, tenants, culture in [
        (2020, 51_900, 96, 84),
        (2021, 52_600, 101, 89),
        (2022, 53_200, 105, 93),
    ]:
        park.years[year] |= {"rented_area": rented, "tenants": tenants, "culture_tenants": culture}


def invented_parks(number, district) -> list[ParkPlan]:
    """The 演示园区 of that number, with its second phase where it has one."""
    kind = ParkType.values[number % len(ParkType.values)]
    parks = [_park(f"演示园区{number:02d}", district, number, kind=kind, occupancy=62 + number * 7 % 37)]
    if number in SECOND_PARKS:
        second = SECOND_PARKS[number]
        parks.append(_park(f"演示园区{number:02d}二期", second, number + 200, kind=kind, occupancy=88))
    for park in parks:
        park.recognitions = _invented_recognitions(number)
    return parks


def _invented_recognitions(number):
    if number <= LISTED or number == 70:
        return [_recognition(Level.MODEL_NOMINEE if number <= 10 else Level.MUNICIPAL, 2020)]
    # A later list, and another list of the same year: neither counts among the 84.
    later = {68: [_recognition(Level.MUNICIPAL, 2022)], 69: [_recognition(Level.OTHER, 2020)]}
    return later.get(number, [])


def _recognition(level, year):
    return {"level": level, "year": year, "title": f"{Level(level).label}（演示）", "note": "演示数据"}


def _park(name, district, number, *, kind, occupancy):
    """A park whose numbers agree with one another; `occupancy` is that of the last year in per cent."""
    floor = 18_000 + number * 6_700 % 90_000
    rentable = floor * 84 // 100 // 10 * 10
    fields = {
        "street": f"演示街道{number % 12 + 1}",
        "address": f"{District(district).label}演示路{number}号",
        "park_type": kind,
        "industries": [f"{n:02d}" for n in sorted({number % 9 + 1, number * 5 % 9 + 1})],
        "land_area": floor * 7 // 10,
        "floor_area": floor,
        "rentable_area": rentable,
        "public_area": floor // 12,
        "culture_area": floor // 25,
        "tenure": Tenure.values[number % 3],
        "opened_on": date(2006 + number % 13, number % 12 + 1, 18),
        "parking_spaces": floor // 180,
        "platforms": sorted({Platform.values[number % 6], Platform.values[number * 5 % 6]}),
        "facilities": sorted({Facility.values[number % 5], Facility.values[number * 3 % 5]}),
        "introduction": "演示数据：地址、面积、企业数与经营数字均为虚构。",
        "is_demo": True,
    }
    years = {year: _year(floor, rentable, number, occupancy, YEARS[-1] - year) for year in YEARS}
    return ParkPlan(name, district, fields, years)


def _year(floor, rentable, number, occupancy, years_back):
    rented = rentable * (occupancy - 2 * years_back) // 100
    tenants = max(12, floor // 520 - 3 * years_back)
    culture = tenants * (74 + number * 3 % 19) // 100
    return {
        "rented_area": rented,
        "tenants": tenants,
        "culture_tenants": culture,
        "large_tenants": culture // 9,
        "listed_tenants": culture // 40,
        "hightech_tenants": culture // 6,
        "employees": tenants * 17,
        "tenant_revenue": culture * (2_600 + number % 9 * 140),
        "tax": culture * (95 + number % 7 * 6),
        "operating_revenue": rented * 3 // 20,
        "rent": f"{3 + number % 30 / 10:.2f}",
    }
