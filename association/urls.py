from allauth.account.urls import urlpatterns as account_pages
from django.urls import include, path

from association.admin import admin
from association.views import activities, attachments, desk, errors, figures, health, listings, look

# An address is what a person signs in with: the secretariat keeps it, nobody adds or confirms one alone.
CLOSED = {
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_confirm_login_code",
}

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
    path("files/of/<id:content_type>/<id:object_id>/", attachments.attached, name="attached"),
    path("files/of/<id:content_type>/<id:object_id>/attach/", attachments.attach, name="attach"),
    path("files/<uuid:key>/", attachments.download, name="download"),
    path("files/<uuid:key>/thumbnail/", attachments.thumbnail, name="thumbnail"),
    path("files/<uuid:key>/detach/", attachments.detach, name="detach"),
    path("look/", look.look, name="look"),
]

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("", include((house, "association"))),
    path("members/", include("members.urls")),
    path("accounts/", include([page for page in account_pages if page.name not in CLOSED])),
    path("admin/", admin.site.urls),
]

handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.failed
