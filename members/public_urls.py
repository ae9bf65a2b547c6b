from django.urls import path

from members.views import public

app_name = "parks"
urlpatterns = [
    path("", public.directory, name="directory"),
    path("<id:pk>/", public.park, name="park"),
    path("<id:pk>/photos/<uuid:key>/", public.photo, name="photo"),
    path("<id:pk>/photos/<uuid:key>/thumbnail/", public.thumbnail, name="thumbnail"),
]
