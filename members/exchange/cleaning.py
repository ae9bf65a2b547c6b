"""How the cells of each roster column are read: the kind's widget with the limits of the field that it fills."""

from association.columns import Column
from association.widgets import (
    AccountWidget,
    CreditCodeWidget,
    DecimalWidget,
    EmailWidget,
    IntegerWidget,
    LandlineWidget,
    NameWidget,
    RowResource,
    UrlWidget,
    resource_for,
    widget_for,
)
from members.choices import ContactDuty, District
from members.columns import ROSTER
from members.models import Contact, ContactRole, Membership, Organization, Park, ParkYear, Recognition

MODELS = {
    "organization": Organization,
    "name": Organization,
    "membership": Membership,
    "park": Park,
    "park_year": ParkYear,
    "recognition": Recognition,
    **dict.fromkeys(ContactDuty.values, ContactRole),
}
FIRST_YEAR = 1990
NAMES = ("name", "park_name", "legal_representative", "representative", "liaison", "invoice_title")
SHORT_DISTRICTS = (
    {label.removesuffix("区"): value for value, label in District.choices}
    | {
        "经开区": District.BDA.value,
        "北京经开区": District.BDA.value,
        "亦庄": District.BDA.value,
        "亦庄开发区": District.BDA.value,
        "北京经济技术开发区（亦庄）": District.BDA.value,
        "延庆县": District.YANQING.value,
        "密云县": District.MIYUN.value,
    }
    | {f"北京市{label}": value for value, label in District.choices}
)


def model_field(column: Column):
    """The field that the column fills; None for a derived one."""
    model = MODELS.get(column.part)
    if model is None:
        return None
    name = column.field.removeprefix("contact__")
    return (Contact if name != column.field else model)._meta.get_field(name)


def field_length(key: str) -> int:
    return model_field(ROSTER[key]).max_length


def cleaner(columns, today) -> RowResource:
    """The resource that cleans the cells of `columns`; years may not lie after `today`."""
    year = IntegerWidget(FIRST_YEAR, today.year)
    special = {
        "credit_code": CreditCodeWidget(18),
        "phone": LandlineWidget(20),
        "website": UrlWidget(200),
        "liaison_email": EmailWidget(254),
        "bank_account": AccountWidget(40),
        "registered_capital": DecimalWidget(0, 10**12 - 1, 2),
        "stat_year": year,
        "recognition_year": year,
    }
    special |= {key: NameWidget(field_length(key)) for key in NAMES}
    aliases = {"district": SHORT_DISTRICTS}
    widgets = {
        c.key: special.get(c.key) or widget_for(c, model_field(c), aliases.get(c.key)) for c in columns
    }
    return resource_for(columns, widgets)
