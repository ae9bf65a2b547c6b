"""Invitations and feedback."""

from django.urls import path

from events.views import feedback, invitations

urlpatterns = [
    path("<id:pk>/invite/", invitations.invite, name="invite"),
    path("<id:pk>/invitations/", invitations.invitations, name="invitations"),
    path("<id:pk>/invitations/remind/", invitations.remind, name="invitations_remind"),
    path("invitations/<id:pk>/", invitations.invitation, name="invitation"),
    path("<id:pk>/feedback/", feedback.feedback, name="feedback"),
    path("registrations/<id:pk>/feedback/", feedback.give, name="feedback_give"),
]
