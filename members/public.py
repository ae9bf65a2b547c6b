"""What the members app puts on the public site: its entry in the menu, its parts of the first page, its sitemap."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from association import public
from members import directory
from members.choices import District
from members.directory import ANY_MUNICIPAL, Asked
from members.models import Park
from members.views import public_cells as cells

public.menu("园区", "parks:directory", order=10)
public.menu("入会", "join:home", order=20)


@public.home("beside", "public/parts/districts.html", order=10)
@public.home("figures", "public/parts/figures.html", order=10)
@public.home("columns", "public/parts/newest.html", order=20)
def first_page():
    """The map of the districts; numbers that stand in the records, each with the way to them as far as they are
    public; and parks of the units that joined last."""
    found = directory.front()
    return {
        "map": cells.tile_map(Asked(), found["by_district"]),
        "figures": _figures(found),
        "parks": [
            park
            | {
                "url": reverse("parks:park", args=[park["pk"]]),
                "district": District(park["district"]).label,
            }
            for park in directory.newest()
        ],
    }


@public.home("columns", "public/parts/join.html", order=90)
def how_to_join():
    """The answer to 如何入会, with the way to the application."""
    return {"url": reverse("join:home")}


def _figures(found):
    counts, parks = found["by_district"], reverse("parks:directory")
    return [
        (found["units"], "会员单位", "今天在籍", ""),
        (sum(counts.values()), "个园区在公开名录", "", parks),
        (found["recognized"], "个园区获市级及以上认定", "", f"{parks}?level={ANY_MUNICIPAL}"),
        (len(counts), "个区有会员园区", "全市 17 个区（含经开区）", f"{parks}#districts"),
    ]


@public.sitemap("parks")
class Parks(Sitemap):
    """A page for each park. Short lists, because a list of fifty thousand would hold a web process for seconds."""

    limit = 500

    def items(self):
        return Park.objects.public().order_by("pk").values_list("pk", "updated_at")

    def location(self, item):
        return reverse("parks:park", args=[item[0]])

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        """None, for unknown: finding it out would read every park."""
