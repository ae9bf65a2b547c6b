"""One invented unit of the enlarged demonstration as unsaved records; the same number always gives the same unit."""

import random
from datetime import date, timedelta

from django.conf import settings

from members.choices import (
    MUNICIPAL_LEVELS,
    Category,
    ContactDuty,
    District,
    Facility,
    Grade,
    NameKind,
    Nature,
    ParkType,
    Platform,
    Tenure,
)
from members.demo import invented
from members.demo.plan import DISTRICTS
from members.domain.search_keys import contact_keys, organization_keys, sort_keys
from members.models import (
    AlternativeName,
    Contact,
    ContactRole,
    Membership,
    Organization,
    Park,
    ParkYear,
    Post,
    Recognition,
    Tagging,
)

NAME, PARK_NAME, SERIES = "演示扩充单位", "演示扩充园区", "MB"
_PLACES = (
    "京西 燕山 潞河 西山 通惠 永定 望京 亦庄 清河 什刹 南苑 海子 长辛 温榆 妙峰 密云 房山 延庆 雁栖 平谷"
)
_BRANDS = (
    "锦程 华章 万象 云帆 星辰 金石 墨香 朗润 天成 嘉禾 新语 光影 朝露 同心 远山 白桦 青鸟 蓝图 红墙 鼎新 "
    "知行 和光 琢玉 听涛 凌云 启明 归真 弘毅 拾光 问渠 砚田 松间 竹里 梧桐 海棠 银杏 石榴 紫藤 芳华 惊蛰"
)
# From common to scarce, as in a real register: a word's weight falls with its place.
_FIELDS = (
    "文化传播 文化创意 影视文化 数字科技 艺术设计 文化投资 传媒 动漫 出版 演艺 广告 音乐 会展 游戏 文化旅游 "
    "非遗保护 古籍修复 陶瓷 戏曲 茶艺 书法 摄影 雕塑 皮影"
)
PLACES, BRANDS, FIELDS = _PLACES.split(), _BRANDS.split(), _FIELDS.split()
WEIGHTS = [1 / place for place in range(1, len(FIELDS) + 1)]
# Words that stand in about ten and in about twenty of a hundred thousand names.
RARE = {10_007: "壁画", 5_003: "缂丝"}
CATEGORIES = [Category.PARK_OPERATOR] * 16 + [Category.STATE_ASSET_HOLDER, Category.INVESTOR]
CATEGORIES += [Category.TECHNOLOGY] * 2
GRADES = {0: Grade.VICE_PRESIDENT, 1: Grade.SUPERVISOR, 2: Grade.STANDING_COUNCIL, 3: Grade.COUNCIL}
# After the first year, so that the figures of 2022 stay what they are.
FIRST_DAY, DAYS = date(2023, 2, 1), 1_000


class Draft:
    """The records of unit `number`; those that point to others are made after these have been stored."""

    def __init__(self, number: int):
        self.number, self.tags = number, ()
        self.chance = random.Random(number)
        self.category = self.chance.choice(CATEGORIES)
        self.district = self.chance.choice(DISTRICTS)
        self.joined_on = FIRST_DAY + timedelta(days=self.chance.randrange(DAYS))
        self.brand = self.chance.choice(PLACES) + self.chance.choice(BRANDS)
        self.park = self._park() if self.category == Category.PARK_OPERATOR else None
        self.organization = self._organization()
        self.contacts = [self._contact(place) for place in (0, 1)]

    def _organization(self):
        number = self.number
        field = self.chance.choices(FIELDS, WEIGHTS)[0]
        rare = next((word for every, word in RARE.items() if number % every == 17), "")
        organization = Organization(
            name=f"{NAME}{number:06d}{self.brand}{rare}{field}有限公司",
            credit_code=invented.credit_code(number, SERIES),
            member_number=f"{settings.MEMBER_NUMBER_PREFIX}-{self.joined_on.year}-{number:06d}",
            category=self.category,
            nature=self.chance.choice(Nature.values),
            district=self.district,
            # One in fifty lacks something, so that the filter for gaps has work to do.
            legal_representative="" if number % 50 == 7 else invented.person_name(number * 3),
            registered_capital=100 + number % 900 * 10,
            founded_on=date(1995 + number % 25, number % 12 + 1, number % 28 + 1),
            registered_address=f"{District(self.district).label}演示路{number}号",
            is_demo=True,
        )
        names = [self.brand] + ([self.park.name] if self.park else [])
        for key, value in organization_keys(organization, names).items():
            setattr(organization, key, value)
        organization.latest_joined_on, organization.latest_left_on = self.joined_on, self.left_on
        organization.membership_count = 1
        return organization

    @property
    def left_on(self):
        return self.joined_on + timedelta(days=400) if self.number % 50 == 3 else None

    def _park(self):
        name = f"{PARK_NAME}{self.number:06d}{self.brand}"
        floor = 5_000 + self.number * 37 % 95_000
        return Park(
            name=name,
            is_main=True,
            district=self.district,
            address=f"{District(self.district).label}演示路{self.number}号",
            park_type=self.chance.choice(ParkType.values),
            industries=sorted(f"{n:02d}" for n in self.chance.sample(range(1, 10), 2)),
            land_area=floor * 7 // 10,
            floor_area=floor,
            rentable_area=floor * 8 // 10,
            tenure=self.chance.choice(Tenure.values),
            platforms=[self.chance.choice(Platform.values)],
            facilities=[self.chance.choice(Facility.values)],
            is_demo=True,
            **sort_keys(name),
        )

    def _contact(self, place):
        number = 10_000 + self.number * 2 + place
        contact = Contact(
            name=invented.person_name(number),
            mobile=invented.mobile(number),
            email=invented.email(number),
            is_demo=True,
        )
        for key, value in contact_keys(contact).items():
            setattr(contact, key, value)
        return contact

    # --- what points to stored records ------------------------------------------------------------------
    def roles(self):
        duties = ((ContactDuty.REPRESENTATIVE, "总经理"), (ContactDuty.LIAISON, "办公室主任"))
        for contact, (duty, title) in zip(self.contacts, duties, strict=True):
            yield ContactRole(
                organization=self.organization, contact=contact, duty=duty, title=title, since=self.joined_on
            )

    def memberships(self):
        reason = {"leave_reason": "withdrawal", "leave_basis": "退会申请书（演示）"} if self.left_on else {}
        yield Membership(
            organization=self.organization,
            joined_on=self.joined_on,
            left_on=self.left_on,
            basis="演示扩充",
            **reason,
        )

    def posts(self):
        grade = GRADES.get(self.number % 40)
        if grade:
            yield Post(
                organization=self.organization,
                contact=self.contacts[0],
                grade=grade,
                since=self.joined_on,
                basis="演示扩充",
            )

    def names(self):
        yield AlternativeName(organization=self.organization, kind=NameKind.SHORT, name=self.brand)

    def taggings(self):
        if self.tags and self.number % 8 == 0:
            yield Tagging(organization=self.organization, tag=self.tags[self.number % 16 // 8])

    def years(self):
        for year in (2021, 2022) if self.park else ():
            tenants = 20 + self.number * 13 % 300
            yield ParkYear(
                park=self.park,
                year=year,
                rented_area=self.park.rentable_area * (60 + self.number % 39) // 100,
                tenants=tenants,
                culture_tenants=tenants * (60 + self.number % 37) // 100,
                employees=tenants * 15,
                tenant_revenue=tenants * 2_400,
                tax=tenants * 90,
            )

    def recognitions(self):
        if self.park and self.number % 50 != 9:
            level = MUNICIPAL_LEVELS[2 if self.number % 6 else 1]
            title = f"{level.label}（演示）"
            yield Recognition(park=self.park, level=level, year=2020, title=title, note="演示数据")
