"""The 转办函 of a handover as a Word file: what the department is told, and not a word more."""

import io
import unicodedata

from django.conf import settings
from django.utils.timezone import localdate

from association.formats import chinese_date, show_mobile
from events.letters.template import template
from events.masks import HIDDEN
from events.models import Petition


def name_of(handover) -> str:
    """The file's name; it names nobody."""
    return f"{handover.number}.docx"


def letter(handover) -> bytes:
    """The letter as the bytes of a .docx; the same for whoever may have it."""
    from docxtpl import DocxTemplate  # noqa: PLC0415

    document = DocxTemplate(io.BytesIO(template()))
    document.render({name: clean(value) for name, value in words(handover).items()}, autoescape=True)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def words(handover) -> dict:
    """What is written into the places of the template."""
    petition = handover.petition
    followers = list(Petition.objects.filter(handover=handover, lead=petition).select_related("organization"))
    names = [HIDDEN if one.hides_member else one.organization.name for one in (petition, *followers)]
    return {
        "number": handover.number,
        "department": handover.department.name,
        "title": handover.title,
        "lines": handover.text.splitlines(),
        "petition": petition.number,
        "kind": petition.get_kind_display(),
        "topic": petition.get_topic_display(),
        "who": _listed(names),
        "due": chinese_date(handover.last_day),
        "extra": f"原期限为{chinese_date(handover.extended_from)}，已同意延期。"
        if handover.extended_from
        else "",
        "contact": contact(petition),
        "association": settings.ASSOCIATION_NAME,
        "day": chinese_date(localdate(handover.handed_at)),
    }


def _listed(names) -> str:
    """Names with those who are hidden counted together: 甲公司、某会员单位（2 家）."""
    open_names = [name for name in names if name != HIDDEN]
    hidden = len(names) - len(open_names)
    if hidden:
        open_names.append(HIDDEN if hidden == 1 else f"{HIDDEN}（{hidden} 家）")
    return "、".join(open_names)


def contact(petition) -> str:
    """Whom the department may call: the unit's person where they agreed, else the association."""
    person = petition.contact
    if person and petition.shares_contact and not petition.hides_member:
        return (
            f"单位联系人：{person.name}，{show_mobile(person.mobile)}。"
            if person.mobile
            else f"单位联系人：{person.name}。"
        )
    return "需与提出单位核实的情况，请与我会秘书处联系。"


def clean(value):
    """Text without the control characters that a .docx cannot hold."""
    if isinstance(value, list):
        return [clean(one) for one in value]
    return "".join(c for c in value if c in "\t " or unicodedata.category(c) not in {"Cc", "Cs"})
