"""The public directory of parks: the list, a page for each park, and its pictures."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from association.limits import limited
from association.public_pages import public_page
from association.views.uploads import public_picture
from members import directory as queries
from members.directory import PAGE_SIZE, Asked
from members.forms.directory import read
from members.views import public_cells as cells
from members.views.public_park import page_of, shown


@require_safe
@limited("directory", per_address="120/m", when=lambda request: request.GET.get("q"))
@public_page
def directory(request):
    asked = read(request.GET)
    is_valid = asked is not None
    asked = asked or Asked()
    counts = queries.by_district(asked)
    total = (counts.get(asked.district, 0) if asked.district else sum(counts.values())) if is_valid else 0
    page = page_of(request.GET.get("page", ""), total, PAGE_SIZE)
    rows = queries.page_rows(asked, page.number) if total else []
    context = {
        "asked": asked,
        "is_valid": is_valid,
        "page": page,
        "entries": cells.entries(rows),
        "pills": cells.pills(asked),
        "selects": cells.selects(asked),
        "map": cells.tile_map(asked, counts),
        "table": cells.tile_table(asked, counts),
        "address": cells.address(asked),
    }
    return render(request, "public/parks.html", context, status=200 if is_valid else 422)


@require_safe
@public_page
def park(request, pk):
    found = queries.park(pk)
    if found is None:
        raise Http404
    return render(request, "public/park.html", shown(found))


@require_safe
def photo(request, pk, key):
    return _picture(request, pk, key, "download")


@require_safe
def thumbnail(request, pk, key):
    return _picture(request, pk, key, "thumbnail")


def _picture(request, pk, key, which):
    return public_picture(request, queries.picture(pk, key), which)
