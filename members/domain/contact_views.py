"""Who was shown a person's full number or address: noted for the person to see, and for the auditor."""

from django.utils.timezone import localdate

from members.models import ContactView


def record_views(viewer, contacts, place: str) -> None:
    """Note that `viewer` was shown `contacts` in full at `place`; once a day each, oneself left out.

    No verb: it changes no record of the house, and a page that is looked at must not have all others made again.
    """
    day = localdate()
    seen = {contact.pk: contact for contact in contacts if contact.user_id != viewer.pk and _has_any(contact)}
    ContactView.objects.bulk_create(
        [ContactView(contact=c, viewer=viewer, day=day, place=place[:60]) for c in seen.values()],
        ignore_conflicts=True,
    )


def _has_any(contact) -> bool:
    return bool(contact.mobile or contact.email or contact.landline or contact.wechat)
