from django.urls import path

from members.views import growth

urlpatterns = [
    path("growth/", growth.growth, name="growth"),
    path("growth/<slug:what>/<slug:format>/", growth.growth_download, name="growth_download"),
]
