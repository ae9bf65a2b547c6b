"""The derived keys by which records are found and sorted; written by every verb that changes a name or a number."""

from association import chinese
from members.models import AlternativeName, Contact, Organization, Park


def organization_keys(organization, names: list[str]) -> dict:
    """Keys of a unit: sort keys from its name, search text from every name, number and code it is known by.

    `names` are all further names: former and short names, parks and their names.
    """
    lines = []
    for name in dict.fromkeys([organization.name, *names, organization.english_name]):
        if name:
            lines += [chinese.normalise(name), chinese.pinyin_full(name), chinese.pinyin_initials(name)]
    lines += [organization.credit_code, organization.member_number]
    return sort_keys(organization.name) | {"search_text": _text(lines)}


def contact_keys(contact) -> dict:
    """Keys of a person; a mobile number and an address are found as well by those who may see them."""
    keys = sort_keys(contact.name, person=True)
    lines = [contact.name, keys["pinyin_full"], keys["pinyin_initials"], contact.mobile, contact.email]
    return keys | {"search_text": _text(lines)}


def sort_keys(name: str, *, person: bool = False) -> dict:
    return {
        "pinyin_full": chinese.pinyin_full(name, person=person)[: 200 if person else 600],
        "pinyin_initials": chinese.pinyin_initials(name, person=person)[: 50 if person else 120],
        "stroke_key": chinese.stroke_key(name)[: 200 if person else 600],
    }


def _text(lines) -> str:
    return "\n".join(dict.fromkeys(line.lower() for line in lines if line))


def other_names(pks) -> dict[int, list[str]]:
    """For each unit the names of its parks and all former and short names, theirs and the parks'."""
    found: dict[int, list[str]] = {pk: [] for pk in pks}
    # In a fixed order, so that the same names always give the same text.
    parks = Park.objects.filter(organization__in=pks).order_by("pk")
    for pk, name, english in parks.values_list("organization_id", "name", "english_name"):
        found[pk] += [name, english]
    names = AlternativeName.objects.filter(organization__in=pks).order_by("pk")
    for pk, name in names.values_list("organization_id", "name"):
        found[pk].append(name)
    # What a unit that was merged into this one was known by leads here.
    absorbed = Organization.everything.filter(merged_into__in=pks).order_by("pk")
    for pk, *texts in absorbed.values_list("merged_into_id", "name", "credit_code", "member_number"):
        found[pk] += texts
    return found


KEY_FIELDS = ["pinyin_full", "pinyin_initials", "stroke_key", "search_text"]


def refresh(organization) -> None:
    """Compute and store the keys of one unit again. Its version stays: no person changed anything."""
    names = other_names([organization.pk])[organization.pk]
    organization.refresh_from_db()
    keys = organization_keys(organization, names)
    changed = {k: v for k, v in keys.items() if getattr(organization, k) != v}
    if changed:
        Organization.objects.filter(pk=organization.pk).update(**changed)


def refresh_contact(contact) -> None:
    Contact.objects.filter(pk=contact.pk).update(**contact_keys(contact))
