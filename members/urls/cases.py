"""Addresses of leaving: cases, the steps on them, suspension of rights."""

from django.urls import path

from members.views import cases
from members.views.case_moves import MOVES

# What needs no words is a mere POST.
WORDLESS = ("take_back",)

urlpatterns = [
    path("cases/", cases.cases, name="cases"),
    path("cases/published/", cases.cases_published, name="cases_published"),
    path("cases/<id:pk>/", cases.case, name="case"),
    path("cases/<id:pk>/letters/<id:step>/", cases.case_letter, name="case_letter"),
    path("cases/<id:pk>/take-back/", cases.case_take_back, name="case_take_back"),
    path("cases/<id:pk>/object/", cases.case_object, name="case_object"),
    *(
        path(f"cases/<id:pk>/{name.replace('_', '-')}/", cases.move, {"name": name}, name=f"case_{name}")
        for name in MOVES
        if name not in WORDLESS
    ),
    path("<id:pk>/leaving/", cases.case_ask, name="case_ask"),
    path("<id:pk>/expulsion/", cases.case_expel, name="case_expel"),
    path("<id:pk>/suspension/", cases.suspend, name="suspend"),
    path("suspensions/<id:pk>/lift/", cases.suspension_lift, name="suspension_lift"),
]
