"""Global search for units and, for those who may, their people: whole names first, then beginnings, then the rest."""

from collections import defaultdict

from django.db.models import Case, Exists, F, IntegerField, OuterRef, TextField, Value, When
from django.db.models.functions import Concat
from django.urls import reverse
from django.utils.timezone import localdate

from association import chinese
from association.desk import Hit
from members import permissions
from members.choices import NameKind
from members.models import AlternativeName, Contact, ContactRole, Membership, Organization, Park
from members.models.organization import search_condition

MOST_TERMS = 8


def hits(user, text: str, limit: int):
    """At most `limit` units and as many people that `text` finds and the person may see."""
    terms = chinese.normalise(text).lower().split()[:MOST_TERMS]
    if not terms:
        return []
    found = _units(user, terms, limit)
    return [*found, *_people(terms, limit)] if permissions.can_view_contacts(user) else found


def _ranked(queryset, terms):
    """Best finds first. `search_text` holds one name, spelling, number or code a line, so a line that equals the
    text is a whole name and a line that begins with it the beginning of one."""
    whole = "\n" + " ".join(terms)
    lines = Concat(Value("\n"), F("search_text"), Value("\n"), output_field=TextField())
    rank = Case(
        When(lines__contains=whole + "\n", then=0),
        When(lines__contains=whole, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return queryset.alias(lines=lines).annotate(rank=rank).order_by("rank", "pinyin_full", "pk")


# --- units --------------------------------------------------------------------------------------------------
def _units(user, terms, limit):
    periods = Membership.objects.filter(organization=OuterRef("pk"))
    units = Organization.objects.visible_to(user).matching(" ".join(terms))
    units = units.annotate(is_member=Exists(periods.on(localdate())), was_member=Exists(periods))
    found = list(_ranked(units, terms)[:limit])
    parks, names = _by_unit(Park, found), _by_unit(AlternativeName, found)
    return [_unit_hit(unit, parks[unit.pk], names[unit.pk], terms) for unit in found]


def _by_unit(model, units):
    rows = defaultdict(list)
    for row in model.objects.filter(organization__in=units):
        rows[row.organization_id].append(row)
    return rows


def _unit_hit(unit, parks, names, terms):
    """The name that was found is the title; what the unit is otherwise known by stands beside it."""
    main = parks[0].name if parks else ""
    title, former = _title(unit, parks, names, terms), ""
    if not title:
        former = next((n.name for n in names if n.kind == NameKind.FORMER and _says(terms, n.name)), "")
        title = main or unit.name
    beside = [name for name in (main, unit.name) if name and name != title]
    beside += [unit.member_number, unit.get_district_display(), f"曾用名 {former}" if former else ""]
    kind = "会员" if unit.is_member else "已退会" if unit.was_member else "未入会"
    return Hit(title, unit.get_absolute_url(), kind, " · ".join(part for part in beside if part))


def _title(unit, parks, names, terms):
    """The unit's, a park's or a short name in which every term stands; an empty text when only other data has them."""
    spelled = [(row.name, (row.name, row.pinyin_full, row.pinyin_initials)) for row in (unit, *parks)]
    spelled += [(row.name, None) for row in names if row.kind == NameKind.SHORT]
    return next((name for name, forms in spelled if _says(terms, name, forms)), "")


def _says(terms, name, forms=None):
    """Whether each term stands in the name or in one of its spellings, which are worked out when not stored."""
    forms = forms or (name, chinese.pinyin_full(name), chinese.pinyin_initials(name))
    known = " ".join(chinese.normalise(form).lower() for form in forms)
    return all(term in known for term in terms)


# --- people -------------------------------------------------------------------------------------------------
def _people(terms, limit):
    contacts = Contact.objects.all()
    for term in terms:
        contacts = contacts.filter(search_condition(term))
    found = list(_ranked(contacts, terms)[:limit])
    roles = (
        ContactRole.objects.current().filter(contact__in=found).select_related("organization").order_by("pk")
    )
    by_contact = {role.contact_id: role for role in reversed(roles)}
    return [_person_hit(contact, by_contact[contact.pk]) for contact in found if contact.pk in by_contact]


def _person_hit(contact, role):
    url = reverse("members:organization_contacts", args=[role.organization_id])
    detail = " · ".join(
        part for part in (role.organization.name, role.get_duty_display(), role.title) if part
    )
    return Hit(contact.name, url, "联系人", detail)
