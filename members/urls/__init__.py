"""The addresses of the members app, one module a room."""

from members.urls import bank, roster

app_name = "members"
urlpatterns = [*roster.urlpatterns, *bank.urlpatterns]
