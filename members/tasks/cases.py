"""Background functions about leaving."""

from association.jobs import job
from members.domain import cases


@job("members.find_arrears")
def find_arrears():
    """List units whose dues are long overdue for the secretariat to look at; nobody is urged or thrown out by it."""
    cases.find_arrears()
