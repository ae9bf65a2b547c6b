"""Petitions to government, the departments that answer them, and their liaisons."""

from django.urls import path

from events.views import departments, petitions
from events.views.petition_moves import MOVES

urlpatterns = [
    path("petitions/", petitions.petitions, name="petitions"),
    path("petitions/new/", petitions.add, name="petition_add"),
    path("petitions/ledger/", petitions.ledger, name="petition_ledger"),
    path("petitions/own/", petitions.own_petitions, name="own_petitions"),
    path("petitions/own/new/", petitions.file, name="petition_file"),
    path("petitions/handed/", petitions.handed_petitions, name="handed_petitions"),
    path("petitions/<id:pk>/", petitions.petition, name="petition"),
    path("petitions/<id:pk>/letter/", petitions.letter, name="petition_letter"),
    *(
        path(
            f"petitions/<id:pk>/{name.replace('_', '-')}/",
            petitions.move if move.form else petitions.wordless,
            {"name": name},
            name=f"petition_{name}",
        )
        for name, move in MOVES.items()
    ),
    path("departments/", departments.departments, name="departments"),
    path("departments/new/", departments.add, name="department_add"),
    path("departments/<id:pk>/", departments.department, name="department"),
    path("departments/<id:pk>/edit/", departments.edit, name="department_edit"),
    path("departments/<id:pk>/end/", departments.end, name="department_end"),
    path("departments/<id:pk>/liaisons/new/", departments.liaison_add, name="liaison_add"),
    path("liaisons/<id:pk>/end/", departments.liaison_end, name="liaison_end"),
]
