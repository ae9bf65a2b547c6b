from django.urls import path

from events.views import public

app_name = "activities"
urlpatterns = [
    path("", public.activities, name="activities"),
    path("<id:pk>/", public.activity, name="activity"),
    path("<id:pk>/ics/", public.activity_ics, name="activity_ics"),
    path("<id:pk>/cover/<uuid:key>/", public.cover, name="cover"),
    path("<id:pk>/cover/<uuid:key>/thumbnail/", public.cover_thumbnail, name="cover_thumbnail"),
    path("series/<id:pk>/ics/", public.series_ics, name="series_ics"),
]
