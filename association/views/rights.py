"""Who may do what, and who may see what about oneself; both asked of the code."""

from django.views.decorators.http import require_safe

from association import matrix, permissions, seen_by
from association.web import require, respond, signed_in


@require_safe
@require(permissions.can_see_matrix)
def rights(request):
    """The table of rights, for the screen and for A4 across."""
    return respond(
        request,
        "association/rights.html",
        holders=[holder.label for holder in matrix.holders()],
        groups=matrix.table(),
    )


@require_safe
@require(signed_in)
def about_me(request):
    """Who may see what the house keeps about the person, by name for staff, by number for the others."""
    names = seen_by.holders_of_roles()
    with_names = permissions.is_staff_member(request.user)
    return respond(
        request,
        "association/about_me.html",
        holdings=[_shown(holding, names, with_names) for holding in seen_by.about(request.user)],
        outflows=seen_by.taken_out_about(request.user),
        sections=seen_by.sections_about(request.user),
        with_names=with_names,
    )


def _shown(holding, names, with_names) -> dict:
    audiences = [(a, seen_by.shown(a, names, with_names=with_names)) for a in holding.audiences]
    return {
        "holding": holding,
        "audiences": [{"how": a.how, "lines": lines} for a, lines in audiences if lines],
    }
