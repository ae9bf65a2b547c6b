"""Postings and matches for tests, made by the product's own verbs."""

from datetime import timedelta

from django.utils.timezone import localdate

from events.domain import matches, postings
from members.domain import contacts
from tests.factories import FOUNDED


def act_for(user, unit, duty="manager"):
    """Let the person, who serves the unit, act for it on the market; gives the person anew, without what was asked."""
    contacts.assign_duty(unit, user.contact, by=None, duty=duty, since=FOUNDED)
    return type(user).objects.get(pk=user.pk)


def make_posting(unit, *, by, stand="draft", submitter=None, reviewer=None, days=60, **fields):
    """A posting of the unit. `stand`: draft, submitted or published."""
    given = {
        "kind": "demand",
        "title": "寻找展览技术团队",
        "text": "春季展览，需要投影与互动。",
        "category": "technology",
    }
    given |= {"valid_to": localdate() + timedelta(days=days)} | fields
    posting = postings.draft(unit, by=by, **given)
    if stand in ("submitted", "published"):
        posting = postings.submit(posting, by=submitter or by)
    if stand == "published":
        posting = postings.publish(posting, by=reviewer, version=posting.version)
    return posting


def make_match(posting, unit, *, by, stand="waiting", owner=None, **more):
    """Interest of the unit, shown by its person `by`; `stand` agreed: the posting's person `owner` has agreed, too."""
    match = matches.show_interest(posting, organization=unit, contact=by.contact, by=by, **more)
    if stand == "agreed":
        match = matches.accept(match, organization=posting.organization, contact=owner.contact, by=owner)
    return match
