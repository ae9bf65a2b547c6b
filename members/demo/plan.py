"""Which units the demonstration consists of, as plain data; nothing here touches the database.

Why these and no others: docs/decisions/0004-demo-data.md. The numbers to reproduce stand in domain 1.3.
"""

from datetime import date

from association.chinese import normalise
from members.choices import Category, District, Grade, LeaveReason, Nature
from members.demo import invented
from members.demo.shapes import PersonPlan, PostPlan, UnitPlan
from members.demo.sites import invented_parks, real_park, real_rows

FOUNDED = date(2022, 1, 26)
FOUNDING_INVENTED = 69
NAMES = {
    Category.PARK_OPERATOR: "演示运营公司",
    Category.STATE_ASSET_HOLDER: "演示资产管理公司",
    Category.INVESTOR: "演示文化投资公司",
    Category.TECHNOLOGY: "演示文化科技公司",
}
# Credit codes follow from running numbers, so those of different kinds must not meet.
OFFSETS = dict(zip(NAMES, (0, 300, 400, 500), strict=True))
# Shares as in the city's list of 2020: a third in 朝阳, three quarters in the four central districts (domain 3.1).
DISTRICTS = (
    [District.CHAOYANG] * 21 + [District.HAIDIAN] * 10 + [District.DONGCHENG] * 8 + [District.XICHENG] * 7
    + [District.TONGZHOU] * 5 + [District.FENGTAI] * 4 + [District.SHIJINGSHAN] * 3 + [District.DAXING] * 3
    + [District.CHANGPING] * 2 + [District.BDA] * 2
    + [District.SHUNYI, District.HUAIROU, District.FANGSHAN, District.MENTOUGOU]
)  # fmt: skip
POSTS = {1: Grade.PRESIDENT} | dict.fromkeys(range(2, 6), Grade.VICE_PRESIDENT)
POSTS |= dict.fromkeys(range(6, 9), Grade.SUPERVISOR) | dict.fromkeys(range(9, 17), Grade.STANDING_COUNCIL)
POSTS |= dict.fromkeys(range(17, 33), Grade.COUNCIL)
# What a unit lacks, by its number; invented ones only, for a gap reads as bad news.
GAPS = {
    41: "credit_code", 43: "legal_representative", 45: "legal_representative", 47: "liaison_mobile",
    49: "representative_mobile", 51: "areas", 53: "industries", 55: "address",
}  # fmt: skip

# With the four real parks that join in 2022 these are 21.
JOINED_2022 = [
    (Category.STATE_ASSET_HOLDER, 1, date(2022, 3, 1)), (Category.STATE_ASSET_HOLDER, 2, date(2022, 3, 1)),
    (Category.TECHNOLOGY, 1, date(2022, 3, 22)), (Category.INVESTOR, 1, date(2022, 4, 12)),
    (Category.STATE_ASSET_HOLDER, 3, date(2022, 5, 19)), (Category.TECHNOLOGY, 2, date(2022, 5, 19)),
    (Category.INVESTOR, 2, date(2022, 6, 16)), (Category.TECHNOLOGY, 3, date(2022, 6, 16)),
    (Category.PARK_OPERATOR, 70, date(2022, 7, 21)), (Category.INVESTOR, 3, date(2022, 7, 21)),
    (Category.STATE_ASSET_HOLDER, 4, date(2022, 8, 18)), (Category.TECHNOLOGY, 4, date(2022, 9, 8)),
    (Category.INVESTOR, 4, date(2022, 10, 13)), (Category.STATE_ASSET_HOLDER, 5, date(2022, 11, 17)),
    (Category.TECHNOLOGY, 5, date(2022, 11, 17)), (Category.INVESTOR, 5, date(2022, 12, 15)),
    (Category.TECHNOLOGY, 6, date(2022, 12, 15)),
]  # fmt: skip
JOINED_LATER = [
    (Category.PARK_OPERATOR, 71, date(2023, 3, 16)), (Category.TECHNOLOGY, 7, date(2023, 6, 15)),
    (Category.INVESTOR, 6, date(2024, 5, 23)), (Category.PARK_OPERATOR, 72, date(2025, 4, 10)),
]  # fmt: skip
NEVER_JOINED = [(Category.PARK_OPERATOR, 73, None), (Category.TECHNOLOGY, 8, None)]


def units() -> list[UnitPlan]:
    """Every unit of the demonstration, in the order of joining; those that never joined come last."""
    founding = [(Category.PARK_OPERATOR, n, FOUNDED) for n in range(1, FOUNDING_INVENTED + 1)]
    rows = [*founding, *JOINED_2022, *JOINED_LATER, *NEVER_JOINED]
    found = [*_real_units(), *(_invented_unit(*row) for row in rows), _twin()]
    for number, unit in enumerate(found, 1):
        unit.people = _people(unit, number)
    _happenings({unit.name: unit for unit in found})
    return sorted(found, key=lambda unit: unit.joined_on or date.max)


def _twin():
    """The second record of a unit that never joined, as it comes about when two people enter it: without a code, the
    place in brackets."""
    category, number, _ = NEVER_JOINED[0]
    name = f"{NAMES[category]}{number}（北京）"
    fields = {"category": category, "credit_code": "", "district": District.CHAOYANG, "phone": "010-55550073"}
    fields["is_demo"] = True
    return UnitPlan(name, fields, tags=["重点服务"])


def _real_units():
    """One unit for each real park; parks whose rows name one operator belong to one unit."""
    found, by_operator = [], {}
    for row in real_rows():
        if row["operator"] in by_operator:
            by_operator[row["operator"]].parks.append(real_park(row))
            continue
        unit = _real_unit(row)
        found.append(unit)
        if row["operator"]:
            by_operator[row["operator"]] = unit
    return found


def _real_unit(row):
    # An operator known only by its brand gets an invented firm; the brand stands among the short names.
    is_firm = row["operator"].endswith("公司")
    name = normalise(row["operator"]) if is_firm else f"{NAMES[Category.PARK_OPERATOR]}{row['number']}"
    return UnitPlan(
        name,
        _profile(Category.PARK_OPERATOR, name, row["number"], row["district"]),
        periods=[(date.fromisoformat(row["joined_on"]), None, "", "")],
        parks=[real_park(row)],
        short_names=row["short_names"].split(),
    )


def _invented_unit(category, number, joined_on):
    name = f"{NAMES[category]}{number:02d}"
    # 37 and the 69 places share no divisor: every place is taken once, and neighbours lie apart.
    district = DISTRICTS[number * 37 % len(DISTRICTS)]
    unit = UnitPlan(name, _profile(category, name, number + OFFSETS[category], district))
    unit.periods = [(joined_on, None, "", "")] if joined_on else []
    unit.tags = ["重点服务"] * (number % 9 == 1) + ["数字化试点"] * (number % 11 == 2)
    if category == Category.PARK_OPERATOR:
        unit.parks = invented_parks(number, district)
    if joined_on == FOUNDED and number in POSTS:
        unit.posts = [PostPlan(POSTS[number], FOUNDED, "第一届会员大会第一次会议选举（演示）")]
    return unit


def _profile(category, name, number, district):
    return {
        "category": category,
        "credit_code": invented.credit_code(number),
        "nature": Nature.STATE if category == Category.STATE_ASSET_HOLDER else Nature.values[number % 3],
        "district": district,
        "legal_representative": invented.person_name(number + 900),
        "registered_capital": 500 + number * 130 % 9_500,
        "founded_on": date(1998 + number % 21, number % 12 + 1, number % 27 + 1),
        "registered_address": f"{District(district).label}演示路{number}号",
        "invoice_title": name,
        "bank_name": "演示银行北京分行",
        "bank_account": f"02000{number:014d}",
        "is_demo": True,
    }


def _people(unit, number):
    """A representative, a liaison and, in every third unit, somebody for invoices."""
    duties = [("representative", "总经理" if number % 2 else "董事长"), ("liaison", "综合部主任")]
    duties += [("finance", "会计")] if number % 3 == 0 else []
    return [_person(number * 3 + place, *duty, unit.joined_on) for place, duty in enumerate(duties)]


def _person(number, duty, title, since):
    name = invented.person_name(number)
    return PersonPlan(duty, title, name, invented.mobile(number), invented.email(number), since)


# --- what happened later ------------------------------------------------------------------------------------
def _happenings(by_name):
    def operator(number):
        return by_name[f"{NAMES[Category.PARK_OPERATOR]}{number:02d}"]

    _leave(operator, by_name[f"{NAMES[Category.TECHNOLOGY]}03"])
    _change_posts(operator)
    _change_names_and_people(operator)
    for number, lacking in GAPS.items():
        _take_away(operator(number), lacking)


def _leave(operator, technology):
    withdrawn = (LeaveReason.WITHDRAWAL, "退会申请书（演示）")
    # A council unit leaves and comes back later under its old number.
    operator(32).periods = [(FOUNDED, date(2022, 11, 30), *withdrawn), (date(2024, 3, 1), None, "", "")]
    operator(69).periods = [(FOUNDED, date(2022, 8, 31), LeaveReason.DISSOLVED, "注销登记通知书（演示）")]
    technology.periods = [(technology.joined_on, date(2024, 12, 31), *withdrawn)]


def _change_posts(operator):
    council, assembly = "理事会会议决议（演示）", "第一届会员大会第二次会议决议（演示）"
    for number, day, grade, basis in [
        (17, date(2022, 9, 20), Grade.STANDING_COUNCIL, council),
        (5, date(2023, 1, 10), None, assembly),
        (9, date(2023, 1, 10), Grade.VICE_PRESIDENT, assembly),
        (40, date(2023, 1, 10), Grade.COUNCIL, assembly),
    ]:
        for post in operator(number).posts:
            post.until, post.ending = day, basis
        if grade:
            operator(number).posts.append(PostPlan(grade, day, basis))


def _change_names_and_people(operator):
    operator(30).former_names = [("演示园区建设中心30", date(2022, 7, 1))]
    operator(12).parks[0].former_name = "演示市场12"
    operator(6).people.append(_person(801, "representative", "总经理", date(2022, 9, 1)))
    operator(10).people.append(_person(802, "liaison", "品牌部经理", date(2023, 5, 4)))


def _take_away(unit, lacking):
    representative, liaison = unit.people[:2]
    if lacking in unit.fields:
        unit.fields[lacking] = ""
    elif lacking.endswith("_mobile"):
        (representative if lacking.startswith("representative") else liaison).mobile = ""
    elif lacking == "areas":
        unit.parks[0].fields |= {"floor_area": None, "rentable_area": None}
    else:
        unit.parks[0].fields[lacking] = [] if lacking == "industries" else ""
