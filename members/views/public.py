"""The public directory of parks: the list, a page for each park, and its pictures."""

from django.http import Http404
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from association.filetypes import ENDINGS
from association.limits import limited
from association.public_pages import public_page
from association.views.uploads import hand_out, stored_for
from members import directory as queries
from members.directory import PAGE_SIZE, Asked
from members.forms.directory import read
from members.views import public_cells as cells
from members.views.public_park import page_of, shown

PICTURE_CACHING = "public, max-age=86400, immutable"


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
    """A picture that the house drew itself; the upload as it came is never given out here.

    Its address names one picture for good, so caches may keep it; a day is how long one that was taken off may linger
    in them.
    """
    found = queries.picture(pk, key)
    stored = stored_for(found, which) if found else None
    if stored is None or not stored.is_redrawn:
        raise Http404
    response = hand_out(found, which)
    if response is None:
        raise Http404
    response.same_for_all = True
    # The name it was uploaded by may say more than the picture.
    response.headers["Content-Disposition"] = (
        f'inline; filename="{stored.sha256[:12]}.{ENDINGS[stored.media_type]}"'
    )
    response.headers["Cache-Control"] = PICTURE_CACHING
    response.headers["ETag"] = f'"{stored.sha256[:32]}"'
    return get_conditional_response(request, etag=response.headers["ETag"], response=response)
