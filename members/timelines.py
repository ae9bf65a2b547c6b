"""What a unit's timeline may show to whom: rows of its own records only, field by field."""

from association import timelines
from members import permissions
from members.models import Bill, Organization

PERSONAL = {"mobile", "landline", "email", "wechat"}
BANK = {"bank_name", "bank_account"}


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
    if "park_id" in fields:
        return {"park_id__in": list(organization.parks.values_list("pk", flat=True))}
    return None


def _may_read(user, change):
    tracked = change.event_model.pgh_tracked_model.__name__
    if tracked == "Organization" and change.field in BANK:
        return permissions.can_view_bank(user)
    if tracked == "Contact" and change.field in PERSONAL:
        return permissions.can_view_contacts(user)
    return change.field not in {"organization", "park", "is_demo"}


timelines.register(
    Organization,
    find=lambda user, pk: Organization.objects.visible_to(user).filter(pk=pk).first(),
    rows=_rows,
    may_read=_may_read,
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
    may_read=lambda user, change: change.field not in {"organization", "run", "is_demo"},
)
