"""Series and events."""

from django.urls import path

from events.views import arrows, events, series

urlpatterns = [
    path("", events.events, name="events"),
    path("month/", events.month, name="month"),
    path("new/", events.choose_series, name="choose_series"),
    path("<id:pk>/", events.event, name="event"),
    path("<id:pk>/edit/", events.edit, name="edit"),
    path("<id:pk>/hosts/", events.hosts, name="hosts"),
    path("<id:pk>/agenda/", events.agenda, name="agenda"),
    path("<id:pk>/ics/", events.ics, name="ics"),
    path("<id:pk>/submit/", arrows.submit, name="submit"),
    path("<id:pk>/approve/", arrows.approve, name="approve"),
    path("<id:pk>/return/", arrows.send_back, name="send_back"),
    path("<id:pk>/cancel/", arrows.cancel, name="cancel"),
    path("<id:pk>/discard/", arrows.discard, name="discard"),
    path("<id:pk>/archive/", arrows.archive, name="archive"),
    path("series/", series.series_list, name="series_list"),
    path("series/new/", series.add, name="series_add"),
    path("series/<id:pk>/", series.series, name="series"),
    path("series/<id:pk>/plan/", events.plan, name="plan"),
    path("series/<id:pk>/edit/", series.edit, name="series_edit"),
    path("series/<id:pk>/end/", series.end, name="series_end"),
    path("series/<id:pk>/resume/", series.resume, name="series_resume"),
    path("themes/", series.theme, name="theme"),
]
