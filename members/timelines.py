"""What a unit's timeline may show to whom: rows of its own records only, field by field."""

from association import timelines
from members import permissions
from members.models import Organization

PERSONAL = {"mobile", "landline", "email", "wechat"}
BANK = {"bank_name", "bank_account"}


def _rows(organization, event_model):
    """Filter arguments that keep a history model to this unit's rows; None for models that are not the unit's."""
    name = event_model.pgh_tracked_model.__name__
    if name in ("Merge", "DuplicatePair"):
        return None
    # Units that were merged into this one are part of its past.
    units = [organization.pk, *(unit.pk for unit in organization.absorbed)]
    if name == "Organization":
        return {"pgh_obj_id__in": units}
    if name == "Contact":
        return {"pgh_obj_id__in": list(organization.contact_roles.values_list("contact_id", flat=True))}
    if name == "ExitCase":
        # Read by fewer people than the unit's page; the case has a file of its own.
        return None
    if name == "ProfileChange":
        # Who may see a proposed value hangs on its field; the unit's own row shows what became of it.
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
