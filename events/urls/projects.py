"""Projects, their reviews and their funnel."""

from django.urls import path

from events.views import projects, reviews

urlpatterns = [
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.project_add, name="project_add"),
    path("projects/put-forward/", projects.project_put_forward, name="project_put_forward"),
    path("projects/funnel/", projects.funnel, name="funnel"),
    path("projects/<id:pk>/", projects.project, name="project"),
    path("projects/<id:pk>/edit/", projects.project_edit, name="project_edit"),
    path("projects/<id:pk>/discard/", projects.project_discard, name="project_discard"),
    path("projects/<id:pk>/step/<slug:stage>/", projects.project_step, name="project_step"),
    path("projects/<id:pk>/undo/", projects.project_undo, name="project_undo"),
    path("projects/<id:pk>/reviewers/", reviews.reviewers, name="reviewers"),
    path("projects/<id:pk>/review/", reviews.review, name="review"),
    path("projects/<id:pk>/recuse/", reviews.review_recuse, name="review_recuse"),
    path("reviews/<id:pk>/take-back/", reviews.review_take_back, name="review_take_back"),
]
