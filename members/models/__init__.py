from members.models.contact import Contact, ContactRole
from members.models.membership import Membership, Post
from members.models.organization import AlternativeName, Organization, Tag, Tagging
from members.models.park import Park, ParkYear, Recognition

__all__ = [
    "AlternativeName",
    "Contact",
    "ContactRole",
    "Membership",
    "Organization",
    "Park",
    "ParkYear",
    "Post",
    "Recognition",
    "Tag",
    "Tagging",
]
