"""The roster as an address asks for it: for the page, for a file, for paper, and for work in the background."""

from dataclasses import dataclass

from django.http import QueryDict

from association.listing import Listing
from members import permissions
from members.columns import KEY, ROSTER
from members.forms.filters import RosterFilter, sortable
from members.models import Organization

# Parts of an address that say how the list was looked at, not what it holds.
LOOKS = ("page", "view", "columns", "preset", "order")


@dataclass
class Asked:
    """What a listing needs of a request, for where there is none."""

    user: object
    GET: QueryDict
    path: str = ""


def roster_listing(request) -> Listing:
    """The roster as the address asks for it and as far as the person may see it."""
    listing = Listing(
        request,
        key=KEY,
        queryset=Organization.objects.visible_to(request.user),
        columns=ROSTER.allowed(permissions.tiers(request.user)),
        filterset_class=RosterFilter,
        default_sort=("member_number",),
    )
    column, _ = listing.sort
    if column and {"grade_now", "joined_now"} & set(column.sort):
        listing.queryset = sortable(listing.queryset, listing.as_of)
    return listing


def kept_listing(person, query: str) -> Listing:
    """The roster of a query string that was kept, as the person may see it now."""
    return roster_listing(Asked(person, QueryDict(query)))


def pinned(query: QueryDict, as_of) -> str:
    """The query string with its day written out, so that it means the same tomorrow."""
    query = query.copy()
    for name in LOOKS:
        query.pop(name, None)
    query["as_of"] = as_of.isoformat()
    return query.urlencode()


def in_words(listing, none: str = "在籍会员，没有其他条件") -> str:
    """The conditions of a listing as a sentence without its full stop, or `none`; the day is said elsewhere."""
    pills = [p for p in listing.pills if p.label != "截至"]
    return "；".join(f"{p.label}：{p.text}" for p in pills) or none
