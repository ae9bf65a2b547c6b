"""The addresses of the members app, one module a room."""

from members.urls import certificates, growth, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *certificates.urlpatterns, *growth.urlpatterns]
