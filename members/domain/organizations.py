"""Verbs on units: create, edit, rename, short names, tags."""

from django.utils.timezone import localdate

from association.domain.activities import record, record_many, verb
from association.domain.editing import changed_fields, labels, locked, store
from association.errors import Refused
from members.choices import NameKind
from members.domain import certificates
from members.domain.search_keys import refresh, sort_keys
from members.models import AlternativeName, Organization, Tag, Tagging

MOST_TAGGED = 5_000


@verb
def create_organization(*, by, **fields) -> Organization:
    """Enter a unit in the books. It is no member until it joins.

    Raises Refused when another unit has the same credit code.
    """
    code = fields.get("credit_code", "")
    if code and Organization.everything.filter(credit_code=code).exists():
        raise Refused(f"统一社会信用代码 {code} 已属于另一家单位。", status=422)
    organization = Organization.objects.create(**fields, **sort_keys(fields["name"]))
    refresh(organization)
    record("members.organization.created", organization, by=by, sentence=f"新建单位“{organization.name}”")
    return organization


@verb
def update_organization(organization, *, by, version: int, changes: dict) -> Organization:
    """Change plain fields of a unit; a new name turns the old one into a former name in use until today.

    Doing it twice changes nothing. Raises Conflict when somebody else saved the unit meanwhile.
    """
    organization = locked(organization, version, changes)
    changes = changed_fields(organization, changes)
    if not changes:
        return organization
    put(organization, changes, by=by)
    record(
        "members.organization.updated",
        organization,
        by=by,
        sentence=f"修改单位资料：{labels(organization, changes)}",
    )
    return organization


def put(organization, changes: dict, *, by) -> None:
    """Write changed fields into a unit that a verb has locked, with what follows from them; the verb records it.

    A new name brings a new certificate where there was one.

    Raises Refused when another unit has the new credit code.
    """
    _refuse_taken_code(organization, changes.get("credit_code"))
    if "name" in changes:
        _keep_former_name(organization)
    store(organization, changes)
    refresh(organization)
    if "name" in changes:
        certificates.refresh(organization, by=by)


def _refuse_taken_code(organization, code):
    if code and Organization.everything.filter(credit_code=code).exclude(pk=organization.pk).exists():
        raise Refused(f"统一社会信用代码 {code} 已属于另一家单位。", status=422)


def _keep_former_name(organization):
    AlternativeName.objects.update_or_create(
        organization=organization,
        park=None,
        kind=NameKind.FORMER,
        name=organization.name,
        defaults={"used_until": localdate()},
    )


@verb
def add_name(organization, *, by, kind, name: str, park=None, used_until=None) -> AlternativeName:
    """Register a former or short name. Doing it twice changes nothing."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    added, created = AlternativeName.objects.get_or_create(
        organization=organization, park=park, kind=kind, name=name, defaults={"used_until": used_until}
    )
    if created:
        refresh(organization)
        record(
            "members.name.added",
            organization,
            by=by,
            sentence=f"登记{added.get_kind_display()}“{added.name}”",
        )
    return added


@verb
def remove_name(alternative, *, by) -> None:
    """Take a former or short name out again. Doing it twice changes nothing."""
    alternative = AlternativeName.objects.select_for_update().filter(pk=alternative.pk).first()
    if alternative is None:
        return
    organization = alternative.organization
    sentence = f"删除{alternative.get_kind_display()}“{alternative.name}”"
    alternative.delete()
    refresh(organization)
    record("members.name.removed", organization, by=by, sentence=sentence)


@verb
def tag_organizations(organizations, *, by, name: str) -> int:
    """Put the tag `name` on many units at once; gives how many did not have it. Raises Refused over 5,000 units."""
    organizations = list(organizations[: MOST_TAGGED + 1])
    if len(organizations) > MOST_TAGGED:
        raise Refused(f"一次最多给 {MOST_TAGGED} 家单位加标签，请先缩小范围。", status=422)
    tag, _ = Tag.objects.get_or_create(name=name)
    tagged = set(
        Tagging.objects.filter(tag=tag, organization__in=organizations).values_list("organization", flat=True)
    )
    fresh = [o for o in organizations if o.pk not in tagged]
    Tagging.objects.bulk_create([Tagging(organization=o, tag=tag) for o in fresh], ignore_conflicts=True)
    record_many("members.organization.tagged", [(o, f"加上标签“{name}”") for o in fresh], by=by)
    return len(fresh)


@verb
def untag_organizations(organizations, *, by, name: str) -> int:
    """Take the tag `name` off many units; gives how many had it. A tag that nobody bears is removed."""
    organizations = list(organizations[: MOST_TAGGED + 1])
    if len(organizations) > MOST_TAGGED:
        raise Refused(f"一次最多给 {MOST_TAGGED} 家单位去标签，请先缩小范围。", status=422)
    taggings = Tagging.objects.filter(tag__name=name, organization__in=organizations).select_related(
        "organization"
    )
    bearers = [tagging.organization for tagging in taggings]
    taggings.delete()
    Tag.objects.filter(name=name, taggings__isnull=True).delete()
    record_many("members.organization.untagged", [(o, f"去掉标签“{name}”") for o in bearers], by=by)
    return len(bearers)
