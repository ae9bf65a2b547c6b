"""What a unit's timeline may show to whom: rows of its own records only, field by field."""

from association import timelines
from members import permissions, together
from members.models import Bill, Organization

PERSONAL = {"mobile", "landline", "email", "wechat"}
OF_APPLICANT = {"address", "representative_mobile", "representative_email", "liaison_mobile", "liaison_email"}
BANK = {"bank_name", "bank_account"}
OF_DUES = {"Bill", "BillRun", "PaymentSlip", "Waiver", "Receipt"}
OF_CASES = {"ExitCase", "CaseStep", "Suspension"}
# What says nothing to a reader, or opens something.
UNSAID = {"organization", "park", "bill", "is_demo", "token", "token_hash"}


def _rows(organization, event_model):
    """Filter arguments that keep a history model to this unit's rows; None for models that are not the unit's."""
    name = event_model.pgh_tracked_model.__name__
    # An application holds what its applicant wrote of people; its own page shows that, to fewer.
    if name in ("Merge", "DuplicatePair", "Application"):
        return None
    # Units that were merged into this one are part of its past.
    units = [organization.pk, *(unit.pk for unit in organization.absorbed)]
    if name == "Organization":
        return {"pgh_obj_id__in": units}
    if name == "Contact":
        return {"pgh_obj_id__in": list(organization.contact_roles.values_list("contact_id", flat=True))}
    if name in ("ProfileChange", "Bill", "ExitCase"):
        # Who may see a proposed value hangs on its field; the unit's own row shows what became of it. A bill and a
        # case of leaving have timelines of their own, which fewer people may read than the unit's.
        return None
    fields = {f.attname for f in event_model._meta.concrete_fields}
    if "organization_id" in fields:
        return {"organization_id__in": units}
    if "bill_id" in fields:
        return {"bill_id__in": list(Bill.objects.filter(organization__in=units).values_list("pk", flat=True))}
    if "park_id" in fields:
        return {"park_id__in": list(organization.parks.values_list("pk", flat=True))}
    return None


def _may_read(user, organization, change):
    tracked = change.event_model.pgh_tracked_model.__name__
    if change.field in UNSAID:
        return False
    if tracked == "Organization" and change.field in BANK:
        return permissions.can_view_bank(user)
    if tracked == "Contact" and change.field in PERSONAL:
        return permissions.can_view_contacts(user)
    if tracked == "Application" and change.field in OF_APPLICANT:
        return permissions.can_view_contacts(user)
    if tracked in OF_DUES:
        return permissions.can_see_dues_of(user, organization)
    return tracked not in OF_CASES or permissions.can_see_cases_of(user, organization)


timelines.register(
    Organization,
    find=lambda user, pk: Organization.objects.visible_to(user).filter(pk=pk).first(),
    rows=_rows,
    may_read=_may_read,
    may_know=together.may_know,
)


def _bill_rows(bill, event_model):
    """Filter arguments that keep a history model to what belongs to this bill."""
    if event_model.pgh_tracked_model is Bill:
        return {"pgh_obj_id": bill.pk}
    fields = {f.attname for f in event_model._meta.concrete_fields}
    return {"bill_id": bill.pk} if "bill_id" in fields else None


timelines.register(
    Bill,
    find=lambda user, pk: Bill.objects.visible_to(user).filter(pk=pk).first(),
    rows=_bill_rows,
    may_read=lambda user, record, change: change.field not in {"organization", "run", "is_demo"},
)
