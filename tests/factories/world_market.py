"""What the market adds to the world of the access test: postings and matches of both units with a third one.

The third unit's people bear the words of the unit on the other side: before both have agreed none of them may be read.
What everybody reads on the market is the third unit's alone.
"""

from datetime import timedelta

from django.utils.timezone import localdate

from events.models import Posting
from members.models import Contact, Organization
from tests.factories import make_organization, make_user
from tests.factories.market import act_for, make_match, make_posting


def add(world) -> None:
    """Postings and matches in every state that an address asks for, one set of either unit."""
    from tests.factories.world import OTHER, OWN  # noqa: PLC0415  (the world itself calls this)

    keeper = world.people["secretary"]
    third = make_organization("演示对接公司", people=False)
    person = act_for(make_user("钱对接", "market@test.cn", organization=third), third)
    live = [make_posting(third, by=person, stand="published", reviewer=keeper) for _ in range(3)]
    for objects, name, words in ((world.own, "member", OTHER), (world.other, "other_member", OWN)):
        hidden = _hidden(words, third)
        objects |= _of_unit(objects, world.people[name], hidden, third, keeper)
        unit = Organization.objects.get(pk=objects["unit"])
        acting = type(person).objects.get(pk=world.people[name].pk)
        objects |= {
            "open_posting": live[0].pk,
            "sent_match": make_match(live[1], unit, by=acting).pk,
            "agreed_match": make_match(live[2], unit, by=acting, stand="agreed", owner=person).pk,
            "today": str(localdate()),
            "soon": str(localdate() + timedelta(days=90)),
        }


def _hidden(words, third):
    """A person of the third unit whose name, number and address are words that the asked side may not know yet."""
    user = make_user(f"{words.open}对接", f"{words.personal}-k@test.cn", organization=third)
    Contact.objects.filter(user=user).update(mobile=words.mobile)
    return act_for(user, third, "clerk")


def _of_unit(objects, user, hidden, third, keeper) -> dict:
    unit = Organization.objects.get(pk=objects["unit"])
    user = type(user).objects.get(pk=user.pk)
    old = make_posting(unit, by=user, stand="published", reviewer=keeper)
    asked = make_match(old, third, by=hidden)
    Posting.objects.filter(pk=old.pk).update(valid_to=localdate() - timedelta(days=1))
    return {
        "draft_posting": make_posting(unit, by=user).pk,
        "sent_posting": make_posting(unit, by=user, stand="submitted").pk,
        "old_posting": old.pk,
        "asked_match": asked.pk,
    }
