from members.models.application import Application, ApplicationReminder
from members.models.bill import Bill, BillRun, PaymentSlip, Waiver
from members.models.case import CaseStep, ExitCase, Suspension
from members.models.certificate import Certificate
from members.models.contact import Contact, ContactRole
from members.models.fees import DuesPublication, FeeStandard, FeeTier
from members.models.invitation import Invitation
from members.models.membership import Membership, Post
from members.models.merge import DuplicatePair, DuplicateSearch, Merge
from members.models.organization import AlternativeName, Organization, Tag, Tagging
from members.models.park import Park, ParkYear, Recognition
from members.models.payment import BankLine, BankStatement, Payment, Receipt
from members.models.person import Consent, ContactView, Erasure, PersonRequest
from members.models.profile_change import ProfileChange
from members.models.reminder import BillReminder

__all__ = [
    "AlternativeName",
    "Application",
    "ApplicationReminder",
    "BankLine",
    "BankStatement",
    "Bill",
    "BillReminder",
    "BillRun",
    "CaseStep",
    "Certificate",
    "Consent",
    "Contact",
    "ContactRole",
    "ContactView",
    "DuesPublication",
    "DuplicatePair",
    "DuplicateSearch",
    "Erasure",
    "ExitCase",
    "FeeStandard",
    "FeeTier",
    "Invitation",
    "Membership",
    "Merge",
    "Organization",
    "Park",
    "ParkYear",
    "Payment",
    "PaymentSlip",
    "PersonRequest",
    "Post",
    "ProfileChange",
    "Receipt",
    "Recognition",
    "Suspension",
    "Tag",
    "Tagging",
    "Waiver",
]
