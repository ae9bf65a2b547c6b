"""The register of deals."""

from django.urls import path

from events.views import deals

urlpatterns = [
    path("deals/", deals.deals, name="deals"),
    path("deals/new/", deals.deal_add, name="deal_add"),
    path("deals/export/", deals.deals_export, name="deals_export"),
    path("deals/<id:pk>/", deals.deal, name="deal"),
    path("deals/<id:pk>/edit/", deals.deal_edit, name="deal_edit"),
    path("deals/<id:pk>/land/", deals.deal_land, name="deal_land"),
    path("deals/<id:pk>/verify/", deals.deal_verify, name="deal_verify"),
    path("deals/<id:pk>/return/", deals.deal_send_back, name="deal_send_back"),
    path("deals/<id:pk>/end/", deals.deal_end, name="deal_end"),
]
