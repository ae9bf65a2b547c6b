"""Background functions of demand, supply and matches; safe to run twice."""

from association.jobs import job
from events.domain import match_course


@job("events.look_at_matches")
def look_at_matches():
    match_course.look_at_matches()
