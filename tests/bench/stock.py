"""The same work done the usual way with import-export, to compare with: a ModelResource, saved row by row."""

from datetime import date

from import_export import fields, resources, widgets
from import_export.formats.base_formats import XLSX

from members.choices import District, Industry, ParkType, RecognitionLevel
from members.models import Contact, ContactRole, Membership, Organization, Park, ParkYear

PLAIN = [
    "name",
    "member_number",
    "credit_code",
    "category",
    "nature",
    "legal_representative",
    "registered_capital",
    "founded_on",
    "registered_address",
    "phone",
    "website",
    "invoice_title",
]
RELATED = [
    "district",
    "park_name",
    "address",
    "land_area",
    "floor_area",
    "rentable_area",
    "park_type",
    "industries",
]
RELATED += ["joined_on", "level", "recognition_year", "representative", "representative_mobile", "liaison"]
RELATED += ["liaison_mobile", "tenants", "culture_tenants", "rented_area"]


class RosterExport(resources.ModelResource):
    """Thirty columns of the roster, related records prefetched as a careful author would."""

    class Meta:
        model = Organization
        fields = [*PLAIN, *RELATED]
        export_order = fields

    def get_queryset(self):
        related = ("parks__recognitions", "parks__years", "memberships", "contact_roles__contact")
        return Organization.objects.prefetch_related(*related)

    @staticmethod
    def _park(organization):
        return next((p for p in organization.parks.all() if p.is_main), None)

    @staticmethod
    def _holder(organization, duty):
        return next((r for r in organization.contact_roles.all() if r.duty == duty and r.until is None), None)


def _of_park(name, turn=lambda value: value):
    def dehydrate(self, organization):
        park = self._park(organization)
        return turn(getattr(park, name)) if park else ""

    return dehydrate


def _of_year(name):
    def dehydrate(self, organization):
        park = self._park(organization)
        years = sorted(park.years.all(), key=lambda y: -y.year) if park else []
        return getattr(years[0], name) if years else ""

    return dehydrate


def _of_contact(duty, name):
    def dehydrate(self, organization):
        role = self._holder(organization, duty)
        return getattr(role.contact, name) if role else ""

    return dehydrate


def _of_title(turn):
    def dehydrate(self, organization):
        park = self._park(organization)
        titles = sorted(park.recognitions.all(), key=lambda t: -t.year) if park else []
        return turn(titles[0]) if titles else ""

    return dehydrate


DEHYDRATE = {
    "district": lambda self, o: District(o.district).label if o.district else "",
    "park_name": _of_park("name"),
    "address": _of_park("address"),
    "land_area": _of_park("land_area"),
    "floor_area": _of_park("floor_area"),
    "rentable_area": _of_park("rentable_area"),
    "park_type": _of_park("park_type", lambda v: ParkType(v).label if v else ""),
    "industries": _of_park("industries", lambda v: "、".join(Industry(i).label for i in v)),
    "joined_on": lambda self, o: next((m.joined_on for m in o.memberships.all()), ""),
    "level": _of_title(lambda t: RecognitionLevel(t.level).label),
    "recognition_year": _of_title(lambda t: t.year),
    "representative": _of_contact("representative", "name"),
    "representative_mobile": _of_contact("representative", "mobile"),
    "liaison": _of_contact("liaison", "name"),
    "liaison_mobile": _of_contact("liaison", "mobile"),
    "tenants": _of_year("tenants"),
    "culture_tenants": _of_year("culture_tenants"),
    "rented_area": _of_year("rented_area"),
}
for _name, _function in DEHYDRATE.items():
    RosterExport.fields[_name] = fields.Field(column_name=_name)
    setattr(RosterExport, f"dehydrate_{_name}", _function)


def export(organizations) -> bytes:
    """The workbook that stock import-export makes of a queryset."""
    resource = RosterExport()
    related = ("parks__recognitions", "parks__years", "memberships", "contact_roles__contact")
    dataset = resource.export(queryset=organizations.prefetch_related(*related))
    return XLSX().export_data(dataset)


class RosterImport(resources.ModelResource):
    """A roster row saved with its park, numbers, membership and two people."""

    name = fields.Field(column_name="单位名称", attribute="name")
    credit_code = fields.Field(column_name="统一社会信用代码", attribute="credit_code")
    category = fields.Field(column_name="会员类别", attribute="category")
    legal_representative = fields.Field(column_name="法定代表人", attribute="legal_representative")
    registered_address = fields.Field(column_name="注册地址", attribute="registered_address")
    registered_capital = fields.Field(
        column_name="注册资本(万元)", attribute="registered_capital", widget=widgets.DecimalWidget()
    )

    class Meta:
        model = Organization
        import_id_fields = ["credit_code"]
        fields = [
            "name",
            "credit_code",
            "category",
            "legal_representative",
            "registered_address",
            "registered_capital",
        ]

    def after_import(self, dataset, result, **kwargs):
        """Leave the sequences alone: the application's database role may not set them, and need not."""

    def after_save_instance(self, instance, row, **kwargs):
        Membership.objects.get_or_create(organization=instance, joined_on=date(2022, 1, 26))
        park, _ = Park.objects.update_or_create(
            organization=instance,
            name=row["园区名称"],
            defaults={"is_main": True, "district": "110105", "floor_area": 30000, "rentable_area": 25000},
        )
        ParkYear.objects.update_or_create(
            park=park, year=2022, defaults={"tenants": 120, "culture_tenants": 96}
        )
        for duty, header in (("representative", "会员代表"), ("liaison", "联络员")):
            contact = Contact.objects.create(name=row[header], mobile=str(row[f"{header}手机"]))
            ContactRole.objects.create(organization=instance, contact=contact, duty=duty)


def import_rows(dataset) -> None:
    """Preview and apply, as the admin does."""
    preview = RosterImport().import_data(dataset, dry_run=True)
    assert not preview.has_errors(), preview.row_errors()
    RosterImport().import_data(dataset, dry_run=False, raise_errors=True)
