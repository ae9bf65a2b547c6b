"""Registration: one's own, and those of an event for the staff."""

from django.urls import path

from events.views import registration_desk as desk
from events.views import registrations as own

urlpatterns = [
    path("<id:pk>/register/", own.register, name="register"),
    path("<id:pk>/participants/", own.participants, name="participants"),
    path("<id:pk>/terms/", desk.terms, name="terms"),
    path("<id:pk>/questions/", desk.questions, name="questions"),
    path("<id:pk>/registrations/", desk.registrations, name="registrations"),
    path("<id:pk>/registrations/new/", desk.register_on_behalf, name="register_on_behalf"),
    path("registrations/", own.mine, name="mine"),
    path("registrations/calendar/", own.open_feed, name="feed_open"),
    path("registrations/calendar/close/", own.close_feed, name="feed_close"),
    path("registrations/<id:pk>/", own.registration, name="registration"),
    path("registrations/<id:pk>/accept/", own.accept, name="registration_accept"),
    path("registrations/<id:pk>/cancel/", own.cancel, name="registration_cancel"),
    path("registrations/<id:pk>/approve/", desk.approve, name="registration_approve"),
    path("registrations/<id:pk>/decline/", desk.decline, name="registration_decline"),
]
