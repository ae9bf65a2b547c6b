"""Visits of member parks, and the picture of an event."""

from django.urls import path

from events.views import covers, visits

urlpatterns = [
    path("visits/", visits.visits, name="visits"),
    path("<id:pk>/visits/new/", visits.add, name="visit_add"),
    path("visits/<id:pk>/edit/", visits.edit, name="visit_edit"),
    path("visits/<id:pk>/remove/", visits.remove, name="visit_remove"),
    path("<id:pk>/cover/", covers.cover, name="cover"),
    path("<id:pk>/cover/remove/", covers.remove, name="cover_remove"),
]
