"""Telling the people of the market: who acts for a unit, who keeps the market, whose number was told to whom."""

from association.domain.notices import notify
from association.formats import chinese_date
from association.models import User
from events import permissions
from members.domain.audience import holders
from members.models import ContactRole


def posters(organization):
    """Accounts of those who act for the unit on the market today."""
    roles = ContactRole.objects.current().filter(
        organization=organization, duty__in=permissions.POSTING_DUTIES
    )
    return User.objects.filter(is_active=True, contact__in=roles.values("contact")).order_by("pk")


def keepers(but=None):
    """Accounts of those who keep the market, but for one person."""
    found = holders(permissions.MATCH_KEEPERS)
    return found.exclude(pk=but.pk) if but else found


def tell_posting(people, kind, posting, *, by=None, key="", **context):
    """One notice about a posting, leading to it."""
    words = {
        "posting": str(posting),
        "unit": posting.organization.name,
        "valid_to": chinese_date(posting.valid_to),
    }
    notify(people, kind, about=posting, url=posting.get_absolute_url(), by=by, key=key, **words, **context)


def tell_match(organization, kind, match, *, by=None, key="", **context):
    """One notice about a match to those who act for one of its units; the words name the other one."""
    words = {
        "title": match.posting.title,
        "unit": organization.name,
        "other": match.other_of(organization).name,
        "answer_by": chinese_date(match.answer_by),
    }
    people = posters(organization)
    notify(people, kind, about=match, url=match.get_absolute_url(), by=by, key=key, **words, **context)


def tell_both(kind, match, *, by=None, key="", **context):
    """The same to either side."""
    for unit in (match.owner, match.asker):
        tell_match(unit, kind, match, by=by, key=key, **context)


def tell_shared(match, sharings, *, by):
    """Each person hears to whom their number was told."""
    for sharing in sharings:
        if sharing.contact.user_id:
            receiver = match.other_of(sharing.organization).name
            notify(
                [sharing.contact.user], "events.contact_shared", about=match, url=match.get_absolute_url(), by=by,
                receiver=receiver, title=match.posting.title,
            )  # fmt: skip
