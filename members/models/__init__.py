from members.models.contact import Contact, ContactRole
from members.models.invitation import Invitation
from members.models.membership import Membership, Post
from members.models.merge import DuplicatePair, DuplicateSearch, Merge
from members.models.organization import AlternativeName, Organization, Tag, Tagging
from members.models.park import Park, ParkYear, Recognition
from members.models.profile_change import ProfileChange

__all__ = [
    "AlternativeName",
    "Contact",
    "ContactRole",
    "DuplicatePair",
    "DuplicateSearch",
    "Invitation",
    "Membership",
    "Merge",
    "Organization",
    "Park",
    "ParkYear",
    "Post",
    "ProfileChange",
    "Recognition",
    "Tag",
    "Tagging",
]
