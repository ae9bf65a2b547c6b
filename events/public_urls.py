from django.urls import path

from events.views import feedback, guests, public, public_postings

app_name = "activities"
urlpatterns = [
    path("", public.activities, name="activities"),
    path("mine/", guests.mine, name="mine"),
    path("mine/<id:pk>/", guests.registration, name="registration"),
    path("mine/<id:pk>/accept/", guests.accept, name="registration_accept"),
    path("mine/<id:pk>/cancel/", guests.cancel, name="registration_cancel"),
    path("mine/<id:pk>/feedback/", feedback.give_as_guest, name="feedback_give"),
    path("postings/", public_postings.postings, name="postings"),
    path("<id:pk>/", public.activity, name="activity"),
    path("<id:pk>/ics/", public.activity_ics, name="activity_ics"),
    path("<id:pk>/register/", guests.register, name="register"),
    path("<id:pk>/cover/<uuid:key>/", public.cover, name="cover"),
    path("<id:pk>/cover/<uuid:key>/thumbnail/", public.cover_thumbnail, name="cover_thumbnail"),
    path("series/<id:pk>/ics/", public.series_ics, name="series_ics"),
    path("calendar/<str:token>/", public.personal_ics, name="personal_ics"),
]
