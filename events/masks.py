"""Keeping a member's name out of what a department reads, when the member asked for it."""

HIDDEN = "某会员单位"
# A shorter word would be found in ordinary sentences.
SHORTEST = 2


def names_of(petition) -> list[str]:
    """Everything registered that would tell whose petition it is, the longest first: the unit by all its names, its
    parks, the person who speaks for it with their numbers."""
    unit = petition.organization
    found = {unit.name, unit.phone, *(other.name for other in unit.alternative_names.all())}
    found |= {park.name for park in unit.parks.all()}
    if petition.contact:
        found |= {petition.contact.name, petition.contact.mobile, petition.contact.email}
    return sorted((name for name in found if len(name) >= SHORTEST), key=lambda name: (-len(name), name))


def masked(text: str, *petitions) -> str:
    """The text without the registered names of the petitions' members.

    >>> from types import SimpleNamespace as Any
    >>> rows = lambda *names: Any(all=lambda: [Any(name=name) for name in names])
    >>> unit = Any(name="甲公司", phone="", alternative_names=rows("甲"), parks=rows("甲公司园区"))
    >>> masked("甲公司园区由甲公司运营", Any(organization=unit, contact=None))
    '某会员单位由某会员单位运营'
    """
    for petition in petitions:
        for name in names_of(petition):
            text = text.replace(name, HIDDEN)
    return text


def told(petition) -> dict:
    """What the form of the letter begins with: title and text, masked where the member is hidden, with the texts of
    those that follow."""
    followers = list(petition.followers.select_related("organization", "contact").order_by("pk"))
    hidden = [one for one in (petition, *followers) if one.hides_member]
    text = petition.text
    for one in followers:
        name = HIDDEN if one.hides_member else one.organization.name
        text += f"\n\n{name}另提出：{one.text}"
    return {"title": masked(petition.title, *hidden), "text": masked(text, *hidden)[:8000]}


def shown_name(petition, *, hidden: bool) -> str:
    """The unit's name, or the words that stand for it."""
    return HIDDEN if hidden else petition.organization.name
