from django.urls import path

from events.views import public, public_postings

app_name = "activities"
urlpatterns = [
    path("", public.activities, name="activities"),
    path("postings/", public_postings.postings, name="postings"),
    path("<id:pk>/", public.activity, name="activity"),
    path("<id:pk>/ics/", public.activity_ics, name="activity_ics"),
    path("series/<id:pk>/ics/", public.series_ics, name="series_ics"),
]
