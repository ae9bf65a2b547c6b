"""What a unit's own people find on top of its page: what is missing next, what waits, and the ways to everything."""

from django.urls import reverse

from members import permissions
from members.completeness import measure
from members.queries import completeness_facts

# The page on which a missing thing is filled in; those of a park take the park's key.
UNIT_PAGES = {
    "profile": "members:organization_edit",
    "contacts": "members:organization_contacts",
    "representative": "members:representative_change",
    "new_park": "members:park_add",
}
PARK_PAGES = {"park": "members:park_edit", "year": "members:park_year", "photos": "members:park_photos"}


def panel(user, organization) -> dict:
    """Nothing for those who keep nothing there; five queries otherwise."""
    keeps = permissions.can_keep_profile(user, organization)
    if not keeps and not permissions.can_report_year_of(user, organization):
        return {}
    park = organization.parks.filter(is_main=True).first()
    measured = measure(completeness_facts(organization, park)) if keeps else None
    pending = organization.profile_changes.pending().order_by("due_on", "pk") if keeps else ()
    return {
        "keeper": {
            "keeps": keeps,
            "park": park,
            "measured": measured,
            "next_url": where(measured.next, organization, park) if measured and measured.next else "",
            "further": [thing.label for thing in measured.missing[1:5]] if measured else [],
            "pending": list(pending),
        }
    }


def where(thing, organization, park) -> str:
    """The address at which the thing is filled in; what belongs to a park that is not there yet begins with it."""
    if thing.page in PARK_PAGES:
        if park is None:
            return reverse("members:park_add", args=[organization.pk])
        return reverse(PARK_PAGES[thing.page], args=[park.pk])
    return reverse(UNIT_PAGES[thing.page], args=[organization.pk])
