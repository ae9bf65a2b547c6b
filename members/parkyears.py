"""What is unlikely in a park's yearly numbers: sentences to think about, never a refusal."""

from decimal import Decimal

NUMBERS = (
    "year",
    "rented_area",
    "tenants",
    "culture_tenants",
    "large_tenants",
    "listed_tenants",
    "hightech_tenants",
    "employees",
    "tenant_revenue",
    "tax",
    "operating_revenue",
    "rent",
)
PART_OF_TENANTS = ("culture_tenants", "large_tenants", "listed_tenants", "hightech_tenants")
LABELS = {
    "rented_area": ("已出租面积", "㎡"),
    "tenants": ("入驻企业数", "家"),
    "culture_tenants": ("文化企业数", "家"),
    "large_tenants": ("规上企业数", "家"),
    "listed_tenants": ("上市挂牌企业数", "家"),
    "hightech_tenants": ("高新技术企业数", "家"),
    "employees": ("从业人员数", "人"),
    "tenant_revenue": ("园区企业总收入", "万元"),
    "tax": ("税收", "万元"),
    "operating_revenue": ("园区运营收入", "万元"),
    "rent": ("平均租金", "元/㎡·天"),
}
# Half as much again or half as little; of a handful of companies every change is a large one.
LARGE = Decimal("0.5")
FEW = 5
# In Beijing rents by the day run from under one yuan to some twenty; a number above this is one by the month.
DEAREST_RENT = Decimal(30)
# A hundred thousand million: no park's tenants together earn that, so the number was written in yuan.
MOST_MONEY = Decimal(10_000_000)
MONEY = ("tenant_revenue", "tax", "operating_revenue")


def doubts(numbers: dict, previous=None) -> list[str]:
    """Sentences about numbers that are possible but unlikely, in the order of the form.

    `numbers` by field name, None where not filled in; `previous` has the same names as attributes for an
    earlier year. Money in 万元, areas in ㎡, rent in 元/㎡·天.
    """
    found = []
    for name in LABELS:
        value = numbers.get(name)
        if value is not None:
            # A number in the wrong unit also jumps; once is enough.
            found += filter(None, [_unit(name, value) or _jump(name, value, previous)])
    return found


def _unit(name, value) -> str:
    label, unit = LABELS[name]
    if name == "rent" and value > DEAREST_RENT:
        return f"{label}填的是 {plain(value)} {unit}，像是每月的数；若是每月，每天约 {plain(value / 30)} 元。"
    if name in MONEY and value > MOST_MONEY:
        return f"{label}的单位是万元，填的 {plain(value)} 万元合 {plain(value / 10_000)} 亿元；若是元，请除以 10,000。"
    return ""


def _jump(name, value, previous) -> str:
    old = getattr(previous, name, None)
    if not old or max(old, value) <= FEW:
        return ""
    change = (Decimal(value) - old) / old
    if abs(change) <= LARGE:
        return ""
    label, unit = LABELS[name]
    word = "多" if change > 0 else "少"
    return f"{label} {plain(value)} {unit}，比 {previous.year} 年的 {plain(old)} {unit}{word} {abs(change):.0%}。"


def plain(value) -> str:
    """A number with thousands separated, two decimals at most and none that are zero."""
    text = f"{Decimal(value):,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def awaited_year(today) -> int | None:
    """The year whose numbers are asked for on that day: last year's from January to March, afterwards none.

    The quarter is our own choice (domain §5 names no date for parks' yearly statistics).
    """
    return today.year - 1 if today.month <= 3 else None
