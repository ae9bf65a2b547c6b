"""What a year with the association was to a unit: on screen, and on one sheet of paper."""

from django.http import Http404
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from association.web import require, signed_in
from members.value import lines_for, years_of
from members.views.merges import follow_merge
from members.views.organizations import fetch, tab_page


@require_safe
@require(signed_in)
@follow_merge
def value(request, pk):
    """The present year, or one of those in which the unit was a member."""
    found = fetch(request, pk)
    years = years_of(found)
    year = _year(request.GET.get("year", ""), years)
    return tab_page(
        request,
        found,
        "value",
        year=year,
        lines=lines_for(request.user, found, year) if years else [],
        years=[{"label": f"{y}年", "url": f"?year={y}", "current": y == year} for y in years],
        today=localdate(),
    )


def _year(text, years) -> int:
    if not text:
        return years[0] if years else localdate().year
    if text not in map(str, years):
        raise Http404
    return int(text)
