from django.contrib import admin
from django.urls import include, path, register_converter

from association.views import activities, desk, errors, figures, health, listings, look


class SmallInteger:
    """Positive numbers that fit a database key; a longer one is no address of ours."""

    regex = "[0-9]{1,18}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return str(value)


register_converter(SmallInteger, "id")

house = [
    path("", desk.front, name="front"),
    path("today/", desk.today, name="today"),
    path("search/", desk.search, name="search"),
    path("preferences/", desk.preferences, name="preferences"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<id:year>/<str:key>/", figures.figure, name="figure"),
    path("views/save/", listings.save_view, name="save_view"),
    path("views/<id:pk>/remove/", listings.remove_view, name="remove_view"),
    path("columns/choose/", listings.choose_columns, name="choose_columns"),
    path("activities/<id:pk>/changes/<id:content_type>/<id:object_id>/", activities.changes, name="changes"),
    path("look/", look.look, name="look"),
]

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include((house, "association"))),
    path("members/", include("members.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("admin/", admin.site.urls),
]

handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.failed
